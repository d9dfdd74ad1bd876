"""Is the density of a continuous variable broken at a point: bunching just above a threshold.

Two tests: local-polynomial densities on both sides (Cattaneo, Jansson & Ma 2020), for continuous
scores, and Frandsen's test for a discrete scale. On combed scales (two-point tasks make even and
odd teeth) neither is valid; `heaping` has the one that is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from msoko.stats.estimators.estimate import HypothesisTest, NotEstimable, Reason
from msoko.stats.estimators.sample import Vector, observed

ORDER = 2
LEAST_LOCAL = 20
PILOT_VARIANCE = 3840 / 7
"""Variance over squared bias of the quadratic uniform-kernel density at a boundary."""
PILOT_CUBIC = 37739520 / 11
"""The same for the third derivative in the quartic fit; both for a normal reference density."""


@dataclass(frozen=True)
class DensityBreak:
    """The densities on both sides of the cutoff and the test that they are equal.

    `left`, `right` are densities at the cutoff with errors; `statistic` = (right − left)/se,
    standard normal under continuity; `p` two-sided; `bandwidth_*` the half-windows; `local_*`
    the observations used, of `n`. `has_ties` warns that the variable is discrete.
    """

    left: float
    right: float
    se: float
    statistic: float
    p: float
    bandwidth_left: float
    bandwidth_right: float
    local_left: int
    local_right: int
    n: int
    has_ties: bool

    @property
    def p_greater(self) -> float:
        """The one-sided p-value that the density jumps up at the cutoff."""
        return float(stats.norm.sf(self.statistic))


@dataclass(frozen=True)
class _Sides:
    """A local fit, left and right: coefficients of x⁰, x¹, … (2 × order + 1), and the 2 × 2
    jackknife covariance of the slopes."""

    coefficients: np.ndarray
    variance: np.ndarray


def density_break(values: ArrayLike, cutoff: float = 0.0) -> DensityBreak | NotEstimable:
    """Return the test of a density break at `cutoff`, as rddensity with its defaults.

    The empirical distribution function is fitted on each side by a local polynomial with a
    triangular kernel; its slope is the density. Bandwidths minimise the asymptotic mean squared
    error of the quadratic fit (jackknife variance), each side the median of its own, the
    difference's and the sum's; the test uses the cubic fit at these bandwidths, so that bias is
    removed, and the jackknife variance. Ties share their highest rank. Not estimable when the
    cutoff is not inside the data, fewer than 10 observations lie on a side ("too_few"), or the
    local design is singular. Missing values are dropped.
    Checked against rddensity 3.0 (senate margins, government transfers).
    """
    x = np.sort(observed(values)) - cutoff
    n = len(x)
    sides = int((x < 0).sum()), int((x >= 0).sum())
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    if min(sides) < 10 or x[-1] <= 0:
        return NotEstimable(Reason.TOO_FEW, n)
    ranks = _distribution(x)
    widths = _bandwidths(x, ranks)
    if widths is None:
        return NotEstimable(Reason.SINGULAR, n)
    left, right = widths
    is_local = (x >= -left) & (x <= right)
    fit = _local_fit(x[is_local], ranks[is_local], n, (left, right), ORDER + 1)
    if fit is None:
        return NotEstimable(Reason.SINGULAR, n)
    variance = fit.variance[0, 0] + fit.variance[1, 1] - 2 * fit.variance[0, 1]
    if not variance > 0:
        return NotEstimable(Reason.SINGULAR, n)
    densities = fit.coefficients[:, 1]
    statistic = (densities[1] - densities[0]) / float(np.sqrt(variance))
    local = x[is_local]
    return DensityBreak(
        float(densities[0]),
        float(densities[1]),
        float(np.sqrt(variance)),
        float(statistic),
        float(2 * stats.norm.sf(abs(statistic))),
        left,
        right,
        int((local < 0).sum()),
        int((local >= 0).sum()),
        n,
        len(np.unique(x)) < n,
    )


def discrete_break(
    below: int,
    at: int,
    above: int,
    curvature: float = 0.0,
    one_sided: bool = False,
    as_published: bool = False,
) -> HypothesisTest | NotEstimable:
    """Return Frandsen's (2017) test that `at` fits between its neighbours on a discrete scale.

    Given m = below + at + above persons, `at` is binomial with chance within
    `[(1−k)/(3−k), (1+k)/(3+k)]` when the density is smooth, k bounding its curvature. Two-sided:
    `2 min(P(X ≤ at | low chance), P(X ≥ at | high chance))`, capped at 1. `as_published` takes
    P(X > at) instead, as the author's `rddisttestk` does: too small by one point probability (0
    when everybody is at the threshold), kept only for comparison. `one_sided` gives
    P(X ≥ at | high chance): too many at the threshold. The statistic is at − m/3. A cross-check
    only: invalid on combed scales (size up to .89). Not estimable without persons. Raises
    ValueError for negative counts or curvature outside [0, 1).
    Checked against R's `pbinom`.
    """
    counts = np.array([below, at, above], dtype=float)
    if (counts < 0).any() or (counts % 1 != 0).any() or not 0 <= curvature < 1:
        raise ValueError("counts are whole and non-negative, curvature lies in [0, 1)")
    m = int(counts.sum())
    if m == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    high, low = (1 + curvature) / (3 + curvature), (1 - curvature) / (3 - curvature)
    statistic = float(at - m / 3)
    if one_sided:
        p = float(stats.binom.sf(at - 1, m, high))
        return HypothesisTest(statistic, p, m, None, "greater", "frandsen_one_sided")
    reached = at if as_published else at - 1
    tails = float(stats.binom.cdf(at, m, low)), float(stats.binom.sf(reached, m, high))
    method = "frandsen_as_published" if as_published else "frandsen"
    return HypothesisTest(statistic, min(1.0, 2 * min(tails)), m, method=method)


def _distribution(x: Vector) -> Vector:
    """(rank − 1)/(n − 1) of the last of each group of ties, x sorted."""
    n = len(x)
    last = np.searchsorted(x, x, side="right") - 1
    return last / (n - 1)


def _hermite(x: float, order: int) -> float:
    coefficients = np.zeros(order + 1)
    coefficients[order] = 1.0
    return float(np.polynomial.hermite_e.hermeval(x, coefficients))


def _local_fit(
    x: Vector, ranks: Vector, n: int, widths: tuple[float, float], order: int
) -> _Sides | None:
    """Fit both sides at once; `x` sorted and local. None where a side's design is singular."""
    is_right = x >= 0
    scale = np.where(is_right, widths[1], widths[0])
    powers = (x / scale)[:, None] ** np.arange(order + 1)
    basis = np.hstack([powers * ~is_right[:, None], powers * is_right[:, None]])
    weighted = basis * ((1 - np.abs(x) / scale) / scale)[:, None]
    cross = weighted.T @ basis
    if np.linalg.matrix_rank(cross) < len(cross):
        return None
    inverse = np.linalg.inv(cross)
    coefficients = inverse @ weighted.T @ ranks
    # Jackknife influence: the weighted rows above an observation, ties counted from the first.
    first = np.searchsorted(x, x, side="left")
    above = np.cumsum(weighted[::-1], axis=0)[::-1] - weighted
    influence = above[first] / (n - 1)
    spread = inverse @ (influence.T @ influence) @ inverse
    slope = np.array([1, order + 2])
    variance = spread[np.ix_(slope, slope)] / np.outer(widths, widths)
    scales = np.power.outer(np.array(widths), np.arange(order + 1))
    return _Sides(coefficients.reshape(2, order + 1) / scales, variance)


def _bandwidths(x: Vector, ranks: Vector) -> tuple[float, float] | None:
    """Return the left and right half-windows: medians of three plug-in optima each."""
    n, distinct = len(x), np.unique(x)
    pilots = _pilot_bandwidths(x, distinct)
    fits = []
    for width, order in zip(pilots, (ORDER + 2, ORDER), strict=True):
        is_local = np.abs(x) <= width
        fits.append(_local_fit(x[is_local], ranks[is_local], n, (width, width), order))
    cubic, quadratic = fits
    if cubic is None or quadratic is None:
        return None
    variance = quadratic.variance
    bias = cubic.coefficients[:, ORDER + 1] * _bias_constant() * np.array([(-1) ** ORDER, 1])
    own, cross = np.diag(variance), 2 * variance[0, 1]
    variances = np.array([*own, own.sum() - cross, own.sum() + cross])
    biases = np.array([*bias, bias[1] - bias[0], bias[1] + bias[0]])
    if (variances <= 0).any() or (biases == 0).any():
        return None
    best = (pilots[1] * variances / biases**2 / (2 * ORDER)) ** (1 / (2 * ORDER + 1))
    widest = np.array([-x[0], x[-1], *[max(-x[0], x[-1])] * 2])
    left = _reach(-x[x < 0][::-1], -distinct[distinct < 0][::-1], LEAST_LOCAL + ORDER + 1)
    right = _reach(x[x >= 0], distinct[distinct >= 0], LEAST_LOCAL + ORDER + 1)
    least = np.array([left, right, max(left, right), max(left, right)])
    best = np.maximum(np.minimum(best, widest), least)
    return float(np.median(best[[0, 2, 3]])), float(np.median(best[[1, 2, 3]]))


def _pilot_bandwidths(x: Vector, distinct: Vector) -> tuple[float, float]:
    """Windows for the third derivative and for the variance, by a normal reference density."""
    n, sd = len(x), float(x.std(ddof=1))
    place = float(x.mean()) / sd
    density = float(stats.norm.pdf(place))
    widths = []
    for extra, factor, root in (
        (2, (2 * ORDER + 1) / 4 * PILOT_CUBIC, 2 * ORDER + 5),
        (0, PILOT_VARIANCE / (2 * ORDER), 2 * ORDER + 1),
    ):
        rough = max(_hermite(place, ORDER + extra) ** 2 * density, 1e-300)
        width = min((factor / rough / n) ** (1 / root) * sd, float(np.abs(distinct).max()))
        needed = LEAST_LOCAL + ORDER + extra + 1
        left = _reach(-x[x < 0][::-1], -distinct[distinct < 0][::-1], needed)
        right = _reach(x[x >= 0], distinct[distinct >= 0], needed)
        widths.append(max(width, left, right))
    return widths[0], widths[1]


def _reach(distances: Vector, distinct: Vector, needed: int) -> float:
    """The distance that takes in `needed` observations and `needed` different values."""
    return float(
        max(distances[min(needed, len(distances)) - 1], distinct[min(needed, len(distinct)) - 1])
    )


def _bias_constant() -> float:
    """Second entry of S⁻¹c for the triangular kernel on [0, 1]: the bias of the slope."""
    power = np.add.outer(np.arange(ORDER + 1), np.arange(ORDER + 1))
    ahead = np.arange(ORDER + 1) + ORDER + 1
    moments = 1 / (power + 1) - 1 / (power + 2)
    return float(np.linalg.solve(moments, 1 / (ahead + 1) - 1 / (ahead + 2))[1])
