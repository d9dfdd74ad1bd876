"""Indicators set one below another sum up to what each sums up to by itself."""

from __future__ import annotations

import dataclasses

import ibis
import numpy as np
import pandas as pd
import pytest

from msoko.catalog.directions.direction import Indicator
from msoko.indicators import backend_of
from msoko.indicators.sums import form_scan, table_scan

PLAIN = Indicator(
    code="x", title="x", goal="g1", table="forms", measure="sum", numerator="many", unit="points",
    polarity="none", source="Ф1",
)  # fmt: skip
DECLARED = [
    {},
    {"where": "few > 0"},
    {"numerator": "1"},
    {"measure": "mean", "interval": "t"},
    {"measure": "mean", "interval": "t", "numerator": "few / 3", "denominator": "many > 10"},
    {"measure": "mean", "numerator": "few", "where": "kind_of is null"},
    {"measure": "share", "numerator": "few > 1", "denominator": "few is not null"},
    {"measure": "share", "numerator": "many > 10", "denominator": "few > 0", "where": "many < 50"},
    {"measure": "count", "numerator": "few = 0"},
    {"measure": "ratio", "numerator": "few", "denominator": "many"},
    {"measure": "ratio", "numerator": "few", "denominator": "many", "where": "few <> 2"},
    {"measure": "ratio", "numerator": "few", "denominator": "many", "size": "many / 2"},
]


def drawn(seed: int, rows: int, most: float) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "school_id": [f"школа {place}" for place in range(rows)],
            "kind_of": draw.choice(["лицей", "школа"], rows),
            "few": draw.integers(-1, 5, rows).astype(float),
            "many": draw.integers(0, 60, rows) * most,
        }
    )
    for name in ("kind_of", "few", "many"):
        frame[name] = frame[name].astype(object).where(draw.random(rows) > 0.2, None)
    return frame


@pytest.mark.parametrize("keys", [(), ("school_id",), ("school_id", "kind_of"), ("kind_of",)])
@pytest.mark.parametrize("most", [1.0, 1e7])
@pytest.mark.parametrize("rows", [0, 1, 40])
def test_a_stack_gives_what_a_scan_does(rows: int, most: float, keys: tuple[str, ...]) -> None:
    schema = {"school_id": "string", "kind_of": "string", "few": "float64", "many": "float64"}
    table = ibis.memtable(drawn(rows, rows, most), schema=schema)
    indicators = [dataclasses.replace(PLAIN, **own) for own in DECLARED]
    backend = backend_of()
    plain, stack = (
        scan(backend, table, indicators, keys)
        for scan in (table_scan.scan_table, form_scan.scan_forms)
    )
    plain = plain[plain.filter(like="_n").sum(axis=1) > 0]
    ordered = plain.sort_values(list(keys), ignore_index=True) if keys else plain
    pd.testing.assert_frame_equal(stack, ordered, check_like=True, check_dtype=rows > 0)
    assert rows < 40 or (stack["i4_q"] > stack["i4_n"]).any()
