"""From standing to points per task, marks and journal marks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from msoko.demo.draws import stream
from msoko.demo.papers import Paper

REGION_SAMPLE = 3000
FAILING = {4: 0.055, 5: 0.10, 6: 0.12, 7: 0.12, 8: 0.11, 10: 0.09}
"""The share of «2» that a paper is tuned to in the region."""
SLOPE = 1.35


@dataclass
class Script:
    """What pupils wrote: rows are pupils, columns are tasks; NaN is a task not attempted."""

    points: np.ndarray
    totals: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray) -> Script:
        return cls(points, np.nansum(points, axis=1).astype(int))


def steps(paper: Paper) -> list[np.ndarray]:
    """Return, per task, the standing at which each of its points becomes even odds."""
    draw = stream(0, "difficulty", paper.label, paper.grade)
    found = []
    for level, most in zip(paper.levels, paper.task_max, strict=True):
        easy = draw.normal(-0.55 if level == "Б" else 0.55, 0.55)
        found.append(easy + np.linspace(-0.45, 0.45, most) * (most > 1))
    return found


def answer(
    standings: np.ndarray, paper: Paper, hardness: float, draw: np.random.Generator
) -> np.ndarray:
    """Return points per task under a graded response model.

    Source: Samejima (1969). One uniform draw per pupil and task keeps points ordered.
    """
    points = np.zeros((len(standings), len(paper.tasks)))
    for index, thresholds in enumerate(steps(paper)):
        chance = draw.random(len(standings))[:, None]
        odds = SLOPE * (standings[:, None] - thresholds[None, :] - hardness)
        points[:, index] = (chance < 1 / (1 + np.exp(-odds))).sum(axis=1)
    return points


@cache
def hardness(paper: Paper) -> float:
    """Return the shift that gives the region its share of failing marks, year by year."""
    yearly = float(stream(0, "paper", paper.label, paper.grade, paper.year).normal(0, 0.05))
    low, high = -3.0, 3.0
    for _ in range(14):
        middle = (low + high) / 2
        totals = answer(_region(), paper, middle, stream(0, "tuning")).sum(axis=1)
        if np.mean(totals < paper.cuts[0]) < FAILING[paper.grade]:
            low = middle
        else:
            high = middle
    return (low + high) / 2 + yearly


def _region() -> np.ndarray:
    return stream(0, "region").normal(0, 1, REGION_SAMPLE)


@cache
def reference(paper: Paper, shift: float) -> np.ndarray:
    """Return the totals of a reference sample: the region at 0, the country at +0.12."""
    draw = stream(0, "reference", paper.label, paper.grade, paper.year, shift)
    return answer(_region() + shift, paper, hardness(paper), draw)


def leave_blank(
    points: np.ndarray, standings: np.ndarray, draw: np.random.Generator
) -> np.ndarray:
    """Return the points with some zeros turned to "not attempted", more often by the weak."""
    odds = 1 / (1 + np.exp(1.1 + 0.7 * standings))
    is_blank = (points == 0) & (draw.random(points.shape) < 0.5 * odds[:, None])
    return np.where(is_blank, np.nan, points)


def journal_marks(
    standings: np.ndarray, lenience: np.ndarray, draw: np.random.Generator
) -> np.ndarray:
    """Return the marks that teachers gave; NaN where the journal had none (about 1 in 150)."""
    seen = standings + lenience + draw.normal(0, 0.45, len(standings))
    marks = 2.0 + np.searchsorted((-2.05, -0.25, 1.05), seen, side="right")
    return np.where(draw.random(len(marks)) < 0.007, np.nan, marks)
