"""Shares of pupils: intervals for one share, for the change between two, and their tests."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from msoko.stats.estimate import (
    Estimate,
    HypothesisTest,
    NotEstimable,
    Reason,
    critical_value,
)
from msoko.stats.sample import complete_pairs


def wilson(successes: int, total: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the share with Wilson's (1927) score interval, without continuity correction.

    `(p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)`; stays inside [0, 1] and has width at
    0 and 100 %. Not estimable for total 0. Raises ValueError for counts that are not whole,
    negative, or more than the total. Checked against Newcombe 1998 (method 3).
    """
    k, n = _count(successes, total)
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    low, high = wilson_limits(k / n, n, critical_value(level))
    low, high = (0.0 if k == 0 else low), (1.0 if k == n else high)
    return Estimate(k / n, low, high, n, level, method="wilson")


def clopper_pearson(successes: int, total: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the share with the exact Clopper–Pearson (1934) interval, which is conservative.

    Limits are the Beta quantiles `B(α/2; k, n−k+1)` and `B(1−α/2; k+1, n−k)`. Errors as in
    `wilson`. Checked against R's `binom.test`.
    """
    k, n = _count(successes, total)
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    critical_value(level)
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, k, n - k + 1)) if k else 0.0
    high = float(stats.beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
    return Estimate(k / n, low, high, n, level, method="clopper_pearson")


def jeffreys(successes: int, total: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the share with the Jeffreys interval, quantiles of Beta(k+½, n−k+½).

    The lower limit is 0 at k = 0 and the upper 1 at k = n (Brown, Cai & DasGupta 2001).
    Errors as in `wilson`.
    """
    k, n = _count(successes, total)
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    critical_value(level)
    tail = (1 - level) / 2
    law = stats.beta(k + 0.5, n - k + 0.5)
    low = float(law.ppf(tail)) if k else 0.0
    high = float(law.ppf(1 - tail)) if k < n else 1.0
    return Estimate(k / n, low, high, n, level, method="jeffreys")


def newcombe_difference(
    successes: tuple[int, int], totals: tuple[int, int], level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the difference of two independent shares, first minus second, hybrid score interval.

    With Wilson limits (l, u) of each share, the limits are
    `d − √((p1−l1)² + (u2−p2)²)` and `d + √((u1−p1)² + (p2−l2)²)` (Newcombe 1998, method 10).
    `p` is the two-sided score test of equal shares (pooled, no continuity correction), None
    when all or none succeed. The disputable choice: for two cohorts of pupils the interval
    knows only pupils' variation, not schools' (use `cohort.municipal_change` for a claim about
    a municipality). n is the sum of the totals. Errors as in `wilson`.
    """
    pairs = [_count(k, n) for k, n in zip(successes, totals, strict=True)]
    if len(pairs) != 2:
        raise ValueError("two shares are compared")
    size = pairs[0][1] + pairs[1][1]
    if min(n for _, n in pairs) == 0:
        return NotEstimable(Reason.NO_DATA, size)
    margin = critical_value(level)
    (p1, low1, high1), (p2, low2, high2) = (
        (k / n, *wilson_limits(k / n, n, margin)) for k, n in pairs
    )
    gap = p1 - p2
    low = gap - math.hypot(p1 - low1, high2 - p2)
    high = gap + math.hypot(high1 - p1, p2 - low2)
    test = homogeneity([k for k, _ in pairs], [n for _, n in pairs])
    p = test.p if isinstance(test, HypothesisTest) else None
    return Estimate(gap, max(-1.0, low), min(1.0, high), size, level, p=p, method="newcombe_10")


def homogeneity(successes: ArrayLike, totals: ArrayLike) -> HypothesisTest | NotEstimable:
    """Return Pearson's χ² test that k shares are equal, df k−1, no continuity correction.

    Groups with a missing count or total 0 are dropped. Not estimable with fewer than two groups
    or when all or none succeed. Checked against R's `prop.test`.
    """
    hits, sizes = complete_pairs(successes, totals)
    _check(hits, sizes)
    hits, sizes = hits[sizes > 0], sizes[sizes > 0]
    n = int(sizes.sum())
    if len(hits) < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS if n else Reason.NO_DATA, n)
    pooled = hits.sum() / n
    if pooled in (0.0, 1.0):
        return NotEstimable(Reason.NO_VARIATION, n)
    statistic = float(((hits - sizes * pooled) ** 2 / (sizes * pooled * (1 - pooled))).sum())
    df = len(hits) - 1
    return HypothesisTest(statistic, float(special.chdtrc(df, statistic)), n, df, method="chi2")


def wilson_limits(share: float, n: float, margin: float) -> tuple[float, float]:
    """Return Wilson's limits for an observed `share` of `n` at the normal quantile `margin`.

    `n` may be an effective (fractional) size. Raises ValueError for n ≤ 0.
    """
    if n <= 0:
        raise ValueError(f"n is positive, got {n}")
    shrink = 1 + margin**2 / n
    centre = (share + margin**2 / (2 * n)) / shrink
    half = margin * math.sqrt(share * (1 - share) / n + margin**2 / (4 * n**2)) / shrink
    return max(0.0, centre - half), min(1.0, centre + half)


def _count(successes: float, total: float) -> tuple[int, int]:
    _check(np.array([successes], dtype=float), np.array([total], dtype=float))
    return int(successes), int(total)


def _check(hits: np.ndarray, sizes: np.ndarray) -> None:
    both = np.concatenate([hits, sizes])
    if np.isnan(both).any() or (both < 0).any() or (both % 1 != 0).any():
        raise ValueError("counts are whole and non-negative")
    if (hits > sizes).any():
        raise ValueError("more successes than persons")
