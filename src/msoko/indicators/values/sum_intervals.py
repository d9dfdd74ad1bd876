"""Intervals of many indicator values at once, from their exact sums."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]
LEVEL = 0.95


def wilson_bounds(part: Floats, whole: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return the Wilson (1927) score interval of part/whole, NaN where `whole` is not positive.

    NaN also where `part` lies outside 0…whole: such a ratio is no share. Computed by
    `proportion_confint`; the formula gives exactly 0 and 1 at the ends, which rounding must
    not deny.
    """
    from statsmodels.stats.proportion import proportion_confint

    known = (whole > 0) & (part >= 0) & (part <= whole)
    low, high = np.full(len(part), np.nan), np.full(len(part), np.nan)
    if known.any():
        low[known], high[known] = proportion_confint(part[known], whole[known], 1 - level, "wilson")
    return np.where(known & (part == 0), 0.0, low), np.where(known & (part == whole), 1.0, high)


def student_bounds(
    total: Floats, squares: Floats, count: Floats, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Return Student's interval of a mean from Σx, Σx² and n; NaN below two observations.

    `total` and `squares` may be Python integers in object arrays, so that nothing cancels.
    """
    spread = np.array(
        [
            (n * q - s * s) / (n * (n - 1)) if n > 1 else np.nan
            for s, q, n in zip(total, squares, count, strict=True)
        ],
        dtype=float,
    )
    n = count.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total.astype(float) / n
        half = student.ppf(0.5 + level / 2, np.maximum(n - 1, 1)) * np.sqrt(spread / n)
    return mean - half, mean + half
