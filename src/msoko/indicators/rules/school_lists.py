"""Lists of schools that a report asks for by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msoko.catalog.directions.direction import Direction, Threshold
from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear
from msoko.indicators.rules import low_result_schools
from msoko.indicators.rules.low_result_schools import LowResults
from msoko.indicators.sums.table_relations import Paths, Relations, backend_of
from msoko.indicators.values import derived_tables

if TYPE_CHECKING:
    from ibis.backends import BaseBackend


def find_low_results(
    directions: Iterable[Direction],
    paths: Paths,
    year: SchoolYear,
    thresholds: Mapping[str, Threshold],
    *,
    backend: BaseBackend | None = None,
) -> LowResults:
    """Return the schools with low results in `year`, their papers, and the sensitivity table.

    Who is below the minimum is said by the indicator `lr_below_minimum`; `UsageError` where no
    direction declares it.
    """
    declared = [item for direction in directions for item in direction.indicators]
    base = next((item for item in declared if item.code == low_result_schools.BASE), None)
    if base is None:
        raise UsageError(
            f"показатель «{low_result_schools.BASE}» не объявлен ни в одном направлении: "
            "по нему находят школы с низкими результатами. Верните его в low_results.yml."
        )
    relations = Relations(paths, year, backend or backend_of())
    years = low_result_schools.Rule.of(thresholds).years
    return low_result_schools.assess(
        derived_tables.below_minimum(relations, base, years), thresholds
    )
