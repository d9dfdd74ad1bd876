"""Shares and means of a whole made of schools, with the error that schools bring.

Pupils of one school resemble one another, so the pupils-only error of a municipality's
change is 1.4 to 2.4 times too small. Here the school is the unit that varies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, require_level

SMALLEST = 3
"""Fewer schools than this leave no spread to judge by."""


def ratio(
    numerator: ArrayLike, denominator: ArrayLike, *, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return Σ numerator / Σ denominator over schools, with a Student interval.

    Schools are the sample: `e_s = (a_s − R b_s) / B`, `var R = I/(I−1) Σ e_s²`,
    I − 1 degrees of freedom (Cochran 1977, *Sampling Techniques*, §6.3; the same as the
    HC1 error of an intercept-only regression of a/b weighted by b). Arrays have one
    entry a school, in the same units; entries with a missing or zero denominator are
    left out. `n` is the number of schools. Raises ValueError for unequal lengths.
    """
    require_level(level)
    a, b = _complete(numerator, denominator)
    if len(a) < SMALLEST:
        return NotEstimable(Reason.TOO_FEW_GROUPS if len(a) else Reason.NO_DATA, len(a))
    value = a.sum() / b.sum()
    return _estimate(value, (a - value * b) / b.sum(), level, "linearised_ratio")


def ratio_change(
    before: Sequence[ArrayLike], after: Sequence[ArrayLike], *, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return how Σa/Σb changed from `before` to `after`, both `(a, b)` over the same schools.

    The same schools meet twice, so their residuals are subtracted before they are squared:
    `d_s = e_s(after) − e_s(before)`, `var = I/(I−1) Σ (d_s − d̄)²` (Cochran 1977, §6.3 and
    §6.17 for two ratios). A school absent in one year (NaN or zero denominator) counts in the
    other with its own residual. `n` is the number of schools in either year. Raises ValueError
    for unequal lengths.
    """
    require_level(level)
    (a0, b0), (a1, b1) = (_zeroed(*pair) for pair in (before, after))
    if len(a0) != len(a1):
        raise ValueError(f"the same schools are expected twice, got {len(a0)} and {len(a1)}")
    present = (b0 > 0) | (b1 > 0)
    n = int(present.sum())
    if b0.sum() == 0 or b1.sum() == 0:
        return NotEstimable(Reason.NO_DATA, n)
    if n < SMALLEST:
        return NotEstimable(Reason.TOO_FEW_GROUPS, n)
    r0, r1 = a0.sum() / b0.sum(), a1.sum() / b1.sum()
    residual = (a1 - r1 * b1) / b1.sum() - (a0 - r0 * b0) / b0.sum()
    return _estimate(r1 - r0, residual[present], level, "linearised_ratio_change")


def _estimate(
    value: float, residual: np.ndarray, level: float, method: str
) -> Estimate | NotEstimable:
    n = len(residual)
    centred = residual - residual.mean()
    se = math.sqrt(n / (n - 1) * float(centred @ centred))
    if se == 0:
        return NotEstimable(Reason.NO_VARIATION, n)
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * se
    p = float(2 * stdtr(n - 1, -abs(value) / se))
    value = float(value)
    return Estimate(value, value - half, value + half, n, level, se, n - 1, p, method)


def _zeroed(numerator: ArrayLike, denominator: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(numerator, float), np.asarray(denominator, float)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"one entry a school is expected, got shapes {a.shape} and {b.shape}")
    known = np.isfinite(a) & np.isfinite(b) & (b > 0)
    return np.where(known, a, 0.0), np.where(known, b, 0.0)


def _complete(numerator: ArrayLike, denominator: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    a, b = _zeroed(numerator, denominator)
    return a[b > 0], b[b > 0]
