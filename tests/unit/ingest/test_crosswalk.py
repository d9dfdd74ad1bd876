"""One id behind a school's codes and names, with mergers, renames and people's confirmations."""

from __future__ import annotations

import pytest

from made_exports import FIRST, REGISTER, SECOND, checks, exam, f1, take
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.identity.crosswalk import Crosswalk, plain_name

HEADER = REGISTER.splitlines()[0]
LINES = """\
s1,МБОУ «СОШ № 1»,school,secondary,urban,edu990101,0111001,1001,,2022-23,,прежнее имя
s1,МБОУ «СОШ № 1 имени Лесника»,school,secondary,urban,edu990101,0111001,1001,2023-24,,,
s2,МБОУ «СОШ № 2»,school,secondary,rural,edu990102,111002,1002,,,,
s3,МБОУ «Ольховская ООШ»,school,basic,rural,edu990103,111003,1003,,2022-23,s2,присоединена
"""


def crosswalk(folder, year: int, links: str = "") -> Crosswalk:
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    (raw / "schools.csv").write_text(f"{HEADER}\n{LINES}", encoding="utf-8")
    if links:
        (raw / "crosswalk.yml").write_text(links, encoding="utf-8")
    return Crosswalk.load(Project(folder, HOME), SchoolYear(year))


@pytest.mark.parametrize(
    ("code", "name", "year", "school"),
    [
        ("edu990101", None, 2024, "s1"),
        ("111001", None, 2024, "s1"),  # Excel lost the leading zero
        ("1002", None, 2024, "s2"),
        ("edu990103", None, 2022, "s3"),
        ("edu990103", None, 2024, "s2"),  # merged into s2
        (None, "МБОУ «СОШ №1»", 2022, "s1"),
        (None, "средняя общеобразовательная школа № 2", 2024, "s2"),
        (None, "МБОУ «СОШ № 1»", 2024, "s1"),  # renamed since, still the same school
        ("edu990199", None, 2024, None),
        ("edu990199", "МБОУ «СОШ № 2»", 2024, None),  # an unknown code is a question
        (None, "Школа будущего", 2024, None),
    ],
)
def test_a_code_or_name_leads_to_the_school_of_that_year(tmp_path, code, name, year, school):
    assert crosswalk(tmp_path, year).resolve(code, name) == school


def test_a_confirmed_link_is_remembered(tmp_path):
    links = "- {code: edu990199, school_id: s2, author: методист, date: 2025-05-05}\n"
    assert crosswalk(tmp_path, 2024, links).resolve("edu990199", None) == "s2"


def test_a_link_to_a_school_nobody_knows_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"crosswalk.yml, строка 1.*«s9» нет"):
        crosswalk(tmp_path, 2024, "- {code: edu990199, school_id: s9, author: методист}\n")


def test_an_unknown_school_is_listed_with_likely_ones(tmp_path):
    rows = f1()
    for row in rows[13:]:
        row[0], row[2] = "edu990120", "МБОУ «СОШ № 2 п. Новый»(edu990120)"
    rows[12] = ["МБОУ «СОШ № 2 п. Новый»(edu990120) | Кол-во участников: 2"]
    intake = take(tmp_path, {"a.xlsx": rows})
    assert checks(intake, "set_aside") == {"unmatched_school"}
    message = intake.findings.set_index("check").loc["unmatched_school", "message"]
    assert "edu990120" in message and "s2 (МБОУ «СОШ № 2»)" in message
    links = "- {code: edu990120, school_id: s2, author: методист}\n"
    again = take(tmp_path, {}, crosswalk=links)
    assert not again.is_blocked
    assert set(again.tables["results"]["school_id"]) == {"s1", "s2"}


def test_vpr_and_exam_codes_meet_in_one_school(tmp_path):
    intake = take(tmp_path, {"a.xlsx": f1(), "b.csv": exam()})
    pairs = intake.tables["results"].groupby("procedure")["school_id"].agg(set)
    assert pairs["vpr"] == pairs["oge"] == {"s1", "s2"}


def test_without_a_register_codes_are_ids_and_that_is_said(tmp_path):
    intake = take(tmp_path, {"a.xlsx": f1()}, register=HEADER + "\n")
    assert checks(intake) >= {"no_register"}
    assert set(intake.tables["schools"]["school_id"]) == {"edu990101", "edu990102"}


def test_names_are_compared_without_quotes_and_kinds():
    assert plain_name(FIRST[:-11]) == plain_name("МАОУ  СОШ №1") != plain_name(SECOND[:-11])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("school_id,name\ns1,x\n", "нет столбцов"),
        (f"{HEADER}\n,Школа,,,,,,,,,,\n", "строка 2: не заполнены"),
        (f"{HEADER}\ns1,Школа,,,,,,,2022/23,,,\n", "строка 2: учебный год пишется"),
    ],
)
def test_a_register_written_wrongly_stops_with_its_line(tmp_path, text, words):
    intake = take(tmp_path, {"a.xlsx": f1()}, register=text)
    assert words in intake.findings.set_index("check").loc["declaration", "message"]
