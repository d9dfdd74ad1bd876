"""Least squares: the fit, and the form that every inference on it takes.

statsmodels fits; the refusals are ours. Errors that survive unequal variances and pupils in
schools: `robust_errors`, `cluster_sandwich`, `wild_bootstrap`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.sample import Vector, is_constant
from msoko.stats.regression.coefficient_inference import Inference, coefficient_table
from msoko.stats.regression.design_matrix import Design, design, survives_pseudo_inverse

if TYPE_CHECKING:
    from statsmodels.regression.linear_model import RegressionResults


@dataclass(frozen=True)
class LinearFit:
    """A least-squares fit: `coefficients` by term, `residuals` of the rows used, `r2`, `sigma`
    the residual standard error, `df` = n − p, `bread` = (X'WX)⁻¹, the `design`, and `results`, the
    fit as statsmodels has it."""

    coefficients: pd.Series
    residuals: Vector = field(repr=False)
    r2: float
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
        sigma=float(np.sqrt(found.scale)),
        df=n - p,
        n=n,
        bread=found.normalized_cov_params,
        design=rows,
        results=found,
    )


def linear_inference(
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
