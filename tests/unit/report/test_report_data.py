"""What a report reads: the rows of an indicator, asked for again and again."""

from __future__ import annotations

import pandas as pd


def test_rows_are_the_same_however_often_they_are_asked_for(made) -> None:
    report = made()
    code = report.direction.indicators[0].code
    last = report.year.shifted(-1)
    first = report.rows(code, "school", ("subject",), last).frame
    everything = report.rows(code, "school", ("subject",)).frame
    own = everything[everything["school_year"] == "2023-24"]
    assert len(first) == 12  # six schools, two subjects
    pd.testing.assert_frame_equal(first, own)
    pd.testing.assert_frame_equal(report.rows(code, "school", ("subject",), last).frame, first)
    assert list(everything["school_year"]) == sorted(everything["school_year"])


def test_what_a_block_adds_to_its_rows_no_other_block_sees(made) -> None:
    report = made()
    code = report.direction.indicators[0].code
    rows = report.rows(code, by=("subject",)).frame
    before = rows.copy()
    rows["value"] = 0.0
    rows["added"] = "слово"
    rows.loc[rows.index[0], "n"] = -1
    pd.testing.assert_frame_equal(report.rows(code, by=("subject",)).frame, before)


def test_an_indicator_without_such_rows_has_none(made) -> None:
    report = made()
    rows = report.rows("no_such_indicator", "school", ("grade",), report.year)
    assert not len(rows) and not list(rows) and rows.column("value").size == 0
    assert rows.frame.empty and "value" in rows.frame.columns


def test_a_row_a_column_and_a_frame_say_the_same(made) -> None:
    report = made()
    rows = report.rows(report.direction.indicators[0].code, "school", ("subject",), report.year)
    frame = rows.frame
    assert [row["value"] for row in rows] == list(rows.column("value")) == list(frame["value"])
    first = next(iter(rows))
    assert list(first) == list(frame.columns) and len(first) == len(frame.columns)
    assert {name: first[name] for name in ("school_id", "n")} == frame.iloc[0][
        ["school_id", "n"]
    ].to_dict()
