"""The number of successes among independent trials of unequal probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from msoko.stats.estimators.estimate import HypothesisTest, NotEstimable, Reason
from msoko.stats.estimators.sample import Vector, as_floats


def pmf(probabilities: ArrayLike) -> Vector:
    """Return P(X = 0), …, P(X = m) of the Poisson-binomial law with m trial probabilities.

    By scipy's direct convolution, whose terms are all positive, so that the far tail keeps its
    relative accuracy (the Fourier form does not); O(m²). No trials give [1]. Raises ValueError for
    a missing probability or one outside [0, 1]. Source: Hong 2013; checked against
    PoissonBinomial 1.2.5 in the reference tests.
    """
    trials = _trials(probabilities)
    if len(trials) == 0:
        return np.ones(1)
    return stats.poisson_binom.pmf(np.arange(len(trials) + 1), trials)


def upper_tail(probabilities: ArrayLike, count: int) -> float:
    """Return P(X ≥ count), as a sum: scipy's `sf` is 1 − cdf. Errors as in `pmf`."""
    mass = pmf(probabilities)
    if count <= 0:
        return 1.0
    return float(min(1.0, np.sum(mass[count:]))) if count < len(mass) else 0.0


def lower_tail(probabilities: ArrayLike, count: int) -> float:
    """Return P(X ≤ count). Errors as in `pmf`."""
    if count < 0:
        return 0.0
    return float(min(1.0, np.sum(pmf(probabilities)[: count + 1])))


def excess(
    probabilities: ArrayLike, count: int, mid_p: bool = True
) -> HypothesisTest | NotEstimable:
    """Return the one-sided test that `count` successes are more than the probabilities say.

    The statistic is `count − Σp`. The disputable choice is the mid-p value
    `P(X > count) + ½P(X = count)`, whose average under the null is ½ as for a continuous test;
    `mid_p=False` gives the conservative P(X ≥ count). Not estimable without trials, or when no
    trial is uncertain (all p are 0 or 1). Raises ValueError for a count outside 0…m.
    """
    trials = _trials(probabilities)
    if not 0 <= count <= len(trials):
        raise ValueError(f"count {count} is not within 0…{len(trials)}")
    if len(trials) == 0:
        return NotEstimable(Reason.NO_DATA, 0)
    if not ((trials > 0) & (trials < 1)).any():
        return NotEstimable(Reason.NO_VARIATION, len(trials))
    mass = pmf(trials)
    above = float(np.sum(mass[count + 1 :]))
    p = above + mass[count] * (0.5 if mid_p else 1.0)
    method = "poisson_binomial_mid_p" if mid_p else "poisson_binomial_exact"
    statistic = float(count - trials.sum())
    return HypothesisTest(statistic, float(min(1, p)), len(trials), None, "greater", method)


def _trials(probabilities: ArrayLike) -> Vector:
    trials = as_floats(probabilities)
    if np.isnan(trials).any() or ((trials < 0) | (trials > 1)).any():
        raise ValueError("trial probabilities are known and lie in [0, 1]")
    return trials
