"""Empirical Bayes: what a small school's figure is worth beside those of all schools."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from msoko.stats.estimators.estimate import NotEstimable, Reason, critical_value
from msoko.stats.estimators.proportions import wilson_limits
from msoko.stats.estimators.sample import Vector, as_floats, complete_pairs

METHODS = ("PM", "DL", "REML", "FE")
RANK_SEED = 20_250_901
RANK_DRAWS = 20_000
LARGEST = 1e75


@dataclass(frozen=True)
class RandomEffectsMean:
    """A random-effects mean: `mean` with `se` and interval, `tau2` between units, Cochran's
    `q` with `q_p`, `i2` in [0, 1], `n` units, `method` of τ²."""

    mean: float
    se: float
    low: float
    high: float
    tau2: float
    q: float
    q_p: float
    i2: float
    n: int
    level: float
    method: str


@dataclass(frozen=True)
class BetaBinomial:
    """A beta-binomial law of shares: `mean`, `precision` a+b, `n` units, the maximised
    log-likelihood. `is_pooled` says that no variation between units was found (a+b → ∞)."""

    mean: float
    precision: float
    n: int
    log_likelihood: float
    is_pooled: bool


def random_effects_mean(
    values: ArrayLike,
    errors: ArrayLike,
    method: str = "PM",
    level: float = 0.95,
    knapp_hartung: bool = False,
) -> RandomEffectsMean | NotEstimable:
    """Return the random-effects mean of values with known standard errors, and τ².

    `method`: "PM" (Paule & Mandel 1982: Σ w (y−μ)² = k−1), "DL" (DerSimonian & Laird 1986),
    "REML", or "FE" (τ² = 0). Interval normal with se `1/√Σw`, metafor's default and too narrow
    for few units; `knapp_hartung` gives t with k−1 and `se² = Σw(y−μ)²/((k−1)Σw)` instead.
    Missing rows are dropped; not estimable with fewer than two units (FE: one), or
    "not_converged" for values or errors beyond 10⁷⁵. Raises ValueError for an error that is not
    positive or an unknown method. Checked against metafor 3.8-1.
    """
    if method not in METHODS:
        raise ValueError(f"method is one of {METHODS}, got {method!r}")
    y, spread = complete_pairs(values, errors)
    if (spread <= 0).any():
        raise ValueError("a standard error is positive")
    n, margin = len(y), critical_value(level)
    if n < (1 if method == "FE" else 2):
        return NotEstimable(Reason.TOO_FEW_GROUPS if n else Reason.NO_DATA, n)
    if max(np.abs(y).max(), spread.max()) > LARGEST or spread.min() < 1 / LARGEST:
        return NotEstimable(Reason.NOT_CONVERGED, n, "fourth powers leave floating point")
    variance = spread**2
    tau2 = _between_variance(y, variance, method)
    if tau2 is None:
        return NotEstimable(Reason.NOT_CONVERGED, n)
    weight = 1 / (variance + tau2)
    centre, error = float(weight @ y / weight.sum()), float(1 / np.sqrt(weight.sum()))
    q = _cochran_q(y, variance, 0.0)
    q_p = float(stats.chi2.sf(q, n - 1)) if n > 1 else 1.0
    i2 = _i_squared(variance, tau2)
    if knapp_hartung and n > 1:
        error *= float(np.sqrt(_cochran_q(y, variance, tau2) / (n - 1)))
        margin = float(special.stdtrit(n - 1, 0.5 + level / 2))
    low, high = centre - margin * error, centre + margin * error
    return RandomEffectsMean(centre, error, low, high, tau2, q, q_p, i2, n, level, method)


def normal_shrinkage(
    values: ArrayLike, errors: ArrayLike, method: str = "PM", level: float = 0.95
) -> pd.DataFrame | NotEstimable:
    """Return the empirical-Bayes estimate of each unit, one row per unit in the order given.

    Columns `value, se, reliability, shrunk, shrunk_se, low, high, p_bottom_quarter,
    p_top_quarter, reason`. With `λ = τ²/(τ² + se²)`: `shrunk = λ value + (1−λ) μ`,
    `shrunk_se² = λ se² + (1−λ)² se(μ)²`, as metafor's `blup`. The error of τ² itself is not
    counted (the disputable choice), so intervals are a little narrow for few units. Quarter
    probabilities come from 20,000 seeded draws, Monte-Carlo error at most .0036; they are
    missing, with reason "no_variation", when τ² = 0, for then no unit differs. A unit with a
    missing value or error has reason "no_data". Errors as in `random_effects_mean`.
    """
    y, spread = as_floats(values), as_floats(errors)
    law = random_effects_mean(y, spread, method, level)
    if isinstance(law, NotEstimable):
        return law
    margin = critical_value(level)
    reliability = law.tau2 / (law.tau2 + spread**2)
    shrunk = reliability * y + (1 - reliability) * law.mean
    error = np.sqrt(reliability * spread**2 + (1 - reliability) ** 2 * law.se**2)
    known = ~np.isnan(shrunk)
    bottom, top = np.full(len(y), np.nan), np.full(len(y), np.nan)
    reason = np.where(known, None, Reason.NO_DATA.value)
    if law.tau2 > 0:
        generator = np.random.default_rng(RANK_SEED)
        draws = generator.normal(shrunk[known], error[known], (RANK_DRAWS, int(known.sum())))
        bottom[known], top[known] = quarter_probabilities(draws)
    else:
        reason[known] = Reason.NO_VARIATION.value
    columns = {
        "value": y, "se": spread, "reliability": reliability, "shrunk": shrunk,
        "shrunk_se": error, "low": shrunk - margin * error, "high": shrunk + margin * error,
        "p_bottom_quarter": bottom, "p_top_quarter": top, "reason": reason,
    }  # fmt: skip
    return pd.DataFrame(columns)


def beta_binomial(successes: ArrayLike, totals: ArrayLike) -> BetaBinomial | NotEstimable:
    """Return the beta-binomial law fitted to counts by maximum likelihood.

    Units with missing counts or total 0 are dropped. Not estimable with fewer than two units,
    or when all or none succeed. When the likelihood grows without end in the precision, the
    units do not differ beyond chance: `is_pooled` is True and the mean is the pooled share.
    """
    hits, sizes = complete_pairs(successes, totals)
    if (hits < 0).any() or (hits > sizes).any() or (hits % 1 != 0).any():
        raise ValueError("counts are whole, non-negative, and do not exceed their totals")
    hits, sizes = hits[sizes > 0], sizes[sizes > 0]
    n = len(hits)
    if n < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS if n else Reason.NO_DATA, n)
    pooled = float(hits.sum() / sizes.sum())
    if pooled in (0.0, 1.0):
        return NotEstimable(Reason.NO_VARIATION, n)
    binomial = float(stats.binom.logpmf(hits, sizes, pooled).sum())
    fits = [
        optimize.minimize(
            _beta_binomial_loss,
            [special.logit(pooled), start],
            (hits, sizes),
            method="L-BFGS-B",
            bounds=[(-15, 15), (-7, 14)],
        )
        for start in (0.0, 3.0, 6.0)
    ]
    best = min(fits, key=lambda fit: fit.fun)
    if not np.isfinite(best.fun):
        return NotEstimable(Reason.NOT_CONVERGED, n)
    if -best.fun <= binomial + 1e-6:
        return BetaBinomial(pooled, np.inf, n, binomial, True)
    centre, precision = float(special.expit(best.x[0])), float(np.exp(best.x[1]))
    return BetaBinomial(centre, precision, n, float(-best.fun), False)


def share_shrinkage(
    successes: ArrayLike, totals: ArrayLike, level: float = 0.95
) -> pd.DataFrame | NotEstimable:
    """Return the beta-binomial empirical-Bayes share of each unit, one row per unit.

    Columns as in `normal_shrinkage` without `se`: `value, n, reliability = n/(n + a + b), shrunk,
    low, high, p_bottom_quarter, p_top_quarter, reason`; limits are quantiles of the unit's
    Beta(a + k, b + n − k). A unit without pupils has only the reason "no_data". When the units
    do not differ beyond chance every unit is shrunk to the pooled share with its Wilson interval,
    the quarter probabilities are missing, and the reason is "no_variation". Errors as in
    `beta_binomial`.
    """
    hits, sizes = as_floats(successes), as_floats(totals)
    law = beta_binomial(hits, sizes)
    if isinstance(law, NotEstimable):
        return law
    critical_value(level)
    known = ~(np.isnan(hits) | np.isnan(sizes)) & (sizes > 0)
    share = np.divide(hits, sizes, out=np.full(len(hits), np.nan), where=known)
    rows = pd.DataFrame({"value": share, "n": sizes})
    for column in ("reliability", "shrunk", "low", "high", "p_bottom_quarter", "p_top_quarter"):
        rows[column] = np.nan
    rows["reason"] = np.where(known, None, Reason.NO_DATA.value)
    if law.is_pooled:
        together = wilson_limits(law.mean, float(sizes[known].sum()), critical_value(level))
        rows.loc[known, ["reliability", "shrunk", "low", "high"]] = [0.0, law.mean, *together]
        rows.loc[known, "reason"] = Reason.NO_VARIATION.value
        return rows
    found = _posterior(law, hits[known], sizes[known], level)
    rows.loc[known, list(found)] = np.column_stack(list(found.values()))
    return rows


def _posterior(law: BetaBinomial, hits: Vector, sizes: Vector, level: float) -> dict[str, Vector]:
    """Return each unit's shrunken share, its limits and the chances of its quarter."""
    up = law.mean * law.precision + hits
    down = (1 - law.mean) * law.precision + sizes - hits
    tail = (1 - level) / 2
    draws = np.random.default_rng(RANK_SEED).beta(up, down, (RANK_DRAWS, len(up)))
    bottom, top = quarter_probabilities(draws)
    return {
        "reliability": sizes / (sizes + law.precision),
        "shrunk": up / (up + down),
        "low": stats.beta.ppf(tail, up, down),
        "high": stats.beta.ppf(1 - tail, up, down),
        "p_bottom_quarter": bottom,
        "p_top_quarter": top,
    }


def quarter_probabilities(draws: np.ndarray) -> tuple[Vector, Vector]:
    """Return for each unit the shares of draws in which it is in the lowest and highest quarter.

    `draws` has one row per draw and one column per unit. A quarter of I units is the first
    ceil(I/4) ranks, so that 3 units have a bottom quarter of one.
    """
    units = draws.shape[1]
    quarter = -(-units // 4)
    ranks = draws.argsort(axis=1).argsort(axis=1)
    return (ranks < quarter).mean(axis=0), (ranks >= units - quarter).mean(axis=0)


def _cochran_q(y: Vector, variance: Vector, tau2: float) -> float:
    weight = 1 / (variance + tau2)
    return float(weight @ (y - weight @ y / weight.sum()) ** 2)


def _i_squared(variance: Vector, tau2: float) -> float:
    """Higgins & Thompson's I² from τ² and the typical sampling variance."""
    weight = 1 / variance
    if len(variance) < 2:
        return 0.0
    typical = (len(weight) - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum())
    return float(tau2 / (tau2 + typical))


def _between_variance(y: Vector, variance: Vector, method: str) -> float | None:
    # statsmodels' combine_effects has no REML and ends Paule and Mandel's steps at 1e-5.
    weight, df = 1 / variance, len(y) - 1
    if method == "FE":
        return 0.0
    if method == "DL":
        room = weight.sum() - (weight**2).sum() / weight.sum()
        return max(0.0, float((_cochran_q(y, variance, 0.0) - df) / room))
    top = float(10 * np.ptp(y) ** 2 + 10 * variance.max())
    if method == "PM":
        if _cochran_q(y, variance, 0.0) <= df:
            return 0.0
        return float(
            optimize.brentq(lambda t: _cochran_q(y, variance, t) - df, 0.0, top, xtol=1e-14)
        )
    return _reml_variance(y, variance, top)


def _reml_variance(y: Vector, variance: Vector, top: float) -> float | None:
    def loss(tau2: float) -> float:
        weight = 1 / (variance + tau2)
        return float(-np.log(weight).sum() + np.log(weight.sum()) + _cochran_q(y, variance, tau2))

    grid = np.concatenate([[0.0], np.geomspace(top * 1e-8, top, 60)])
    place = int(np.argmin([loss(point) for point in grid]))
    low, high = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]
    fit = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 0})
    if not np.isfinite(fit.fun):
        return None
    return 0.0 if loss(0.0) <= fit.fun else _polish(y, variance, float(fit.x))


def _polish(y: Vector, variance: Vector, tau2: float) -> float:
    """Fisher scoring on the REML equation, which pins the root more sharply than its minimum."""
    for _ in range(50):
        weight = 1 / (variance + tau2)
        hat = np.diag(weight) - np.outer(weight, weight) / weight.sum()
        step = (float(y @ hat @ hat @ y) - float(np.trace(hat))) / float((hat**2).sum())
        tau2 = max(0.0, tau2 + step)
        if abs(step) < 1e-14 * max(1.0, tau2):
            break
    return tau2


def _beta_binomial_loss(point: Vector, hits: Vector, sizes: Vector) -> float:
    centre, precision = special.expit(point[0]), np.exp(point[1])
    return -float(
        stats.betabinom.logpmf(hits, sizes, centre * precision, (1 - centre) * precision).sum()
    )
