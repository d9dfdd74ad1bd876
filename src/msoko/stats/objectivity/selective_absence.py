"""Selective absence: were just the weak pupils away on the day of the paper?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.sample import Vector
from msoko.stats.objectivity.answer_similarity import normal_equivalent

WEAK_SHARE = 0.4
LEAST_ABSENT = 10
LEAST_PUPILS = 60
STEPS = 40
RIDGE = 1e-3
PRIOR_ABSENT = (2.0, 50.0)
NODES = (np.arange(9) + 0.5) / 9


@dataclass(frozen=True)
class SelectiveAbsence:
    """Absentees among the weak pupils of each school, in the order of the codes 0…I−1.

    `absent` observed and `expected`, `variance` and `third` central moment of their law, `z`
    the normal score of its mid-p, `n` the weak pupils. Schools without weak pupils have NaN in z.
    """

    absent: Vector
    expected: Vector
    variance: Vector
    third: Vector
    z: Vector
    n: NDArray[np.int64]


def selective_absence(
    is_absent: ArrayLike, strength: ArrayLike, school: ArrayLike, school_count: int
) -> SelectiveAbsence | NotEstimable:
    """Return the excess of absentees among each school's weak pupils.

    `strength` is a pupil's expected score (higher is stronger), known for present and absent
    alike. The weak are the regional lower 40 %. Chances of absence come from a regional logistic
    model in strength; the disputable choice is to scale a school's chances by how many of its
    *stronger* pupils were away (a gamma law, so the scale's own error counts), so that an
    outbreak of flu is no sign of selection. p is the Poisson-binomial mid-p averaged over that
    law. Not estimable under 60 pupils or 10 absentees in the region.
    """
    away = np.asarray(is_absent, dtype=bool)
    force = np.asarray(strength, dtype=np.float64)
    code = np.asarray(school, dtype=np.int64)
    if len(away) < LEAST_PUPILS or away.sum() < LEAST_ABSENT:
        return NotEstimable(Reason.TOO_FEW, int(away.sum()))
    if (~away).sum() < LEAST_ABSENT:
        return NotEstimable(Reason.NO_VARIATION, len(away))
    chance = np.clip(absence_chances(away, force), 1e-4, 0.95)
    is_weak = force <= np.quantile(force, WEAK_SHARE)
    shape, rate = _usual_rate(away, chance, is_weak, code, school_count)
    weak = away[is_weak], chance[is_weak], code[is_weak]
    return _by_school(*weak, school_count, shape, rate)


def absence_chances(is_absent: ArrayLike, strength: ArrayLike) -> Vector:
    """Return fitted chances of absence, logistic in strength, with a slight ridge on the slope.

    Newton's method; the ridge keeps a perfectly separated region finite.
    """
    away = np.asarray(is_absent, dtype=np.float64)
    force = np.asarray(strength, dtype=np.float64)
    spread = force.std()
    scaled = (force - force.mean()) / (spread if spread > 0 else 1.0)
    design = np.column_stack([np.ones(len(force)), scaled])
    penalty = np.array([0.0, RIDGE * len(force)])
    coefficients = np.array([special.logit(away.mean()), 0.0])
    for _ in range(STEPS):
        chance = special.expit(design @ coefficients)
        gradient = design.T @ (away - chance) - penalty * coefficients
        information = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(information, gradient)
        coefficients += step
        if np.abs(step).max() < 1e-10:
            break
    return special.expit(design @ coefficients)


def _usual_rate(
    away: NDArray[np.bool_],
    chance: Vector,
    is_weak: NDArray[np.bool_],
    code: NDArray[np.int64],
    school_count: int,
) -> tuple[Vector, Vector]:
    """Return shape and rate of each school's gamma law of absence among its stronger pupils.

    Gamma–Poisson: the prior's strength is the inverse relative variance between schools.
    """
    strong = ~is_weak
    seen = np.bincount(code[strong], away[strong], school_count)
    foreseen = np.bincount(code[strong], chance[strong], school_count)
    spread = np.sum((seen - foreseen) ** 2 - foreseen) / max(np.sum(foreseen**2), 1e-9)
    prior = float(np.clip(1 / max(spread, 1e-9), *PRIOR_ABSENT))
    return seen + prior, foreseen + prior


def _by_school(
    away: NDArray[np.bool_],
    chance: Vector,
    code: NDArray[np.int64],
    school_count: int,
    shape: Vector,
    rate: Vector,
) -> SelectiveAbsence:
    observed = np.bincount(code, away, school_count)
    plain = np.bincount(code, chance, school_count)
    ratio = shape / rate
    expected = plain * ratio
    variance = np.bincount(code, chance * (1 - chance), school_count) * ratio
    variance += plain**2 * shape / rate**2
    # skewness of the negative binomial law with this mean and variance
    third = variance * (2 * variance / np.maximum(expected, 1e-9) - 1)
    z = np.full(school_count, np.nan)
    for school in np.unique(code):
        here = code == school
        laws = special.gammaincinv(shape[school], NODES) / rate[school]
        p = _mid_p(np.outer(laws, chance[here]), int(away[here].sum()))
        z[school] = -special.ndtri(np.clip(p.mean(), 1e-300, 1 - 1e-12))
    n = np.bincount(code, minlength=school_count)
    return SelectiveAbsence(observed, expected, variance, third, z, n)


def _mid_p(chance: NDArray[np.float64], count: int) -> Vector:
    """Return mid-p of `count` under the Poisson-binomial law of each row of chances.

    All rows are convolved at once: a school has a law per node.
    """
    trials = np.clip(chance, 1e-6, 0.98)
    mass = np.zeros((len(trials), trials.shape[1] + 1))
    mass[:, 0] = 1.0
    for done, column in enumerate(trials.T[:, :, None], start=1):
        mass[:, 1 : done + 1] = mass[:, 1 : done + 1] * (1 - column) + mass[:, :done] * column
        mass[:, :1] *= 1 - column
    return mass[:, count + 1 :].sum(axis=1) + mass[:, count] / 2


def pooled_z(papers: list[SelectiveAbsence], inflation: float) -> Vector:
    """Return each school's z over several papers, the same pupils being away from several.

    `Σ(O − E)/√(inflation ΣV)` read by a Pearson III law with the skewness of the sum.
    """
    observed = np.sum([paper.absent - paper.expected for paper in papers], axis=0)
    variance = inflation * np.sum([paper.variance for paper in papers], axis=0)
    third = inflation**2 * np.sum([paper.third for paper in papers], axis=0)
    z = np.full(len(observed), np.nan)
    known = variance > 0
    skewness = third[known] / variance[known] ** 1.5
    z[known] = normal_equivalent(observed[known] / np.sqrt(variance[known]), skewness)
    return z
