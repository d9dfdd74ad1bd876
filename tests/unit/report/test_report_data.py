"""What a report reads: the rows of an indicator, asked for again and again."""

from __future__ import annotations

import pandas as pd


def test_rows_are_the_same_however_often_they_are_asked_for(made) -> None:
    report = made()
    code = report.direction.indicators[0].code
    first = report.select(code, "school", ("subject",), "2023-24")
    everything = report.select(code, "school", ("subject",))
    own = everything[everything["school_year"] == "2023-24"]
    assert len(first) == 12  # six schools, two subjects
    pd.testing.assert_frame_equal(first, own)
    pd.testing.assert_frame_equal(report.select(code, "school", ("subject",), "2023-24"), first)
    assert list(everything["school_year"]) == sorted(everything["school_year"])


def test_what_a_block_adds_to_its_rows_no_other_block_sees(made) -> None:
    report = made()
    code = report.direction.indicators[0].code
    rows = report.select(code, by=("subject",))
    before = rows.copy()
    rows["value"] = 0.0
    rows["added"] = "слово"
    rows.loc[rows.index[0], "n"] = -1
    pd.testing.assert_frame_equal(report.select(code, by=("subject",)), before)


def test_an_indicator_without_such_rows_has_none(made) -> None:
    report = made()
    rows = report.select("no_such_indicator", "school", ("grade",), "2024-25")
    assert rows.empty
    assert "value" in rows.columns
