"""Indicators of a year: one pass over each table, then sums of sums.

Every measure here is a ratio of sums, so the finest groups an indicator asks for are counted
once and all wider groups are added up from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.model import Direction, Indicator
from msoko.indicators import references, terms, values
from msoko.indicators.relations import Paths, Relations, duckdb_backend
from msoko.school_year import SchoolYear

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

KEY_ORDER = ("school_id", "procedure", "subject", "grade")
Declared = tuple[str, Indicator]
"""An indicator with the code of its direction."""


def compute(
    directions: Iterable[Direction],
    paths: Paths,
    year: SchoolYear,
    *,
    backend: BaseBackend | None = None,
    small_n: int = 10,
) -> pd.DataFrame:
    """Return the year's rows of table `indicators`, in the order of declaration.

    Counts are summed before dividing, so a large school weighs more than a small one; a group
    whose denominator is zero has no row, and an indicator without any data has one row flagged
    `no_data`. Shares are fractions of 1. Groups below `small_n` are flagged `small_n`.
    `paths` tells where tables lie (a `Store`), `backend` is the Ibis engine (by default an
    embedded DuckDB). An indicator declared in two directions is counted once for each.
    """
    relations = Relations(paths, year, backend or duckdb_backend())
    previous = Relations(paths, year.shifted(-1), relations.backend)
    declared = [(item.direction, indicator) for item in directions for indicator in item.indicators]
    frames: dict[int, pd.DataFrame] = {}
    order = sorted(range(len(declared)), key=lambda index: _pass_of(declared[index][1]))
    for _, members in groupby(order, key=lambda index: _pass_of(declared[index][1])):
        frames.update(
            _one_pass(relations, [(index, declared[index]) for index in members], small_n)
        )
    for index, (direction, indicator) in enumerate(declared):
        parts = [frames[index], references.rows(relations, direction, indicator)]
        frames[index] = pd.concat([part for part in parts if len(part)] or parts[:1])
        if frames[index].empty:
            frames[index] = values.no_data(year, direction, indicator)
    rows = [frames[index] for index in range(len(declared))]
    if not rows:
        return values.typed(values.empty())
    result = pd.concat(rows, ignore_index=True)
    result = values.typed(result.assign(school_year=str(year)))
    return values.flag_incomparable(result, dict(_codes(declared)), relations, previous)


def _codes(declared: Sequence[Declared]) -> Iterable[tuple[tuple[str, str], Indicator]]:
    for direction, indicator in declared:
        yield (direction, indicator.code), indicator


def finest_keys(indicator: Indicator) -> tuple[str, ...]:
    """Return the columns that tell an indicator's smallest groups apart, in their one order."""
    keys = {key for group in indicator.by for key in group}
    known = [key for key in KEY_ORDER if key in keys]
    return (*known, *sorted(keys.difference(KEY_ORDER)))


def _pass_of(indicator: Indicator) -> tuple[str, tuple[str, ...]]:
    return indicator.table, finest_keys(indicator)


def _one_pass(
    relations: Relations, members: list[tuple[int, Declared]], small_n: int
) -> dict[int, pd.DataFrame]:
    """Return the rows of each indicator that shares a table and finest groups, by its index."""
    table, keys = _pass_of(members[0][1][1])
    if not relations.has(table):
        return {index: values.empty() for index, _ in members}
    columns = {pair for _, (_, indicator) in members for pair in terms.columns_of(indicator)}
    rows = relations.table(table, columns)
    added = {
        f"i{index}_{name}": term
        for index, (_, indicator) in members
        for name, term in terms.row_terms(rows, indicator).items()
    }
    sums = rows.select(*keys, **added)
    sums = sums.aggregate({name: sums[name].sum() for name in added}, by=list(keys))
    finest = sums.execute()
    return {
        index: values.grouped(_own(finest, keys, index), direction, indicator, small_n)
        for index, (direction, indicator) in members
    }


def _own(finest: pd.DataFrame, keys: Sequence[str], index: int) -> pd.DataFrame:
    prefix = f"i{index}_"
    names = {name: name.removeprefix(prefix) for name in finest.columns if name.startswith(prefix)}
    return finest[[*keys, *names]].rename(columns=names)
