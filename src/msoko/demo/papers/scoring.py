"""From standing to points per task, marks and journal marks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from msoko.demo.papers.paper_list import VprPaper
from msoko.demo.papers.response_curves import Curve, tuned
from msoko.demo.population.random_draws import stream

REGION_SAMPLE = 3000
FAILING = {4: 0.055, 5: 0.10, 6: 0.12, 7: 0.12, 8: 0.11, 10: 0.09}
"""The share of «2» that a paper is tuned to in the region."""
TOP = {4: 0.20, 5: 0.15, 6: 0.12, 7: 0.10, 8: 0.09, 10: 0.14}
"""The share of «5»."""
JOURNAL_CUTS = (-2.3, -0.45, 0.85)


def curve_of(paper: VprPaper) -> Curve:
    """Return the paper's curve: one per subject and grade, a little harder or easier by year."""
    yearly = float(stream(0, "paper", paper.label, paper.grade, paper.year).normal(0, 0.05))
    return _curve(replace(paper, year=0)).harder(yearly)


@cache
def _curve(paper: VprPaper) -> Curve:
    ease = [0.35 if level == "Б" else -0.7 for level in paper.levels]
    low, high = (paper.cuts[0], FAILING[paper.grade]), (paper.cuts[2], TOP[paper.grade])
    return tuned((paper.label, paper.grade), paper.task_max, ease, low, high)


@cache
def reference(paper: VprPaper, shift: float) -> np.ndarray:
    """Return points of a reference sample: the region at 0, the country at a shift."""
    region = stream(0, "region").normal(0, 1, REGION_SAMPLE)
    draw = stream(0, "reference", paper.label, paper.grade, paper.year, shift)
    return curve_of(paper).answer(region + shift, draw)


def leave_blank(points: np.ndarray, standings: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return the points with some zeros turned to "not attempted", more often by the weak."""
    odds = 1 / (1 + np.exp(1.1 + 0.7 * standings))
    is_blank = (points == 0) & (draw.random(points.shape) < 0.5 * odds[:, None])
    return np.where(is_blank, np.nan, points)


def journal_marks(
    standings: np.ndarray, lenience: np.ndarray, draw: np.random.Generator
) -> np.ndarray:
    """Return the marks that teachers gave; NaN where the journal had none (about 1 in 150)."""
    seen = standings + lenience + draw.normal(0, 0.45, len(standings))
    marks = 2.0 + np.searchsorted(JOURNAL_CUTS, seen, side="right")
    return np.where(draw.random(len(marks)) < 0.007, np.nan, marks)
