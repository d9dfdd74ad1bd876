"""Correlations with intervals: Pearson, Spearman, Kendall, partial, and the BCa bootstrap.

Coefficients and their p-values are scipy's; ours are the intervals at small n and at ±1.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, critical_value
from msoko.stats.estimators.sample import Vector, complete_pairs, is_constant

BOOTSTRAP_SEED = 20_250_901
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
    interval would have no width. Refusals as in `pearson`. Checked against R.
    """
    one, two = complete_pairs(x, y)
    refusal = _refuse(one, two)
    if refusal:
        return refusal
    found, n = stats.spearmanr(one, two), len(one)
    p = _permutation_p(one, two) if n <= PERMUTED_UP_TO else found.pvalue
    return _interval(found.statistic, n, "spearman", 0, level, p)


def kendall(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Estimate | NotEstimable:
    """Return Kendall's τ-b with a Fisher interval of variance `.437/(n−4)`.

    The variance is Fieller, Hartley & Pearson's (1957). p exact without ties for small n, else
    normal (scipy). Not estimable with fewer than five pairs or a constant variable.
    """
    one, two = complete_pairs(x, y)
    n = len(one)
    if n < 5:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if is_constant(one) or is_constant(two):
        return NotEstimable(Reason.NO_VARIATION, n)
    found = stats.kendalltau(one, two)
    nearest = 1 - 4 / (n * (n - 1))
    low, high = _fisher_limits(float(found.statistic), math.sqrt(0.437 / (n - 4)), level, nearest)
    return Estimate(
        float(found.statistic), low, high, n, level, p=float(found.pvalue), method="kendall_b"
    )


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


def correlation_matrix(
    frame: pd.DataFrame, method: str = "spearman", level: float = 0.95
) -> pd.DataFrame:
    """Return one row per pair of columns: `first, second, value, low, high, n, p, reason`.

    `reason` is a code where the pair cannot be correlated, and null otherwise. Pairs are
    complete case by case, so n may differ between rows.
    """
    measure = {"pearson": pearson, "spearman": spearman, "kendall": kendall}[method]
    rows = []
    for first, second in itertools.combinations(frame.columns, 2):
        found = measure(frame[first], frame[second], level)
        if isinstance(found, NotEstimable):
            rows.append((first, second, None, None, None, found.n, None, found.reason.value))
        else:
            rows.append((first, second, found.value, found.low, found.high, found.n, found.p, None))
    names = ["first", "second", "value", "low", "high", "n", "p", "reason"]
    return pd.DataFrame(rows, columns=names)


def bca(
    columns: Sequence[ArrayLike],
    statistic: Callable[..., float],
    level: float = 0.95,
    draws: int = 4999,
    seed: int = BOOTSTRAP_SEED,
) -> Estimate | NotEstimable:
    """Return `statistic(*columns)` with a bias-corrected accelerated bootstrap interval.

    Rows (schools, not pupils) are drawn together with replacement; z₀ from the share of draws
    below the estimate (ties counted half), acceleration from the jackknife (Efron 1987).
    Draws whose statistic is not finite (a constant resample) are left out; not estimable if
    more than one in twenty is, with fewer than five rows, or when the statistic does not vary.
    """
    # scipy.stats.bootstrap answers NaN, with a warning, where a single resample is constant.
    data = complete_pairs(*columns)
    n = len(data[0])
    critical_value(level)
    if n < 5:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if all(is_constant(column) for column in data):
        return NotEstimable(Reason.NO_VARIATION, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(statistic(*data))
        generator = np.random.default_rng(seed)
        picks = generator.integers(0, n, (draws, n))
        resampled = np.array([statistic(*(column[pick] for column in data)) for pick in picks])
        left_out = np.array(
            [statistic(*(np.delete(column, row) for column in data)) for row in range(n)]
        )
    finite = resampled[np.isfinite(resampled)]
    if not math.isfinite(value) or not np.isfinite(left_out).all() or is_constant(finite):
        return NotEstimable(Reason.NO_VARIATION, n)
    if len(finite) < 0.95 * draws:
        return NotEstimable(Reason.SINGULAR, n, "too many resamples without a value")
    ends = np.quantile(finite, _bca_shares(value, finite, left_out, level))
    low, high = min(float(ends[0]), value), max(float(ends[1]), value)
    return Estimate(value, low, high, n, level, method="bca")


def _bca_shares(value: float, draws: Vector, left_out: Vector, level: float) -> Vector:
    below = (np.sum(draws < value) + np.sum(draws == value) / 2) / len(draws)
    bias = special.ndtri(np.clip(below, 0.5 / len(draws), 1 - 0.5 / len(draws)))
    gap = left_out.mean() - left_out
    spread = float((gap**2).sum()) ** 1.5
    lean = float((gap**3).sum()) / (6 * spread) if spread > 0 else 0.0
    normal = special.ndtri(np.array([0.5 - level / 2, 0.5 + level / 2]))
    return special.ndtr(bias + (bias + normal) / (1 - lean * (bias + normal)))


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
