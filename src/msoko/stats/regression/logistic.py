"""Logistic regression of shares or of yes/no outcomes, with separation named, not hidden.

statsmodels' GLM fits and its sandwiches give the robust errors; the proof of separation is ours.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import optimize

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.sample import Vector
from msoko.stats.regression.coefficient_inference import Inference, Labels, coefficient_table
from msoko.stats.regression.design_matrix import Design, design, survives_pseudo_inverse

if TYPE_CHECKING:
    from statsmodels.genmod.generalized_linear_model import GLMResults


@dataclass(frozen=True)
class LogisticFit:
    """A binomial logit fit: `coefficients`; `deviance`; `fitted` shares and `totals` of the rows
    used; `df` = n − p; `bread` = (X'WX)⁻¹; `log_likelihood` with the binomial coefficients;
    `results`, the fit as statsmodels has it."""

    coefficients: pd.Series
    deviance: float
    log_likelihood: float
    fitted: Vector = field(repr=False)
    totals: Vector = field(repr=False)
    df: int
    n: int
    bread: np.ndarray = field(repr=False)
    design: Design = field(repr=False)
    results: GLMResults = field(repr=False)


def logistic(
    frame: pd.DataFrame,
    successes: str,
    predictors: Sequence[str],
    totals: str | None = None,
    intercept: bool = True,
) -> LogisticFit | NotEstimable:
    """Return the maximum-likelihood logit fit of counts `successes` out of `totals`.

    Without `totals` the response is 0/1. Computed by `GLM` with the binomial family, to a relative
    change of the coefficients under 1e-9. Rows with a missing value or total 0 are left out. Not
    estimable: rows do not outnumber terms; collinear terms; all or none succeed ("no_variation");
    complete or quasi-complete separation ("separation", proved by a linear programme, Konis
    2007), where the estimate is infinite. Raises ValueError for counts outside 0…total.
    Checked against R's `glm` (star98).
    """
    rows = design(frame, successes, predictors, totals, intercept)
    sizes = rows.weights if totals is not None else np.ones(rows.n)
    if (rows.y < 0).any() or (rows.y > sizes).any():
        raise ValueError("successes lie between 0 and their total")
    if refusal := _refuse(rows, sizes):
        return refusal
    n, p = rows.x.shape
    found = _glm(rows.x, rows.y, sizes)
    if not (found.converged and np.isfinite([*found.params, found.deviance]).all()):
        return NotEstimable(Reason.NOT_CONVERGED, n)
    return LogisticFit(
        coefficients=pd.Series(found.params, index=list(rows.terms)),
        deviance=float(found.deviance),
        log_likelihood=float(found.llf),
        fitted=found.mu,
        totals=sizes,
        df=n - p,
        n=n,
        bread=found.normalized_cov_params,
        design=rows,
        results=found,
    )


def robust_inference(
    fit: LogisticFit, clusters: Labels | None = None, level: float = 0.95
) -> Inference | NotEstimable:
    """Return sandwich inference: HC0 without clusters (normal law), or CR1 (t with G − 1).

    Scores are `x_i (k_i − n_i μ_i)`. CR1's factor is `G/(G−1) · (n−1)/(n−p)`. Not estimable with
    fewer than two clusters. Computed by statsmodels; checked against sandwich 3.0-2 (star98).
    """
    from statsmodels.stats.sandwich_covariance import cov_cluster, cov_white_simple

    # From scores, not from the fit: GLM's hessian divides by zero where a share is almost 1.
    scores = fit.design.x * (fit.design.y - fit.totals * fit.fitted)[:, None]
    if clusters is None:
        covariance = cov_white_simple((scores, fit.bread), use_correction=False)
        return _inference(fit, covariance, np.inf, level, "HC0")
    codes = fit.design.labels(clusters)
    groups = int(codes.max()) + 1
    if groups < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    covariance = cov_cluster((scores, fit.bread), codes)
    return _inference(fit, covariance, groups - 1, level, "CR1", groups)


def is_separated(x: np.ndarray, successes: Vector, totals: Vector) -> bool:
    """Return whether some direction β predicts without error: the likelihood has no maximum.

    True when `x_i'β ≥ 0` wherever there are successes and `≤ 0` wherever there are failures,
    strictly for some row; by linear programming over |β_j| ≤ 1. Albert & Anderson (1984).
    """
    scale = np.abs(x).max(axis=0)
    scaled = x / np.where(scale > 0, scale, 1)
    has_success, has_failure = successes > 0, successes < totals
    only_success, only_failure = has_success & ~has_failure, has_failure & ~has_success
    signed = np.vstack([scaled[only_success], -scaled[only_failure]])
    if len(signed) == 0:
        return False
    mixed = scaled[has_success & has_failure]
    found = optimize.linprog(
        -signed.sum(axis=0),
        A_ub=-signed,
        b_ub=np.zeros(len(signed)),
        A_eq=mixed if len(mixed) else None,
        b_eq=np.zeros(len(mixed)) if len(mixed) else None,
        bounds=[(-1, 1)] * x.shape[1],
    )
    return bool(found.status == 0 and -found.fun > 1e-7)


def _refuse(rows: Design, sizes: Vector) -> NotEstimable | None:
    n, p = rows.x.shape
    if n <= p:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if rows.y.sum() in (0, sizes.sum()):
        return NotEstimable(Reason.NO_VARIATION, n)
    if not survives_pseudo_inverse(rows.x):
        return NotEstimable(Reason.SINGULAR, n)
    if is_separated(rows.x, rows.y, sizes):
        return NotEstimable(Reason.SEPARATION, n)
    return None


def _glm(x: np.ndarray, y: Vector, sizes: Vector) -> GLMResults:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    model = GLM(np.column_stack([y, sizes - y]), x, family=Binomial())
    with warnings.catch_warnings():
        # It warns wherever fitted and observed shares coincide, as equal shares do; that nothing
        # separates has been proved before.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return model.fit(tol_criterion="params", atol=1e-12, rtol=1e-9)


def _inference(
    fit: LogisticFit,
    covariance: np.ndarray,
    df: float,
    level: float,
    method: str,
    clusters: int | None = None,
) -> Inference:
    table = coefficient_table(fit.coefficients, covariance, df, level)
    names = list(fit.coefficients.index)
    frame = pd.DataFrame(covariance, index=names, columns=names)
    return Inference(table, frame, fit.n, clusters, level, method)
