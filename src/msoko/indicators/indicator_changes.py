"""How the municipality's indicators changed since last year: one family of conclusions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msoko.core.indicator_groups import grouping
from msoko.stats.estimators.judged_changes import SchoolParts, school_change

if TYPE_CHECKING:
    import pandas as pd

    from msoko.catalog import Direction
    from msoko.core.school_year import SchoolYear

COUNTED = ("count", "sum")
"""Measures that have no error to judge a change by."""
PARTS = ["numerator", "denominator"]
LINE = ["school_year", "direction", "indicator", "grouping", "part"]
WHOLES = {grouping(keys): grouping(("school_id", *keys)) for keys in ((), ("subject",))}
"""The groupings whose changes are judged, and the same groupings by school."""

Changes = Mapping[tuple[str, str], Sequence[float]]
"""The p-values of changes, by direction and indicator."""


def year_changes(
    directions: Iterable[Direction], values: pd.DataFrame, year: SchoolYear
) -> Changes:
    """Return the p-values of the changes that the year's summary judges, of all directions.

    These are the indicators of the whole municipality, and of each subject where an
    indicator has no whole; the error is by schools (`school_change`).
    `values` has the numbers of `recommendations.with_groups`.
    """
    wholes, schools = _wholes(values, str(year)), _schools(values)
    years = (str(year.shifted(-1)), str(year))
    told = {
        (one.direction, item.code): grouping(() if () in item.by else ("subject",))
        for one in directions
        for item in one.indicators
        if item.measure not in COUNTED and item.comparable_across_years
    }
    return {line: list(_p_values(line, by, wholes, schools, years)) for line, by in told.items()}


def _wholes(values: pd.DataFrame, this: str) -> dict[tuple[str | int, ...], list[int]]:
    """Return the known parts by the rest of `LINE`, less what is incomparable."""
    whole = values[(values["unit_of_analysis"] == "municipality") & values["grouping"].isin(WHOLES)]
    whole = whole.dropna(subset=["value"])
    barred = whole["flags"].fillna("").str.contains("not_comparable", regex=False)
    kept = whole[~(barred & (whole["school_year"] == this))]
    found: dict[tuple[str | int, ...], list[int]] = {}
    for *line, part in zip(*(kept[name].tolist() for name in LINE), strict=True):
        found.setdefault(tuple(line), []).append(part)
    return found


def _schools(values: pd.DataFrame) -> Callable[[tuple[str | int, ...]], SchoolParts]:
    """Return what gives the parts of each school in a group, as `LINE` names it."""
    rows = values[values["grouping"].isin(WHOLES.values())]
    places = rows.groupby(LINE).indices
    ids, parts = rows["school_id"].to_numpy(object), rows[PARTS].to_numpy(float)

    def of(group: tuple[str | int, ...]) -> SchoolParts:
        own = places.get(group, [])
        return dict(zip(ids[own], parts[own].tolist(), strict=True))

    return of


def _p_values(
    line: tuple[str, str],
    by: int,
    wholes: Mapping[tuple[str | int, ...], Iterable[int]],
    schools: Callable[[tuple[str | int, ...]], SchoolParts],
    years: Sequence[str],
) -> Iterator[float]:
    """Give the p-value of each group that is known and may be compared in both years."""
    before, after = (set(wholes.get((one, *line, by), ())) for one in years)
    for part in sorted(before & after):
        found = school_change(*(schools((one, *line, WHOLES[by], part)) for one in years))
        if found is not None and found.is_estimable and found.p is not None:
            yield found.p


def by_school(rows: pd.DataFrame) -> SchoolParts:
    """Return numerator and denominator of each school."""
    return dict(zip(rows["school_id"], rows[PARTS].to_numpy(float).tolist(), strict=True))
