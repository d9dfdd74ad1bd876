"""Profiles as a new user breaks them: each is refused with file, line and what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from msoko import catalog
from msoko.core.errors import UsageError
from msoko.core.project import Project

SOUND = """\
profile: own
name: {nominative: Лесной округ, genitive: Лесного округа, prepositional: Лесном округе}
region: {nominative: Край, genitive: Края, prepositional: Крае}
department: {nominative: Отдел, genitive: Отдела, prepositional: Отделе}
methodical_service: {nominative: Центр, genitive: Центра, prepositional: Центре}
directions:
  - student_outcomes
  - talents
folds: {objectivity: student_outcomes}
returns: {period: month, day: 25}
changes:
  talents:
    indicators:
      ta_events: {goal: support}
    add:
      - code: own_clubs
        title: Доля школ с кружками
        goal: support
        table: forms
        measure: share
        numerator: "talents.research_conferences > 0"
        denominator: "talents.research_conferences is not null"
        unit: percent
        polarity: higher_is_better
        interval: wilson
        source: форма «Таланты»
    recommendations:
      - code: own_rule
        indicator: own_clubs
        unit_of_analysis: municipality
        when: below_threshold
        threshold: "0.5"
        finding: "Кружки есть в {{ value }} школ"
        advice:
          - {recipient: school, text: Кружок, deadline: май, expected: рост, measure: "1.1"}
wording:
  opening.no_data: "За {{ year }} данных нет."
measures: {"1.3.1": "1.1"}
"""
ROADMAP = """\
code,number,section,direction,text,deadline,result,responsible,note
1.1,1.1,Раздел,talents,Олимпиада,май,Приказ,Отдел,
1.2,1.2,Раздел,student_outcomes,Анализ ВПР,июнь,Справка,Центр,
"""


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for folder in ("data/raw", "profiles/own"):
        (tmp_path / folder).mkdir(parents=True)
    return Project(tmp_path)


def written(project: Project, profile: str, roadmap: str = ROADMAP) -> None:
    (project.root / "profiles/own.yml").write_text(profile, encoding="utf-8")
    (project.root / "profiles/own/roadmap.csv").write_text(roadmap, encoding="utf-8")


SLIPS = [
    ("unknown key", "returns: {", "retuns: {", "retuns", "неизвестный ключ «retuns»", "«returns»"),
    ("a case is missing", ", genitive: Лесного округа", "", "name: {", "нет обязательных ключей",
     "«genitive»"),
    ("misspelt direction", "- talents", "- talants", "- talants", "направление «talants»",
     "«talents»"),
    ("misspelt fold", "{objectivity: s", "{objectivety: s", "objectivety",
     "направление «objectivety»", "«objectivity»"),
    ("fold into nothing", "objectivity: student_outcomes", "objectivity: low_results", "folds:",
     "вливается в «low_results», которого нет в списке", "Известны"),
    ("change of no direction", "changes:\n  talents:", "changes:\n  tallents:", "tallents",
     "направление «tallents» не объявлено", "«talents»"),
    ("change of no indicator", "ta_events: {", "ta_event: {", "ta_event:",
     "нет показателя «ta_event»", "«ta_events»"),
    ("goals that leave indicators behind", "  talents:\n",
     "  talents:\n    goals: [{code: support, text: Поддержка}]\n", "goals: [",
     "цели направления «talents» заменены, а показатели ta_events_disabilities", "goal: …"),
    ("unknown goal", "ta_events: {goal: support}", "ta_events: {goal: suport}", "ta_events:",
     "«goal: suport» не объявлено", "«support»"),
    ("unknown table", "table: forms", "table: form", "code: own_clubs",
     "неизвестная таблица «form»", "«forms»"),
    ("unknown form", "talents.research_conferences > 0", "talent.research_conferences > 0",
     "code: own_clubs",
     "«form: talent» не объявлено", "«talents»"),
    ("unknown item", "talents.research_conferences > 0", "talents.research_conference > 0",
     "code: own_clubs",
     "в форме «talents» нет показателя «research_conference»", "«research_conferences»"),
    ("formula that is none", "talents.research_conferences > 0", "talents.research_conferences >",
     "own_clubs",
     "не разобрано", "Пишите условие"),
    ("share of nothing", '        denominator: "talents.research_conferences is not null"\n', "",
     "code: own_clubs", "нет ключа «denominator»", "доле"),
    ("unknown unit", "unit: percent", "unit: percents", "unit:", "значение «percents»",
     "«percent»"),
    ("unknown threshold", 'threshold: "0.5"', "threshold: low_results_shar", "code: own_rule",
     "«threshold: low_results_shar»", "«low_results_share»"),
    ("unknown slot", "{{ value }} школ", "{{ valeu }} школ", "code: own_rule",
     "«{{ … }}: valeu» не объявлено", "«value»"),
    ("rule on another's measure", 'measure: "1.1"}', 'measure: "1.3.1"}', "code: own_rule",
     "«measure: 1.3.1» не объявлено", "1.1"),
    ("measure of no roadmap", '{"1.3.1": "1.1"}', '{"1.3.1": "1.11"}', "measures:",
     "«measures: 1.11» не объявлено", "«1.1»"),
    ("measure not of the house", '{"1.3.1": "1.1"}', '{"1.33.1": "1.1"}', "measures:",
     "«measures: 1.33.1» не объявлено", "«1.3.1»"),
    ("no such sentence", "opening.no_data", "opening.nodata", "opening.nodata",
     "в wording нет предложения «opening.nodata»", "«opening.no_data»"),
    ("a slot that is not filled", "{{ year }}", "{{ yaer }}", "opening.no_data",
     "неизвестное место «yaer»", "ничего не подставляет"),
    ("a sentence with a broken slot", "{{ year }}", "{{ year ", "opening.no_data",
     "не разобрано", "скобки"),
    ("key twice", "returns: {", "seed: a\nseed: b\nreturns: {", "seed: b", "ключ «seed» повторён",
     "Оставьте один"),
    ("a day that is a word", "day: 25", "day: двадцать пять", "returns:", "в «day» ожидалось",
     "целое число"),
    ("a list that is a word", "directions:\n  - student_outcomes\n  - talents",
     "directions: talents", "directions:", "в «directions» ожидался список", ""),
    ("a lost bracket", "returns: {period: month, day: 25}", "returns: {period: month, day: 25",
     None, "это не YAML", "кавычки"),
]  # fmt: skip


def test_the_sound_profile_passes(project: Project) -> None:
    written(project, SOUND.replace("{{ year }}", "прошлый год"))
    directions = catalog.load_directions(project, "own")
    assert [one.direction for one in directions] == ["student_outcomes", "talents"]
    assert directions[1].recommendations[0].advice[0].measure == "1.1"


@pytest.mark.parametrize(
    ("old", "new", "where", "said", "hint"),
    [slip[1:] for slip in SLIPS],
    ids=[slip[0] for slip in SLIPS],
)
def test_a_slip_is_refused_where_it_is(
    project: Project, old: str, new: str, where: str | None, said: str, hint: str
) -> None:
    sound = SOUND if "{{ year" in old else SOUND.replace("{{ year }}", "прошлый год")
    assert old in sound
    text = sound.replace(old, new, 1)
    written(project, text)
    with pytest.raises(UsageError) as caught:
        catalog.load_directions(project, "own")
    message = str(caught.value)
    assert said in message
    assert hint in message
    if where is not None:
        assert message.startswith(f"profiles/own.yml, строка {line_of(text, where)}:"), message


@pytest.mark.parametrize(
    ("roadmap", "said"),
    [
        (ROADMAP.replace("talents", "talants"),
         "строка 2: «direction: talants» не объявлено. Возможно, имелось в виду «talents»"),
        (ROADMAP.replace("code,", "cod,"),
         "строка 1: неизвестный столбец «cod». Возможно, имелось в виду «code»"),
        (ROADMAP.replace(",note", ""), "строка 1: нет столбцов note"),
        (ROADMAP.replace("Анализ ВПР", "Анализ ВПР, ОГЭ"), "строка 3: ячеек больше, чем столбцов"),
        (ROADMAP.replace("1.2,1.2", "1.1,1.2"), "строка 3: мероприятие с кодом «1.1»"),
        (ROADMAP.replace("1.2,1.2", ",1.2"), "строка 3: у мероприятия нет кода"),
    ],
)  # fmt: skip
def test_a_slip_in_the_roadmap_is_refused_where_it_is(
    project: Project, roadmap: str, said: str
) -> None:
    written(project, SOUND.replace("{{ year }}", "прошлый год"), roadmap)
    with pytest.raises(UsageError, match=re.escape(f"profiles/own/roadmap.csv, {said}")):
        catalog.load_directions(project, "own")


def test_a_roadmap_saved_by_excel_is_read(project: Project) -> None:
    written(project, "")
    path = project.root / "profiles/own/roadmap.csv"
    path.write_bytes(ROADMAP.replace(",", ";").encode("utf-8-sig"))
    assert [one.code for one in catalog.load_roadmap(project, "own")] == ["1.1", "1.2"]
    path.write_bytes(ROADMAP.replace(",", "\t").encode("utf-16"))
    assert [one.code for one in catalog.load_roadmap(project, "own")] == ["1.1", "1.2"]
    path.write_bytes(b"\x98\xff\x98")
    with pytest.raises(UsageError, match="кодировка не распознана. Сохраните"):
        catalog.load_roadmap(project, "own")
