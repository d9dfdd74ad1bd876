"""Shares and means of a whole made of schools, with the error that schools bring.

Pupils of one school resemble one another, so the pupils-only error of a municipality's
change is 1.4 to 2.4 times too small. Here the school is the unit that varies: CR2 with
Satterthwaite degrees of freedom (Bell & McCaffrey 2002, Pustejovsky & Tipton 2018), as
`regression.cluster_sandwich` gives it for pupils regressed on nothing, or on the year, in closed
form: for thousands of groups at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from msoko.stats.estimators.estimate import (
    Estimate,
    HypothesisTest,
    NotEstimable,
    Reason,
    require_level,
)
from msoko.stats.estimators.sample import Vector

SMALLEST = 2
"""One school leaves no spread between schools to judge by."""


class RatioErrors(NamedTuple):
    """Errors of ratios, an entry a group: NaN where there are fewer than two schools.

    `size` is the number of pupils that would carry as much if they were independent, at most
    those there are; NaN where the ratio is no share.
    """

    se: Vector
    df: Vector
    size: Vector
    schools: np.ndarray


def ratio_errors(
    a: Vector, b: Vector, group: np.ndarray, value: Vector, whole: Vector
) -> RatioErrors:
    """Return the errors of the ratios `value` of groups, from their schools.

    `a`, `b` are numerator and denominator of each school in a group, which `group` numbers;
    `whole` is the denominator of the group. With `h_s = b_s/B` and `e_s = (a_s − R b_s)/B`:
    `se² = Σ e_s²/(1 − h_s)` and `df = 1/(Σ h² + (Σ q)² − Σ q²)`, `q = h²/(1 − h)`.
    """
    count = len(value)

    def total(term: Vector) -> Vector:
        return np.bincount(group, term, count)

    known = b > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        h = np.where(known, b / whole[group], 0.0)
        e = np.where(known, (a - value[group] * b) / whole[group], 0.0)
        left = np.maximum(1 - h, 1e-12)
        q = h**2 / left
        schools = np.bincount(group[known], minlength=count)
        is_judged = schools >= SMALLEST
        se = np.where(is_judged, np.sqrt(total(e**2 / left)), np.nan)
        se = np.where(se <= 1e-12 * np.abs(value), 0.0, se)
        own = np.maximum(1.0, 1 / (total(h**2) + total(q) ** 2 - total(q**2)))
        df = np.where(is_judged, own, np.nan)
        bare = value * (1 - value)
        size = np.where(se > 0, np.minimum(bare / se**2, whole), whole)
        size = np.where(is_judged & (bare >= 0), size, np.nan)
    return RatioErrors(se, df, size, schools)


def ratio_bounds(
    value: Vector, errors: RatioErrors, *, is_share: bool, level: float = 0.95
) -> tuple[Vector, Vector]:
    """Return the limits of ratios with their `errors`, NaN where there are none.

    Student's for means. A share has Wilson's with Student's quantile and the effective `size`
    (Korn & Graubard 1998; Franco et al. 2019): it stays inside [0, 1] and has width at both
    ends. Where no school differs from another, pupils are all that is known to vary, and the
    quantile is normal.
    """
    df = np.where(is_share & (errors.se == 0), np.inf, errors.df)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = stdtrit(np.where(np.isfinite(df), df, 1e9), 0.5 + level / 2)
        if not is_share:
            half = np.where(errors.se > 0, t * errors.se, np.nan)
            return value - half, value + half
        n = errors.size
        middle = (value + t**2 / (2 * n)) / (1 + t**2 / n)
        half = t * np.sqrt(value * (1 - value) / n + (t / (2 * n)) ** 2) / (1 + t**2 / n)
        low, high = middle - half, middle + half
    low = np.where((value == 0) & ~np.isnan(low), 0.0, low)
    return low, np.where((value == 1) & ~np.isnan(high), 1.0, high)


def ratio(
    numerator: ArrayLike, denominator: ArrayLike, *, is_share: bool = False, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return Σ numerator / Σ denominator over schools, with the interval of `ratio_bounds`.

    Schools are the sample, whatever their size: the estimate is that of pupils, its error CR2
    by school. Arrays have one entry a school, in the same units; entries with a missing or zero
    denominator are left out. `n` is the number of schools. Not estimable with fewer than two,
    nor, for a mean, where schools do not differ. Raises ValueError for unequal lengths. Checked
    against clubSandwich 0.5.8 through `regression.cluster_sandwich`.
    """
    require_level(level)
    a, b = _complete(numerator, denominator)
    if len(a) < SMALLEST:
        return NotEstimable(Reason.TOO_FEW_GROUPS if len(a) else Reason.NO_DATA, len(a))
    value, errors = _of_whole(a, b)
    if not is_share and errors.se[0] == 0:
        return NotEstimable(Reason.NO_VARIATION, len(a))
    low, high = (
        float(end[0]) for end in ratio_bounds(value, errors, is_share=is_share, level=level)
    )
    se, df = float(errors.se[0]), float(errors.df[0])
    method = "cr2_wilson" if is_share else "cr2"
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("a share lies in [0, 1]")
    return Estimate(float(value[0]), low, high, len(a), level, se, df, None, method)


def ratio_against(
    numerator: ArrayLike, denominator: ArrayLike, reference: float, *, is_share: bool = False
) -> HypothesisTest | NotEstimable:
    """Return the two-sided test of Σ numerator / Σ denominator against a fixed `reference`.

    It agrees with the interval of `ratio`: p < .05 where the 95 % interval leaves the reference
    out. For shares the statistic is the score `(R − r)/√(r (1 − r)/n)` with the effective size.
    The reference, a region's value that all its schools make up, has no error of its own.
    """
    a, b = _complete(numerator, denominator)
    if len(a) < SMALLEST:
        return NotEstimable(Reason.TOO_FEW_GROUPS if len(a) else Reason.NO_DATA, len(a))
    value, errors = _of_whole(a, b)
    se, df = float(errors.se[0]), float(errors.df[0])
    if is_share:
        df = df if se > 0 else 1e9
        se = math.sqrt(max(reference * (1 - reference), 0.0) / float(errors.size[0]))
    if se == 0:
        return NotEstimable(Reason.NO_VARIATION, len(a))
    t = (float(value[0]) - reference) / se
    return HypothesisTest(t, float(2 * stdtr(df, -abs(t))), len(a), df, method="cr2")


def ratio_change(
    before: Sequence[ArrayLike], after: Sequence[ArrayLike], *, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return how Σa/Σb changed from `before` to `after`, both `(a, b)` over the same schools.

    The same schools meet twice, so their residuals are subtracted before they are squared:
    `d_s = e_s(after)/√(1 − h_s) − e_s(before)/√(1 − h_s)`, `var = Σ d_s²`, CR2 of pupils
    regressed on the year with schools as clusters, Satterthwaite degrees of freedom, Student's
    interval. A school absent in one year (NaN or zero denominator) counts in the other with its
    own residual. `n` is the number of schools in either year. Not estimable with fewer than two
    schools in a year. Raises ValueError for unequal lengths.
    """
    require_level(level)
    (a0, b0), (a1, b1) = (_zeroed(*pair) for pair in (before, after))
    if len(a0) != len(a1):
        raise ValueError(f"the same schools are expected twice, got {len(a0)} and {len(a1)}")
    n = int(((b0 > 0) | (b1 > 0)).sum())
    if b0.sum() == 0 or b1.sum() == 0:
        return NotEstimable(Reason.NO_DATA, n)
    if min((b0 > 0).sum(), (b1 > 0).sum()) < SMALLEST:
        return NotEstimable(Reason.TOO_FEW_GROUPS, n)
    r0, r1 = a0.sum() / b0.sum(), a1.sum() / b1.sum()
    adjusted = _adjusted(a1, b1, r1) - _adjusted(a0, b0, r0)
    se = math.sqrt(float(adjusted @ adjusted))
    if se <= 1e-12 * max(abs(r0), abs(r1)):
        return NotEstimable(Reason.NO_VARIATION, n)
    df = _change_df(b0, b1)
    value, half = float(r1 - r0), float(stdtrit(df, 0.5 + level / 2)) * se
    p = float(2 * stdtr(df, -abs(value) / se))
    return Estimate(value, value - half, value + half, n, level, se, df, p, "cr2_change")


def _adjusted(a: Vector, b: Vector, value: float) -> Vector:
    left = np.sqrt(np.maximum(1 - b / b.sum(), 1e-12))
    return (a - value * b) / b.sum() / left


def _change_df(*years: Vector) -> float:
    """Satterthwaite: `(tr P)²/tr P²` with the P of the two years added up."""
    p = np.zeros((len(years[0]), len(years[0])))
    for b in years:
        h = b / b.sum()
        c = h / np.sqrt(np.maximum(1 - h, 1e-12))
        own = -np.outer(c, c)
        own[np.diag_indices_from(own)] = h
        p += own / b.sum()
    return max(1.0, float(np.trace(p) ** 2 / (p**2).sum()))  # 1 − 1e-16 by rounding


def _of_whole(a: Vector, b: Vector) -> tuple[Vector, RatioErrors]:
    value, whole = np.array([a.sum() / b.sum()]), np.array([b.sum()])
    return value, ratio_errors(a, b, np.zeros(len(a), int), value, whole)


def _zeroed(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Vector, Vector]:
    a, b = np.asarray(numerator, float), np.asarray(denominator, float)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"one entry a school is expected, got shapes {a.shape} and {b.shape}")
    known = np.isfinite(a) & np.isfinite(b) & (b > 0)
    return np.where(known, a, 0.0), np.where(known, b, 0.0)


def _complete(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Vector, Vector]:
    a, b = _zeroed(numerator, denominator)
    return a[b > 0], b[b > 0]
