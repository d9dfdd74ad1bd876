"""Indicators of a year: one pass over each table, then sums of sums.

Every measure here is a ratio of sums, so the finest groups an indicator asks for are counted
once and all wider groups are added up from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.directions.direction import Direction, Indicator, Threshold
from msoko.core.school_year import SchoolYear
from msoko.indicators.sums import grouped_sums
from msoko.indicators.sums.table_relations import Paths, Relations, backend_of
from msoko.indicators.values import derived_tables, indicator_values, reference_values

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

Declared = tuple[str, Indicator]
"""An indicator with the code of its direction."""


def compute(
    directions: Iterable[Direction],
    paths: Paths,
    year: SchoolYear,
    *,
    backend: BaseBackend | None = None,
    thresholds: Mapping[str, Threshold] | None = None,
    small_n: int = 10,
) -> pd.DataFrame:
    """Return the year's rows of table `indicators`, in the order of declaration.

    Counts are summed before dividing, so a large school weighs more than a small one; a group
    whose denominator is zero has no row, and an indicator without any data has one row flagged
    `no_data`. Shares are fractions of 1. Groups below `small_n` are flagged `small_n`.
    `paths` tells where tables lie (a `Store`), `backend` is the Ibis engine (by default an
    embedded DuckDB); `thresholds` take the place of the usual ones of the low-results rule.
    """
    directions = tuple(directions)
    declared = [(item.direction, indicator) for item in directions for indicator in item.indicators]
    if not declared:
        return indicator_values.join_rows([], year)
    engine = backend or backend_of()
    made = derived_tables.table_makers(
        derived_tables.low_results_base(directions), thresholds or {}
    )
    relations = Relations(paths, year, engine, made)
    previous = relations.at(year.shifted(-1))
    parts = []
    wider = reference_values.reference_rows(relations, declared)
    for place, own in enumerate(_own_rows(relations, declared, small_n)):
        parts.extend(
            [*own, *wider.get(place, ())] or [indicator_values.no_data_row(*declared[place])]
        )
    result = indicator_values.join_rows(parts, year)
    codes = {(direction, indicator.code): indicator for direction, indicator in declared}
    return indicator_values.flag_incomparable(result, codes, relations, previous)


def _own_rows(
    relations: Relations, declared: list[Declared], small_n: int
) -> list[list[indicator_values.Columns]]:
    """Return each indicator's rows, scanning a table once for all that share its groups."""
    plan = grouped_sums.plan_scans([indicator for _, indicator in declared])
    rows: dict[int, list[indicator_values.Columns]] = {}
    for keys, places in plan:
        sums = grouped_sums.sum_groups(relations, [declared[place][1] for place in places], keys)
        for number, place in enumerate(places):
            rows[place] = indicator_values.group_rows(sums, number, *declared[place], small_n)
    return [rows[place] for place in range(len(declared))]
