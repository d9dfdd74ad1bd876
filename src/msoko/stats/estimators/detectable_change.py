"""What change could have been seen at all: the minimum detectable change."""

from __future__ import annotations

import math

from scipy import stats


def detectable_change(
    se: float, df: float = math.inf, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the true change that a two-sided test at `alpha` finds with probability `power`.

    `(t_{1−α/2} + t_power) · se` with `df` degrees of freedom (normal by default; Bloom 1995). In
    the units of se. Raises ValueError for an se that is not positive, a df that is missing or
    under 1, or alpha or power outside (0, 1).
    """
    _check(alpha, power)
    if not (se > 0 and math.isfinite(se) and df >= 1):
        raise ValueError(f"se is positive and df at least 1, got {se}, {df}")
    return float(stats.t.ppf(1 - alpha / 2, df) + stats.t.ppf(power, df)) * se


def _check(alpha: float, power: float) -> None:
    if not 0 < alpha < 1 or not 0 < power < 1:
        raise ValueError(f"alpha and power lie inside (0, 1), got {alpha, power}")
