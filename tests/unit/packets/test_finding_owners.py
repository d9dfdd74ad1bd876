"""Whose a finding is."""

from __future__ import annotations

import pytest

from drawn import table
from msoko.packets.finding_owners import FindingOwners, areas

PLACED = table("""
    file    | sheet | source_row | school_id
    a.xlsx  | МА 4  |         10 | s1
    a.xlsx  | МА 4  |         11 | s1
    a.xlsx  | МА 4  |         13 | s1
    a.xlsx  | МА 4  |         20 | s2
    own.csv |       |          2 | s3
""")
OWNERS = FindingOwners(PLACED.itertuples(index=False, name=None))


def split(cell, message="–", file="a.xlsx", sheet="МА 4", school_id=None):
    finding = {
        "school_id": school_id, "file": file, "sheet": sheet, "cell": cell, "message": message,
    }  # fmt: skip
    return [(one["school_id"], one["cell"], one["message"]) for one in OWNERS.split(finding)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("K12", [("K", 12, 12)]),
        ("K12:K40", [("K", 12, 40)]),
        ("12:40", [("", 12, 40)]),
        ("K12, AA15 и ещё 3", [("K", 12, 12), ("AA", 15, 15)]),
        (None, []),
        ("строки", []),
    ],
)
def test_areas_are_read_as_they_are_written(cell, expected):
    assert [(one.letter, one.first, one.last) for one in areas(cell)] == expected


def test_a_finding_that_names_its_school_stays():
    assert split("K20", school_id="s1") == [("s1", "K20", "–")]


def test_each_school_gets_its_own_cells_and_no_other_s():
    told = split("K10, K20, K11 и ещё 5", "не сумма: ячейки K10, K20, K11 и ещё 5.")
    assert told == [
        ("s1", "K10, K11", "не сумма: ячейки K10, K11."),
        ("s2", "K20", "не сумма: ячейки K20."),
    ]


def test_a_row_in_no_table_belongs_to_the_school_on_both_sides():
    assert split("K12") == [("s1", "K12", "–")]
    assert split("K15") == [(None, "K15", "–")]  # between two schools
    assert split("A8") == [(None, "A8", "–")]  # a heading


def test_a_file_of_one_school_is_its_own():
    assert split(None, file="own.csv", sheet=None) == [("s3", None, "–")]
    assert split(None) == [(None, None, "–")]
