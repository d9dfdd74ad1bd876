"""Selective absence: were just the weak pupils away on the day of the paper?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from msoko.stats.estimate import NotEstimable, Reason
from msoko.stats.poisson_binomial import excess
from msoko.stats.sample import Vector
from msoko.stats.similarity import normal_equivalent

WEAK_SHARE = 0.4
LEAST_ABSENT = 10
LEAST_PUPILS = 60
STEPS = 40
RIDGE = 1e-3
PRIOR_ABSENT = 3.0


@dataclass(frozen=True)
class SelectiveAbsence:
    """Absentees among the weak pupils of each school, in the order of the codes 0…I−1.

    `absent` observed and `expected`, `variance` of the Poisson-binomial law, `z` the normal
    score of its mid-p, `n` the weak pupils. Schools without weak pupils have NaN in z.
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
    *stronger* pupils were away (shrunk by 3 expected absentees), so that an outbreak of flu is
    no sign of selection. Not estimable under 60 pupils or 10 absentees in the region.
    """
    away = np.asarray(is_absent, dtype=bool)
    force = np.asarray(strength, dtype=np.float64)
    code = np.asarray(school, dtype=np.int64)
    if len(away) < LEAST_PUPILS or away.sum() < LEAST_ABSENT:
        return NotEstimable(Reason.TOO_FEW, int(away.sum()))
    if (~away).sum() < LEAST_ABSENT:
        return NotEstimable(Reason.NO_VARIATION, len(away))
    chance = absence_chances(away, force)
    is_weak = force <= np.quantile(force, WEAK_SHARE)
    chance = np.clip(chance * _usual_rate(away, chance, is_weak, code, school_count), 1e-4, 0.95)
    return _by_school(away[is_weak], chance[is_weak], code[is_weak], school_count)


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
) -> Vector:
    strong = ~is_weak
    seen = np.bincount(code[strong], away[strong], school_count)
    foreseen = np.bincount(code[strong], chance[strong], school_count)
    return ((seen + PRIOR_ABSENT) / (foreseen + PRIOR_ABSENT))[code]


def _by_school(
    away: NDArray[np.bool_], chance: Vector, code: NDArray[np.int64], school_count: int
) -> SelectiveAbsence:
    def total(values: ArrayLike) -> Vector:
        return np.bincount(code, np.asarray(values, dtype=np.float64), school_count)

    variance = chance * (1 - chance)
    z = np.full(school_count, np.nan)
    for school in np.unique(code):
        here = code == school
        test = excess(chance[here], int(away[here].sum()))
        if test.is_estimable:
            z[school] = -special.ndtri(np.clip(test.p, 1e-300, 1 - 1e-12))
    n = np.bincount(code, minlength=school_count)
    third = total(variance * (1 - 2 * chance))
    return SelectiveAbsence(total(away), total(chance), total(variance), third, z, n)


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
