"""ОГЭ and ЕГЭ: the papers, who chose them, and what was scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from msoko.demo.papers.response_curves import Curve, tuned
from msoko.demo.papers.sittings import World
from msoko.demo.population.pupils import ability_standing, sitting
from msoko.demo.population.random_draws import stream

EXEMPT = 0.03
"""The share of ninth-graders who sit another form of exam, and so are not in the file."""


@dataclass(frozen=True)
class Exam:
    """One exam: its number and title in the regional centre's files, its points and cuts."""

    procedure: str  # oge, ege
    number: str
    title: str
    label: str
    short: tuple[int, ...]
    long: tuple[int, ...]
    cuts: tuple[int, ...]  # marks 3, 4, 5, or the primary score of the minimum
    minimum: int = 0  # the test score of the minimum (ЕГЭ)
    chosen: float = 1.0
    grammar: tuple[int, ...] = ()  # long answers that hold the literacy criteria
    geometry: tuple[int, ...] = ()  # tasks, short and then long, that are geometry
    oral: tuple[int, ...] = ()

    @cached_property
    def most(self) -> np.ndarray:
        return np.array((*self.short, *self.long, *self.oral))

    @property
    def grade(self) -> int:
        return 9 if self.procedure == "oge" else 11

    @property
    def has_marks(self) -> bool:
        return len(self.cuts) == 3


def _short(ones: int, twos: int) -> tuple[int, ...]:
    return (1,) * ones + (2,) * twos


OGE = (
    Exam("oge", "01", "Русский язык", "РУ", _short(7, 0), (2, 3, 2, 2, 3, 2, 2, 2, 2, 2, 2, 2),
         (15, 23, 29), grammar=(7, 8, 9, 10)),
    Exam("oge", "02", "Математика", "МА", _short(19, 0), (2,) * 6, (8, 15, 22),
         geometry=(14, 15, 16, 17, 18, 22, 23, 24)),
    Exam("oge", "12", "Обществознание", "ОБ", _short(15, 1), (2, 3, 2, 3, 3, 2, 2, 3),
         (14, 24, 32), chosen=0.48),
    Exam("oge", "08", "География", "ГГ", _short(27, 0), (2, 1, 1), (12, 19, 26), chosen=0.62),
    Exam("oge", "05", "Информатика", "ИНФ", _short(12, 0), (3, 2, 2), (5, 11, 16), chosen=0.38),
    Exam("oge", "06", "Биология", "БИ", _short(12, 12), (3, 3, 2, 2, 2), (13, 26, 38), chosen=0.24),
    Exam("oge", "07", "История", "ИС", _short(13, 4), (2, 3, 2, 2, 3, 2, 2), (11, 21, 30),
         chosen=0.06),
    Exam("oge", "04", "Химия", "ХИ", _short(14, 5), (3, 4, 4, 1, 4), (10, 21, 31), chosen=0.09),
)  # fmt: skip
EGE = (
    Exam("ege", "01", "Русский язык", "РУ", _short(26, 0), (1, 3, 1, 1, 2, 2, 3, 3, 3, 2, 1, 2),
         (16,), 24),
    Exam("ege", "22", "Математика базовая", "МА", _short(21, 0), (), (7, 12, 17), chosen=0.46),
    Exam("ege", "02", "Математика профильная", "МА", _short(12, 0), (2, 3, 2, 2, 3, 4, 4), (5,),
         27, chosen=0.54),
    Exam("ege", "12", "Обществознание", "ОБ", _short(8, 8), (2, 2, 1, 3, 3, 4, 3, 3, 4, 6, 3),
         (22,), 42, chosen=0.42),
    Exam("ege", "25", "Информатика (КЕГЭ)", "ИНФ", _short(25, 2), (), (6,), 40, chosen=0.20),
    Exam("ege", "03", "Физика", "ФИ", _short(12, 8), (3, 2, 2, 3, 3, 4), (8,), 36, chosen=0.16),
    Exam("ege", "06", "Биология", "БИ", _short(6, 15), (3,) * 7, (12,), 36, chosen=0.17),
    Exam("ege", "07", "История", "ИС", _short(4, 8), (2, 3, 3, 2, 3, 3, 3, 3), (8,), 32,
         chosen=0.14),
    Exam("ege", "09", "Английский язык", "АЯ", _short(38, 0), (2, 2, 2, 3, 3, 3, 3, 2, 2, 2), (18,),
         22, chosen=0.12, oral=(1, 4, 5, 10)),
)  # fmt: skip


@dataclass
class ExamOutcome:
    """An exam's pupils, their points per task, primary and final scores."""

    exam: Exam
    pupils: pd.DataFrame
    points: np.ndarray

    def __len__(self) -> int:
        return len(self.pupils)

    def numbered(self) -> Iterator[tuple[int, Any, np.ndarray]]:
        """Yield the number in the list from 1, the pupil's row and the pupil's points."""
        pairs = zip(self.pupils.itertuples(), self.points, strict=True)
        for number, (row, points) in enumerate(pairs, 1):
            yield number, row, points


def examine(world: World, exam: Exam, year: int) -> ExamOutcome:
    """Return an exam of the year; nothing is planted here, for exams are invigilated."""
    here = sitting(world.pupils, world.schools, year, exam.grade)
    true = ability_standing(here, world.schools, world.decisions, year, exam.label, world.seed)
    is_in = _chosen(world, exam, year, here, true)
    here, true = here[is_in].reset_index(drop=True), true[is_in]
    draw = stream(world.seed, exam.procedure, exam.number, year)
    points = exam_curve(exam).answer(true, draw)
    here["total"] = points.sum(axis=1).astype(int)
    here["result"] = (
        exam_marks(exam, points) if exam.has_marks else _test_scores(exam, here["total"])
    )
    return ExamOutcome(exam, here, points)


def _chosen(
    world: World, exam: Exam, year: int, here: pd.DataFrame, true: np.ndarray
) -> np.ndarray:
    draw = stream(world.seed, "choice", exam.procedure, year)
    exempt = draw.random(len(here)) < EXEMPT * (exam.procedure == "oge")
    level = draw.random(len(here))
    if exam.number in ("02", "22") and exam.procedure == "ege":
        is_base = level < 0.46 - 0.2 * np.tanh(true)
        return is_base if exam.number == "22" else ~is_base
    share = exam.chosen + (0.03 * (year - 2022) if exam.label == "ИНФ" else 0)
    own = stream(world.seed, "choice", exam.procedure, exam.number, year).random(len(here))
    return ~exempt & (own < share)


@cache
def exam_curve(exam: Exam) -> Curve:
    """Return the exam's curve, tuned to few failures and to the usual share at the top."""
    ease = [0.5] * len(exam.short) + [-0.6] * (len(exam.long) + len(exam.oral))
    if exam.has_marks:
        low, high = (exam.cuts[0], 0.035), (exam.cuts[2], 0.22)
    else:
        eighty = next(t for t in range(int(exam.most.sum())) if _test_scores(exam, t) >= 80)
        low, high = (exam.cuts[0], 0.05), (eighty, 0.16)
    return tuned((exam.procedure, exam.number), [int(m) for m in exam.most], ease, low, high)


def exam_marks(exam: Exam, points: np.ndarray) -> np.ndarray:
    """Return marks under the side conditions: geometry in mathematics, literacy in Russian."""
    marks = 2 + np.searchsorted(exam.cuts, points.sum(axis=1), side="right")
    if exam.geometry:
        marks[points[:, exam.geometry].sum(axis=1) < 2] = 2
    if exam.grammar:
        literacy = points[:, np.array(exam.grammar) + len(exam.short)].sum(axis=1)
        marks = np.where((marks == 5) & (literacy < 6), 4, marks)
        marks = np.where((marks == 4) & (literacy < 4), 3, marks)
    return marks


def _test_scores(exam: Exam, totals: pd.Series | int) -> np.ndarray:
    """Return scores of 0–100: straight lines through 0, the minimum and the maximum."""
    knots = (0, exam.cuts[0], int(exam.most.sum()))
    return np.interp(totals, knots, (0, exam.minimum, 100)).round().astype(int)
