"""Errors of a least-squares fit that survive unequal variances and pupils in schools.

statsmodels computes the sandwiches, which are those of R's sandwich 3.0-2; the refusals, the
degrees of freedom and CR2 (`cluster_sandwich`) are ours.
"""

from __future__ import annotations

import numpy as np

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.regression.cluster_sandwich import bias_reduced
from msoko.stats.regression.coefficient_inference import Inference, Labels
from msoko.stats.regression.least_squares import LinearFit, linear_inference

KINDS = ("HC0", "HC1", "HC2", "HC3")


def heteroscedastic(
    fit: LinearFit, kind: str = "HC3", level: float = 0.95
) -> Inference | NotEstimable:
    """Return inference robust to unequal variances, `B X' diag(ω) X B`, t with n − p.

    ω_i with weighted residual e and leverage h: HC0 e²; HC1 e² n/(n−p); HC2 e²/(1−h); HC3
    e²/(1−h)² (the choice under 250 schools, Long & Ervin 2000). Not estimable for HC2 and HC3
    when a row has leverage 1 ("singular"), or when the fit is exact. Raises ValueError for an
    unknown kind. Checked against sandwich 3.0-2.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {KINDS}, got {kind!r}")
    if _is_exact(fit):
        return NotEstimable(Reason.NO_VARIATION, fit.n, "no residual variation")
    if kind in ("HC2", "HC3") and fit.leverage.max() > 1 - 1e-10:
        return NotEstimable(Reason.SINGULAR, fit.n, "a row of leverage 1")
    covariance = getattr(fit.results, f"cov_{kind}")
    return linear_inference(fit, covariance, fit.df, level, kind)


def clustered(
    fit: LinearFit, clusters: Labels, kind: str = "CR1", level: float = 0.95
) -> Inference | NotEstimable:
    """Return inference clustered by `clusters` (one label per row of the fitted frame).

    "CR0" has no correction; "CR1" the factor `G/(G−1) · (n−1)/(n−p)` (sandwich's `vcovCL` HC1,
    Stata), t with G − 1; "CR2" see `cluster_sandwich.bias_reduced`. CR1 is too small under about 40
    clusters: use CR2. A term that only one cluster carries (a dummy of one school) has a
    meaningless CR1 error; CR2 shows it by its degrees of freedom. Not estimable with fewer than two
    clusters, or when a standard error is zero ("singular"). Checked against sandwich and
    clubSandwich. Liang & Zeger (1986).
    """
    if kind == "CR2":
        return bias_reduced(fit, clusters, level)
    if kind not in ("CR0", "CR1"):
        raise ValueError(f"kind is CR0, CR1 or CR2, got {kind!r}")
    codes = fit.design.labels(clusters)
    groups = int(codes.max()) + 1
    if groups < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    from statsmodels.stats.sandwich_covariance import cov_cluster

    covariance = cov_cluster(fit.results, codes, use_correction=kind == "CR1")
    if _is_degenerate(fit, covariance):
        return NotEstimable(Reason.SINGULAR, fit.n, "a standard error of zero")
    return linear_inference(fit, covariance, groups - 1, level, kind, groups)


def recommended_inference(
    fit: LinearFit, clusters: Labels | None = None, level: float = 0.95
) -> Inference | NotEstimable:
    """Return the inference this project uses by rule.

    Without clusters: HC3 under 250 rows, else HC1. With clusters: CR1 from 40 up, CR2 with
    Satterthwaite below. Under 12 clusters also run `wild_bootstrap.wild_cluster_bootstrap` for
    the term in question: it needs a named term, so it is not chosen here.
    """
    if clusters is None:
        return heteroscedastic(fit, "HC3" if fit.n < 250 else "HC1", level)
    groups = int(fit.design.labels(clusters).max()) + 1
    return clustered(fit, clusters, "CR1" if groups >= 40 else "CR2", level)


def _is_exact(fit: LinearFit) -> bool:
    scale = float(np.abs(fit.design.y).max())
    return bool(np.abs(fit.residuals).max() <= 1e-12 * max(scale, 1e-300))


def _is_degenerate(fit: LinearFit, covariance: np.ndarray) -> bool:
    plain = np.diag(fit.bread) * float(np.var(fit.design.y))
    return bool((np.diag(covariance) <= 1e-20 * plain).any())
