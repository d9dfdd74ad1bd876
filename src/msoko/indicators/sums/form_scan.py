"""Hundreds of indicators of a small table, set one below another before they are summed.

An engine plans every sum of a statement. Of the forms there would be four hundred over thirty
rows, whose planning takes many times longer than their adding; set one below another,
indicators of one kind share their sums.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from msoko.catalog.directions.direction import Indicator
from msoko.indicators.sums import table_scan
from msoko.indicators.sums.conditions import expression

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

PARTS = ("numerator", "denominator", "condition", "size")
"""The columns of the stack; a condition is 1 where it is true, 0 where false."""
COUNTED = ("share", "count")


def scan_forms(
    backend: BaseBackend, rows: Table, indicators: Sequence[Indicator], keys: Sequence[str]
) -> pd.DataFrame:
    """Return what `scans.scanned` does, the groups in the order of their keys.

    Rows and indicators are multiplied in memory: this is for tables of a row a school.
    """
    kinds = [_kind(indicator) for indicator in indicators]
    known = list(dict.fromkeys(kinds))
    of_place = [known.index(kind) for kind in kinds]
    stack = _stack(backend, rows, indicators, of_place, keys)
    stand_ins = [_narrow(kind, number) for number, kind in enumerate(known)]
    order = ["place", *keys]
    sums = table_scan.scan_table(backend, stack, stand_ins, order).sort_values(
        order, ignore_index=True
    )
    groups = len(sums) // len(indicators)
    columns = {key: sums[key].iloc[:groups] for key in keys}
    for place, kind in enumerate(of_place):
        own = slice(place * groups, (place + 1) * groups)
        for name in [name for name in sums if name.startswith(f"i{kind}_")]:
            columns[name.replace(f"i{kind}_", f"i{place}_")] = sums[name].to_numpy()[own]
    return pd.DataFrame(columns)


def _texts(indicator: Indicator) -> tuple[str, ...]:
    """Return what is declared for each of `PARTS`, empty where nothing is."""
    return (indicator.numerator, indicator.denominator, indicator.where, indicator.size)


def _kind(indicator: Indicator) -> Indicator:
    """Return the indicator over the columns of the stack: those of one kind are equal."""
    is_counted, is_ratio = indicator.measure in COUNTED, indicator.measure == "ratio"
    whole = "denominator" if is_ratio else "denominator = 1"
    return Indicator(
        code="",
        title="",
        goal="",
        table="",
        measure=indicator.measure,
        numerator="numerator = 1" if is_counted else "numerator",
        denominator=whole if indicator.denominator else "",
        where="condition = 1" if indicator.where else "",
        size="size" if is_ratio and indicator.size else "",
        interval="t" if indicator.interval == "t" else "none",
        unit="pieces",
        polarity="none",
        source="",
    )


def _narrow(kind: Indicator, number: int) -> Indicator:
    """Return the kind over its own rows of the stack only."""
    own = f"kind = {number}"
    return dataclasses.replace(kind, where=f"{own} and {kind.where}" if kind.where else own)


def _stack(
    backend: BaseBackend,
    rows: Table,
    indicators: Sequence[Indicator],
    kinds: Sequence[int],
    keys: Sequence[str],
) -> Table:
    """Return a row for each indicator and row of the table: `place`, `kind`, the keys, `PARTS`."""
    texts = sorted({text for indicator in indicators for text in _texts(indicator) if text})
    terms = {f"t{at}": expression(rows, text).cast("float64") for at, text in enumerate(texts)}
    found = backend.to_pyarrow(rows.select(*keys, **terms)).to_pandas()
    numbers = {text: found[name].to_numpy() for name, text in zip(terms, texts, strict=True)}
    nothing = np.full(len(found), np.nan)
    columns = {
        "place": np.repeat(np.arange(len(indicators)), len(found)),
        "kind": np.repeat(kinds, len(found)),
        **{key: np.tile(found[key].to_numpy(), len(indicators)) for key in keys},
    }
    for part, own in zip(PARTS, zip(*map(_texts, indicators), strict=True), strict=True):
        columns[part] = np.concatenate([numbers.get(text, nothing) for text in own])
    whole = dict.fromkeys(("place", "kind"), "int64")
    types = whole | {key: rows[key].type() for key in keys} | dict.fromkeys(PARTS, "float64")
    plain = pd.DataFrame(columns).astype(object)
    return ibis.memtable(plain.where(plain.notna(), None), schema=types)
