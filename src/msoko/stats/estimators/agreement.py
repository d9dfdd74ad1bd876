"""Agreement of two classifications of the same persons: kappa, plain and weighted.

It takes a square table of counts, rows the first classification, columns the second, categories
in the same order; `rating_table` makes one from two columns of ratings. The statistic is
statsmodels' (`cohens_kappa`); ours is what happens where it has no value: empty categories,
agreement without exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from msoko.stats.estimators.estimate import (
    Estimate,
    NotEstimable,
    Reason,
    critical_value,
)
from msoko.stats.estimators.proportions import wilson_limits

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
