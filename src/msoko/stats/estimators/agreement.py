"""Agreement of two classifications of the same persons: kappa and marginal homogeneity.

All functions take a square table of counts, rows the first classification, columns the second,
categories in the same order; `rating_table` makes one from two columns of ratings. The statistics
are statsmodels' (`cohens_kappa`, `SquareTable`, `mcnemar`); ours is what happens where they have
no value: empty pairs and categories, singular covariances, agreement without exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from msoko.stats.estimators.estimate import (
    Estimate,
    HypothesisTest,
    NotEstimable,
    Reason,
    critical_value,
)
from msoko.stats.estimators.proportions import wilson_limits

if TYPE_CHECKING:
    from statsmodels.stats.contingency_tables import SquareTable

WEIGHTS = ("none", "linear", "quadratic")


def rating_table(
    first: Sequence[Any] | pd.Series,
    second: Sequence[Any] | pd.Series,
    categories: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """Return the square table of counts of two ratings of the same persons.

    Persons with a missing rating are dropped. Without `categories` all values that occur in
    either column are used, sorted. Raises ValueError when the lengths differ or a rating is
    not among the categories.
    """
    pair = [pd.Series(column).reset_index(drop=True) for column in (first, second)]
    if len(pair[0]) != len(pair[1]):
        raise ValueError(f"{len(pair[0])} and {len(pair[1])} ratings")
    is_known = pair[0].notna() & pair[1].notna()
    one, two = pair[0][is_known], pair[1][is_known]
    occurring = set(one.tolist()) | set(two.tolist())
    order = sorted(occurring) if categories is None else list(categories)
    if not occurring <= set(order):
        raise ValueError(f"ratings {sorted(occurring - set(order))} are not categories")
    place = {category: position for position, category in enumerate(order)}
    counts = np.zeros((len(order), len(order)), dtype=np.int64)
    np.add.at(counts, ([place[v] for v in one.tolist()], [place[v] for v in two.tolist()]), 1)
    return pd.DataFrame(counts, index=order, columns=order)


def kappa(
    table: ArrayLike | pd.DataFrame, weights: str = "none", level: float = 0.95
) -> Estimate | NotEstimable:
    """Return Cohen's kappa, plain or weighted, with its large-sample standard error.

    `weights`: "none"; "linear", 1−|i−j|/(k−1); "quadratic", 1−(i−j)²/(k−1)². With p the
    observed shares, `κ = (Po − Pe)/(1 − Pe)` and
    `se² = [Σ p_ij (w_ij − (w̄_i. + w̄_.j)(1−κ))² − (κ − Pe(1−κ))²] / (n (1−Pe)²)`
    (Fleiss, Cohen & Everitt 1969), computed by `cohens_kappa`. The disputable choice: where that
    error is zero (perfect agreement) the interval is Wilson's for the weighted agreement with
    chance agreement held fixed, since [1, 1] would be false at any n. The interval is cut at −1
    and 1. Not estimable without persons, or when both use one and the same category only. Raises
    ValueError for a table that is not square or has negative counts. Checked against vcd 1.4-11
    and psych.
    """
    counts = _square(table)
    n = int(counts.sum())
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    weight = _agreement_weights(len(counts), weights)
    rows, columns = counts.sum(axis=1) / n, counts.sum(axis=0) / n
    chance = float(rows @ weight @ columns)
    if 1 - chance < 1e-12:
        return NotEstimable(Reason.NO_VARIATION, n)
    value, error = _cohens_kappa(counts, weights)
    # The root of a variance that is zero but for rounding: one discordant person gives far more.
    if error * np.sqrt(n) * (1 - chance) < 1e-6:
        error = 0.0
    margin = critical_value(level)
    if error == 0:
        seen = min(1.0, chance + value * (1 - chance))
        low, high = ((end - chance) / (1 - chance) for end in wilson_limits(seen, n, margin))
    else:
        low, high = value - margin * error, value + margin * error
    low, high = max(-1.0, min(low, value)), min(1.0, max(high, value))
    return Estimate(value, low, high, n, level, error, method=f"kappa_{weights}")


def bowker(table: ArrayLike | pd.DataFrame) -> HypothesisTest | NotEstimable:
    """Return Bowker's test that the table is symmetric, `Σ_{i<j} (n_ij−n_ji)²/(n_ij+n_ji)`.

    The statistic is `SquareTable.symmetry`'s. Degrees of freedom count only pairs of categories
    that occur; statsmodels and R's `mcnemar.test` count all k(k−1)/2, with a p too large or NaN
    when one is empty. Not estimable without discordant persons.
    """
    counts = _square(table)
    n = int(counts.sum())
    df = int((np.triu(counts + counts.T, 1) > 0).sum())
    if df == 0:
        return NotEstimable(Reason.NO_DISCORDANT_PAIRS if n else Reason.NO_DATA, n)
    statistic = float(_square_table(counts).symmetry().statistic)
    return HypothesisTest(statistic, float(stats.chi2.sf(statistic, df)), n, df, method="bowker")


def marginal_homogeneity(
    table: ArrayLike | pd.DataFrame, method: str = "stuart_maxwell", merge: bool = True
) -> HypothesisTest | NotEstimable:
    """Return the test that both classifications use the categories equally often.

    `d` = row totals − column totals without the last category, `W = d' V⁻¹ d` with
    `V_ii = n_i. + n_.i − 2n_ii`, `V_ij = −(n_ij + n_ji)`: "stuart_maxwell" (Stuart 1955, Maxwell
    1970); "bhapkar" (1966) is `W/(1 − W/n)`, always the larger. df = categories left − 1.
    `SquareTable.homogeneity` computes both. The disputable choice: when V is singular or
    ill-conditioned (usual at n < 30) and `merge`, the rarest category is joined with its rarer
    neighbour (unless that hides every change) until V can be inverted, as for ordered marks;
    without `merge` a singular V gives NotEstimable("singular"). Categories that never occur are
    dropped first. Not estimable without discordant persons. Checked against coin 1.4-2 in the
    reference tests.
    """
    if method not in ("stuart_maxwell", "bhapkar"):
        raise ValueError(f"method is stuart_maxwell or bhapkar, got {method!r}")
    counts = _square(table)
    n = int(counts.sum())
    if n == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    used = counts.sum(axis=0) + counts.sum(axis=1) > 0
    counts = counts[np.ix_(used, used)]
    if counts.sum() == np.trace(counts):
        return NotEstimable(Reason.NO_DISCORDANT_PAIRS, n)
    before, joined = len(counts), _until_regular(counts, merge)
    if joined is None:
        return NotEstimable(Reason.SINGULAR, n)
    counts, merged = joined, before - len(joined)
    statistic = float(_square_table(counts).homogeneity("stuart_maxwell").statistic)
    if method == "bhapkar":
        if statistic >= n * (1 - 1e-12):
            return NotEstimable(Reason.SINGULAR, n, "W reaches n")
        statistic = float(_square_table(counts).homogeneity("bhapkar").statistic)
    df = len(counts) - 1
    name = method + (f"_merged_{merged}" if merged else "")
    # statsmodels takes p as 1 − cdf, which has no digits left in the far tail.
    return HypothesisTest(statistic, float(stats.chi2.sf(statistic, df)), n, df, method=name)


def mcnemar(
    table: ArrayLike | pd.DataFrame, method: str = "exact"
) -> HypothesisTest | NotEstimable:
    """Return McNemar's test of a 2×2 table: are the two kinds of change equally frequent.

    With b, c the discordant counts: "exact" two-sided binomial p (statistic min(b, c)); "mid_p"
    the same less half the point probability (Fagerland et al. 2013); "chi2" `(b−c)²/(b+c)`;
    "continuity" `(|b−c|−1)²/(b+c)`, R's default, 0 at b = c. All but the mid-p are computed by
    statsmodels. Not estimable without discordant persons. Raises ValueError unless 2×2. Checked
    against R's `mcnemar.test`.
    """
    counts = _square(table)
    if len(counts) != 2:
        raise ValueError(f"McNemar's test takes a 2x2 table, got {counts.shape}")
    n, b, c = int(counts.sum()), counts[0, 1], counts[1, 0]
    if b + c == 0:
        return NotEstimable(Reason.NO_DISCORDANT_PAIRS if n else Reason.NO_DATA, n)
    if method not in ("exact", "mid_p", "chi2", "continuity"):
        raise ValueError(f"unknown method {method!r}")
    from statsmodels.stats import contingency_tables

    is_exact, name = method in ("exact", "mid_p"), f"mcnemar_{method}"
    # At b = c statsmodels' correction would make a difference of nothing; R has none there.
    found = contingency_tables.mcnemar(counts, is_exact, method == "continuity" and b != c)
    p = float(found.pvalue)
    if method == "mid_p":
        p = 1.0 if b == c else p - float(stats.binom.pmf(min(b, c), b + c, 0.5))
    return HypothesisTest(float(found.statistic), p, n, None if is_exact else 1, method=name)


def linear_by_linear(table: ArrayLike | pd.DataFrame) -> HypothesisTest | NotEstimable:
    """Return the linear-by-linear association test of an ordered table, `Z = r √(n−1)`.

    r is the correlation of the category numbers 0, 1, …; n−1 as in coin's `lbl_test`, the
    permutation variance (`Table.test_ordinal_association`). Any rectangular table. Checked
    against coin 1.4-2.
    """
    counts = np.asarray(table, dtype=float)
    n = int(counts.sum())
    if n < 2:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if min((counts.sum(axis=axis) > 0).sum() for axis in (0, 1)) < 2:
        return NotEstimable(Reason.NO_VARIATION, n)
    from statsmodels.stats.contingency_tables import Table

    found = Table(counts, shift_zeros=False).test_ordinal_association()
    p = min(1.0, float(found.pvalue))
    return HypothesisTest(float(found.zscore), p, n, method="linear_by_linear")


def _square(table: ArrayLike | pd.DataFrame) -> np.ndarray:
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"a square table is needed, got {counts.shape}")
    if np.isnan(counts).any() or (counts < 0).any() or (counts % 1 != 0).any():
        raise ValueError("counts are whole and non-negative")
    return counts


def _agreement_weights(size: int, kind: str) -> np.ndarray:
    if kind not in WEIGHTS:
        raise ValueError(f"weights is one of {WEIGHTS}, got {kind!r}")
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    if kind == "none" or size < 2:
        return (distance == 0).astype(float)
    return 1 - (distance / (size - 1)) ** (1 if kind == "linear" else 2)


def _cohens_kappa(counts: np.ndarray, weights: str) -> tuple[float, float]:
    from statsmodels.stats.inter_rater import cohens_kappa

    # It divides by the error under chance and takes the root of a variance that may be -1e-17.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = cohens_kappa(counts, wt=None if weights == "none" else weights)
    return float(found.kappa), float(np.sqrt(max(0.0, found.var_kappa)))


def _square_table(counts: np.ndarray) -> SquareTable:
    from statsmodels.stats.contingency_tables import SquareTable

    # By default statsmodels adds one half to every cell of a table with an empty one.
    return SquareTable(counts, shift_zeros=False)


def _difference_variance(counts: np.ndarray) -> np.ndarray:
    variance = -(counts + counts.T)
    totals = counts.sum(axis=1) + counts.sum(axis=0) - 2 * np.diag(counts)
    np.fill_diagonal(variance, totals)
    return variance[:-1, :-1]


def _is_regular(counts: np.ndarray) -> bool:
    if len(counts) < 2:
        return False
    variance = _difference_variance(counts)
    return bool(np.linalg.matrix_rank(variance) == len(variance))


def _until_regular(counts: np.ndarray, merge: bool) -> np.ndarray | None:
    """Join categories until V can be inverted; None where it cannot be, or not without joining."""
    regular: np.ndarray | None = counts
    while regular is not None and not _is_regular(regular):
        regular = _merge_rarest(regular) if merge and len(regular) > 2 else None
    return regular


def _merge_rarest(counts: np.ndarray) -> np.ndarray | None:
    """Join the rarest category with a neighbour, keeping at least one discordant person."""
    used = counts.sum(axis=0) + counts.sum(axis=1)
    pairs = sorted(range(len(used) - 1), key=lambda place: sorted([used[place], used[place + 1]]))
    for first in pairs:
        kept = [place for place in range(len(used)) if place != first + 1]
        joined = np.add.reduceat(np.add.reduceat(counts, kept, axis=0), kept, axis=1)
        if joined.sum() > np.trace(joined):
            return joined
    return None
