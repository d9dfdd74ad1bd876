"""Change over years: Mann–Kendall, Theil–Sen, and when not to speak of a trend."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from msoko.stats.estimators.estimate import (
    Estimate,
    HypothesisTest,
    NotEstimable,
    Reason,
    critical_value,
)
from msoko.stats.estimators.sample import Vector, complete_pairs, is_constant

MINIMUM_YEARS = 5
"""Under five points even a perfectly monotone series has p > .05 (n = 4: .083)."""
EXACT_UP_TO = 50
PERMUTED_UP_TO = 8


@dataclass(frozen=True)
class Trend:
    """A trend that may be spoken of: its Theil–Sen slope per unit of time, and its test."""

    slope: Estimate
    intercept: float
    test: HypothesisTest
    n: int

    @property
    def is_significant(self) -> bool:
        """Whether the test rejects "no trend" at 1 − the level of the slope's interval."""
        return self.test.p <= 1 - self.slope.level


def trend(
    values: ArrayLike, years: ArrayLike | None = None, level: float = 0.95
) -> Trend | NotEstimable:
    """Return the trend of a yearly series, or the refusal to speak of one under five years.

    The refusal is the point: with 3 or 4 years the smallest two-sided exact Mann–Kendall p is
    .333 or .083, so no claim could be right. Not estimable also when all values are equal.
    See `mann_kendall` and `theil_sen`.
    """
    y, t = _series(values, years)
    if len(y) < MINIMUM_YEARS:
        return NotEstimable(Reason.TOO_FEW_YEARS if len(y) else Reason.NO_DATA, len(y))
    test, slope = mann_kendall(y, t), theil_sen(y, t, level)
    if isinstance(test, NotEstimable):
        return test
    if isinstance(slope, NotEstimable):
        return slope
    intercept = float(np.median(y) - slope.value * np.median(t))
    return Trend(slope, intercept, test, len(y))


def mann_kendall(
    values: ArrayLike, years: ArrayLike | None = None, method: str = "auto"
) -> HypothesisTest | NotEstimable:
    """Return the two-sided Mann–Kendall test; the statistic is `S = Σ_{i<j} sign(y_j − y_i)`.

    `method`: "exact" (the permutation law of S: by recursion without ties for any n, by
    enumeration with ties for n ≤ 8), "normal" (`z = (S ∓ 1)/√Var S`, variance corrected for
    ties), or "auto": exact where available for n ≤ 50, else normal. The enumeration is
    `scipy.stats.permutation_test`'s. Assumes independent years:
    serial correlation makes p too small. Missing values are dropped; rows are ordered by years.
    Not estimable with fewer than three values or all equal. Raises ValueError for repeated
    years. Checked against R (Kendall's exact law, Nile).
    """
    if method not in ("auto", "exact", "normal"):
        raise ValueError(f"unknown method {method!r}")
    y, _ = _series(values, years)
    n = len(y)
    if n < 3:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if is_constant(y):
        return NotEstimable(Reason.NO_VARIATION, n)
    score = kendall_score(y)
    has_ties = len(np.unique(y)) < n
    can_be_exact = n <= (PERMUTED_UP_TO if has_ties else EXACT_UP_TO)
    if method == "exact" and has_ties and not can_be_exact:
        return NotEstimable(Reason.TOO_LARGE, n, "ties: enumeration beyond 8 years")
    if method == "normal" or (method == "auto" and not can_be_exact):
        z = kendall_z(y)
        p = min(1.0, float(2 * stats.norm.sf(abs(z))))
        return HypothesisTest(float(score), p, n, method="mann_kendall_normal")
    p = _permutation_p(y) if has_ties else exact_kendall_p(n, score)
    return HypothesisTest(float(score), p, n, method="mann_kendall_exact")


def kendall_score(values: ArrayLike) -> int:
    """Return S, the number of rises less the number of falls over all pairs in their order."""
    y = np.asarray(values, dtype=float)
    upper = np.triu_indices(len(y), 1)
    return int(np.sign(y[upper[1]] - y[upper[0]]).sum())


def kendall_variance(values: ArrayLike) -> float:
    """Return `Var S = [n(n−1)(2n+5) − Σ t(t−1)(2t+5)]/18`, t the sizes of groups of ties."""
    y = np.asarray(values, dtype=float)
    n, tied = len(y), np.unique(y, return_counts=True)[1]
    return float((n * (n - 1) * (2 * n + 5) - (tied * (tied - 1) * (2 * tied + 5)).sum()) / 18)


def kendall_z(values: ArrayLike) -> float:
    """Return `(S − sign S)/√Var S`, the score with continuity correction; 0 when S = 0."""
    score = kendall_score(values)
    if score == 0:
        return 0.0
    return float((score - np.sign(score)) / math.sqrt(kendall_variance(values)))


def exact_kendall_p(n: int, score: int) -> float:
    """Return P(|S| ≥ |score|) over all orders of n different values.

    By the recursion of inversion counts (Mahonian numbers), in exact integers: scipy's
    `kendalltau` has the same law, but only of data, not of n and S. For n = 3, 4, 5, 6
    and a monotone series: .333, .083, .0167, .0028. Raises ValueError for n < 2.
    """
    if n < 2:
        raise ValueError(f"n is at least 2, got {n}")
    ways = [1]
    for size in range(2, n + 1):
        sums = list(itertools.accumulate(ways + [0] * (size - 1)))
        ways = [
            total - (sums[place - size] if place >= size else 0) for place, total in enumerate(sums)
        ]
    pairs = n * (n - 1) // 2
    extreme = sum(count for place, count in enumerate(ways) if abs(pairs - 2 * place) >= abs(score))
    return extreme / math.factorial(n)


def theil_sen(
    values: ArrayLike, years: ArrayLike | None = None, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the Theil–Sen slope per unit of time, the median of all pairwise slopes.

    Interval of Gilbert (1987): `C = z √Var S`, the slopes of rank `(N−C)/2` and `(N+C)/2 + 1`,
    interpolated. The disputable choice for short series: where these ranks fall outside 1…N the
    extreme slopes are used if their exact coverage `1 − 2/n!` reaches the level (n ≥ 5 at
    .95); otherwise not estimable ("too_few_years"). Raises ValueError for repeated years.
    Checked against R on the Nile series.
    """
    y, t = _series(values, years)
    n, margin = len(y), critical_value(level)
    if n < 2:
        return NotEstimable(Reason.TOO_FEW_YEARS if n else Reason.NO_DATA, n)
    if is_constant(y):
        return NotEstimable(Reason.NO_VARIATION, n)
    # scipy's theilslopes rounds the ranks, and so its interval is not Gilbert's.
    first, second = np.triu_indices(n, 1)
    slopes = np.sort((y[second] - y[first]) / (t[second] - t[first]))
    reach = margin * math.sqrt(kendall_variance(y))
    ranks = np.array([(len(slopes) - reach) / 2, (len(slopes) + reach) / 2 + 1])
    if ranks[0] < 1 and (n > 20 or 1 - 2 / math.factorial(n) < level):
        return NotEstimable(Reason.TOO_FEW_YEARS, n)
    ranks = np.clip(ranks, 1, len(slopes))
    low, high = np.interp(ranks, np.arange(1, len(slopes) + 1), slopes)
    return Estimate(float(np.median(slopes)), float(low), float(high), n, level, method="theil_sen")


def _series(values: ArrayLike, years: ArrayLike | None) -> tuple[Vector, Vector]:
    count = len(np.atleast_1d(np.asarray(values)))
    y, t = complete_pairs(values, np.arange(1, count + 1) if years is None else years)
    order = np.argsort(t, kind="stable")
    if len(np.unique(t)) < len(t):
        raise ValueError("each year occurs once")
    return y[order], t[order]


def _permutation_p(y: Vector) -> float:
    first, second = np.triu_indices(len(y), 1)

    def size(orders: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(np.sign(orders[..., second] - orders[..., first]).sum(axis=axis))

    found = stats.permutation_test(
        (y,),
        size,
        permutation_type="pairings",
        alternative="greater",
        n_resamples=math.factorial(len(y)),
        vectorized=True,
    )
    return float(found.pvalue)
