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
    is_absent: ArrayLike,
    strength: ArrayLike,
    school: ArrayLike,
    school_count: int,
    reference: NDArray[np.bool_] | None = None,
) -> SelectiveAbsence | NotEstimable:
    """Return the excess of absentees among each school's weak pupils.

    `strength` is a pupil's expected score (higher is stronger), known for present and absent alike.
    The weak are the lower 40 % of their own school, since a strong school keeps at home pupils who
    are weak only there. Chances of absence come from a logistic model in strength, fitted to the
    schools of `reference` (a flag a school; by default all); the disputable choice is to scale a
    school's chances by how many of its *stronger* pupils were away (a gamma law, so the scale's own
    error counts), so that an outbreak of flu is no sign of selection. p is the Poisson-binomial
    mid-p averaged over that law. Not estimable under 60 pupils or 10 absentees in the region. The
    law is Poisson's (1837) binomial with unequal chances, the gamma–Poisson mixture Greenwood &
    Yule's (1920), mid-p Lancaster's (1961).
    """
    away = np.asarray(is_absent, dtype=bool)
    force = np.asarray(strength, dtype=np.float64)
    code = np.asarray(school, dtype=np.int64)
    refusal = _refused(away)
    if refusal:
        return refusal
    usual = np.ones(school_count, dtype=bool) if reference is None else reference
    is_usual = usual[code]
    if not 0 < away[is_usual].sum() < is_usual.sum():
        usual, is_usual = np.ones_like(usual), np.ones_like(is_usual)
    chance = np.clip(absence_chances(away, force, is_usual), 1e-4, 0.95)
    is_weak = _weak_within(force, code, school_count)
    shape, rate = _usual_rate(away, chance, is_weak, code, usual)
    weak = away[is_weak], chance[is_weak], code[is_weak]
    return _by_school(*weak, school_count, shape, rate)


def _refused(away: NDArray[np.bool_]) -> NotEstimable | None:
    if len(away) < LEAST_PUPILS or away.sum() < LEAST_ABSENT:
        return NotEstimable(Reason.TOO_FEW, int(away.sum()))
    if (~away).sum() < LEAST_ABSENT:
        return NotEstimable(Reason.NO_VARIATION, len(away))
    return None


def _weak_within(force: Vector, code: NDArray[np.int64], school_count: int) -> NDArray[np.bool_]:
    """Return who is among the lower 40 % of their own school."""
    order = np.lexsort((force, code))
    size = np.bincount(code, minlength=school_count)
    start = np.cumsum(size) - size
    place = np.empty(len(code))
    place[order] = np.arange(len(code)) - start[code[order]]
    return place < np.round(WEAK_SHARE * size)[code]


def absence_chances(
    is_absent: ArrayLike, strength: ArrayLike, fitted: NDArray[np.bool_] | None = None
) -> Vector:
    """Return fitted chances of absence, logistic in strength, with a slight ridge on the slope.

    One flag and one strength a pupil, one chance each in their order; the model is that of the
    pupils flagged in `fitted` (by default all). Newton's method for the
    penalised likelihood (le Cessie & van Houwelingen 1992); the ridge keeps a perfectly separated
    region finite. Where all or none are away that rate is everybody's chance. Raises ValueError
    for unequal lengths and for a missing flag or strength.
    """
    away = np.asarray(is_absent, dtype=np.float64)
    force = np.asarray(strength, dtype=np.float64)
    if len(away) != len(force):
        raise ValueError(f"lengths differ: {len(away)}, {len(force)}")
    if not (np.isfinite(away).all() and np.isfinite(force).all()):
        raise ValueError("absence and strength are complete; drop missing pupils first")
    chosen = np.ones(len(away), dtype=bool) if fitted is None else fitted
    known = away[chosen]
    if len(known) == 0 or known.min() == known.max():
        return np.full(len(away), known[0] if len(known) else np.nan)
    spread = force.std()
    scaled = (force - force.mean()) / (spread if spread > 0 else 1.0)
    design = np.column_stack([np.ones(len(force)), scaled])
    coefficients = _absence_line(known, design[chosen])
    return special.expit(design @ coefficients)


def _absence_line(away: Vector, design: NDArray[np.float64]) -> Vector:
    penalty = np.array([0.0, RIDGE * len(away)])
    coefficients = np.array([special.logit(away.mean()), 0.0])
    for _ in range(STEPS):
        chance = special.expit(design @ coefficients)
        gradient = design.T @ (away - chance) - penalty * coefficients
        information = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(information, gradient)
        coefficients += step
        if np.abs(step).max() < 1e-10:
            break
    return coefficients


def _usual_rate(
    away: NDArray[np.bool_],
    chance: Vector,
    is_weak: NDArray[np.bool_],
    code: NDArray[np.int64],
    usual: NDArray[np.bool_],
) -> tuple[Vector, Vector]:
    """Return shape and rate of each school's gamma law of absence among its stronger pupils.

    Gamma–Poisson: the prior's strength is the inverse relative variance between `usual` schools.
    """
    strong, school_count = ~is_weak, len(usual)
    seen = np.bincount(code[strong], away[strong], school_count)
    foreseen = np.bincount(code[strong], chance[strong], school_count)
    excess = ((seen - foreseen) ** 2 - foreseen)[usual]
    spread = excess.sum() / max(np.sum(foreseen[usual] ** 2), 1e-9)
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
    n = np.bincount(code, minlength=school_count)
    laws = special.gammaincinv(shape[:, None], NODES) / rate[:, None]
    order = np.argsort(code, kind="stable")
    place = np.arange(len(code)) - (np.cumsum(n) - n)[code[order]]
    chances = np.full((school_count, n.max(initial=0)), np.nan)
    chances[code[order], place] = chance[order]
    p = _mid_p(laws[:, :, None] * chances[:, None, :], observed.astype(int)[:, None]).mean(axis=1)
    z = -special.ndtri(np.clip(p, 1e-300, 1 - 1e-12))
    z[n == 0] = np.nan
    return SelectiveAbsence(observed, expected, variance, third, z, n)


def _mid_p(chance: NDArray[np.float64], count: ArrayLike) -> Vector:
    """Return mid-p of `count` under the Poisson-binomial law of the chances on the last axis.

    All laws are convolved at once; NaN is a place without a pupil. The upper tail is summed from
    its far end, so that small p keep their digits.
    """
    trials = np.nan_to_num(np.clip(chance, 1e-6, 0.98), nan=0.0)
    mass = np.zeros((*trials.shape[:-1], trials.shape[-1] + 1))
    mass[..., 0] = 1.0
    for done, column in enumerate(np.moveaxis(trials, -1, 0)[..., None], start=1):
        mass[..., 1 : done + 1] = mass[..., 1 : done + 1] * (1 - column) + mass[..., :done] * column
        mass[..., :1] *= 1 - column
    place = np.broadcast_to(count, mass.shape[:-1])[..., None]
    upper = np.cumsum(mass[..., ::-1], axis=-1)[..., ::-1]
    found = np.take_along_axis(upper - mass / 2, place, axis=-1)
    return found[..., 0]


def pooled_z(papers: list[SelectiveAbsence], inflation: float) -> Vector:
    """Return each school's z over several papers, the same pupils being away from several.

    `Σ(O − E)/√(inflation ΣV)` read by a Pearson III law with the skewness of the sum. One value a
    school, NaN without expected absentees; moments add up over papers (Pearson 1895).
    """
    observed = np.sum([paper.absent - paper.expected for paper in papers], axis=0)
    variance = inflation * np.sum([paper.variance for paper in papers], axis=0)
    third = inflation**2 * np.sum([paper.third for paper in papers], axis=0)
    z = np.full(len(observed), np.nan)
    known = variance > 0
    skewness = third[known] / variance[known] ** 1.5
    z[known] = normal_equivalent(observed[known] / np.sqrt(variance[known]), skewness)
    return z
