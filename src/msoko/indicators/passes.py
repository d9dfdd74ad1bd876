"""One pass over a table for all indicators that share its smallest groups."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from msoko.catalog.model import Indicator
from msoko.indicators import terms
from msoko.indicators.relations import Relations

KEY_ORDER = ("school_id", "procedure", "subject", "grade")


def finest_keys(indicator: Indicator) -> tuple[str, ...]:
    """Return the columns that tell an indicator's smallest groups apart, in their one order."""
    keys = {key for group in indicator.by for key in group}
    known = [key for key in KEY_ORDER if key in keys]
    return (*known, *sorted(keys.difference(KEY_ORDER)))


def plan(indicators: Sequence[Indicator]) -> list[tuple[tuple[str, ...], list[int]]]:
    """Return the scans to make: smallest groups, and the places of the indicators they serve.

    An indicator joins the scan of a table whose groups are at least as small as its own, so
    that a table is read as rarely as the declared groups allow.
    """
    order = sorted(range(len(indicators)), key=lambda place: -len(finest_keys(indicators[place])))
    scans: list[tuple[str, tuple[str, ...], list[int]]] = []
    for place in order:
        table, keys = indicators[place].table, finest_keys(indicators[place])
        for known, smaller, places in scans:
            if known == table and set(keys) <= set(smaller):
                places.append(place)
                break
        else:
            scans.append((table, keys, [place]))
    return [(keys, sorted(places)) for _, keys, places in scans]


def summed(
    relations: Relations, indicators: Sequence[Indicator], keys: Sequence[str]
) -> list[pd.DataFrame]:
    """Return the sums of each indicator over the groups of `keys`, from one scan of their table.

    Columns: the keys, then the sums that `terms.row_terms` names; rows are groups in which the
    indicator counts something. A table that is not there gives frames without rows.
    """
    table = indicators[0].table
    if not relations.has(table):
        return [pd.DataFrame() for _ in indicators]
    columns = {pair for indicator in indicators for pair in terms.columns_of(indicator)}
    rows = relations.table(table, columns | {("", key) for key in keys})
    added = {
        f"i{place}_{name}": term
        for place, indicator in enumerate(indicators)
        for name, term in terms.row_terms(rows, indicator).items()
    }
    kept = rows.select(*keys, **added)
    finest = kept.aggregate({name: kept[name].sum() for name in added}, by=list(keys)).execute()
    return [_own(finest, keys, f"i{place}_") for place in range(len(indicators))]


def _own(finest: pd.DataFrame, keys: Sequence[str], prefix: str) -> pd.DataFrame:
    names = {name: name.removeprefix(prefix) for name in finest.columns if name.startswith(prefix)}
    own = finest[[*keys, *names]].rename(columns=names)
    return own[own["n"].fillna(0) > 0].reset_index(drop=True)
