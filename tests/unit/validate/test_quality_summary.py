"""The content of the data-quality report, from drawn tables."""

from __future__ import annotations

import pandas as pd
import pytest

from drawn import table
from msoko.core.project import Project
from msoko.validate import quality
from msoko.validate.findings.check_wording import read_wording

SOURCES = table("""
    source_id | file   | sheet | block | layout  | reason | confidence | rows_in | rows_kept | rows_set_aside
    f1        | a.xlsx | МА 4  |     1 | vpr_f1  | шапка  |       1.00 |      10 |         8 |              2
    f2        | a.xlsx | МА 4  |     2 | vpr_f1  | шапка  |       0.90 |       5 |         5 |              0
    f3        | b.csv  |       |     1 | rcoi    | шапка  |       0.95 |       7 |         6 |              0
""")  # noqa: E501 - a drawn table
SET_ASIDE = table("""
    source_id | source_row | reason
    f1        |          9 | строка школы
    f1        |         20 | строка школы
""")
FINDINGS = table("""
    check     | severity | school_id | file   | sheet | cell | row_count | message   | action  | directions
    no_scale  | note     |           | b.csv  |       |      |           | нет шкалы | впишите |
    task_sum  | warning  | s1        | a.xlsx | МА 4  | W41  |         1 | не сумма  | сверьте | low_results
    task_sum  | warning  | s2        | a.xlsx | МА 4  | W12  |         1 | не сумма  | сверьте | low_results
    password  | blocking |           | c.xlsx |       |      |           | пароль    | снимите | objectivity
""")  # noqa: E501 - a drawn table
DIRECTIONS = ["student_outcomes", "low_results", "objectivity"]


@pytest.fixture(scope="module")
def content():
    words = read_wording(Project.at(None))
    return quality(SOURCES, SET_ASIDE, FINDINGS, DIRECTIONS, words)


def test_blocks_of_one_sheet_arrive_as_one(content):
    sheet = content.arrived.set_index("file").loc["a.xlsx"]
    assert (sheet["block_count"], sheet["rows_in"], sheet["confidence"]) == (2, 15, 0.90)
    assert list(content.arrived["file"]) == ["a.xlsx", "b.csv"]


def test_a_file_that_was_not_read_comes_before_rows_set_aside(content):
    assert content.refused["file"].tolist() == ["c.xlsx", "a.xlsx"]
    assert content.refused["reason"].tolist() == ["пароль", "строка школы"]
    assert content.refused["row_count"].tolist() == [pd.NA, 2]


def test_rows_that_vanish_are_shown(content):
    lost = content.reconciliation["rows_lost"].tolist()
    assert lost == [1, 0, 1]  # rcoi: 7 − 6 − 0; vpr_f1: 15 − 13 − 2; in all 1
    assert content.reconciliation["layout"].isna().tolist() == [False, False, True]


def test_the_gravest_come_first_by_their_names(content):
    assert content.checks["severity"].tolist() == ["blocking", "warning", "note"]
    assert content.checks["school_count"].tolist() == [0, 2, 0]
    assert content.checks["title"].tolist() == [
        "Файл открыт без пароля",
        "Сумма баллов за задания равна первичному баллу",
        "Шкала работы известна",
    ]
    assert content.findings["cell"].fillna("").tolist() == ["", "W12", "W41", ""]


def test_a_finding_without_a_direction_concerns_all(content):
    rows = content.meaning.set_index("direction")
    assert rows["consequence"].to_dict() == {
        "student_outcomes": "unaffected",
        "low_results": "built_with_reservation",
        "objectivity": "not_built",
    }
    assert rows["note"].tolist() == [1, 1, 1]


def test_nothing_received_gives_empty_tables():
    words = read_wording(Project.at(None))
    empty = quality(SOURCES[:0], SET_ASIDE[:0], FINDINGS[:0], DIRECTIONS, words)
    assert empty.arrived.empty and empty.refused.empty and empty.findings.empty
    assert empty.meaning["consequence"].tolist() == ["unaffected"] * 3
    assert empty.reconciliation["rows_in"].tolist() == [0]
