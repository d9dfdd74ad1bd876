"""A municipality of six schools with a working group of five, its findings computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from msoko import catalog, indicators
from msoko.core import russian
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.indicators.rules.recommendations import recommend

YEAR = SchoolYear.parse("2024-25")
DATE = "2025-08-22"
PROFILE = """\
profile: small
name: {nominative: Малый округ, genitive: Малого округа, prepositional: Малом округе}
region: {nominative: Край, genitive: Края, prepositional: Крае}
department: {nominative: Отдел образования, genitive: Отдела, prepositional: Отделе}
methodical_service: {nominative: Центр, genitive: Центра, prepositional: Центре}
is_synthetic: true
directions: [exam_results]
returns: {period: month, day: 25}
working_group:
  members: 5
  quorum: "2/3"
  majority: simple
  notice_working_days: 2
  minutes_days: 4
  extracts_working_days: 5
  meetings_a_year: 2
changes:
  exam_results:
    recommendations:
      - code: success_low
        indicator: er_success
        unit_of_analysis: school
        by: [school_id, subject]
        when: below_threshold
        threshold: "0.55"
        finding: "{{ school }}: по предмету «{{ subject }}» уровня достигли {{ value }} ({{ n }})."
        advice:
          - recipient: school
            text: Разобрать работы участников, не достигших уровня.
            deadline: до 1 октября
            expected: доля не ниже 55 %
            measure: "1.1"
          - recipient: department
            text: "Заслушать руководителя {{ school }}."
            deadline: в декабре
            expected: доля не ниже 55 %
            measure: "1.2"
"""
ROADMAP = """\
code,number,section,direction,text,deadline,result,responsible,note
1.1,1.1,Результаты,exam_results,Разбор работ,до 1 октября,Справка,Руководители школ,
1.2,1.2,Результаты,exam_results,Заслушивание руководителей,декабрь,Решение,Отдел образования,
"""
DECISIONS = """\
# Решения коллегии: строка, которую написал человек.
decisions:
  - code: "2024-1"   # номер из журнала
    school_year: "2023-24"
    direction: exam_results
    text: Провести практикумы для учителей
    date: 2024-08-23
    addressee: Методический центр
    indicator: er_success
    group: {subject: mathematics}
    expected: {value: 0.02}
    deadline: до 1 декабря
"""
NAMES = (
    ("Дубова Анна Петровна", "Начальник отдела", "chair"),
    ("Ёлкин Пётр Ильич", "Заместитель начальника отдела", "deputy"),
    ("Берёзова Мария Олеговна", "Методист", "secretary"),
    ("Кленов Олег Иванович", "Методист", "member"),
    ("Осина Вера Павловна", "Методист", "member"),
)
MEMBERS = "members:\n" + "".join(
    f"  - {{name: {name}, position: {position}, role: {role}}}\n" for name, position, role in NAMES
)
MEETING = """\
meetings:
  - date: 2025-08-22
    number: "2"
    notified: 2025-08-20
    present: [Дубова А. П., Ёлкин, Берёзова, Кленов О.И.]
    absent: [Осина]
    written: [{name: Осина, text: поддерживаю}]
    signed: 2025-08-26
    questions:
      - title: О результатах экзаменов
        about: exam_results
        rapporteur: методист
        vote: {in_favour: 3, against: 1}
        decisions:
          - text: Ввести консультации для выпускников группы риска
            addressee: Руководители школ
            deadline: до 1 октября 2025 года
            direction: exam_results
            indicator: er_success
            group: {subject: mathematics}
            expected: {value: 0.02}
            measure: "1.1"
          - text: Принять отчёт к сведению
"""


def write_world(root: Path, years: int = 2, profile: str = PROFILE) -> Project:
    """Write the project: declarations, tables of two years, indicators and recommendations."""
    files = {
        "profiles/small.yml": profile,
        "profiles/small/roadmap.csv": ROADMAP,
        "profiles/small/decisions.yml": DECISIONS,
        "data/raw/2024-25/year.yml": "school_year: 2024-25\nmunicipality: small\n",
        "data/raw/2024-25/scores.csv": "школа;балл\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    project = Project.at(root)
    store, declared = Store(project), catalog.load_directions(project, "small")
    for year in [YEAR.shifted(-back) for back in reversed(range(years))]:
        with store.replacing(year) as writer:
            for name, frame in _tables(year).items():
                writer.write(name, frame)
        store.add(year, "indicators", indicators.compute(declared, store, year))
        store.add(year, "recommendations", recommend(project, "small", year, russian))
    return project


def write_meetings(project: Project, text: str = MEMBERS + MEETING) -> Path:
    """Write the year's `meetings.yml`."""
    path = project.raw(YEAR) / "meetings.yml"
    path.write_text(text, encoding="utf-8")
    return path


def _tables(year: SchoolYear) -> dict[str, pd.DataFrame]:
    schools = pd.DataFrame(
        [(f"s{n}", f"МБОУ «СОШ № {n}»", "school", f"edu99010{n}") for n in range(6)],
        columns=["school_id", "name", "kind", "vpr_login"],
    ).assign(school_year=str(year))
    rows = pd.DataFrame(
        [(f"s{n}", "mathematics", 100, 50 + n, 40 + 8 * n) for n in range(6)],
        columns=["school_id", "subject", "participant_count", "mean_score", "success_count"],
    ).assign(
        school_year=str(year), procedure="e8", grade=8, group_level="school", is_suppressed=False,
        group_name="", source_id="a", source_row=np.arange(6) + 2,
    )  # fmt: skip
    findings = pd.DataFrame(
        [("register", "warning", "s1", "нет кода", "допишите код")],
        columns=["check", "severity", "school_id", "message", "action"],
    ).assign(school_year=str(year), table="schools", file="a.csv", sheet="", cell="A2", row_count=1)
    returns = pd.DataFrame(
        [("1.1", f"{year.start}-10", "done", pd.Timestamp(year.start, 10, 20))],
        columns=["measure", "period", "status", "returned_on"],
    ).assign(school_year=str(year))
    empty = ("set_aside", "recommendations", "objectivity_schools", "objectivity_markers")
    made = {"schools": schools, "school_results": rows, "findings": findings}
    return made | {"roadmap_returns": returns} | {name: pd.DataFrame() for name in empty}
