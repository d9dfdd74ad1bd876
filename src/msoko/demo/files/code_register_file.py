"""The register that joins a pupil's codes: VPR codes change every year, exams have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msoko.core.school_year import SchoolYear
from msoko.demo.files.workbook_writer import Cell, WrittenSheet, write_workbook
from msoko.demo.papers.exam_results import ExamOutcome
from msoko.demo.papers.sittings import Sitting, World
from msoko.demo.population.people import identity_document

TITLE = "Связь кодов участников"
HEADER = (
    "Единый код ученика", "Учебный год", "Процедура", "Класс", "Код ОО", "Код участника",
    "Документ",
)  # fmt: skip


def write_links(
    folder: Path,
    world: World,
    year: int,
    sittings: Sequence[Sitting],
    outcomes: Sequence[ExamOutcome],
) -> None:
    """Write the year's register: a VPR row is found by its code, an exam's by the document."""
    rows = [*_vpr_rows(world, year, sittings), *_exam_rows(world, year, outcomes)]
    sheet = WrittenSheet(TITLE, [[TITLE], [], list(HEADER), *rows])
    write_workbook(folder / f"{TITLE}.xlsx", [sheet])


def _vpr_rows(world: World, year: int, sittings: Sequence[Sitting]) -> Iterator[list[Cell]]:
    logins = {school.school_id: school.login for school in world.schools}
    seen: set[int] = set()
    for sat in sittings:
        grade = sat.paper.grade
        if grade in seen:
            continue
        seen.add(grade)
        for row in sat.pupils.itertuples():
            login = logins[row.school_id]
            yield [row.uid, str(SchoolYear(year)), "ВПР", grade, login, int(row.code), None]


def _exam_rows(world: World, year: int, outcomes: Sequence[ExamOutcome]) -> Iterator[list[Cell]]:
    codes = {school.school_id: school.exam_code for school in world.schools}
    seen: set[str] = set()
    for outcome in outcomes:
        exam = outcome.exam
        name = "ОГЭ" if exam.procedure == "oge" else "ЕГЭ"
        for row in outcome.pupils.itertuples():
            if row.uid in seen:
                continue
            seen.add(row.uid)
            code = codes[row.school_id]
            paper = " ".join(identity_document(row.uid))
            yield [row.uid, str(SchoolYear(year)), name, exam.grade, code, None, paper]
