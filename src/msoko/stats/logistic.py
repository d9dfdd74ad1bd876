"""Logistic regression of shares or of yes/no outcomes, with separation named, not hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import optimize, special

from msoko.stats.design import Design, design, is_full_rank
from msoko.stats.estimate import NotEstimable, Reason
from msoko.stats.inference import Inference, Labels, coefficient_table
from msoko.stats.sample import Vector, as_floats

STEPS = 100


@dataclass(frozen=True)
class LogisticFit:
    """A binomial logit fit: `coefficients`; `deviance`; `dispersion` = Pearson X²/(n−p);
    `fitted` shares, `totals`, `pearson_residuals` of the rows used; `df` = n − p;
    `bread` = (X'WX)⁻¹; `log_likelihood` with the binomial coefficients."""

    coefficients: pd.Series
    deviance: float
    dispersion: float
    log_likelihood: float
    fitted: Vector = field(repr=False)
    totals: Vector = field(repr=False)
    pearson_residuals: Vector = field(repr=False)
    df: int
    n: int
    bread: np.ndarray = field(repr=False)
    design: Design = field(repr=False)


def logistic(
    frame: pd.DataFrame,
    successes: str,
    predictors: Sequence[str],
    totals: str | None = None,
    intercept: bool = True,
) -> LogisticFit | NotEstimable:
    """Return the maximum-likelihood logit fit of counts `successes` out of `totals`.

    Without `totals` the response is 0/1. Newton steps with halving to a relative deviance change
    under 1e-14. Rows with a missing value or total 0 are left out. Not estimable: rows do not
    outnumber terms; collinear terms; all or none succeed ("no_variation"); complete or
    quasi-complete separation ("separation", proved by a linear programme, Konis 2007), where
    the estimate is infinite. Raises ValueError for counts outside 0…total.
    Checked against R's `glm` (star98).
    """
    rows = design(frame, successes, predictors, totals, intercept)
    sizes = rows.weights if totals is not None else np.ones(rows.n)
    if (rows.y < 0).any() or (rows.y > sizes).any():
        raise ValueError("successes lie between 0 and their total")
    n, p = rows.x.shape
    if n <= p:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if rows.y.sum() in (0, sizes.sum()):
        return NotEstimable(Reason.NO_VARIATION, n)
    if not is_full_rank(rows.x):
        return NotEstimable(Reason.SINGULAR, n)
    if is_separated(rows.x, rows.y, sizes):
        return NotEstimable(Reason.SEPARATION, n)
    beta = _maximise(rows.x, rows.y, sizes)
    if beta is None:
        return NotEstimable(Reason.NOT_CONVERGED, n)
    return _fitted(rows, sizes, beta)


def model_based(fit: LogisticFit, quasi: bool = False, level: float = 0.95) -> Inference:
    """Return binomial inference (normal law), or quasi-binomial: × dispersion, t with n − p.

    Schools' shares vary more than binomially, so quasi is the honest one for schools.
    Checked against R's `glm` families binomial and quasibinomial.
    """
    covariance = fit.bread * (fit.dispersion if quasi else 1.0)
    df = fit.df if quasi else np.inf
    return _inference(fit, covariance, df, level, "quasibinomial" if quasi else "binomial")


def robust(
    fit: LogisticFit, clusters: Labels | None = None, level: float = 0.95
) -> Inference | NotEstimable:
    """Return sandwich inference: HC0 without clusters (normal law), or CR1 (t with G − 1).

    Scores are `x_i (k_i − n_i μ_i)`. CR1's factor is `G/(G−1) · (n−1)/(n−p)`. Not estimable with
    fewer than two clusters. Checked against sandwich 3.0-2 (star98).
    """
    scores = fit.design.x * (fit.design.y - fit.totals * fit.fitted)[:, None]
    if clusters is None:
        covariance = fit.bread @ scores.T @ scores @ fit.bread
        return _inference(fit, covariance, np.inf, level, "HC0")
    codes = fit.design.labels(clusters)
    groups = int(codes.max()) + 1
    if groups < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    sums = np.zeros((groups, scores.shape[1]))
    np.add.at(sums, codes, scores)
    factor = groups / (groups - 1) * (fit.n - 1) / fit.df
    covariance = factor * fit.bread @ sums.T @ sums @ fit.bread
    return _inference(fit, covariance, groups - 1, level, "CR1", groups)


def predicted_share(fit: LogisticFit, matrix: pd.DataFrame) -> Vector:
    """Return the fitted share for each row of a design matrix with the fit's terms as columns."""
    columns = [as_floats(matrix[term]) for term in fit.coefficients.index]
    return special.expit(np.column_stack(columns) @ fit.coefficients.to_numpy())


def is_separated(x: np.ndarray, successes: Vector, totals: Vector) -> bool:
    """Return whether some direction β predicts without error: the likelihood has no maximum.

    True when `x_i'β ≥ 0` wherever there are successes and `≤ 0` wherever there are failures,
    strictly for some row; by linear programming over |β_j| ≤ 1.
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


def _maximise(x: np.ndarray, y: Vector, sizes: Vector) -> Vector | None:
    start = np.log((y + 0.5) / (sizes - y + 0.5))
    beta = np.linalg.lstsq(x * np.sqrt(sizes)[:, None], start * np.sqrt(sizes), rcond=None)[0]
    loss = _loss(x, y, sizes, beta)
    for _ in range(STEPS):
        share = special.expit(x @ beta)
        weight = sizes * share * (1 - share)
        information = (x.T * weight) @ x
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e18:
            return None
        step = np.linalg.solve(information, x.T @ (y - sizes * share))
        size, trial = 1.0, _loss(x, y, sizes, beta + step)
        while trial > loss + 1e-12 * abs(loss) and size > 1e-6:
            size /= 2
            trial = _loss(x, y, sizes, beta + size * step)
        beta, change, loss = beta + size * step, abs(trial - loss), trial
        if change <= 1e-14 * (abs(loss) + 0.1) and np.abs(size * step).max() < 1e-9:
            return beta
    return None


def _loss(x: np.ndarray, y: Vector, sizes: Vector, beta: Vector) -> float:
    eta = x @ beta
    return float(sizes @ np.logaddexp(0, eta) - y @ eta)


def _fitted(rows: Design, sizes: Vector, beta: Vector) -> LogisticFit:
    eta = rows.x @ beta
    # expit(-eta) keeps the digits that 1 - expit(eta) loses where a share is almost 1.
    share, rest = special.expit(eta), special.expit(-eta)
    weight = sizes * share * rest
    pearson = (rows.y * rest - (sizes - rows.y) * share) / np.sqrt(weight)
    n, p = rows.x.shape
    hit = special.xlogy(rows.y, rows.y / (sizes * share))
    miss = special.xlogy(sizes - rows.y, (sizes - rows.y) / (sizes * rest))
    choose = (
        special.gammaln(sizes + 1)
        - special.gammaln(rows.y + 1)
        - special.gammaln(sizes - rows.y + 1)
    )
    return LogisticFit(
        pd.Series(beta, index=list(rows.terms)),
        float(2 * (hit + miss).sum()),
        float((pearson**2).sum() / (n - p)),
        float(choose.sum() - _loss(rows.x, rows.y, sizes, beta)),
        share,
        sizes,
        pearson,
        n - p,
        n,
        np.linalg.inv((rows.x.T * weight) @ rows.x),
        rows,
    )


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
