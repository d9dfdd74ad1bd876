"""Least squares with standard errors that survive unequal variances and pupils in schools.

`ols` fits; `classical`, `heteroscedastic`, `clustered`, `clustered_twice`, `newey_west` and
`recommended` give the inference. Sandwich formulas follow R's sandwich 3.0-2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from msoko.stats.design import Design, design, is_full_rank
from msoko.stats.estimate import HypothesisTest, NotEstimable, Reason
from msoko.stats.inference import Inference, Labels, coefficient_table
from msoko.stats.sample import Vector, is_constant

KINDS = ("HC0", "HC1", "HC2", "HC3", "HC4")


@dataclass(frozen=True)
class LinearFit:
    """A least-squares fit: `coefficients` by term, `residuals` of the rows used, `r2` (None
    without variation of the response), `sigma` the residual standard error, `df` = n − p,
    `bread` = (X'WX)⁻¹, and the `design`."""

    coefficients: pd.Series
    residuals: Vector = field(repr=False)
    r2: float
    adjusted_r2: float
    sigma: float
    df: int
    n: int
    bread: np.ndarray = field(repr=False)
    design: Design = field(repr=False)

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
    """Return the (weighted) least-squares fit of `response` on columns of `frame`.

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
    root = np.sqrt(rows.weights)
    if not is_full_rank(rows.x * root[:, None]):
        return NotEstimable(Reason.SINGULAR, n)
    q, r = np.linalg.qr(rows.x * root[:, None])
    beta = np.linalg.solve(r, q.T @ (rows.y * root))
    inverse = np.linalg.inv(r)
    residuals = rows.y - rows.x @ beta
    squared = float(rows.weights @ residuals**2)
    centre = float(np.average(rows.y, weights=rows.weights)) if intercept else 0.0
    r2 = 1 - squared / float(rows.weights @ (rows.y - centre) ** 2)
    return LinearFit(
        pd.Series(beta, index=list(rows.terms)),
        residuals,
        r2,
        1 - (1 - r2) * (n - int(intercept)) / (n - p),
        float(np.sqrt(squared / (n - p))),
        n - p,
        n,
        inverse @ inverse.T,
        rows,
    )


def classical(fit: LinearFit, level: float = 0.95) -> Inference:
    """Return textbook inference, `σ²(X'WX)⁻¹` and t with n − p; right only for equal variances."""
    return inference(fit, fit.sigma**2 * fit.bread, fit.df, level, "classical")


def heteroscedastic(
    fit: LinearFit, kind: str = "HC3", level: float = 0.95
) -> Inference | NotEstimable:
    """Return inference robust to unequal variances, `B X' diag(ω) X B`, t with n − p.

    ω_i with weighted residual e and leverage h: HC0 e²; HC1 e² n/(n−p); HC2 e²/(1−h); HC3
    e²/(1−h)² (the choice under 250 schools, Long & Ervin 2000); HC4 e²/(1−h)^min(4, nh/p).
    Not estimable for HC2–HC4 when a row has leverage 1 ("singular"), or when the fit is exact.
    Raises ValueError for an unknown kind. Checked against sandwich 3.0-2.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {KINDS}, got {kind!r}")
    h, (n, p) = fit.leverage, fit.design.x.shape
    if _is_exact(fit):
        return NotEstimable(Reason.NO_VARIATION, n, "no residual variation")
    if kind in ("HC2", "HC3", "HC4") and h.max() > 1 - 1e-10:
        return NotEstimable(Reason.SINGULAR, n, "a row of leverage 1")
    squared = (fit.design.weights * fit.residuals) ** 2
    if kind == "HC1":
        squared = squared * n / (n - p)
    elif kind in ("HC2", "HC3"):
        squared = squared / (1 - h) ** (1 if kind == "HC2" else 2)
    elif kind == "HC4":
        squared = squared / (1 - h) ** np.minimum(4, n * h / p)
    x = fit.design.x
    covariance = fit.bread @ (x.T * squared) @ x @ fit.bread
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
    from msoko.stats.cluster import bias_reduced

    if kind == "CR2":
        return bias_reduced(fit, clusters, level)
    if kind not in ("CR0", "CR1"):
        raise ValueError(f"kind is CR0, CR1 or CR2, got {kind!r}")
    codes = fit.design.labels(clusters)
    groups = int(codes.max()) + 1
    if groups < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    factor = 1.0
    if kind == "CR1":
        factor = groups / (groups - 1) * (fit.n - 1) / fit.df
    covariance = factor * _cluster_covariance(fit, codes)
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
    both = pd.factorize(one.astype(np.int64) * (int(two.max()) + 1) + two)[0]
    covariance = np.zeros_like(fit.bread)
    for codes, sign in ((one, 1), (two, 1), (both, -1)):
        groups = int(codes.max()) + 1
        if groups < 2:
            return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
        factor = groups / (groups - 1) * (fit.n - 1) / fit.df
        covariance += sign * factor * _cluster_covariance(fit, codes)
    if _is_degenerate(fit, covariance):
        return NotEstimable(Reason.SINGULAR, fit.n, "a variance is not positive")
    groups = min(int(one.max()), int(two.max())) + 1
    return inference(fit, covariance, groups - 1, level, "two_way_CR1", groups)


def newey_west(fit: LinearFit, lags: int, level: float = 0.95) -> Inference | NotEstimable:
    """Return inference robust to serial correlation up to `lags`; rows must be in time order.

    Bartlett weights 1 − l/(lags+1), factor n/(n−p), no prewhitening (sandwich's
    `NeweyWest(lag, prewhite = FALSE, adjust = TRUE)`). Raises ValueError unless 0 ≤ lags < n.
    """
    if not 0 <= lags < fit.n:
        raise ValueError(f"lags lie in 0…n−1, got {lags}")
    scores = fit.design.x * (fit.design.weights * fit.residuals)[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    covariance = fit.bread @ meat @ fit.bread * fit.n / fit.df
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

    Not estimable when the residuals do not vary or there is only an intercept.
    Checked against lmtest's `bptest`. Weights are not supported (ValueError).
    """
    if (fit.design.weights != 1).any():
        raise ValueError("the Breusch-Pagan test is for unweighted fits")
    squared, x = fit.residuals**2, fit.design.x
    df = x.shape[1] - 1
    if _is_exact(fit) or is_constant(squared) or df < 1:
        return NotEstimable(Reason.NO_VARIATION, fit.n)
    fitted = x @ (fit.bread @ (x.T @ squared))
    r2 = 1 - ((squared - fitted) ** 2).sum() / ((squared - squared.mean()) ** 2).sum()
    statistic = float(fit.n * r2)
    return HypothesisTest(
        statistic, float(special.chdtrc(df, max(0.0, statistic))), fit.n, df, method="koenker"
    )


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


def _cluster_covariance(fit: LinearFit, codes: np.ndarray) -> np.ndarray:
    scores = fit.design.x * (fit.design.weights * fit.residuals)[:, None]
    sums = np.zeros((int(codes.max()) + 1, scores.shape[1]))
    np.add.at(sums, codes, scores)
    return fit.bread @ sums.T @ sums @ fit.bread


def _is_exact(fit: LinearFit) -> bool:
    scale = float(np.abs(fit.design.y).max())
    return bool(np.abs(fit.residuals).max() <= 1e-12 * max(scale, 1e-300))


def _is_degenerate(fit: LinearFit, covariance: np.ndarray) -> bool:
    plain = np.diag(fit.bread) * float(np.var(fit.design.y))
    return bool((np.diag(covariance) <= 1e-20 * plain).any())
