"""How the municipality's indicators changed since last year: one family of conclusions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from msoko.catalog import Direction
    from msoko.core.school_year import SchoolYear
    from msoko.stats.estimators.estimate import Estimate, NotEstimable

COUNTED = ("count", "sum")
"""Measures that have no error to judge a change by."""
PARTS = ["numerator", "denominator"]
GROUP = ["school_year", "direction", "indicator", "by", "keys"]
WHOLES = {"": "school_id", "subject": "school_id subject"}
"""The columns of the groups whose changes are told, and of the same groups by school."""


Parts = Mapping[str, Sequence[float]]
"""Numerator and denominator by school."""

Changes = Mapping[tuple[str, str], Sequence[float]]
"""The p-values of changes, by direction and indicator."""


def year_changes(
    directions: Iterable[Direction], values: pd.DataFrame, year: SchoolYear
) -> Changes:
    """Return the p-values of the changes that the year's summary judges, of all directions.

    These are the indicators of the whole municipality, and of each subject where an
    indicator has no whole; the error is by schools (`msoko.stats.estimators.ratio.ratio_change`).
    `values` has the `keys` and `by` of `with_keys`.
    """
    wholes, schools = _wholes(values, str(year)), _schools(values)
    years = (str(year.shifted(-1)), str(year))
    told = {
        (one.direction, item.code): "" if () in item.by else "subject"
        for one in directions
        for item in one.indicators
        if item.measure not in COUNTED and item.comparable_across_years
    }
    return {line: list(_p_values(line, by, wholes, schools, years)) for line, by in told.items()}


def _wholes(values: pd.DataFrame, this: str) -> dict[tuple[str, ...], list[str]]:
    """Return the `keys` of the known groups by the rest of `GROUP`, less what is incomparable."""
    whole = values[(values["unit_of_analysis"] == "municipality") & values["by"].isin(WHOLES)]
    whole = whole.dropna(subset=["value"])
    barred = whole["flags"].fillna("").str.contains("not_comparable", regex=False)
    kept = whole[~(barred & (whole["school_year"] == this))]
    found: dict[tuple[str, ...], list[str]] = {}
    for *line, keys in zip(*(kept[name].tolist() for name in GROUP), strict=True):
        found.setdefault(tuple(line), []).append(keys)
    return found


def _schools(values: pd.DataFrame) -> Callable[[tuple[str, ...]], Parts]:
    """Return what gives the parts of each school in a group, as `GROUP` names it."""
    rows = values[values["by"].isin(WHOLES.values())]
    places = rows.groupby(GROUP).indices
    ids, parts = rows["school_id"].to_numpy(object), rows[PARTS].to_numpy(float)

    def of(group: tuple[str, ...]) -> Parts:
        own = places.get(group, [])
        return dict(zip(ids[own], parts[own].tolist(), strict=True))

    return of


def _p_values(
    line: tuple[str, str],
    by: str,
    wholes: Mapping[tuple[str, ...], Iterable[str]],
    schools: Callable[[tuple[str, ...]], Parts],
    years: Sequence[str],
) -> Iterator[float]:
    """Give the p-value of each group that is known and may be compared in both years."""
    before, after = (set(wholes.get((one, *line, by), ())) for one in years)
    for keys in sorted(before & after):
        found = school_change(*(schools((one, *line, WHOLES[by], keys)) for one in years))
        if found is not None and found.is_estimable and found.p is not None:
            yield found.p


def school_change(before: Parts, after: Parts) -> Estimate | NotEstimable | None:
    """Return the change of a whole by its schools' parts in two years; None without schools."""
    from msoko.stats.estimators.ratio import ratio_change

    if not before or not after:
        return None
    everyone = sorted(before.keys() | after.keys())
    absent = (math.nan, math.nan)
    pair = [
        np.array([year.get(school, absent) for school in everyone]).T for year in (before, after)
    ]
    return ratio_change(*pair)


def by_school(rows: pd.DataFrame) -> Parts:
    """Return numerator and denominator of each school."""
    return dict(zip(rows["school_id"], rows[PARTS].to_numpy(float).tolist(), strict=True))
