"""CR2: the bias-reduced clustered sandwich with Satterthwaite degrees of freedom.

Bell & McCaffrey (2002), Pustejovsky & Tipton (2018), as R's clubSandwich 0.5.8 for `lm` with and
without weights (working model: independent, equal variances). Never forms an n × n matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.regression.coefficient_inference import Inference, Labels
from msoko.stats.regression.least_squares import LinearFit, linear_inference

EIGENVALUE_FLOOR = 1e-12
"""Directions that a cluster's own fit uses up entirely get weight zero, as in clubSandwich."""


@dataclass(frozen=True)
class _Cluster:
    """Rows of one cluster: x, weighted x, and A·(w x), the adjusted weighted rows."""

    x: np.ndarray
    wx: np.ndarray
    adjusted: np.ndarray
    residuals: np.ndarray


def bias_reduced(fit: LinearFit, clusters: Labels, level: float = 0.95) -> Inference | NotEstimable:
    """Return CR2 inference with Satterthwaite degrees of freedom for each coefficient.

    `V = B Σ_g X_g' W A_g e_g e_g' A_g' W X_g B` with `A_g` the symmetric inverse square root of
    `[(I−H)(I−H)']_gg`; df = `(tr P)²/tr P²`, `P_gh = u_g'(I−H)(I−H)'_gh u_h`. For fewer than 40
    clusters; df under 4 means that the p-value is fragile. `clusters` has one label per row of the
    fitted frame. Not estimable with fewer than two clusters, or when a coefficient has no variance
    left ("singular": a term that only one cluster identifies). Checked against clubSandwich 0.5.8
    (Exam by school, PetersenCL by year). Bell & McCaffrey (2002), Pustejovsky & Tipton (2018).
    """
    codes = fit.design.labels(clusters)
    groups = int(codes.max()) + 1
    if groups < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, fit.n)
    parts = [_adjust(fit, np.flatnonzero(codes == group)) for group in range(groups)]
    scores = np.array([part.adjusted.T @ part.residuals for part in parts])
    covariance = fit.bread @ scores.T @ scores @ fit.bread
    plain = np.diag(fit.bread) * fit.sigma**2
    if (np.diag(covariance) <= 1e-14 * plain).any() or fit.sigma == 0:
        return NotEstimable(Reason.SINGULAR, fit.n, "a standard error of zero")
    df = _satterthwaite(fit, parts)
    if not np.isfinite(df).all():
        return NotEstimable(Reason.SINGULAR, fit.n, "no degrees of freedom")
    return linear_inference(fit, covariance, df, level, "CR2", groups)


def _adjust(fit: LinearFit, rows: np.ndarray) -> _Cluster:
    """Apply A_g, which differs from the identity only on the span of X_g and W_g X_g."""
    x, w = fit.design.x[rows], fit.design.weights[rows]
    wx = x * w[:, None]
    span = x if (w == w[0]).all() else np.hstack([x, wx])
    basis = np.linalg.svd(span, full_matrices=False)[0]
    inner_x, inner_wx = basis.T @ x, basis.T @ wx
    hat = inner_x @ fit.bread @ inner_wx.T
    squared = inner_x @ fit.bread @ _meat(fit) @ fit.bread @ inner_x.T
    values, vectors = np.linalg.eigh(np.eye(basis.shape[1]) - hat - hat.T + squared)
    power = np.zeros_like(values)
    kept = values > EIGENVALUE_FLOOR
    power[kept] = values[kept] ** -0.5
    change = (vectors * power) @ vectors.T - np.eye(len(values))
    adjusted = wx + basis @ (change @ inner_wx)
    return _Cluster(x, wx, adjusted, fit.residuals[rows])


def _meat(fit: LinearFit) -> np.ndarray:
    wx = fit.design.x * fit.design.weights[:, None]
    return wx.T @ wx


def _satterthwaite(fit: LinearFit, parts: list[_Cluster]) -> np.ndarray:
    """df of each coefficient; u_g = A_g W X_g B c, and (I−H)(I−H)' only through X."""
    bread, meat = fit.bread, _meat(fit)
    through_x = np.array([part.adjusted.T @ part.x for part in parts])
    through_wx = np.array([part.adjusted.T @ part.wx for part in parts])
    own = np.array([part.adjusted.T @ part.adjusted for part in parts])
    df = np.empty(len(bread))
    for term, contrast in enumerate(bread):
        u = np.einsum("j,gjk->gk", contrast, through_x)
        v = np.einsum("j,gjk->gk", contrast, through_wx)
        cross = u @ bread @ v.T
        p = u @ bread @ meat @ bread @ u.T - cross - cross.T
        p[np.diag_indices_from(p)] += np.einsum("j,gjk,k->g", contrast, own, contrast)
        total = float((p**2).sum())
        df[term] = np.trace(p) ** 2 / total if total > 0 else np.nan
    return df
