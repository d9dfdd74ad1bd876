"""Means of scores: the difference of two, in points and in standard deviations."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, require_level
from msoko.stats.estimators.sample import is_constant, known_values

HUGE_T = 1e4
"""Where Z of a noncentral t no longer matters: its limits are exact to 1/t², 1e-8."""


@dataclass(frozen=True)
class Moments:
    """What a printed table tells of a group: its mean, standard deviation (n−1) and size."""

    mean: float
    sd: float
    n: int

    @classmethod
    def of(cls, values: ArrayLike) -> Moments:
        """Return the moments of the non-missing values; sd 0 where it does not exist."""
        scores = known_values(values)
        if len(scores) == 0:
            return cls(0.0, 0.0, 0)
        is_flat = len(scores) < 2 or is_constant(scores)
        return cls(float(scores.mean()), 0.0 if is_flat else float(scores.std(ddof=1)), len(scores))


def welch_difference(
    first: ArrayLike | Moments, second: ArrayLike | Moments, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return mean(first) − mean(second) with Welch's (1947) interval and two-sided p.

    Each group is its values or its `Moments`. `se² = s1²/n1 + s2²/n2`; df by
    Welch–Satterthwaite. Variances are not pooled. Missing values are dropped; n is n1 + n2. Not
    estimable when a group has fewer than two values, or neither group varies. Same as R's
    `t.test`. For a municipality's change see `cohort.municipal_change`: pupils of one school are
    not independent.
    """
    one, two = _moments(first), _moments(second)
    n = one.n + two.n
    require_level(level)
    refusal = _refuse(n, 4, one.sd == 0 and two.sd == 0, min(one.n, two.n))
    if refusal:
        return refusal
    # scipy's ttest_ind_from_stats has neither the interval nor the degrees of freedom.
    parts = one.sd**2 / one.n, two.sd**2 / two.n
    error = math.sqrt(sum(parts))
    df = sum(parts) ** 2 / (parts[0] ** 2 / (one.n - 1) + parts[1] ** 2 / (two.n - 1))
    gap = one.mean - two.mean
    half = float(special.stdtrit(df, 0.5 + level / 2)) * error
    p = float(2 * stats.t.sf(abs(gap) / error, df))
    return Estimate(gap, gap - half, gap + half, n, level, error, float(df), p, "welch")


def hedges_g(
    first: ArrayLike | Moments, second: ArrayLike | Moments, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return Hedges' g = J·(mean(first) − mean(second))/s_pooled with a noncentral-t interval.

    Each group is its values or its `Moments`. `J = Γ(m/2) / (√(m/2) Γ((m−1)/2))`, m = n1+n2−2
    (Hedges 1981, exact). The limits are the noncentralities δ for which the observed
    `t = d √(n1 n2/(n1+n2))` is the (1±level)/2 quantile, divided by `√(n1 n2/(n1+n2))`. The
    disputable choice: the limits are multiplied by J too, as in R's effectsize. `p` is of the
    pooled t-test (scipy's). Assumes equal variances, which Welch does not. Not estimable when a
    group has fewer than two values or neither varies.
    """
    one, two = _moments(first), _moments(second)
    n = one.n + two.n
    require_level(level)
    refusal = _refuse(n, 4, one.sd == 0 and two.sd == 0, min(one.n, two.n))
    if refusal:
        return refusal
    m = n - 2
    root = math.sqrt(one.n * two.n / n)
    test = stats.ttest_ind_from_stats(one.mean, one.sd, one.n, two.mean, two.sd, two.n)
    t = float(test.statistic)
    limits = noncentrality_limits(t, m, level)
    if limits is None:
        return NotEstimable(Reason.NOT_CONVERGED, n)
    shrink = hedges_correction(m)
    low, high = (shrink * limit / root for limit in limits)
    g, p = shrink * t / root, float(test.pvalue)
    return Estimate(g, low, high, n, level, df=float(m), p=p, method="hedges_g_nct")


def hedges_correction(df: float) -> float:
    """Return J(df), the exact small-sample factor of Hedges' g; ValueError for df ≤ 1."""
    if df <= 1:
        raise ValueError(f"J needs more than one degree of freedom, got {df}")
    return math.exp(special.gammaln(df / 2) - math.log(df / 2) / 2 - special.gammaln((df - 1) / 2))


def noncentrality_limits(t: float, df: float, level: float) -> tuple[float, float] | None:
    """Return the noncentralities δ that put `t` at the two tails, or None where none is found.

    `t` with `df` degrees of freedom (any positive number), in the units of t. From |t| = 10⁴ the
    normal part of (Z + δ)/√(χ²/df) is left out, `δ = t √(χ²_share/df)`: the series that computes
    the law exactly needs as many terms as |t|.
    """
    tail = (1 - level) / 2
    if abs(t) >= HUGE_T:
        shares = (tail, 1 - tail) if t > 0 else (1 - tail, tail)
        return tuple(t * math.sqrt(float(stats.chi2.ppf(share, df)) / df) for share in shares)
    ends = []
    # scipy.special.nctdtrinc solves the same equation, but to five digits only.
    for share in (1 - tail, tail):
        width = 2.0 + abs(special.ndtri(tail))
        for _ in range(30):
            low, high = t - width - abs(t) * 0.5, t + width + abs(t) * 0.5
            if _excess(low, t, df, share) > 0 > _excess(high, t, df, share):
                break
            width *= 1.5
        else:
            return None
        ends.append(float(optimize.brentq(_excess, low, high, (t, df, share), xtol=1e-12)))
    return ends[0], ends[1]


def _moments(group: ArrayLike | Moments) -> Moments:
    if not isinstance(group, Moments):
        return Moments.of(group)
    if group.n < 0 or group.sd < 0 or not math.isfinite(group.mean + group.sd):
        raise ValueError(f"moments are finite, sd and n not negative, got {group}")
    return group


def _excess(noncentrality: float, t: float, df: float, share: float) -> float:
    return float(special.nctdtr(df, noncentrality, t)) - share


def _refuse(n: int, needed: int, is_flat: bool, smallest: int | None = None) -> NotEstimable | None:
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    if n < needed or (smallest is not None and smallest < 2):
        return NotEstimable(Reason.TOO_FEW, n)
    return NotEstimable(Reason.NO_VARIATION, n) if is_flat else None
