"""What the public edition may show: numbers of few persons are hidden before any block reads them.

Rules and their attacker are `msoko.disclosure`'s; here they are applied to what reports print.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core.tables import GROUP
from msoko.disclosure.attack import Sum
from msoko.disclosure.suppression import PUBLIC, complementary, primary, small_parts, suppress

if TYPE_CHECKING:
    from msoko.catalog import Direction, Indicator

HIDDEN = "hidden"
"""The flag of a value that the public edition does not show."""
NUMBERS = ["numerator", "denominator", "value", "low", "high", "n"]
ORGANISATIONS = ("low_results", "objectivity_schools")
"""Tables of which a row is an organisation: few of them tell each one's verdict."""
PUPILS = (
    "results",
    "task_scores",
    "mark_shares",
    "journal_comparison",
    "confirmation",
    "graduates",
    "olympiad",
    *ORGANISATIONS,
)
"""Tables made of pupils' own results: schools are not set apart by them in public."""
LEAST_SCHOOLS = PUBLIC.minimum
"""A number of schools is published where there are at least so many to choose from."""


def publishable(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Return indicator rows with the direction's numbers of few persons taken away.

    Each indicator of a year is one published table: its whole and its groups are hidden
    together where totals would give a hidden group away. Rows of schools stay, for
    blocks compute with them and print none; rows of the region are public already.
    Of other directions no number of the municipality is left.
    """
    known = {item.code: item for item in direction.indicators}
    is_whole = values["unit_of_analysis"] == "municipality"
    is_own = values["direction"] == direction.direction
    hidden = is_whole & ~is_own
    own = values[is_whole & is_own]
    for (_, code), rows in own.groupby(["school_year", "indicator"], sort=False):
        hidden[rows.index] = _hidden(known[code], rows) if code in known else True
    shown = values.copy()
    shown[NUMBERS] = shown[NUMBERS].astype("float64").mask(hidden)
    shown["flags"] = shown["flags"].where(~hidden, HIDDEN)
    return shown


def _hidden(indicator: Indicator, rows: pd.DataFrame) -> pd.Series:
    """Return which rows of one indicator stay hidden."""
    if indicator.table in ORGANISATIONS:
        return rows["n"] < LEAST_SCHOOLS
    if indicator.measure in ("sum", "count"):
        is_of_persons = indicator.unit == "persons" or indicator.table in PUPILS
        return is_of_persons & rows["value"].between(0, PUBLIC.minimum, inclusive="neither")
    if indicator.table not in PUPILS and indicator.measure != "ratio":
        return pd.Series(False, index=rows.index)  # of organisations, not of persons
    base = rows["denominator"].fillna(rows["n"])
    if not _is_share_of_persons(rows):
        return primary(base).notna()
    names = sorted(key for key in GROUP if rows[key].notna().any())
    table = rows[names].assign(n=base, numerator=rows["numerator"])
    also = small_parts(base, rows["numerator"])
    return suppress(table, names, numerator="numerator", also=also).notna()


def _is_share_of_persons(rows: pd.DataFrame) -> bool:
    counts = rows[["numerator", "denominator"]].dropna()
    is_whole = len(counts) == len(rows) and bool((counts % 1 == 0).all(axis=None))
    return is_whole and bool((counts["numerator"] <= counts["denominator"]).all())


def shown_rows(counts: pd.DataFrame) -> pd.Series:
    """Return which rows of a table of counts may be shown beside the sums of its columns.

    `counts` has a column for each kind of person. A row is hidden whole where a kind
    is of too few persons, or all are; then as many more as the totals call for.
    """
    values = counts.fillna(0).round().astype(int)
    whole = values.sum(axis=1)
    is_few = ((values > 0) & (values < PUBLIC.minimum)).any(axis=1) | primary(whole).notna()
    hidden = {place for place, few in enumerate(is_few) if few}
    measures = [whole, *(values[name] for name in values.columns)]
    cells = [[*map(float, one), float(one.sum())] for one in measures]
    total = Sum(len(values), tuple(range(len(values))))
    closed = hidden | complementary(cells, [total], hidden)
    return pd.Series([place not in closed for place in range(len(values))], index=counts.index)


def shown_counts(counts: Sequence[int]) -> list[bool]:
    """Return which counts of one distribution may be shown beside their sum."""
    return shown_rows(pd.DataFrame({"count": list(counts)})).tolist()
