"""From rows back to cells."""

from __future__ import annotations

import pandas as pd
import pytest

from drawn import table
from msoko.validate.findings.source_cells import PLACE_LIMIT, cells_named, locate, places

SOURCES = table("""
    source_id | file   | sheet
    f1        | a.xlsx | МА 4
    f2        | b.csv  |
""")
COLUMNS = table("""
    source_id | table   | column        | source_column
    f1        | results | mark          | X
    f1        | results | primary_score | W
    f2        | results | primary_score | C
""")


def found(rows: str, columns: tuple[str, ...], of: str = "results"):
    located = locate(table(rows), of, columns, SOURCES, COLUMNS)
    return [
        (one.file, one.sheet, one.cell, one.school_id, one.row_count) for one in places(located)
    ]


def test_rows_one_after_another_are_one_range():
    rows = """
        source_id | source_row | school_id
        f1        | 12         | s1
        f1        | 13         | s1
        f1        | 15         | s1
    """
    assert found(rows, ("mark",)) == [
        ("a.xlsx", "МА 4", "X12:X13", "s1", 2),
        ("a.xlsx", "МА 4", "X15", "s1", 1),
    ]


def test_the_first_column_known_in_that_source_is_pointed_at():
    rows = """
        source_id | source_row | school_id
        f1        | 12         | s1
        f2        | 5          | s1
    """
    assert [place[2] for place in found(rows, ("mark", "primary_score"))] == ["X12", "C5"]


def test_without_a_known_column_the_whole_row_is_meant():
    rows = """
        source_id | source_row | school_id
        f1        | 12         | s1
    """
    assert found(rows, ("journal_mark",)) == [("a.xlsx", "МА 4", "12:12", "s1", 1)]
    assert found(rows, (), of="appeals") == [("a.xlsx", "МА 4", "12:12", "s1", 1)]


def test_a_row_that_keeps_its_own_column_needs_no_other():
    rows = """
        source_id | source_row | source_column | school_id
        f1        | 12         | H             | s1
    """
    assert found(rows, ("mark",))[0][2] == "H12"


def test_schools_are_not_mixed_in_one_range():
    rows = """
        source_id | source_row | school_id
        f1        | 12         | s1
        f1        | 13         | s2
    """
    assert [place[3] for place in found(rows, ("mark",))] == ["s1", "s2"]


def test_a_column_gathered_from_several_has_no_one_cell():
    columns = pd.DataFrame(
        [{"source_id": "f1", "table": "results", "column": "mark", "source_column": "E G I"}]
    )
    rows = table("""
        source_id | source_row
        f1        | 12
    """)
    assert [one.cell for one in places(locate(rows, "results", ("mark",), SOURCES, columns))] == [
        "12:12"
    ]


def test_a_row_without_a_source_has_no_cell():
    rows = """
        school_id
        s1
    """
    assert found(rows, ()) == [(None, None, None, "s1", 1)]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("K12", "ячейка K12"),
        ("K12:K40", "ячейки K12:K40"),
        ("K12, K15 и ещё 3", "ячейки K12, K15 и ещё 3"),
        ("12:12", "строка 12"),
        ("12:40", "строки 12–40"),
        (None, ""),
    ],
)
def test_cells_are_named_in_russian(cell, words):
    assert cells_named(cell) == words


@pytest.mark.parametrize("extra", [0, 3])
def test_a_long_list_ends_with_one_place_for_the_rest(extra):
    rows = pd.DataFrame(
        {"source_id": "f1", "source_row": range(10, 10 + 2 * (PLACE_LIMIT + extra), 2)}
    )
    listed = list(places(locate(rows, "results", ("mark",), SOURCES, COLUMNS)))
    assert sum(place.row_count for place in listed) == PLACE_LIMIT + extra
    assert [place.row_count for place in listed if place.cell is None] == [extra] * bool(extra)
