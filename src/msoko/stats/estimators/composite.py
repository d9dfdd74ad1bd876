"""One index from several: principal component, collinearity, and internal consistency."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, require_level
from msoko.stats.estimators.sample import is_constant
from msoko.stats.regression.design_matrix import is_full_rank, predictor_matrix


@dataclass(frozen=True)
class Composite:
    """A composite index: `scores` (index of the frame; missing where an indicator is), `loadings`
    (correlation of each indicator with the score), `weights` (unit length), `explained` the share
    of the indicators' variance, `n` rows used."""

    scores: pd.Series
    loadings: pd.Series
    weights: pd.Series
    explained: float
    n: int


def first_component(
    frame: pd.DataFrame, columns: Sequence[str], positive: str | None = None
) -> Composite | NotEstimable:
    """Return the first principal component of the standardised columns (R's `prcomp(scale.)`).

    The sign is chosen so that `positive` (default: the first column) loads positively. Rows with
    a missing indicator take no part and have no score. Not estimable with fewer than two
    columns or fewer rows than columns + 1, a constant column, or a first component that is not
    unique (two equal leading eigenvalues: "singular").
    """
    data = predictor_matrix(frame, columns, intercept=False)[list(columns)]
    is_complete = data.notna().all(axis=1).to_numpy()
    values = data.to_numpy()[is_complete]
    n = len(values)
    if len(columns) < 2:
        raise ValueError("a composite takes at least two columns")
    if n < len(columns) + 1:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if any(is_constant(column) for column in values.T):
        return NotEstimable(Reason.NO_VARIATION, n)
    z = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    roots, vectors = np.linalg.eigh(z.T @ z / (n - 1))
    if roots[-1] - roots[-2] < 1e-8 * roots[-1]:
        return NotEstimable(Reason.SINGULAR, n)
    anchor = list(columns).index(positive) if positive is not None else 0
    weights = vectors[:, -1] * (1.0 if vectors[anchor, -1] >= 0 else -1.0)
    scores = np.full(len(frame), np.nan)
    scores[is_complete] = z @ weights
    names = list(columns)
    return Composite(
        pd.Series(scores, index=frame.index),
        pd.Series(weights * math.sqrt(roots[-1]), index=names),
        pd.Series(weights, index=names),
        float(roots[-1] / len(names)),
        n,
    )


def variance_inflation(frame: pd.DataFrame, predictors: Sequence[str]) -> pd.Series | NotEstimable:
    """Return the variance inflation factor 1/(1 − R²_j) of each term, as statsmodels computes it.

    Text columns become indicators, each with its own factor. Not estimable when rows do not
    outnumber terms, a column is constant, or terms are collinear ("singular": a condition number
    of the standardised columns beyond 10⁴, where statsmodels no longer vouches for its figure).
    """
    matrix = predictor_matrix(frame, predictors, intercept=False).dropna()
    n, terms = matrix.shape
    if n <= terms + 1:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if any(is_constant(column) for column in matrix.to_numpy().T):
        return NotEstimable(Reason.NO_VARIATION, n)
    z = ((matrix - matrix.mean()) / matrix.std()).to_numpy()
    if not is_full_rank(z, 1.001e-4):
        return NotEstimable(Reason.SINGULAR, n)
    if terms == 1:
        return pd.Series(1.0, index=list(matrix.columns))
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    factors = [float(variance_inflation_factor(z, place)) for place in range(terms)]
    return pd.Series(factors, index=list(matrix.columns))


def cronbach_alpha(items: pd.DataFrame, level: float = 0.95) -> Estimate | NotEstimable:
    """Return raw Cronbach's α of items (columns) over persons (rows), with Feldt's interval.

    `α = k/(k−1) (1 − Σ var_j / var_total)`; `(1−α)/(1−α̂) ~ F(n−1, (n−1)(k−1))` (Feldt 1965). Rows
    with a missing item are dropped. Not estimable with fewer than two persons or when the total
    does not vary; ValueError for fewer than two items. Checked against psych 2.2.9.
    """
    require_level(level)
    values = items.dropna().to_numpy(dtype=float)
    n, k = values.shape
    if k < 2:
        raise ValueError("alpha takes at least two items")
    if n < 2:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    total = values.sum(axis=1)
    if is_constant(total):
        return NotEstimable(Reason.NO_VARIATION, n)
    # pingouin.cronbach_alpha rounds its interval to three digits.
    alpha = k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / total.var(ddof=1))
    law = stats.f(n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - alpha) * float(law.ppf(0.5 + level / 2))
    high = 1 - (1 - alpha) * float(law.ppf(0.5 - level / 2))
    return Estimate(float(alpha), float(low), float(high), n, level, method="cronbach_alpha_feldt")
