"""What a report asks for by name: schools with low results, and how retakes ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.directions.direction import Direction, Indicator, Threshold
from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear
from msoko.indicators.sums.table_relations import Paths, Relations, backend_of
from msoko.indicators.values import derived_tables, low_result_schools, retake_outcomes
from msoko.indicators.values.low_result_schools import LowResults

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

    Who is below the minimum is said by the indicator that a direction names for the role
    `low_results`; `UsageError` where none does.
    """
    base = _base(directions)
    relations = Relations(paths, year, backend or backend_of())
    years = low_result_schools.LowResultsRule.of(thresholds).years
    return low_result_schools.assess_low_results(
        derived_tables.below_minimum(relations, base, years), thresholds
    )


def find_retake_outcomes(
    directions: Iterable[Direction],
    paths: Paths,
    year: SchoolYear,
    *,
    backend: BaseBackend | None = None,
) -> pd.DataFrame:
    """Return `retake_outcomes` of the year, by the indicator of the role `low_results`."""
    relations = Relations(paths, year, backend or backend_of())
    return retake_outcomes.retake_outcomes(relations, _base(directions))


def _base(directions: Iterable[Direction]) -> Indicator:
    base = derived_tables.low_results_base(directions)
    if base is None:
        raise UsageError(
            "ни одно направление не называет показатель, по которому находят школы с низкими "
            "результатами. Верните его в low_results.yml – ключ «roles: {low_results: […]}»."
        )
    return base
