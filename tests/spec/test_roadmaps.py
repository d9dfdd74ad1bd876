"""Every row of the founding documents' roadmaps is kept, as printed, and every deadline read.

The counts, the printed numbers and the list of what the sources lack were read off the five
documents by hand; see `profiles/README.md`.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from msoko import catalog
from msoko.catalog.municipality.deadlines import parse_deadline
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear

HOUSE = Project(HOME)
COUNTS = {
    "aniva": {"1": 5, "2": 10, "3": 4, "4": 7, "5": 5, "6": 6, "7": 5},
    "kerch": {"1.1": 23, "1.2": 7, "1.3": 4, "1.4": 8, "2.1": 11, "2.2": 5, "2.3": 10, "2.4": 5},
    "bolshoy_kamen": {
        "3.1.1": 5, "3.1.2": 4, "3.1.3": 5, "3.1.4": 5, "3.2.1": 5, "3.2.3": 4, "3.2.4": 4,
    },
    "spirovo": {"1.1": 6, "1.2": 4, "1.3": 4, "2.1": 4, "2.2": 1, "3.1": 6, "3.2": 7},
    "kamensk_uralsky": {"1": 2, "2": 19, "3": 5, "4": 10, "5": 3},
}  # fmt: skip
"""Rows by section; Aniva's section 8 is a heading alone, Bolshoy Kamen's 3.2.5 lists nothing."""
LACKING = {
    "aniva": {"2.10": "без точки"},
    "kerch": {
        "1.1.10": "обрывается",
        "1.2.7": "республиканские",
        "1.4.4": "Срок в источнике не указан",
        "2.1.2": "Номер в источнике не напечатан",
        "2.3.7": "дважды",
        "2.3.7-2": "дважды",
        "2.4.2": "обрывается",
    },
    "spirovo": {
        "1.1-1": "слиты",
        "1.1-3": "Звёздочка",
        "1.1-6": "срезаны",
        "1.3-2": "наложены",
        "1.3-3": "наложены",
        "1.3-4": "наложены",
        "2.1-1": "утрачены",
        "2.2-1": "искажена",
        "3.1-4": "обрывается",
        "3.1-6": "латинскими",
        "3.2-7": "латинским",
    },
    "kamensk_uralsky": {
        "1.1": "читается двояко",
        "2.5": "2019",
        "2.6": "не дописано",
        "2.10": "без точки",
        "2.2": "без точки",
        "2.4": "без точки",
        "2.7": "без точки",
        "2.16": "без точки",
        "4.8": "опечатка",
    },
}
"""What the source cuts off, repeats or leaves out, by code, and a word of the note on it."""
UNREAD = {("kamensk_uralsky", "1.1")}
"""Deadlines with two readings, which stay text."""
WITHOUT_DEADLINE = {("kerch", "1.4.4")}


def rows(name: str) -> tuple[catalog.Measure, ...]:
    return catalog.load_roadmap(HOUSE, name)


def section(measure: catalog.Measure) -> str:
    found = re.match(r"\d+(?:[.,]\d)*", measure.section)
    assert found, measure.section
    return found[0].replace(",", ".")


@pytest.mark.parametrize("name", COUNTS)
def test_each_section_has_the_rows_of_its_source(name: str) -> None:
    assert Counter(section(measure) for measure in rows(name)) == COUNTS[name]


@pytest.mark.parametrize("name", ["aniva", "kerch", "kamensk_uralsky"])
def test_numbers_run_as_printed(name: str) -> None:
    wanted = [
        f"{part}.{number}" for part, count in COUNTS[name].items() for number in range(1, count + 1)
    ]
    if name == "kerch":  # 2.1.2 is not printed, 2.3.7 is printed twice
        wanted[wanted.index("2.1.2")] = ""
        wanted.insert(wanted.index("2.3.7"), "2.3.7")
        wanted.remove("2.3.10")
    assert [measure.number.rstrip(".") for measure in rows(name)] == wanted


@pytest.mark.parametrize("name", ["spirovo", "bolshoy_kamen"])
def test_rows_without_a_printed_number_have_a_code_of_their_section(name: str) -> None:
    wanted = [f"{part}-{n}" for part, count in COUNTS[name].items() for n in range(1, count + 1)]
    assert [measure.code for measure in rows(name)] == wanted
    assert {measure.number for measure in rows(name)} == {""}


@pytest.mark.parametrize("name", LACKING)
def test_what_the_source_lacks_is_noted(name: str) -> None:
    noted = {measure.code: measure.note for measure in rows(name)}
    for code, word in LACKING[name].items():
        assert word in noted[code], code


@pytest.mark.parametrize("name", COUNTS)
def test_nothing_else_is_noted_as_lacking(name: str) -> None:
    common = ("Фамилии ответственных", "Из текста концепции", "В источнике «НIKO»")
    noted = {
        measure.code
        for measure in rows(name)
        if any(part and not part.startswith(common) for part in measure.note.split(". "))
    }
    assert noted == set(LACKING.get(name, {}))


@pytest.mark.parametrize("name", COUNTS)
def test_each_row_belongs_to_a_direction_of_the_profile_or_to_the_whole_system(name: str) -> None:
    profile = catalog.load_profile(HOUSE, name)
    assert {measure.direction for measure in rows(name)} <= {"", *profile.directions}


@pytest.mark.parametrize("name", COUNTS)
def test_no_cell_is_blank_that_the_source_fills(name: str) -> None:
    columns = {
        "aniva": ("text", "deadline", "responsible"),
        "kerch": ("text", "deadline", "result", "responsible"),
        "spirovo": ("text", "deadline", "responsible"),
        "kamensk_uralsky": ("text", "deadline", "result", "responsible"),
        "bolshoy_kamen": ("text",),
    }[name]
    blank = [
        (name, measure.code)
        for measure in rows(name)
        for column in columns
        if not getattr(measure, column)
    ]
    assert set(blank) == {one for one in WITHOUT_DEADLINE if one[0] == name}


@pytest.mark.parametrize("name", COUNTS)
def test_no_person_is_named(name: str) -> None:
    initials = re.compile(
        r"[А-ЯЁ][а-яё]+\s+[А-ЯЁ]\.\s?[А-ЯЁ]\.|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]+"
    )
    found = [
        measure.code
        for measure in rows(name)
        if initials.search(" ".join((measure.text, measure.responsible, measure.result)))
    ]
    assert found == []


@pytest.mark.parametrize("year", [2019, 2020, 2022, 2024])
@pytest.mark.parametrize("name", [*COUNTS, "demo"])
def test_every_deadline_is_read_or_named_as_unread(name: str, year: int) -> None:
    kinds = {
        measure.code: parse_deadline(measure.deadline, SchoolYear(year)).kind
        for measure in rows(name)
    }
    unread = {(name, code) for code, kind in kinds.items() if kind == "unparsed"}
    absent = {code for code, kind in kinds.items() if kind == "absent"}
    assert unread == {one for one in UNREAD if one[0] == name}
    assert absent == {measure.code for measure in rows(name) if not measure.deadline}


def test_long_texts_came_whole() -> None:
    found = {(name, one.code): one for name in COUNTS for one in rows(name)}
    assert found["aniva", "1.4"].text.endswith("· по квалификации в области управления")
    assert found["aniva", "2.5"].text.count("·") == 5
    assert found["kerch", "2.3.5"].text.endswith("семейных и нравственных ценностей")
    assert found["kerch", "1.1.10"].text.endswith("качества образования и")
    assert found["kamensk_uralsky", "2.9"].deadline.endswith("региональным графиком")
    assert found["kamensk_uralsky", "4.10"].result.endswith("условий для получения образования.")
    assert found["spirovo", "3.1-3"].text.endswith("объективности оценочных процедур")
    assert found["spirovo", "1.3-4"].deadline == "апрель-май 2023 г. июнь 2023г."


def test_pages_cut_in_two_are_joined() -> None:
    found = {one.code: one for one in rows("kamensk_uralsky")}
    assert (
        "показывающими необъективные результаты ЕГЭ, ОГЭ, НИКО, ВПР, РТ, ДКР" in found["2.3"].text
    )
    assert "творческих групп педагогических работников" in found["3.3"].text
    assert "от 80 баллов и более." in found["2.4"].result
