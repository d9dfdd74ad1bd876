"""Many p-values: false-discovery and familywise control, and combination into one.

Adjustment is statsmodels' `multipletests`, with missing p-values as in R's `p.adjust`; the
truncated Cauchy combination is ours. What each assumes of dependence its docstring states.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from msoko.stats.estimators.estimate import HypothesisTest, NotEstimable, Reason
from msoko.stats.estimators.sample import Vector, as_floats

ADJUSTMENTS = {
    "bh": "fdr_bh",
    "by": "fdr_by",
    "holm": "holm",
    "hochberg": "simes-hochberg",
    "bonferroni": "bonferroni",
}
"""The adjustments by name, and what statsmodels calls them."""
TINY_P = 1e-15
"""Below this `tan((.5 − p)π)` loses digits and 1/(pπ) is its own limit (Liu & Xie 2020)."""


def adjust(p_values: ArrayLike, method: str = "bh") -> Vector:
    """Return adjusted p-values in the order given.

    `method` is `bh` (Benjamini & Hochberg 1995, independence or positive regression
    dependence), `by` (Benjamini & Yekutieli 2001, any dependence), `holm`, `hochberg` or
    `bonferroni`. A missing p-value stays missing and does not count as a hypothesis, as in R's
    `p.adjust`. With p sorted ascending and m hypotheses: bh min over j ≥ i of p_j m/j;
    by the same times Σ1/j; holm max over j ≤ i of (m−j+1) p_j; hochberg min over j ≥ i of
    the same (computed by `statsmodels.stats.multitest.multipletests`). Raises ValueError for a
    p-value outside [0, 1] or an unknown method. Checked by the Benjamini & Hochberg 1995 records
    of the reference tests.
    """
    if method not in ADJUSTMENTS:
        raise ValueError(f"method is one of {tuple(ADJUSTMENTS)}, got {method!r}")
    adjusted = _probabilities(as_floats(p_values)).copy()
    known = ~np.isnan(adjusted)
    if known.any():
        from statsmodels.stats.multitest import multipletests

        adjusted[known] = multipletests(adjusted[known], method=ADJUSTMENTS[method])[1]
    return adjusted


def cauchy_combination(
    p_values: ArrayLike, weights: ArrayLike | None = None, cap: float = 1.0
) -> HypothesisTest | NotEstimable:
    """Return the Cauchy combination of p-values, `T = Σ w tan((.5 − p)π)` against Cauchy(0, 1).

    Nearly indifferent to dependence in the far tail (Liu & Xie 2020). The disputable choice is
    `cap`: p-values are lowered to at most `cap` (truncated Cauchy; .9 keeps one p near 1 from
    cancelling strong evidence; 1 is the plain rule). Weights are scaled to sum to one.
    Missing p-values are dropped with their weights. Errors: ValueError for p outside [0, 1],
    a cap outside (0, 1], or negative weights. Checked against R in the reference tests.
    """
    if not 0 < cap <= 1:
        raise ValueError(f"cap lies in (0, 1], got {cap}")
    p, shares = _weighted(p_values, weights)
    if len(p) == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    capped = np.minimum(p, cap)
    if (capped == 0).any():
        return HypothesisTest(np.inf, 0.0, len(p), None, "greater", "cauchy")
    tangents = np.where(
        capped < TINY_P, 1 / (capped * np.pi), np.tan((0.5 - np.minimum(capped, 1)) * np.pi)
    )
    statistic = float(shares @ tangents)
    return HypothesisTest(
        statistic, float(stats.cauchy.sf(statistic)), len(p), None, "greater", "cauchy"
    )


def _probabilities(p: Vector) -> Vector:
    known = p[~np.isnan(p)]
    if ((known < 0) | (known > 1)).any():
        raise ValueError("a p-value lies in [0, 1]")
    return p


def _weighted(p_values: ArrayLike, weights: ArrayLike | None) -> tuple[Vector, Vector]:
    p = _probabilities(as_floats(p_values))
    shares = np.ones(len(p)) if weights is None else as_floats(weights)
    if len(shares) != len(p):
        raise ValueError(f"{len(p)} p-values, {len(shares)} weights")
    known = ~np.isnan(p)
    p, shares = p[known], shares[known]
    if np.isnan(shares).any() or (shares < 0).any() or (len(p) and shares.sum() == 0):
        raise ValueError("weights are non-negative, known, and not all zero")
    # A p-value of weight 0 takes no part: 0 times an infinite score would be no number.
    p, shares = p[shares > 0], shares[shares > 0]
    return p, shares / shares.sum() if len(p) else shares
