"""Headings of known layouts that stand twice: refused by name where the columns differ."""

from __future__ import annotations

import pytest

from made_exports import checks, exam, f1, take
from msoko.ingest.sheets.sheet_blocks import AmbiguousHeading, BlockColumns

HEAD = ["Логин", "Балл", "Балл", "Прочее", "Прочее"]


def columns(*rows: list) -> BlockColumns:
    return BlockColumns([HEAD, *rows], 0, 1 + len(rows))


def test_a_heading_over_columns_that_differ_is_refused_when_asked_for():
    found = columns(["a", 1, 2, 3, 4])
    assert found["логин"] == 0
    with pytest.raises(AmbiguousHeading) as refused:
        found["балл"]
    assert refused.value.title == "Балл"
    assert refused.value.cells == ("B1", "C1")


def test_a_heading_over_a_copy_or_an_empty_column_is_plain():
    assert columns(["a", 1, 1, 3, 4])["балл"] == 1
    assert columns(["a", None, 2, 3, 4])["балл"] == 2
    assert columns()["балл"] == 1


def test_an_alias_gives_way_to_the_word_itself():
    found = BlockColumns([["Код школы", "Код ОО"], ["1", "2"]], 0, 2)
    assert found["код оо"] == 1


def test_a_score_that_stands_in_two_columns_stops_the_run_with_both_cells(tmp_path):
    rows = [[*row[:10], 7 if place in (2, 3) else None, *row[10:]] if len(row) > 10 else row
            for place, row in enumerate(exam())]  # fmt: skip
    rows[1][10] = "Первичный балл"
    intake = take(tmp_path, {"ОГЭ.xlsx": rows})
    told = intake.findings.set_index("check").loc["ambiguous_heading"]
    assert "«Первичный балл» стоит в ячейках J2 и K2" in told["message"]
    assert told["severity"] == "blocking"
    assert "results" not in intake.tables


def test_a_repeated_heading_that_no_reader_asks_for_is_left_alone(tmp_path):
    rows = [[*row, place, -place] for place, row in enumerate(f1())]
    header = next(row for row in rows if "Код участника" in row)
    header[-2:] = ["Примечание", "Примечание"]
    assert "ambiguous_heading" not in checks(take(tmp_path, {"Ф1.xlsx": rows}))
