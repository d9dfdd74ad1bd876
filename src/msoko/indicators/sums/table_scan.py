"""One pass over a table: the sums of many indicators, with no unit lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
from ibis.expr.types import Column

from msoko.catalog.directions.direction import Indicator
from msoko.indicators.sums import sum_terms

if TYPE_CHECKING:
    import pandas as pd
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table, Value


def scan_table(
    backend: BaseBackend, rows: Table, indicators: Sequence[Indicator], keys: Sequence[str]
) -> pd.DataFrame:
    """Return the groups of `keys` with the sums of each indicator, in no order.

    Columns: the keys, then `i0_a`, `i0_n`, `i1_a`, … as `terms.row_terms` names them; 0 where
    nothing was added.
    """
    finest = _sum_rows(backend, rows, indicators, keys)
    squared = [name for name in finest.columns if name.endswith("_w")]
    if any((finest[name] < finest[f"{name[:-1]}n"]).any() for name in squared):
        finest = _sum_rows(backend, rows, indicators, keys, is_wide=True)
    return finest.drop(columns=squared, errors="ignore")


def _sum_rows(
    backend: BaseBackend,
    rows: Table,
    indicators: Sequence[Indicator],
    keys: Sequence[str],
    *,
    is_wide: bool = False,
) -> pd.DataFrame:
    added = {
        f"i{place}_{name}": _total(rows, name, term)
        for place, indicator in enumerate(indicators)
        for name, term in sum_terms.row_terms(rows, indicator, is_wide=is_wide).items()
    }
    # Not `execute`, which converts column by column. Nor is what nothing was added to filled
    # in the engine: each such call takes it as long as a sum. The engine is named, or Ibis
    # would open another for a table that lies in memory.
    found = backend.to_pyarrow(rows.aggregate(added, by=list(keys)))
    filled = (
        column.fill_null(0) if name in added and column.type == pa.int64() else column
        for name, column in zip(found.column_names, found.columns, strict=True)
    )
    return pa.table(list(filled), names=found.column_names).to_pandas()


def _total(rows: Table, name: str, term: Value) -> Value:
    """Return the sum of a term in 64 bits, of squares in as many digits as there are.

    A term without a column, as of an indicator that counts every row, is the same for all rows.
    DuckDB counts what is not null in half of the time that it takes to add ones.
    """
    is_column = isinstance(term, Column)
    if term.type().is_boolean():
        return ibis.cases((term, True)).count() if is_column else rows.count(where=term)
    total = term.sum() if is_column else rows.count() * term
    return total.cast("decimal(38, 0)") if name == "q" else total
