"""What change could have been seen at all: the minimum detectable change."""

from __future__ import annotations

import math

from scipy import optimize, special, stats

from msoko.stats.estimators.estimate import NotEstimable, Reason


def detectable_change(
    se: float, df: float = math.inf, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the true change that a two-sided test at `alpha` finds with probability `power`.

    `(t_{1−α/2} + t_power) · se` with `df` degrees of freedom (normal by default; Bloom 1995). In
    the units of se. Raises ValueError for an se that is not positive, df < 1, or alpha or power
    outside (0, 1).
    """
    _check(alpha, power)
    if not (se > 0 and math.isfinite(se)) or df < 1:
        raise ValueError(f"se is positive and df at least 1, got {se}, {df}")
    return float(stats.t.ppf(1 - alpha / 2, df) + stats.t.ppf(power, df)) * se


def design_effect(icc: float, mean_size: float, size_cv: float = 0.0) -> float:
    """Return by how much schools inflate the variance of a mean, `1 + ((1 + cv²) m − 1) ρ`.

    `mean_size` pupils per school, `size_cv` the coefficient of variation of sizes (Kish; Eldridge
    et al. 2006). Never under 1 for ρ ≥ 0. Raises ValueError for icc outside [0, 1], size < 1.
    """
    if not 0 <= icc <= 1 or mean_size < 1 or size_cv < 0:
        raise ValueError(f"icc in [0, 1], size at least 1, got {icc, mean_size, size_cv}")
    return max(1.0, 1 + ((1 + size_cv**2) * mean_size - 1) * icc)


def detectable_share_change(
    base: float,
    before: float,
    after: float,
    alpha: float = 0.05,
    power: float = 0.8,
    inflation: float = 1.0,
) -> dict[str, float | None] | NotEstimable:
    """Return the smallest rise and fall from the share `base` that would be found.

    `before`, `after` are numbers of pupils of the two cohorts, divided by `inflation` (a design
    effect). On the arcsine scale, `2 asin √p₂ = 2 asin √p₁ ± (z_{1−α/2} + z_power) √(1/n₁ + 1/n₂)`
    (Cohen's h). Keys `rise`, `fall`, both positive; None where not even 100 % (or 0 %) would be
    found. Not estimable without pupils. Raises ValueError for a base outside [0, 1].
    """
    _check(alpha, power)
    if not 0 <= base <= 1 or inflation < 1:
        raise ValueError(f"base in [0, 1] and inflation at least 1, got {base, inflation}")
    if min(before, after) <= 0:
        return NotEstimable(Reason.NO_DATA, int(max(0, before) + max(0, after)))
    reach = special.ndtri(1 - alpha / 2) + special.ndtri(power)
    step = reach * math.sqrt(inflation / before + inflation / after) / 2
    angle = math.asin(math.sqrt(base))
    rise = math.sin(angle + step) ** 2 - base if angle + step <= math.pi / 2 else None
    fall = base - math.sin(angle - step) ** 2 if angle - step >= 0 else None
    return {"rise": rise, "fall": fall}


def detectable_effect_size(
    first: int, second: int, alpha: float = 0.05, power: float = 0.8
) -> float | NotEstimable:
    """Return the standardised difference of two means that a t-test finds with `power`.

    Exact by the noncentral t with n₁ + n₂ − 2 degrees of freedom, both tails counted (as
    R's `power.t.test(strict = TRUE)`); statsmodels' `TTestIndPower.solve_power` finds six digits,
    and a wrong effect for the smallest groups. Not estimable when a group has under two pupils.
    """
    _check(alpha, power)
    if min(first, second) < 2:
        return NotEstimable(Reason.TOO_FEW, int(first + second))
    df, root = first + second - 2, math.sqrt(first * second / (first + second))
    cut = float(stats.t.ppf(1 - alpha / 2, df))

    def shortfall(effect: float) -> float:
        centre = effect * root
        upper, lower = 1 - special.nctdtr(df, centre, cut), special.nctdtr(df, centre, -cut)
        # scipy has NaN for a lower tail under 1e-16.
        return float(upper + (0.0 if math.isnan(lower) else lower)) - power

    if shortfall(0.0) >= 0:
        return 0.0
    high = 1 / root
    while shortfall(high) < 0:
        high *= 1.5
    return float(optimize.brentq(shortfall, 0.0, high))


def _check(alpha: float, power: float) -> None:
    if not 0 < alpha < 1 or not 0 < power < 1:
        raise ValueError(f"alpha and power lie inside (0, 1), got {alpha, power}")
