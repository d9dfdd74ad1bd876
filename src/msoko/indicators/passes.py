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


def summed(relations: Relations, indicators: Sequence[Indicator]) -> list[pd.DataFrame]:
    """Return the sums of each indicator's smallest groups, from one scan of their one table.

    The indicators must share `table` and `finest_keys`. Columns: the keys, then the sums that
    `terms.row_terms` names; a table that is not there gives frames without rows.
    """
    table, keys = indicators[0].table, list(finest_keys(indicators[0]))
    if not relations.has(table):
        return [pd.DataFrame() for _ in indicators]
    columns = {pair for indicator in indicators for pair in terms.columns_of(indicator)}
    rows = relations.table(table, columns)
    added = {
        f"i{place}_{name}": term
        for place, indicator in enumerate(indicators)
        for name, term in terms.row_terms(rows, indicator).items()
    }
    kept = rows.select(*keys, **added)
    finest = kept.aggregate({name: kept[name].sum() for name in added}, by=keys).execute()
    return [_own(finest, keys, f"i{place}_") for place in range(len(indicators))]


def _own(finest: pd.DataFrame, keys: Sequence[str], prefix: str) -> pd.DataFrame:
    names = {name: name.removeprefix(prefix) for name in finest.columns if name.startswith(prefix)}
    return finest[[*keys, *names]].rename(columns=names)
