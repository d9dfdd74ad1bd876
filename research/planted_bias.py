"""Planting bias in one school of a simulated municipality: five kinds, two manners each.

The manner follows the generator, so that the two differ in the shape of the bias as well.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from research.simulated_pupils import PupilRoll, SimulatedPaper

Pupils = NDArray[np.int64]


def plant(
    kind: str,
    roll: PupilRoll,
    papers: list[SimulatedPaper],
    school: int,
    strength: float,
    manner: str,
    rng: Generator,
) -> None:
    """Bias the given papers of a school in place."""
    pupils = np.flatnonzero(roll.school == school)
    for paper in papers:
        PLANTERS[kind](paper, pupils, roll, strength, manner, rng)


def _lift(
    paper: SimulatedPaper,
    pupils: Pupils,
    roll: PupilRoll,
    strength: float,
    manner: str,
    rng: Generator,
) -> None:
    """Raise pupils one or two points under a cut to the cut."""
    scores = paper.points[pupils].sum(axis=1)
    cuts = paper.cuts if manner == "irt" else paper.cuts[:2]
    chance = {1: 0.6 * strength, 2: 0.4 * strength}
    for cut in cuts:
        for gap, share in chance.items():
            for pupil in pupils[(scores == cut - gap) & (rng.random(len(pupils)) < share)]:
                add_points(paper, pupil, gap, rng)


def _inflate(
    paper: SimulatedPaper,
    pupils: Pupils,
    roll: PupilRoll,
    strength: float,
    manner: str,
    rng: Generator,
) -> None:
    """Give points that were not earned: a share of the lost ones, or some whole tasks."""
    if manner == "irt":
        lost = paper.maxima - paper.points[pupils]
        paper.points[pupils] += rng.binomial(lost, min(1, 0.24 * strength))
        return
    helped = rng.choice(
        len(paper.maxima), max(1, round(0.25 * strength * len(paper.maxima))), False
    )
    for task in helped:
        is_helped = rng.random(len(pupils)) < 0.75
        paper.points[pupils[is_helped], task] = paper.maxima[task]


def _share(
    paper: SimulatedPaper,
    pupils: Pupils,
    roll: PupilRoll,
    strength: float,
    manner: str,
    rng: Generator,
) -> None:
    """Copy answers within each class: from one strong pupil, or dictated by the teacher."""
    for number in np.unique(roll.class_number[pupils]):
        members = pupils[roll.class_number[pupils] == number]
        totals = paper.points[members].sum(axis=1)
        source = members[np.argsort(totals, kind="stable")[int(0.75 * (len(members) - 1))]]
        copiers = members[rng.random(len(members)) < (0.45 if manner == "irt" else 0.7) * strength]
        chance = 0.65 if manner == "irt" else 0.5
        copied = rng.random((len(copiers), len(paper.maxima))) < chance
        paper.points[copiers] = np.where(copied, paper.points[source], paper.points[copiers])


def _absent(
    paper: SimulatedPaper,
    pupils: Pupils,
    roll: PupilRoll,
    strength: float,
    manner: str,
    rng: Generator,
) -> None:
    """Keep weak pupils at home: by their last score, or by the journal."""
    if manner == "irt":
        is_weak = paper.earlier[pupils] <= np.quantile(paper.earlier, 0.35)
    else:
        is_weak = paper.journal[pupils] <= 3
    chance = (0.4 if manner == "irt" else 0.3) * strength
    paper.absent[pupils] |= is_weak & (rng.random(len(pupils)) < chance)


def _mimic(
    paper: SimulatedPaper,
    pupils: Pupils,
    roll: PupilRoll,
    strength: float,
    manner: str,
    rng: Generator,
) -> None:
    """Make marks agree with the journal: through the points, or on paper only for some."""
    top = int(paper.maxima.sum())
    edges = np.concatenate([[0], paper.cuts, [top + 1]])
    chance = (0.6 if manner == "irt" else 0.55) * strength
    for pupil in pupils[rng.random(len(pupils)) < chance]:
        journal, score = paper.journal[pupil], int(paper.points[pupil].sum())
        low, high = edges[journal - 2], edges[journal - 1] - 1
        if score < low:
            add_points(paper, pupil, low - score + rng.integers(0, 2), rng)
        elif score > high:
            add_points(paper, pupil, high - score, rng)


def add_points(paper: SimulatedPaper, pupil: int, gap: int, rng: Generator) -> None:
    """Add (or take, when negative) points one by one in tasks drawn at random."""
    for _ in range(abs(gap)):
        room = paper.maxima - paper.points[pupil] if gap > 0 else paper.points[pupil]
        if room.sum() == 0:
            return
        task = rng.choice(len(room), p=room / room.sum())
        paper.points[pupil, task] += 1 if gap > 0 else -1


PLANTERS = {
    "lift": _lift,
    "inflate": _inflate,
    "share": _share,
    "absent": _absent,
    "mimic": _mimic,
}
