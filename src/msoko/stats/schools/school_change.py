"""One school's change since last year, beside how schools usually change from year to year.

Pupils of two years are two cohorts, and a school's cohorts differ by more than chance among pupils:
by a class, a teacher, a paper. Judged by pupils alone a school that has not changed is told to have
changed in 15 to 60 % of cases. Two years of one school do not tell that variance; all schools' do.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, require_level
from msoko.stats.estimators.robust_spread import robust_tau2
from msoko.stats.estimators.sample import as_floats
from msoko.stats.schools.funnel import anscombe_angles, degrees

LEAST_OTHERS = 5
"""Fewer other schools do not tell how much schools usually change."""


def school_year_change(
    before: tuple[ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike],
    unit: int,
    papers: float = 1.0,
    level: float = 0.95,
) -> Estimate | NotEstimable:
    """Return how the share of school `unit` changed, with the error that all schools tell.

    `before`, `after`: successes and totals of the same schools in two years; a school without
    pupils in either is left out. On Anscombe's arcsine `y` the change `d = y₁ − y₀` has variance
    `papers (1/(4n₀ + 2) + 1/(4n₁ + 2)) + ω²`, ω² by `robust_tau2` from the changes of the other
    schools about zero: a paper that is easier for all is part of how schools usually change.
    Student's with `min(.66 I, 25)` degrees of freedom, I other schools. The limits are
    `sin(d ± h) sin(y₁ + y₀)`, for `p₁ − p₀` is that of d. `n` is the number of other schools. Not
    estimable with fewer than five of them, nor without the school in both years.
    """
    require_level(level)
    (k0, n0), (k1, n1) = ((as_floats(k), as_floats(n)) for k, n in (before, after))
    known = np.isfinite(k0 + n0 + k1 + n1) & (np.minimum(n0, n1) > 0)
    known &= (k0 >= 0) & (k1 >= 0) & (k0 <= n0) & (k1 <= n1)
    others = known & (np.arange(len(known)) != unit)
    count = int(others.sum())
    if not known[unit]:
        return NotEstimable(Reason.NO_DATA, count)
    if count < LEAST_OTHERS:
        return NotEstimable(Reason.TOO_FEW_GROUPS, count)
    n0, n1 = np.where(known, n0, 1.0), np.where(known, n1, 1.0)
    k0, k1 = np.where(known, k0, 0.0), np.where(known, k1, 0.0)
    y0, y1 = anscombe_angles(k0, n0), anscombe_angles(k1, n1)
    error2 = papers * (1 / (4 * n0 + 2) + 1 / (4 * n1 + 2))
    change = y1 - y0
    usual = robust_tau2(change[others], error2[others])
    df, se = degrees(count), math.sqrt(float(error2[unit]) + usual)
    d, middle = float(change[unit]), math.sin(float(y1[unit] + y0[unit]))
    half = float(stdtrit(df, 0.5 + level / 2)) * se
    value = float(k1[unit] / n1[unit] - k0[unit] / n0[unit])
    low, high = (
        math.sin(min(max(end, -math.pi / 2), math.pi / 2)) * middle for end in (d - half, d + half)
    )
    p = float(2 * stdtr(df, -abs(d) / se))
    low, high = min(low, value), max(high, value)
    return Estimate(value, low, high, count, level, None, df, p, "school_year_change")
