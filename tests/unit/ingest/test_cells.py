"""Cells: what is a number, a text, a date, a cross; and what is none of them."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msoko.ingest.sandbox.file_guard import column_number
from msoko.ingest.sheets.cells import (
    address,
    addresses,
    cell_number,
    cell_numbers,
    cell_text,
    crosses,
    date_of,
    fold_text,
    letters,
)

ANY_CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@pytest.mark.parametrize(
    ("cell", "value"),
    [(1, 1), (2.5, 2.5), ("3", 3), ("3,5", 3.5), (" 4.25 ", 4.25), ("1 234", 1234), ("-7", -7),
     ("1\u00a0234,5", 1234.5)],
)  # fmt: skip
def test_what_is_a_number(cell, value):
    assert cell_number(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["NaN", "nan", "inf", "1e5", "0x10", "1.000,5", "١٢", "четыре", True, dt.date(2025, 4, 15),
     "=1+1", "1/2", float("inf")],
)  # fmt: skip
def test_what_is_no_number(cell):
    found, bad = cell_numbers(np.array([cell], dtype=object))
    assert math.isnan(found[0])
    assert bad[0]


@pytest.mark.parametrize("cell", [None, "", "  ", "\u200f", "\ufeff\u00a0"])
def test_a_blank_is_neither_number_nor_mistake(cell):
    found, bad = cell_numbers(np.array([cell], dtype=object))
    assert math.isnan(found[0])
    assert not bad[0]
    assert cell_text(cell) is None


@given(st.lists(ANY_CELL, max_size=20))
def test_no_cell_breaks_a_reader(cells):
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    found, bad = cell_numbers(values)
    assert not (bad & ~np.isnan(found)).any()
    assert crosses(values).shape == values.shape
    for position, cell in enumerate(cells):
        one = cell_number(cell)
        assert (one is None) == math.isnan(found[position])
        assert one is None or one == found[position]
        assert cell_text(cell) is None or cell_text(cell).strip() == cell_text(cell) != ""
        assert fold_text(cell) == fold_text(fold_text(cell))
        date_of(cell)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_survives_its_text(value):
    shown = f"{value:.6f}"
    if len(shown) < 15:
        assert cell_number(shown.replace(".", ",")) == float(shown)


@given(st.integers(0, 20_000))
def test_letters_and_numbers_of_columns_are_one(index):
    assert column_number(letters(index)) == index + 1


@pytest.mark.parametrize(
    ("cell", "is_cross"),
    [("X", True), ("x", True), ("Х", True), ("х", True), (" X ", True), ("XX", False),
     ("0", False), (0, False), (None, False)],
)  # fmt: skip
def test_a_cross_is_latin_or_cyrillic(cell, is_cross):
    assert crosses(np.array([cell], dtype=object))[0] == is_cross


@pytest.mark.parametrize(
    ("cell", "is_1904"),
    [("20.04.2026", False), ("2026.04.20", False), ("2026-04-20 00:00:00", False),
     (dt.date(2026, 4, 20), False), (dt.datetime(2026, 4, 20, 9), False), (46132, False),
     (44670, True), ("Дата: 20.04.2026 г.", False)],
)  # fmt: skip
def test_a_day_is_read_from_every_spelling(cell, is_1904):
    assert date_of(cell, is_1904) == dt.date(2026, 4, 20)


@pytest.mark.parametrize("cell", [None, "", "апрель", "31.02.2026", 5, True, "99.99.9999"])
def test_no_day_is_guessed(cell):
    assert date_of(cell) is None


def test_invisible_marks_go_and_spaces_become_one():
    assert cell_text("\u202eКод\u00a0\u00a0участника\u200f\n") == "Код участника"
    assert cell_text(40001.0) == "40001"
    assert fold_text("Отметка  по Журналу:") == "отметка по журналу"
    assert fold_text("развёрнутый") == "развернутый"


def test_addresses_are_counted_beyond_a_dozen():
    assert address(9, 1) == "B10"
    assert addresses([(0, 0), (1, 26)]) == "A1, AA2"
    assert addresses([(row, 0) for row in range(15)]).endswith("A12 и ещё 3")
