"""Honest pupils drawn a third way: some have mastered a skill and some have not.

Held out: the list is tuned on the other generators and reported on this one. Scores are mixtures
of masters and non-masters with several humps, tasks hang together in threes, journals rank pupils
within their class, the same pupils are away from all papers, weak pupils drop out before the
exam, and one school has as many pupils as ten others.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from research.simulated_pupils import (
    Codes,
    Floats,
    PupilRoll,
    SimulatedPaper,
    class_numbers,
    make_roll,
    school_table,
)

SKILLS = 5
SHARES = np.array([0.3, 0.52, 0.78])


def draw_mastery(school_count: int, subjects: tuple[str, ...], rng: Generator) -> PupilRoll:
    """Return honest pupils who have mastered some of five skills a subject."""
    pupils = np.clip(np.exp(rng.normal(3.4, 0.8, school_count)), 5, 300).round().astype(int)
    classes = np.maximum(1, np.round(pupils / 24).astype(int))
    school, number = class_numbers(classes, np.repeat(pupils / classes, classes))
    level = 0.45 * rng.gumbel(0, 0.78, school_count) - 0.2
    readiness = level[school] + rng.logistic(0, 0.55, len(school))
    is_ill = _ill(readiness, number, rng)
    papers = [
        _mastery_paper(subject, place, readiness, school, number, is_ill, rng)
        for place, subject in enumerate(subjects)
    ]
    is_gymnasium = level > np.quantile(level, 0.9)
    return make_roll(school_table(school_count, level, is_gymnasium, rng), school, number, papers)


def _ill(readiness: Floats, number: Codes, rng: Generator) -> np.ndarray:
    """Return chances to be away: an illness goes through some classes, truants are weak."""
    outbreak = np.where(rng.random(number.max() + 1) < 0.08, 0.25, 0.02)[number]
    truant = (rng.random(len(number)) < 0.12 * _share(-readiness - 1)) * 0.6
    return np.clip(outbreak + truant, 0, 0.9)


def _mastery_paper(
    subject: str,
    place: int,
    readiness: Floats,
    school: Codes,
    number: Codes,
    is_ill: Floats,
    rng: Generator,
) -> SimulatedPaper:
    n, school_count = len(readiness), school.max() + 1
    taste = readiness + rng.logistic(0, 0.3, n) + rng.laplace(0, 0.08, school_count)[school]
    taught = rng.normal(0, 0.3, (number.max() + 1, SKILLS))[number]
    hard = np.linspace(-1.0, 0.9, SKILLS)
    has_skill = rng.random((n, SKILLS)) < _share(1.8 * (taste[:, None] - hard + taught))
    maxima = rng.choice([1, 2, 4], size=rng.integers(11, 17), p=[0.55, 0.35, 0.1])
    points = _task_points(has_skill, maxima, rng)
    top = int(maxima.sum())
    before = _exam_points(taste + 0.25 * rng.gumbel(0, 0.5, school_count)[school], 40, rng)
    exam = _exam_points(taste + rng.laplace(0, 0.08, school_count)[school], 32, rng)
    day = rng.random(n) < 0.6
    absent = np.where(day, is_ill > rng.random(n), rng.random(n) < 0.3 * is_ill)
    return SimulatedPaper(
        subject, maxima, _cuts(top), points, before, 40, _cuts(40), rng.random(n) < 0.88,
        exam if place < 2 else None, 32, _cuts(32), rng.random(n) < 0.6 + 0.35 * _share(2 * taste),
        _journal(taste, number, rng), absent, np.zeros(n, int), np.zeros(len(maxima)),
    )  # fmt: skip


def _task_points(has_skill: np.ndarray, maxima: Codes, rng: Generator) -> Codes:
    """Return points: a task needs one or two skills; three neighbours share a pupil's luck."""
    n, tasks = len(has_skill), len(maxima)
    luck = np.repeat(rng.normal(0, 0.5, (n, -(-tasks // 3))), 3, axis=1)[:, :tasks]
    points = np.zeros((n, tasks), dtype=int)
    for task, most in enumerate(maxima):
        needed = rng.choice(SKILLS, rng.integers(1, 3), replace=False)
        can = has_skill[:, needed].all(axis=1)
        logit = np.where(can, rng.uniform(1.0, 2.2), rng.uniform(-2.0, -0.8)) + luck[:, task]
        points[:, task] = rng.binomial(most, _share(logit))
    return points


def _exam_points(taste: Floats, top: int, rng: Generator) -> Codes:
    """Return a score squeezed at the upper end, where a third of the pupils crowd."""
    share = np.clip(1.15 * _share(1.1 * taste + rng.normal(0, 0.45, len(taste))), 0, 1)
    return rng.binomial(top, share)


def _journal(taste: Floats, number: Codes, rng: Generator) -> Codes:
    """Return journal marks that rank a pupil in the class as much as measure him."""
    seen = taste + rng.normal(0, 0.5, len(taste))
    order = np.lexsort((seen, number))
    size = np.bincount(number)
    rank = np.empty(len(taste))
    rank[order] = (np.arange(len(taste)) - (np.cumsum(size) - size)[number[order]] + 0.5) / size[
        number[order]
    ]
    return 2 + np.digitize(0.5 * rank + 0.5 * _share(seen), [0.17, 0.48, 0.76])


def _cuts(top: int) -> Codes:
    return np.round(SHARES * top).astype(int)


def _share(logit: Floats) -> Floats:
    return 1 / (1 + np.exp(-logit))
