"""Honest pupils: two ways to draw schools, abilities, task points, journals and exams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
CUT_SHARES = np.array([0.33, 0.56, 0.80])
CONTEXT = ("parents_higher", "two_parent", "not_registered", "native_russian", "wellbeing")


@dataclass
class SimulatedPaper:
    """One subject: points (pupils × tasks) of the assessed year, and what surrounds them."""

    subject: str
    maxima: np.ndarray
    cuts: np.ndarray
    points: np.ndarray
    earlier: np.ndarray
    earlier_max: int
    earlier_cuts: np.ndarray
    has_earlier: np.ndarray
    exam: np.ndarray | None
    exam_max: int
    exam_cuts: np.ndarray
    has_exam: np.ndarray
    journal: np.ndarray
    absent: np.ndarray
    mark_override: np.ndarray
    difficulty: np.ndarray


@dataclass
class PupilRoll:
    """All pupils of the municipality: their schools, classes and ids, and their papers."""

    school_ids: np.ndarray
    schools: pd.DataFrame
    school: np.ndarray
    class_number: np.ndarray
    pupil_ids: np.ndarray
    papers: list[SimulatedPaper]


def draw_irt(school_count: int, subjects: tuple[str, ...], rng: Generator) -> PupilRoll:
    """Return honest pupils with normal abilities and graded-response task points."""
    is_gymnasium = rng.random(school_count) < 0.15
    classes = np.clip(rng.poisson(2.2, school_count), 1, 5)
    school, number = class_numbers(classes, np.clip(rng.normal(22, 4, classes.sum()), 6, 34))
    level = rng.normal(0, 0.35, school_count) + 0.7 * is_gymnasium
    class_effect = rng.normal(0, 0.15, number.max() + 1)[number]
    ability = level[school] + class_effect + rng.normal(0, 0.8, len(school))
    absent_rate = 0.06 * np.exp(rng.normal(0, 0.3, school_count))
    papers = []
    for subject in subjects:
        skill = ability + rng.normal(0, 0.45, len(school))
        drift = rng.normal(0, 0.12, school_count)[school]
        papers.append(_irt_paper(subject, skill, drift, school, number, absent_rate, rng))
    schools = school_table(school_count, level, is_gymnasium, rng)
    return make_roll(schools, school, number, papers)


def draw_true_score(school_count: int, subjects: tuple[str, ...], rng: Generator) -> PupilRoll:
    """Return honest pupils with beta true shares; many small rural schools, harsh journals."""
    is_gymnasium = rng.random(school_count) < 0.1
    is_rural = ~is_gymnasium & (rng.random(school_count) < 0.35)
    classes = np.where(is_rural, 1, 1 + rng.integers(0, 4, school_count))
    size = np.where(is_rural, rng.integers(6, 17, school_count), rng.integers(18, 30, school_count))
    school, number = class_numbers(classes, np.repeat(size, classes).astype(float))
    mean = 0.52 + 0.045 * rng.standard_t(5, school_count) - 0.03 * is_rural + 0.14 * is_gymnasium
    mean = np.clip(mean, 0.25, 0.85)[school]
    share = rng.beta(mean * 7, (1 - mean) * 7)
    absent_rate = np.where(is_rural, 0.04, 0.09) * rng.gamma(6, 1 / 6, school_count)
    papers = [
        _true_score_paper(subject, share, position, school, number, absent_rate, rng)
        for position, subject in enumerate(subjects)
    ]
    level = (pd.Series(share).groupby(school).mean().to_numpy() - 0.5) * 6
    return make_roll(school_table(school_count, level, is_gymnasium, rng), school, number, papers)


def _irt_paper(
    subject: str,
    skill: Floats,
    drift: Floats,
    school: Codes,
    number: Codes,
    absent_rate: Floats,
    rng: Generator,
) -> SimulatedPaper:
    n, school_count = len(skill), school.max() + 1
    maxima = rng.choice([1, 2, 3], size=rng.integers(12, 19), p=[0.5, 0.35, 0.15])
    difficulty = rng.normal(-0.1, 0.9, len(maxima))
    taught = rng.normal(0, 0.25, (number.max() + 1, len(maxima)))[number]
    whole = rng.random(len(maxima)) < 0.25
    slope = rng.lognormal(0.3, 0.2, len(maxima))
    latent = slope * ((skill + drift)[:, None] - difficulty + taught)
    points = _graded(latent, maxima, whole, rng)
    top = int(maxima.sum())
    earlier = _total(skill + rng.normal(0, 0.15, school_count)[school], 34, rng)
    exam = _total(skill + rng.normal(0, 0.12, school_count)[school], 31, rng)
    harsh = rng.normal(0, 0.3, school_count)[school]
    grade = skill + harsh + rng.normal(0, 0.5, n)
    journal = 2 + np.digitize(grade, [-1.3, 0.0, 1.1])
    weak = (skill - skill.mean()) / skill.std()
    absent = rng.random(n) < np.clip(absent_rate[school] * np.exp(-0.35 * weak), 0, 0.6)
    return SimulatedPaper(
        subject, maxima, _cuts(top), points, earlier, 34, _cuts(34), rng.random(n) < 0.93,
        exam, 31, _cuts(31), rng.random(n) < 0.9, journal, absent, np.zeros(n, int), difficulty,
    )  # fmt: skip


def _true_score_paper(
    subject: str,
    share: Floats,
    position: int,
    school: Codes,
    number: Codes,
    absent_rate: Floats,
    rng: Generator,
) -> SimulatedPaper:
    n, school_count = len(share), school.max() + 1
    maxima = rng.choice([1, 2, 3, 4, 5], size=rng.integers(8, 14), p=[0.35, 0.35, 0.15, 0.1, 0.05])
    logit = np.log(share / (1 - share)) + rng.normal(0, 0.5, n)
    difficulty = rng.uniform(-1.3, 1.3, len(maxima))
    drift = 0.15 * np.clip(rng.standard_t(6, school_count), -3, 3)[school]
    taught = rng.normal(0, 0.3, (number.max() + 1, len(maxima)))[number]
    points = rng.binomial(maxima, _inverse((logit + drift)[:, None] - difficulty + taught))
    earlier_drift = 0.2 * np.clip(rng.standard_t(6, school_count), -3, 3)[school]
    earlier = rng.binomial(25, rng.beta(*_beta(_inverse(logit + earlier_drift), 20)))
    exam = rng.binomial(37, rng.beta(*_beta(_inverse(logit), 25))) if position < 2 else None
    harsh = rng.normal(0, 0.45, school_count)[school]
    grade = logit + harsh + rng.normal(0, 0.6, n)
    journal = 2 + np.digitize(grade, [-1.8, -0.1, 1.2])
    absent = rng.random(n) < np.clip(absent_rate[school] * (1.6 - 1.2 * share), 0, 0.7)
    return SimulatedPaper(
        subject, maxima, _cuts(int(maxima.sum())), points, earlier, 25, _cuts(25),
        rng.random(n) < 0.85, exam, 37, _cuts(37), rng.random(n) < 0.8, journal, absent,
        np.zeros(n, int), difficulty,
    )  # fmt: skip


def _graded(latent: Floats, maxima: Codes, whole: NDArray[np.bool_], rng: Generator) -> Codes:
    """Return graded points; a task of `whole` gives all its points or none (teeth)."""
    answer = latent + rng.logistic(size=latent.shape)
    points = np.zeros(latent.shape, dtype=int)
    for task, top in enumerate(maxima):
        steps = np.zeros(top) if whole[task] else np.linspace(-0.7, 0.9, top) if top > 1 else [0]
        points[:, task] = (answer[:, [task]] > np.asarray(steps)).sum(axis=1)
    return points


def _total(skill: np.ndarray, top: int, rng: Generator) -> np.ndarray:
    difficulty = rng.normal(0, 0.9, top)
    return (1.3 * (skill[:, None] - difficulty) + rng.logistic(size=(len(skill), top)) > 0).sum(1)


def _cuts(top: int) -> np.ndarray:
    return np.round(CUT_SHARES * top).astype(int)


def _inverse(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def _beta(mean: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray]:
    return mean * size, (1 - mean) * size


def class_numbers(classes: Codes, sizes: Floats) -> tuple[Codes, Codes]:
    sizes = np.maximum(np.round(sizes).astype(int), 3)
    number = np.repeat(np.arange(len(sizes)), sizes)
    return np.repeat(np.arange(len(classes)), classes)[number], number


def school_table(
    school_count: int, level: Floats, is_gymnasium: NDArray[np.bool_], rng: Generator
) -> pd.DataFrame:
    context = 0.8 * level[:, None] + rng.normal(0, 0.3, (school_count, len(CONTEXT)))
    frame = pd.DataFrame(context, columns=list(CONTEXT)).round(3)
    ids = [f"s{position:03d}" for position in range(1, school_count + 1)]
    frame.insert(0, "school_id", ids)
    frame.insert(1, "school_type", np.where(is_gymnasium, "gymnasium", "secondary"))
    return frame


def make_roll(
    schools: pd.DataFrame, school: Codes, number: Codes, papers: list[SimulatedPaper]
) -> PupilRoll:
    ids = np.array([f"p{position:06d}" for position in range(1, len(school) + 1)])
    school_ids = schools["school_id"].to_numpy(dtype=str)
    return PupilRoll(school_ids, schools, school, number, ids, papers)
