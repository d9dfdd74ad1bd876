"""Correlations with intervals: Pearson, Spearman, partial.

Coefficients and their p-values are scipy's; ours are the intervals at small n and at ±1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, critical_value
from msoko.stats.estimators.sample import Vector, complete_pairs, is_constant

PERMUTED_UP_TO = 8
EXACT_LINE = 1 - 1e-12


def pearson(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Estimate | NotEstimable:
    """Return Pearson's r with Fisher's z interval, `tanh(atanh r ± z/√(n−3))`, and t-test p.

    Pairs with a missing value are dropped. Points on one line give r = ±1 with the interval
    [±1, ±1], true only under exact normality. Not estimable with fewer than four pairs or when a
    variable does not vary. Checked against R's `cor.test`.
    """
    one, two = complete_pairs(x, y)
    refusal = _refuse(one, two)
    if refusal:
        return refusal
    found = stats.pearsonr(one, two)
    return _interval(found.statistic, len(one), "pearson", 0, level, found.pvalue)


def spearman(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Estimate | NotEstimable:
    """Return Spearman's ρ (mid-ranks) with a Fisher interval of variance `(1 + ρ²/2)/(n−3)`.

    The variance is Bonett & Wright's (2000). p is exact by enumeration for n ≤ 8
    (`scipy.stats.permutation_test`), else by t. At
    ρ = ±1 the inner limit is that of the nearest attainable value, `1 − 12/(n(n²−1))`, for the
    interval would have no width. Where interval and p disagree about zero, as the large-sample
    variance does at n = 5, the standard error is the one that p implies, `|atanh ρ|/z_p`
    (Miettinen's (1976) test-based limits). Refusals as in `pearson`. Checked against R.
    """
    one, two = complete_pairs(x, y)
    refusal = _refuse(one, two)
    if refusal:
        return refusal
    found, n = stats.spearmanr(one, two), len(one)
    p = _permutation_p(one, two) if n <= PERMUTED_UP_TO else found.pvalue
    return _interval(found.statistic, n, "spearman", 0, level, p)


def partial(
    frame: pd.DataFrame,
    x: str,
    y: str,
    given: Sequence[str],
    method: str = "pearson",
    level: float = 0.95,
) -> Estimate | NotEstimable:
    """Return the correlation of columns `x` and `y` with the columns `given` held fixed.

    From the inverse R⁻¹ of the correlation matrix, `−R⁻¹_xy/√(R⁻¹_xx R⁻¹_yy)`; "spearman" does
    the same on ranks (as ppcor and pingouin). Interval by Fisher with n − 3 − k, p by t with
    n − 2 − k. Rows with a missing value are dropped. Not estimable with fewer than k + 4 rows, a
    constant column, or collinear columns ("singular"). Checked against R.
    """
    if method not in ("pearson", "spearman"):
        raise ValueError(f"method is pearson or spearman, got {method!r}")
    columns = np.column_stack(complete_pairs(*(frame[name] for name in (x, y, *given))))
    n, fixed = len(columns), len(given)
    if n < fixed + 4:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if any(is_constant(column) for column in columns.T):
        return NotEstimable(Reason.NO_VARIATION, n)
    # pingouin.partial_corr warns or raises where columns nearly coincide; elsewhere it is the same.
    ranked = stats.rankdata(columns, axis=0) if method == "spearman" else columns
    matrix = np.corrcoef(ranked, rowvar=False)
    if len(given) and np.linalg.cond(matrix[2:, 2:]) > 1e12:
        return NotEstimable(Reason.SINGULAR, n)
    explained = matrix[:2, 2:] @ np.linalg.solve(matrix[2:, 2:], matrix[2:, :2]) if fixed else 0.0
    left = matrix[:2, :2] - explained
    if left[0, 0] < 1e-10 or left[1, 1] < 1e-10:
        return NotEstimable(Reason.SINGULAR, n)
    r = float(left[0, 1] / math.sqrt(left[0, 0] * left[1, 1]))
    return _interval(r, n, method, fixed, level, _t_p(r, n - 2 - fixed))


def _refuse(one: Vector, two: Vector) -> NotEstimable | None:
    n = len(one)
    if n < 4:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if is_constant(one) or is_constant(two):
        return NotEstimable(Reason.NO_VARIATION, n)
    return None


def _interval(
    r: float, n: int, method: str, fixed: int, level: float, p: float
) -> Estimate | NotEstimable:
    r = math.copysign(1.0, r) if abs(r) >= EXACT_LINE else float(r)
    inflation = 1 + r**2 / 2 if method == "spearman" else 1.0
    nearest = 1 - 12 / (n * (n**2 - 1)) if method == "spearman" else 1.0
    low, high = _fisher_limits(r, math.sqrt(inflation / (n - 3 - fixed)), level, nearest)
    if method == "spearman" and 0 < p < 1 and (low <= 0 <= high) != (p > 1 - level):
        reach = math.atanh(min(abs(r), nearest))
        low, high = _fisher_limits(r, reach / float(stats.norm.isf(p / 2)), level, nearest)
    df = float(n - 2 - fixed)
    return Estimate(r, low, high, n, level, df=df, p=float(p), method=f"{method}_fisher")


def _fisher_limits(r: float, error: float, level: float, nearest: float) -> tuple[float, float]:
    margin = critical_value(level) * error
    if abs(r) < EXACT_LINE:
        centre = math.atanh(r)
        return math.tanh(centre - margin), math.tanh(centre + margin)
    sign = math.copysign(1.0, r)
    inner = 1.0 if nearest >= EXACT_LINE else math.tanh(math.atanh(nearest) - margin)
    return (inner, 1.0) if sign > 0 else (-1.0, -inner)


def _t_p(r: float, df: int) -> float:
    if abs(r) >= EXACT_LINE:
        return 0.0
    return float(2 * stats.t.sf(abs(r) * math.sqrt(df / (1 - r**2)), df))


def _permutation_p(one: Vector, two: Vector) -> float:
    centred = stats.rankdata(one) - (len(one) + 1) / 2

    def size(orders: np.ndarray, axis: int) -> np.ndarray:
        return np.abs((orders * centred).sum(axis=axis))

    found = stats.permutation_test(
        (stats.rankdata(two),),
        size,
        permutation_type="pairings",
        alternative="greater",
        n_resamples=math.factorial(len(two)),
        vectorized=True,
    )
    return float(found.pvalue)
