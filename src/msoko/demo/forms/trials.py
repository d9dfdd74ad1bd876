"""Rehearsal and diagnostic tests before the exams, and functional literacy, pupil by pupil."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from msoko.catalog.registry.form_declarations import Form
from msoko.core.school_year import SchoolYear
from msoko.demo.papers.exam_results import EGE, OGE, Exam, exam_curve, exam_marks
from msoko.demo.papers.scoring import journal_marks
from msoko.demo.papers.sittings import World
from msoko.demo.population.pupils import ability_standing, sitting
from msoko.demo.population.random_draws import stream
from msoko.ingest.layouts.forms.form_workbook import write_form

TRIALS = (
    ("репетиционное тестирование", (OGE[0], OGE[1], EGE[0], EGE[2]), 0.12),
    ("диагностическая контрольная работа", (OGE[0], OGE[1], EGE[0]), 0.25),
)
"""Procedure, exams, and how much harder than the exam it is, in standard deviations."""
SUBJECTS = {"РУ": "Русский язык", "МА": "Математика"}
LITERACY_MAX, LITERACY_GRADE = 24, 8


def write_trials(folder: Path, world: World, form: Form, year: int) -> None:
    """Write a protocol per procedure; pupils are named by their unified codes."""
    for procedure, exams, harder in TRIALS:
        records = [
            record for exam in exams for record in _records(world, exam, procedure, harder, year)
        ]
        path = folder / f"{procedure[:1].upper()}{procedure[1:]} {year + 1}.xlsx"
        write_form(path, form, str(SchoolYear(year)), (), records, tuple(SUBJECTS.values()))
    records = list(_literacy(world, year))
    path = folder / f"Функциональная грамотность {year + 1}.xlsx"
    write_form(path, form, str(SchoolYear(year)), (), records, tuple(SUBJECTS.values()))


def _records(
    world: World, exam: Exam, procedure: str, harder: float, year: int
) -> Iterator[dict[str, Any]]:
    here = sitting(world.pupils, world.schools, year, exam.grade)
    true = ability_standing(here, world.schools, world.decisions, year, exam.label, world.seed)
    draw = stream(world.seed, "trial", procedure, exam.procedure, exam.number, year)
    points = exam_curve(exam).harder(harder).answer(true, draw)
    totals = points.sum(axis=1).astype(int)
    marks = exam_marks(exam, points) if exam.has_marks else np.full(len(here), np.nan)
    yearly = journal_marks(true, np.full(len(here), 0.1), draw)
    came = draw.random(len(here)) > 0.05
    schools = {school.school_id: school for school in world.schools}
    for row, total, mark, journal, is_in in zip(
        here.itertuples(), totals, marks, yearly, came, strict=True
    ):
        if is_in:
            yield {
                **_school(schools[row.school_id], year), "procedure": procedure,
                "subject": SUBJECTS[exam.label], "grade": exam.grade, "pupil_code": row.uid,
                "primary_score": int(total), "max_score": int(exam.most.sum()),
                "mark": None if np.isnan(mark) else int(mark),
                "journal_mark": None if np.isnan(journal) else int(journal),
            }  # fmt: skip


def _literacy(world: World, year: int) -> Iterator[dict[str, Any]]:
    here = sitting(world.pupils, world.schools, year, LITERACY_GRADE)
    schools = {school.school_id: school for school in world.schools}
    for label, subject in SUBJECTS.items():
        true = ability_standing(here, world.schools, world.decisions, year, label, world.seed)
        draw = stream(world.seed, "literacy", label, year)
        odds = 1 / (1 + np.exp(-(0.9 * true + 0.05 * (year - 2022))))
        scores = draw.binomial(LITERACY_MAX, odds)
        for row, score in zip(here.itertuples(), scores, strict=True):
            if draw.random() < 0.6:
                yield {
                    **_school(schools[row.school_id], year),
                    "procedure": "функциональная грамотность", "subject": subject,
                    "grade": LITERACY_GRADE, "pupil_code": row.uid,
                    "primary_score": int(score), "max_score": LITERACY_MAX,
                }  # fmt: skip


def _school(school: Any, year: int) -> dict[str, str]:
    return {"school_code": school.oo1_code, "school_name": school.named(year)}
