"""Planting bias a third way, by what teachers do rather than by the score: five kinds.

Belongs to the held-out generator of `mastery_pupils`.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from research.planted_bias import Pupils, add_points
from research.simulated_pupils import PupilRoll, SimulatedPaper


def plant_by_teachers(
    kind: str,
    roll: PupilRoll,
    papers: list[SimulatedPaper],
    school: int,
    strength: float,
    rng: Generator,
) -> None:
    """Bias the given papers of a school in place."""
    pupils = np.flatnonzero(roll.school == school)
    kept_home = rng.random(len(pupils)) < 0.45 * strength
    for paper in papers:
        if kind == "absent":
            _keep_home(paper, pupils, kept_home, rng)
        else:
            PLANTERS[kind](paper, pupils, roll, strength, rng)


def _lift(
    paper: SimulatedPaper, pupils: Pupils, roll: PupilRoll, strength: float, rng: Generator
) -> None:
    """Raise pupils up to three points under a cut to the cut, or a point above it."""
    scores = paper.points[pupils].sum(axis=1)
    for cut in paper.cuts:
        for gap, share in {1: 0.6, 2: 0.4, 3: 0.15}.items():
            for pupil in pupils[
                (scores == cut - gap) & (rng.random(len(pupils)) < share * strength)
            ]:
                add_points(paper, pupil, gap + int(rng.random() < 0.25), rng)


def _inflate(
    paper: SimulatedPaper, pupils: Pupils, roll: PupilRoll, strength: float, rng: Generator
) -> None:
    """Help everybody with some points, the weak more."""
    room = paper.maxima.sum() - paper.points[pupils].sum(axis=1)
    for pupil, gift in zip(pupils, rng.poisson(0.22 * strength * room), strict=True):
        add_points(paper, pupil, int(gift), rng)


def _share(
    paper: SimulatedPaper, pupils: Pupils, roll: PupilRoll, strength: float, rng: Generator
) -> None:
    """Let groups of four neighbours copy most tasks from the best of them."""
    for number in np.unique(roll.class_number[pupils]):
        members = rng.permutation(pupils[roll.class_number[pupils] == number])
        for start in range(0, len(members), 4):
            group = members[start : start + 4]
            if rng.random() > 0.8 * strength:
                continue
            best = group[np.argmax(paper.points[group].sum(axis=1))]
            copied = rng.random((len(group), len(paper.maxima))) < 0.7
            paper.points[group] = np.where(copied, paper.points[best], paper.points[group])


def _keep_home(
    paper: SimulatedPaper, pupils: Pupils, kept_home: np.ndarray, rng: Generator
) -> None:
    """Keep the same weak pupils of the school at home, by the teacher's eye."""
    seen = paper.earlier[pupils] + 4 * paper.journal[pupils] + rng.normal(0, 3, len(pupils))
    paper.absent[pupils] |= kept_home & (seen <= np.quantile(seen, 0.4))


def _mimic(
    paper: SimulatedPaper, pupils: Pupils, roll: PupilRoll, strength: float, rng: Generator
) -> None:
    """Move scores to the nearest edge of the journal mark's band."""
    edges = np.concatenate([[0], paper.cuts, [int(paper.maxima.sum()) + 1]])
    for pupil in pupils[rng.random(len(pupils)) < 0.6 * strength]:
        low, high = edges[paper.journal[pupil] - 2], edges[paper.journal[pupil] - 1] - 1
        score = int(paper.points[pupil].sum())
        add_points(paper, pupil, int(np.clip(score, low, high)) - score, rng)


PLANTERS = {"lift": _lift, "inflate": _inflate, "share": _share, "mimic": _mimic}
