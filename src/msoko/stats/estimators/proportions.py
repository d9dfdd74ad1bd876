"""Shares of pupils: the interval of one, and of the difference between two.

The limits are computed by statsmodels; ours are the refusals and the two ends of the scale.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from msoko.stats.estimators.estimate import (
    Estimate,
    NotEstimable,
    Reason,
    require_level,
)


def wilson(successes: int, total: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the share with Wilson's (1927) score interval, without continuity correction.

    `(p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)`; stays inside [0, 1] and has width at
    0 and 100 %. Computed by `proportion_confint`. Not estimable for total 0. Raises ValueError
    for counts that are not whole, negative, or more than the total. Checked against Newcombe
    1998 (method 3).
    """
    _check(np.array([successes], dtype=float), np.array([total], dtype=float))
    require_level(level)
    k, n = int(successes), int(total)
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(k, n, 1 - level, "wilson")
    low, high = (0.0 if k == 0 else low), (1.0 if k == n else high)
    return Estimate(k / n, low, high, n, level, method="wilson")


def newcombe_difference(
    successes: tuple[int, int], totals: tuple[int, int], level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the difference of two independent shares, first minus second, hybrid score interval.

    With Wilson limits (l, u) of each share, the limits are
    `d − √((p1−l1)² + (u2−p2)²)` and `d + √((u1−p1)² + (p2−l2)²)` (Newcombe 1998, method 10),
    computed by `confint_proportions_2indep`.
    `p` is the two-sided score test of equal shares (pooled, no continuity correction) by
    `proportions_ztest`, None when all or none succeed. The disputable choice: for two cohorts of
    pupils the interval knows only pupils' variation, not schools' (use `cohort.municipal_change`
    for a claim about a municipality). n is the sum of the totals. Errors as in `wilson`.
    """
    pairs = list(zip(successes, totals, strict=True))
    if len(pairs) != 2:
        raise ValueError("two shares are compared")
    return newcombe_differences([(*pairs[0], *pairs[1])], level)[0]


def newcombe_differences(
    counts: Sequence[tuple[int, int, int, int]], level: float = 0.95
) -> list[Estimate | NotEstimable]:
    """Return `newcombe_difference` of each: successes and total of one share, then of the other.

    statsmodels takes as long for many pairs as for one.
    """
    require_level(level)
    given = np.array(counts, dtype=float).reshape(-1, 4)
    _check(given[:, ::2].ravel(), given[:, 1::2].ravel())
    if not len(given):
        return []
    from statsmodels.stats.proportion import confint_proportions_2indep

    with np.errstate(invalid="ignore", divide="ignore"):  # a total of 0 is refused below
        limits = confint_proportions_2indep(
            *given.T, method="newcomb", compare="diff", alpha=1 - level
        )
    rows = zip(given.astype(int).tolist(), *limits, strict=True)
    return [_difference(*row, low, high, level) for row, low, high in rows]


def _difference(
    k1: int, n1: int, k2: int, n2: int, low: float, high: float, level: float
) -> Estimate | NotEstimable:
    from statsmodels.stats.proportion import proportions_ztest

    if min(n1, n2) == 0:
        return NotEstimable(Reason.NO_DATA, n1 + n2)
    varies = 0 < k1 + k2 < n1 + n2
    p = float(proportions_ztest([k1, k2], [n1, n2])[1]) if varies else None
    low, high = max(-1.0, float(low)), min(1.0, float(high))
    return Estimate(k1 / n1 - k2 / n2, low, high, n1 + n2, level, p=p, method="newcombe_10")


def wilson_limits(share: float, n: float, margin: float) -> tuple[float, float]:
    """Return Wilson's limits for an observed `share` of `n` at the normal quantile `margin`.

    `n` may be an effective (fractional) size; computed by
    `proportion_confint`. Raises ValueError for n ≤ 0.
    """
    if n <= 0:
        raise ValueError(f"n is positive, got {n}")
    from statsmodels.stats.proportion import proportion_confint

    found = proportion_confint(share * n, n, 2 * special.ndtr(-margin), "wilson")
    # p̂ + (1 − p̂) need not be 1 in the last digit, and a share of 0 or 1 is a limit itself.
    return (0.0 if share == 0 else float(found[0])), (1.0 if share == 1 else float(found[1]))


def _check(hits: np.ndarray, sizes: np.ndarray) -> None:
    both = np.concatenate([hits, sizes])
    if np.isnan(both).any() or (both < 0).any() or (both % 1 != 0).any():
        raise ValueError("counts are whole and non-negative")
    if (hits > sizes).any():
        raise ValueError("more successes than persons")
