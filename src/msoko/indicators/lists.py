"""Lists of schools that a report asks for by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msoko.catalog.model import Direction, Threshold
from msoko.errors import UsageError
from msoko.indicators import derived, low_results
from msoko.indicators.low_results import LowResults
from msoko.indicators.relations import Paths, Relations, backend_of
from msoko.school_year import SchoolYear

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
    base = next((item for item in declared if item.code == low_results.BASE), None)
    if base is None:
        raise UsageError(
            f"показатель «{low_results.BASE}» не объявлен ни в одном направлении: "
            "по нему находят школы с низкими результатами. Верните его в low_results.yml."
        )
    relations = Relations(paths, year, backend or backend_of())
    years = low_results.Rule.of(thresholds).years
    return low_results.assess(derived.below_minimum(relations, base, years), thresholds)
