"""A simulated municipality with known bias, in the table form of `msoko objectivity`.

Three generators of different make, so that a method is never tuned to one of them: `irt` draws
task points from a graded-response model with normal abilities, `true_score` draws them from
binomials around beta-distributed true shares, with gymnasia apart, a long tail of small rural
schools, drifting schools and harsher differences between teachers' journals. `mastery` is held
out: nothing is tuned on it (`research.mastery_pupils`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from research import planted_bias
from research.mastery_pupils import draw_mastery
from research.planted_by_teachers import plant_by_teachers
from research.simulated_pupils import PupilRoll, SimulatedPaper, draw_irt, draw_true_score

KINDS = ("lift", "inflate", "share", "absent", "mimic")
SUBJECTS = ("russian", "mathematics", "biology")
DRAWS = {"irt": draw_irt, "true_score": draw_true_score, "mastery": draw_mastery}
HELD_OUT = ("mastery",)


@dataclass(frozen=True)
class SimulationPlan:
    """What to draw: how many schools, which of them planted with which kinds, how strongly.

    `strength` scales the share of pupils or points that the bias touches; 1 is the usual.
    `breadth` is in how many subjects a planted school is biased, drawn at random; None is all.
    `years` are the school years of the earlier ВПР, the assessed ВПР and the ОГЭ.
    """

    school_count: int = 60
    planted_count: int = 12
    kinds: tuple[str, ...] = KINDS
    generator: str = "irt"
    strength: float = 1.0
    breadth: int | None = None
    subjects: tuple[str, ...] = SUBJECTS
    years: tuple[str, str, str] = ("2022-23", "2023-24", "2024-25")

    def __post_init__(self) -> None:
        if self.generator not in DRAWS:
            raise ValueError(f"generator is one of {sorted(DRAWS)}, got {self.generator!r}")
        if set(self.kinds) - set(KINDS):
            raise ValueError(f"kinds are among {KINDS}, got {self.kinds}")
        if not 0 <= self.planted_count <= self.school_count:
            raise ValueError("more planted schools than schools")


@dataclass(frozen=True)
class SimulatedMunicipality:
    """The tables, and the truth behind them: `planted` has `school_id, kind`."""

    tables: dict[str, pd.DataFrame]
    planted: pd.DataFrame = field(repr=False)


def simulate(plan: SimulationPlan, seed: int | np.random.SeedSequence) -> SimulatedMunicipality:
    """Return the tables `results`, `task_scores`, `scales`, `schools` and what was planted.

    Kinds are dealt in turn to schools drawn at random, and only the assessed year is biased.
    The same plan and seed give the same tables.
    """
    rng = np.random.default_rng(seed)
    roll = DRAWS[plan.generator](plan.school_count, plan.subjects, rng)
    drawn = np.sort(rng.choice(plan.school_count, plan.planted_count, replace=False))
    kinds = rng.permutation(np.resize(np.array(plan.kinds), plan.planted_count))
    for school, kind in zip(drawn, kinds, strict=True):
        papers = roll.papers
        if plan.breadth is not None:
            chosen = np.sort(rng.choice(len(papers), min(plan.breadth, len(papers)), replace=False))
            papers = [papers[position] for position in chosen]
        if plan.generator in HELD_OUT:
            plant_by_teachers(str(kind), roll, papers, int(school), plan.strength, rng)
        else:
            manner = plan.generator
            planted_bias.plant(str(kind), roll, papers, int(school), plan.strength, manner, rng)
    planted = pd.DataFrame({"school_id": roll.school_ids[drawn], "kind": kinds})
    return SimulatedMunicipality(_tables(roll, plan), planted)


def _tables(roll: PupilRoll, plan: SimulationPlan) -> dict[str, pd.DataFrame]:
    results, tasks, scales = [], [], []
    before, now, after = plan.years
    for paper in roll.papers:
        results.append(_assessed(roll, paper, now))
        results.append(_earlier(roll, paper, before))
        if paper.exam is not None:
            results.append(_exam(roll, paper, after))
        tasks.append(_task_scores(roll, paper, now))
        scales.append(_scale(now, "vpr", paper.subject, 8, paper.maxima.sum(), paper.cuts))
        scales.append(
            _scale(before, "vpr", paper.subject, 7, paper.earlier_max, paper.earlier_cuts)
        )
        scales.append(_scale(after, "oge", paper.subject, 9, paper.exam_max, paper.exam_cuts))
    return {
        "results": pd.concat(results, ignore_index=True),
        "task_scores": pd.concat(tasks, ignore_index=True),
        "scales": pd.DataFrame(scales),
        "schools": roll.schools,
    }


def marks_of(scores: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Return the marks 2…5 of scores, by the lowest scores of 3, 4 and 5."""
    return 2 + np.searchsorted(cuts, scores, side="right")


def _rows(roll: PupilRoll, year: str, procedure: str, subject: str, grade: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "school_id": roll.school_ids[roll.school],
            "class_id": np.char.add(f"{grade}-", roll.class_number.astype(str)),
            "pupil_id": roll.pupil_ids,
            "school_year": year,
            "procedure": procedure,
            "subject": subject,
            "grade": grade,
        }
    )


def _assessed(roll: PupilRoll, paper: SimulatedPaper, year: str) -> pd.DataFrame:
    rows = _rows(roll, year, "vpr", paper.subject, 8)
    scores = paper.points.sum(axis=1).astype(float)
    marks = np.where(paper.mark_override > 0, paper.mark_override, marks_of(scores, paper.cuts))
    rows["primary_score"] = np.where(paper.absent, np.nan, scores)
    rows["mark"] = np.where(paper.absent, np.nan, marks)
    rows["journal_mark"] = paper.journal.astype(float)
    rows["is_absent"] = paper.absent
    return rows


def _earlier(roll: PupilRoll, paper: SimulatedPaper, year: str) -> pd.DataFrame:
    rows = _rows(roll, year, "vpr", paper.subject, 7)
    rows["primary_score"] = paper.earlier.astype(float)
    rows["mark"] = marks_of(paper.earlier, paper.earlier_cuts).astype(float)
    rows["journal_mark"] = np.nan
    rows["is_absent"] = False
    return rows[paper.has_earlier]


def _exam(roll: PupilRoll, paper: SimulatedPaper, year: str) -> pd.DataFrame:
    rows = _rows(roll, year, "oge", paper.subject, 9)
    rows["primary_score"] = paper.exam.astype(float)
    rows["mark"] = marks_of(paper.exam, paper.exam_cuts).astype(float)
    rows["journal_mark"] = np.nan
    rows["is_absent"] = False
    return rows[paper.has_exam]


def _task_scores(roll: PupilRoll, paper: SimulatedPaper, year: str) -> pd.DataFrame:
    present = np.flatnonzero(~paper.absent)
    task_count = len(paper.maxima)
    return pd.DataFrame(
        {
            "pupil_id": np.repeat(roll.pupil_ids[present], task_count),
            "school_year": year,
            "procedure": "vpr",
            "subject": paper.subject,
            "task": np.tile(np.arange(1, task_count + 1).astype(str), len(present)),
            "score": paper.points[present].ravel().astype(float),
            "max_score": np.tile(paper.maxima.astype(float), len(present)),
        }
    )


def _scale(
    year: str, procedure: str, subject: str, grade: int, top: int, cuts: np.ndarray
) -> dict[str, object]:
    return {
        "school_year": year,
        "procedure": procedure,
        "subject": subject,
        "grade": grade,
        "max_score": int(top),
        "cuts": ";".join(str(int(cut)) for cut in cuts),
    }
