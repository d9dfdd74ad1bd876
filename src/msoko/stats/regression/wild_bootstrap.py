"""The wild cluster bootstrap, for a handful of schools."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, require_level
from msoko.stats.regression.coefficient_inference import Labels
from msoko.stats.regression.least_squares import LinearFit

ENUMERATED_UP_TO = 11
WEBB_UP_TO = 6
WEBB = tuple(sign * value**0.5 for value in (0.5, 1.0, 1.5) for sign in (-1, 1))
"""Webb's (2023) six points, equally likely."""
SEED = 20_250_901
SMALLEST = 5


@dataclass(frozen=True)
class _Setting:
    """Sums over clusters from which every draw follows.

    With s the row of (X'X)⁻¹X' of the term, r = r_y − null·r_f the restricted residuals:
    `moved[k]` holds Σ s_i r_k,i per cluster, `carried[k]` Σ (X'X)⁻¹x_i r_k,i (p × G), k = y, f;
    `pull` Σ s_i x_i per cluster (G × p); `signs` one column per draw.
    """

    moved: tuple[np.ndarray, np.ndarray]
    carried: tuple[np.ndarray, np.ndarray]
    pull: np.ndarray
    signs: np.ndarray


def wild_cluster_bootstrap(
    fit: LinearFit,
    clusters: Labels,
    term: str,
    null: float = 0.0,
    level: float = 0.95,
    draws: int = 1999,
    seed: int = SEED,
) -> Estimate | NotEstimable:
    """Return one coefficient with the p-value and interval of the restricted wild bootstrap.

    Residuals under `coefficient = null` are multiplied whole cluster by whole cluster by ±1
    (Rademacher); the p-value is the share of draws whose CR1-type |t| is at least the observed
    (Cameron, Gelbach & Miller 2008), all 2^G signs when G ≤ 11, else `draws` seeded ones. With 5
    or 6 clusters signs alone give no p under 2/2^G, .0625 for five; there the weights are Webb's
    (2023) six points, all 6^G of them. The interval collects the nulls not rejected. The
    disputable choices: symmetric p; G < 5 is refused ("too_few_groups"). Unweighted fits
    only (ValueError). Not estimable ("not_converged") when the test never rejects however
    far the null: the interval has no end.
    """
    require_level(level)
    if (fit.design.weights != 1).any():
        raise ValueError("the wild cluster bootstrap is for unweighted fits")
    codes = fit.design.labels(clusters)
    groups = int(codes.max()) + 1
    if groups < SMALLEST:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    setting = _setting(fit, codes, term, _signs(groups, draws, seed))
    value = float(fit.coefficients[term])
    slope = fit.bread[fit.design.terms.index(term)] @ fit.design.x.T
    spread = float(np.sqrt((_by_cluster(codes, slope * fit.residuals) ** 2).sum()))
    if not spread > 1e-12 * max(1.0, abs(value)):
        return NotEstimable(Reason.SINGULAR, fit.n, "a standard error of zero")
    ends = [_end(setting, value, spread, side, 1 - level) for side in (-1, 1)]
    if None in ends:
        return NotEstimable(Reason.NOT_CONVERGED, fit.n, "the interval has no end")
    p = _p_value(setting, value, spread, null)
    error = spread * float(np.sqrt(groups / (groups - 1) * (fit.n - 1) / fit.df))
    return Estimate(
        value, ends[0], ends[1], fit.n, level, error, p=p, method="wild_cluster_bootstrap"
    )


def _signs(groups: int, draws: int, seed: int) -> np.ndarray:
    if groups <= ENUMERATED_UP_TO:
        points = WEBB if groups <= WEBB_UP_TO else (-1.0, 1.0)
        return np.array(list(itertools.product(points, repeat=groups))).T
    random = np.random.default_rng(seed).integers(0, 2, (groups, draws)) * 2.0 - 1
    return np.column_stack([np.ones(groups), random])


def _setting(fit: LinearFit, codes: np.ndarray, term: str, signs: np.ndarray) -> _Setting:
    place, x = fit.design.terms.index(term), fit.design.x
    rest = np.delete(x, place, axis=1)
    slope, hat = fit.bread[place] @ x.T, fit.bread @ x.T
    residuals = [
        column - rest @ np.linalg.lstsq(rest, column, rcond=None)[0] if rest.shape[1] else column
        for column in (fit.design.y, x[:, place])
    ]
    moved = [_by_cluster(codes, slope * residual) for residual in residuals]
    carried = [_by_cluster(codes, (hat * residual).T).T for residual in residuals]
    pull = _by_cluster(codes, slope[:, None] * x)
    return _Setting((moved[0], moved[1]), (carried[0], carried[1]), pull, signs)


def _by_cluster(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    sums = np.zeros((int(codes.max()) + 1, *values.shape[1:]))
    np.add.at(sums, codes, values)
    return sums


def _p_value(setting: _Setting, value: float, spread: float, null: float) -> float:
    moved = setting.moved[0] - null * setting.moved[1]
    carried = setting.carried[0] - null * setting.carried[1]
    shift = moved @ setting.signs
    scores = moved[:, None] * setting.signs - setting.pull @ (carried @ setting.signs)
    # The sign pattern and its mirror give t and -t; equality with the observed t is exact but
    # for rounding, hence the small allowance.
    observed = abs(value - null) / spread * (1 - 1e-9)
    return float(np.mean(np.abs(shift) >= observed * np.sqrt((scores**2).sum(axis=0))))


def _end(setting: _Setting, value: float, spread: float, side: int, alpha: float) -> float | None:
    def excess(distance: float) -> float:
        return _p_value(setting, value, spread, value + side * distance * spread) - alpha

    far = 2.0
    while excess(far) > 0:
        far *= 1.6
        if far > 200:
            return None
    distance = optimize.bisect(excess, 0.0, far, xtol=1e-4)
    return value + side * float(distance) * spread
