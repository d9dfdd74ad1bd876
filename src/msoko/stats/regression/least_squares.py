"""Least squares with standard errors that survive unequal variances and pupils in schools.

`ols` fits; `classical`, `heteroscedastic`, `clustered`, `clustered_twice`, `newey_west` and
`recommended` give the inference. statsmodels fits and computes the sandwiches, which are those of
R's sandwich 3.0-2; HC4, the degrees of freedom and the refusals are ours, and CR2 (`cluster`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.stats.estimators.estimate import HypothesisTest, NotEstimable, Reason
from msoko.stats.estimators.sample import Vector, is_constant
from msoko.stats.regression.coefficient_inference import Inference, Labels, coefficient_table
from msoko.stats.regression.design_matrix import INTERCEPT, Design, design, survives_pseudo_inverse

if TYPE_CHECKING:
    from statsmodels.regression.linear_model import RegressionResults

KINDS = ("HC0", "HC1", "HC2", "HC3", "HC4")


@dataclass(frozen=True)
class LinearFit:
    """A least-squares fit: `coefficients` by term, `residuals` of the rows used, `r2`, `sigma`
    the residual standard error, `df` = n − p, `bread` = (X'WX)⁻¹, the `design`, and `results`, the
    fit as statsmodels has it."""

    coefficients: pd.Series
    residuals: Vector = field(repr=False)
    r2: float
    adjusted_r2: float
    sigma: float
    df: int
    n: int
    bread: np.ndarray = field(repr=False)
    design: Design = field(repr=False)
    results: RegressionResults = field(repr=False)

    @property
    def leverage(self) -> Vector:
        """Diagonal of the hat matrix, weights included."""
        x, w = self.design.x, self.design.weights
        return w * np.einsum("ij,jk,ik->i", x, self.bread, x)


def ols(
    frame: pd.DataFrame,
    response: str,
    predictors: Sequence[str],
    weights: str | None = None,
    intercept: bool = True,
) -> LinearFit | NotEstimable:
    """Return the (weighted) least-squares fit of `response` on columns of `frame`, by `WLS`.

    Text columns become indicators (see `design.predictor_matrix`). Rows with a missing value or
    zero weight are left out. r² is about the weighted mean (about zero without intercept). Not
    estimable when rows do not outnumber terms, terms are collinear ("singular"), or the
    response does not vary. Checked against R's `lm` (CASchools, Exam, PetersenCL).
    """
    rows = design(frame, response, predictors, weights, intercept)
    n, p = rows.x.shape
    if n <= p:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if is_constant(rows.y):
        return NotEstimable(Reason.NO_VARIATION, n)
    weighted = rows.x * np.sqrt(rows.weights)[:, None]
    if not survives_pseudo_inverse(weighted):
        return NotEstimable(Reason.SINGULAR, n)
    from statsmodels.regression.linear_model import WLS

    found = WLS(rows.y, rows.x, rows.weights, hasconst=intercept).fit()
    return LinearFit(
        coefficients=pd.Series(found.params, index=list(rows.terms)),
        residuals=found.resid,
        r2=float(found.rsquared),
        adjusted_r2=float(found.rsquared_adj),
        sigma=float(np.sqrt(found.scale)),
        df=n - p,
        n=n,
        bread=found.normalized_cov_params,
        design=rows,
        results=found,
    )


def classical(fit: LinearFit, level: float = 0.95) -> Inference:
    """Return textbook inference, `σ²(X'WX)⁻¹` and t with n − p; right only for equal variances."""
    return inference(fit, fit.results.cov_params(), fit.df, level, "classical")


def heteroscedastic(
    fit: LinearFit, kind: str = "HC3", level: float = 0.95
) -> Inference | NotEstimable:
    """Return inference robust to unequal variances, `B X' diag(ω) X B`, t with n − p.

    ω_i with weighted residual e and leverage h: HC0 e²; HC1 e² n/(n−p); HC2 e²/(1−h); HC3
    e²/(1−h)² (the choice under 250 schools, Long & Ervin 2000); HC4 e²/(1−h)^min(4, nh/p)
    (Cribari-Neto 2004), which statsmodels lacks. Not estimable for HC2–HC4 when a row has leverage
    1 ("singular"), or when the fit is exact. Raises ValueError for an unknown kind. Checked
    against sandwich 3.0-2.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {KINDS}, got {kind!r}")
    h, (n, p) = fit.leverage, fit.design.x.shape
    if _is_exact(fit):
        return NotEstimable(Reason.NO_VARIATION, n, "no residual variation")
    if kind in ("HC2", "HC3", "HC4") and h.max() > 1 - 1e-10:
        return NotEstimable(Reason.SINGULAR, n, "a row of leverage 1")
    if kind == "HC4":
        x, squared = fit.design.x, (fit.design.weights * fit.residuals) ** 2
        squared = squared / (1 - h) ** np.minimum(4, n * h / p)
        covariance = fit.bread @ (x.T * squared) @ x @ fit.bread
    else:
        covariance = getattr(fit.results, f"cov_{kind}")
    return inference(fit, covariance, fit.df, level, kind)


def clustered(
    fit: LinearFit, clusters: Labels, kind: str = "CR1", level: float = 0.95
) -> Inference | NotEstimable:
    """Return inference clustered by `clusters` (one label per row of the fitted frame).

    "CR0" has no correction; "CR1" the factor `G/(G−1) · (n−1)/(n−p)` (sandwich's `vcovCL` HC1,
    Stata), t with G − 1; "CR2" see `cluster.bias_reduced`. CR1 is too small under about 40
    clusters: use CR2. A term that only one cluster carries (a dummy of one school) has a
    meaningless CR1 error; CR2 shows it by its degrees of freedom. Not estimable with fewer
    than two clusters, or when a standard error is zero ("singular"). Checked against sandwich
    and clubSandwich.
    """
    from statsmodels.stats.sandwich_covariance import cov_cluster

    from msoko.stats.regression.cluster_sandwich import bias_reduced

    if kind == "CR2":
        return bias_reduced(fit, clusters, level)
    if kind not in ("CR0", "CR1"):
        raise ValueError(f"kind is CR0, CR1 or CR2, got {kind!r}")
    codes = fit.design.labels(clusters)
    groups = int(codes.max()) + 1
    if groups < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    covariance = cov_cluster(fit.results, codes, use_correction=kind == "CR1")
    if _is_degenerate(fit, covariance):
        return NotEstimable(Reason.SINGULAR, fit.n, "a standard error of zero")
    return inference(fit, covariance, groups - 1, level, kind, groups)


def clustered_twice(
    fit: LinearFit, first: Labels, second: Labels, level: float = 0.95
) -> Inference | NotEstimable:
    """Return inference clustered two ways, V(first) + V(second) − V(both), each with CR1's factor.

    Cameron, Gelbach & Miller 2011; t with min(G₁, G₂) − 1. Not estimable with fewer than two
    clusters either way, or when a variance comes out negative ("singular").
    Checked against sandwich's `vcovCL` on PetersenCL (firm and year).
    """
    one, two = fit.design.labels(first), fit.design.labels(second)
    groups = min(int(one.max()), int(two.max())) + 1
    if groups < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

    covariance = cov_cluster_2groups(fit.results, one, two)[0]
    if _is_degenerate(fit, covariance):
        return NotEstimable(Reason.SINGULAR, fit.n, "a variance is not positive")
    return inference(fit, covariance, groups - 1, level, "two_way_CR1", groups)


def newey_west(fit: LinearFit, lags: int, level: float = 0.95) -> Inference | NotEstimable:
    """Return inference robust to serial correlation up to `lags`; rows must be in time order.

    Bartlett weights 1 − l/(lags+1), factor n/(n−p), no prewhitening (sandwich's
    `NeweyWest(lag, prewhite = FALSE, adjust = TRUE)`). Raises ValueError unless 0 ≤ lags < n.
    """
    if not 0 <= lags < fit.n:
        raise ValueError(f"lags lie in 0…n−1, got {lags}")
    from statsmodels.stats.sandwich_covariance import cov_hac

    covariance = cov_hac(fit.results, nlags=lags, use_correction=True)
    if _is_degenerate(fit, covariance):
        return NotEstimable(Reason.SINGULAR, fit.n, "a variance is not positive")
    return inference(fit, covariance, fit.df, level, f"newey_west_{lags}")


def recommended(
    fit: LinearFit, clusters: Labels | None = None, level: float = 0.95
) -> Inference | NotEstimable:
    """Return the inference this project uses by rule.

    Without clusters: HC3 under 250 rows, else HC1. With clusters: CR1 from 40 up, CR2 with
    Satterthwaite below. Under 12 clusters also run `wild.wild_cluster_bootstrap` for the term in
    question: it needs a named term, so it is not chosen here.
    """
    if clusters is None:
        return heteroscedastic(fit, "HC3" if fit.n < 250 else "HC1", level)
    groups = int(fit.design.labels(clusters).max()) + 1
    return clustered(fit, clusters, "CR1" if groups >= 40 else "CR2", level)


def breusch_pagan(fit: LinearFit) -> HypothesisTest | NotEstimable:
    """Return Koenker's studentized Breusch–Pagan test, n R² of e² on the terms, χ² with p − 1.

    Computed by `het_breuschpagan`. Not estimable when the residuals do not vary or there is only
    an intercept. ValueError for a fit with weights or without intercept. Checked against lmtest's
    `bptest`.
    """
    if (fit.design.weights != 1).any():
        raise ValueError("the Breusch-Pagan test is for unweighted fits")
    if INTERCEPT not in fit.design.terms:
        raise ValueError("the Breusch-Pagan test takes a fit with an intercept")
    df = fit.design.x.shape[1] - 1
    if _is_exact(fit) or is_constant(fit.residuals**2) or df < 1:
        return NotEstimable(Reason.NO_VARIATION, fit.n)
    from statsmodels.stats.diagnostic import het_breuschpagan

    statistic, p = het_breuschpagan(fit.residuals, fit.design.x)[:2]
    return HypothesisTest(float(statistic), float(p), fit.n, df, method="koenker")


def inference(
    fit: LinearFit,
    covariance: np.ndarray,
    df: float | Vector,
    level: float,
    method: str,
    clusters: int | None = None,
) -> Inference:
    """Return the coefficient table of a fit for a given covariance and t degrees of freedom."""
    table = coefficient_table(fit.coefficients, covariance, df, level)
    names = list(fit.coefficients.index)
    frame = pd.DataFrame(covariance, index=names, columns=names)
    return Inference(table, frame, fit.n, clusters, level, method)


def _is_exact(fit: LinearFit) -> bool:
    scale = float(np.abs(fit.design.y).max())
    return bool(np.abs(fit.residuals).max() <= 1e-12 * max(scale, 1e-300))


def _is_degenerate(fit: LinearFit, covariance: np.ndarray) -> bool:
    plain = np.diag(fit.bread) * float(np.var(fit.design.y))
    return bool((np.diag(covariance) <= 1e-20 * plain).any())
