"""Inference on the fixed effects of a multilevel model, and what its levels explain."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from msoko.stats.estimators.estimate import (
    Estimate,
    HypothesisTest,
    NotEstimable,
    Reason,
    require_level,
)
from msoko.stats.estimators.sample import Vector
from msoko.stats.regression.multilevel import MixedFit


@dataclass(frozen=True)
class ExplainedVariance:
    """Shares of variance explained: `marginal` by the fixed terms, `conditional` with the
    groups (Nakagawa & Schielzeth 2013); `residual` and `group` the fall of each variance against
    the null model (Raudenbush & Bryk), which may be negative; None without a null model."""

    marginal: float
    conditional: float
    group: float | None
    residual: float | None
    n: int


def fixed_effect(fit: MixedFit, term: str, level: float = 0.95) -> Estimate:
    """Return one fixed effect with a t interval; see `contrast`. KeyError for an unknown term.

    Satterthwaite (1946), as in lmerTest (Kuznetsova et al. 2017).
    """
    return contrast(fit, pd.Series({term: 1.0}), level)


def contrast(fit: MixedFit, weights: pd.Series, level: float = 0.95) -> Estimate:
    """Return a linear combination of fixed effects with a t interval.

    df by Satterthwaite as in R's lmerTest: `2 v²/(g'Ag)`, v the variance of the combination, g its
    gradient and A twice the inverse Hessian of the criterion in (θ, σ), numerically. Where the
    Hessian is not positive (a boundary estimate) the directions on the boundary are left out.
    `weights` is indexed by term; KeyError for an unknown one. Satterthwaite (1946), Kuznetsova et
    al. (2017).
    """
    require_level(level)
    c = pd.Series(0.0, index=fit.fixed.index)
    for term, weight in weights.items():
        if term not in c.index:
            raise KeyError(term)
        c[term] = float(weight)
    value = float(c @ fit.fixed)
    error = float(np.sqrt(c @ fit.covariance @ c))
    df = satterthwaite(fit, c.to_numpy())
    half = float(stats.t.ppf(0.5 + level / 2, df)) * error
    p = float(2 * stats.t.sf(abs(value) / error, df))
    return Estimate(value, value - half, value + half, fit.n, level, error, df, p, "satterthwaite")


def satterthwaite(fit: MixedFit, weights: Vector) -> float:
    """Return the Satterthwaite degrees of freedom of a combination of fixed effects.

    At least 1 and at most n − p. `weights` is one a fixed term. Satterthwaite (1946); for mixed
    models Giesbrecht & Burns (1985), as in lmerTest (Kuznetsova et al. 2017).
    """
    point = np.append(fit.theta, math.sqrt(fit.residual_variance))
    inside = np.append(np.abs(fit.theta) > 1e-3, True)
    steps = np.where(inside, 1e-3 * np.maximum(1e-1, np.abs(point)), 0.0)
    free = np.flatnonzero(inside)
    hessian = _hessian(fit, point, steps, free)
    gradient = np.array([_slope(fit, weights, point, steps, axis) for axis in free])
    values, vectors = np.linalg.eigh(hessian)
    kept = values > 1e-8 * values.max()
    spread = 2 * (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    noise = float(gradient @ spread @ gradient)
    most = float(fit.n - len(fit.fixed))
    if not noise > 0:
        return most
    variance = float(weights @ fit.covariance.to_numpy() @ weights)
    return float(np.clip(2 * variance**2 / noise, 1.0, most))


def likelihood_ratio(
    small: MixedFit, large: MixedFit, df: int, at_boundary: bool = False
) -> HypothesisTest | NotEstimable:
    """Return the likelihood-ratio test of nested fits of the same rows; `df` extra parameters.

    Compare ML fits when fixed terms differ (ValueError for REML with different terms). With
    `at_boundary` the null puts one variance at 0, and the statistic follows χ² with `df` − 1 and
    `df` degrees of freedom, half and half (Self & Liang 1987, case 6): one random intercept more
    is `df` 1, one random slope with its covariance is `df` 2. ValueError for a `df` under 1.
    """
    if df < 1:
        raise ValueError(f"df is at least 1, got {df}")
    if small.n != large.n or small.is_reml != large.is_reml:
        raise ValueError("the fits are of different rows or methods")
    if small.is_reml and list(small.fixed.index) != list(large.fixed.index):
        raise ValueError("restricted likelihoods with different fixed terms do not compare")
    statistic = max(0.0, small.criterion - large.criterion)
    p = float(stats.chi2.sf(statistic, df))
    if at_boundary and statistic > 0:
        p = (p + (float(stats.chi2.sf(statistic, df - 1)) if df > 1 else 0.0)) / 2
    return HypothesisTest(statistic, p, small.n, df, method="likelihood_ratio")


def explained_variance(
    fit: MixedFit, null: MixedFit | None = None
) -> ExplainedVariance | NotEstimable:
    """Return the pseudo-R² of a random-intercept model; see `ExplainedVariance`.

    Marginal `σ_f²/(σ_f² + Στ² + σ²)` with σ_f² the variance of the fitted fixed part. Models with
    random slopes are refused (ValueError). Not estimable when the null model found no variance
    between groups to explain ("no_variation"). Nakagawa & Schielzeth (2013), Raudenbush & Bryk
    (2002).
    """
    if len(fit.theta) != len(fit.groups):
        raise ValueError("pseudo-R² is given for varying intercepts only")
    fixed = float(np.var(fit.design.x @ fit.fixed.to_numpy()))
    between = sum(fit.variance(group) for group in fit.groups)
    total = fixed + between + fit.residual_variance
    group = residual = None
    if null is not None:
        before = sum(null.variance(name) for name in null.groups)
        if before <= 0 or null.is_singular:
            return NotEstimable(Reason.NO_VARIATION, fit.n)
        group = 1 - between / before
        residual = 1 - fit.residual_variance / null.residual_variance
    return ExplainedVariance(fixed / total, (fixed + between) / total, group, residual, fit.n)


def _criterion(fit: MixedFit, point: Vector) -> float:
    """The unprofiled criterion in (θ, σ)."""
    solved, p = fit.blocks.solve(point[:-1]), fit.blocks.terms
    cross = solved.cross
    beta = np.linalg.solve(cross[:p, :p], cross[:p, p])
    squared = float(cross[p, p] - cross[:p, p] @ beta)
    variance = float(point[-1] ** 2)
    value = solved.log_determinant + squared / variance + fit.n * math.log(2 * math.pi * variance)
    if fit.is_reml:
        value += float(np.linalg.slogdet(cross[:p, :p])[1]) - p * math.log(2 * math.pi * variance)
    return value


def _hessian(fit: MixedFit, point: Vector, steps: Vector, free: np.ndarray) -> np.ndarray:
    hessian = np.empty((len(free), len(free)))
    for i, first in enumerate(free):
        for j, second in enumerate(free[: i + 1]):
            total = 0.0
            for one in (1, -1):
                for two in (1, -1):
                    moved = point.copy()
                    moved[first] += one * steps[first]
                    moved[second] += two * steps[second]
                    total += one * two * _criterion(fit, moved)
            hessian[i, j] = hessian[j, i] = total / (4 * steps[first] * steps[second])
    return hessian


def _slope(fit: MixedFit, weights: Vector, point: Vector, steps: Vector, axis: int) -> float:
    ends = []
    for sign in (1, -1):
        moved = point.copy()
        moved[axis] += sign * steps[axis]
        cross = fit.blocks.solve(moved[:-1]).cross[:-1, :-1]
        ends.append(moved[-1] ** 2 * float(weights @ np.linalg.solve(cross, weights)))
    return (ends[0] - ends[1]) / (2 * steps[axis])
