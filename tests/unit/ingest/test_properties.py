"""Whatever stands in the cells: no traceback, no row lost, no changed score unnoticed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_exports import checks, distribution, exam, f1, f3, journal, take, tasks

MAKERS = {"f1": f1, "f3": f3, "journal": journal, "distribution": distribution, "tasks": tasks,
          "exam": exam}  # fmt: skip
ODD = st.one_of(
    st.none(),
    st.integers(-5, 10**12),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.sampled_from(["", "X", "Х", "NaN", "\u200f", "²", "20.04.2025", "Средние", "№", "Итого",
                     "отсутствовал", "=1+1", "МБОУ «СОШ № 1»(edu990101) | Кол-во участников: 3"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)  # fmt: skip


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_every_row_is_accounted_for_whatever_the_cells_say(make, data):
    rows = make()
    for _ in range(data.draw(st.integers(1, 4))):
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        if row:
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(ODD)
    with tempfile.TemporaryDirectory() as folder:
        intake = take(Path(folder), {"a.csv": rows})  # take() fails where a reader failed
    sources = intake.tables["sources"]
    assert "row_balance" not in checks(intake)
    assert (sources["rows_in"] == sources["rows_kept"] + sources["rows_set_aside"]).all()
    if "results" in intake.tables:
        scores = intake.tables["results"]["primary_score"].dropna()
        assert scores.between(-1e12, 1e12).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(row=st.sampled_from([10, 11, 12, 14, 16]), column=st.sampled_from("GHIJKL"), value=ODD)
def test_no_changed_score_or_mark_of_f1_is_accepted_in_silence(row, column, value):
    rows = f1()
    place = "ABCDEFGHIJKL".index(column)
    before = rows[row - 1][place]
    rows[row - 1][place] = value
    is_same = value == before or {value, before} <= {"X", "Х"}
    # X and 0 give the same sum: both are true states, and nothing in the file tells which
    is_state = {str(value), str(before)} <= {"X", "Х", "0"}
    with tempfile.TemporaryDirectory() as folder:
        intake = take(Path(folder), {"a.xlsx": rows})
    assert is_same or is_state or checks(intake, "blocking", "set_aside", "warning")
