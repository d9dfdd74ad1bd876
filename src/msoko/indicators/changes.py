"""How the municipality's indicators changed since last year: one family of conclusions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from msoko.catalog import Direction
    from msoko.school_year import SchoolYear
    from msoko.stats.estimate import Estimate, NotEstimable

COUNTED = ("count", "sum")
"""Measures that have no error to judge a change by."""
PARTS = ["numerator", "denominator"]


Changes = Mapping[tuple[str, str], Sequence[float]]
"""The p-values of changes, by direction and indicator."""


def year_changes(
    directions: Iterable[Direction], values: pd.DataFrame, year: SchoolYear
) -> Changes:
    """Return the p-values of the changes that the year's summary judges, of all directions.

    These are the indicators of the whole municipality, and of each subject where an
    indicator has no whole; the error is by schools (`msoko.stats.ratio.ratio_change`).
    `values` has the `keys` and `by` of `with_keys`.
    """
    return {
        (one.direction, code): told
        for one in directions
        for code, told in _of_direction(one, values, year).items()
    }


def _of_direction(
    direction: Direction, values: pd.DataFrame, year: SchoolYear
) -> dict[str, list[float]]:
    values = values[values["direction"] == direction.direction]
    told = [
        one for one in direction.indicators
        if one.measure not in COUNTED and one.comparable_across_years
    ]  # fmt: skip
    years = [str(year.shifted(-1)), str(year)]
    return {
        one.code: list(
            _p_values(
                values[values["indicator"] == one.code], "" if () in one.by else "subject", years
            )
        )
        for one in told
    }


def _p_values(rows: pd.DataFrame, by: str, years: list[str]) -> Iterator[float]:
    """Give the p-value of each group that is known and may be compared in both years."""
    whole = rows[(rows["unit_of_analysis"] == "municipality") & (rows["by"] == by)]
    whole = whole.dropna(subset=["value"])
    barred = whole["flags"].fillna("").str.contains("not_comparable", regex=False)
    barred &= whole["school_year"] == years[1]
    before, after = (
        set(whole.loc[(whole["school_year"] == one) & ~barred, "keys"]) for one in years
    )
    schools = rows[rows["by"] == f"school_id {by}".strip()]
    for keys in sorted(before & after):
        own = schools[schools["keys"] == keys]
        found = school_change(*(own[own["school_year"] == one] for one in years))
        if found is not None and found.is_estimable and found.p is not None:
            yield found.p


def school_change(before: pd.DataFrame, after: pd.DataFrame) -> Estimate | NotEstimable | None:
    """Return the change of a whole by its schools' rows of two years; None without schools."""
    from msoko.stats.ratio import ratio_change

    if before.empty or after.empty:
        return None
    pair = [rows.set_index("school_id")[PARTS].astype(float) for rows in (before, after)]
    everyone = pair[0].index.union(pair[1].index).sort_values()
    old, new = (part.reindex(everyone) for part in pair)
    return ratio_change(
        (old["numerator"], old["denominator"]), (new["numerator"], new["denominator"])
    )
