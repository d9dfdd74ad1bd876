"""Multilevel regression by REML or ML, with any number of nested or crossed groupings.

Own profiled likelihood (Bates et al. 2015, lme4) rather than statsmodels' `MixedLM`: MixedLM's
standard errors differ from lme4's by about .2 %, it takes one grouping with slopes, and one of
its optimisers returned `converged=True` with variance 0 on a classic data set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import optimize

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, critical_value
from msoko.stats.estimators.sample import Vector, is_constant
from msoko.stats.regression.design_matrix import INTERCEPT, Design, design, is_full_rank
from msoko.stats.regression.random_effect_blocks import EffectBlocks, Pieces, effect_blocks

SINGULAR_BELOW = 1e-4
"""A relative standard deviation under this is on the boundary, as lme4's `isSingular`."""
LARGEST_BLOCK = 1500
WIDE = 20
"""Blocks wider than this cost milliseconds a step: one start and a short polish must do."""
WALL = 1e12
FARTHEST = 1e4
"""Groups ten thousand times as variable as rows: the residual variance is going to zero."""
STARTS = (1.0, 0.3, 0.05, 3.0)


@dataclass(frozen=True)
class MixedFit:
    """A fitted multilevel model.

    `fixed` by term and their `covariance`; `variances`: one row per (co)variance component with
    `group, first, second, value`, the last row the residual; `residual_variance`;
    `criterion` = −2 log-likelihood (restricted under REML); `theta` the relative Cholesky
    factors; `is_singular` = an estimate on the boundary (variance 0 or correlation ±1), which
    is a maximum, not a failure; `n` rows; `groups` the number of levels by grouping.
    """

    fixed: pd.Series
    covariance: pd.DataFrame
    variances: pd.DataFrame
    residual_variance: float
    criterion: float
    is_reml: bool
    is_singular: bool
    theta: Vector
    n: int
    groups: dict[str, int]
    design: Design = field(repr=False)
    blocks: EffectBlocks = field(repr=False)

    @property
    def se(self) -> pd.Series:
        """Standard errors of the fixed effects."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.fixed.index)

    def variance(self, group: str, first: str = INTERCEPT, second: str | None = None) -> float:
        """Return one (co)variance component; KeyError when there is none."""
        wanted = {first, first if second is None else second}
        for row in self.variances.itertuples():
            if row.group == group and {row.first, row.second} == wanted:
                return float(row.value)
        raise KeyError((group, first, second))


def mixed_model(
    frame: pd.DataFrame,
    response: str,
    fixed: Sequence[str],
    random: Mapping[str, Sequence[str]],
    reml: bool = True,
) -> MixedFit | NotEstimable:
    """Return the multilevel fit of `response` on `fixed` columns and `random` effects.

    `random` maps a grouping to the columns whose slopes vary in it, besides the intercept:
    `{"school": []}` is lme4's (1|school), `{"school": ["x"]}` (1+x|school), and
    `{"school": [], "school:year": []}` nests with a colon between columns. Text columns in `fixed`
    become indicators. Rows with a missing value are left out.

    Estimation: profiled deviance in the relative Cholesky factors θ, several starts, the best
    optimum polished; the criterion must be finite and no small step may lower it, else
    "not_converged". Not estimable also: no rows; fewer than two groups ("too_few_groups"); as many
    random effects as rows or rows that do not outnumber terms ("too_few"); collinear terms
    ("singular"); a response that is constant or fitted exactly ("no_variation"); more than 1500
    effects that hang together ("too_large"). A boundary estimate is returned with `is_singular`.
    Checked against lme4 1.1-31 and nlme (Exam, nlschools, Oxboys). Bates, Mächler, Bolker & Walker
    (2015).
    """
    columns = sorted({part for group in random for part in group.split(":")})
    rows = design(
        frame, response, fixed, needed=columns + sorted({*sum(map(list, random.values()), [])})
    )
    if refusal := _refuse_rows(rows):
        return refusal
    pieces = effect_blocks(frame, rows, random)
    if refusal := _refuse_groups(pieces, rows.n):
        return refusal
    theta = _optimise(pieces, reml)
    if theta is None:
        return NotEstimable(Reason.NOT_CONVERGED, rows.n)
    return _fit_at(theta, pieces, rows, reml)


def deviance(theta: Vector, pieces: EffectBlocks, reml: bool) -> float:
    """Return −2 log-likelihood profiled over β and σ² at relative Cholesky factors `theta`.

    ML: `log|M| + n(1 + log(2π r²/n))`; REML: `log|M| + log|X'V⁻¹X| + (n−p)(1 + log(2πr²/(n−p)))`,
    M = I + Λ'Z'ZΛ, r² the penalised residual sum of squares. Infinite where it cannot be
    computed.
    """
    try:
        solved = pieces.solve(theta)
    except np.linalg.LinAlgError:
        return math.inf
    p = pieces.terms
    sign, log_cross = np.linalg.slogdet(solved.cross[:p, :p])
    squared = _residual_squares(solved, p)
    if sign <= 0 or squared <= 1e-14 * pieces.total_squares:
        return math.inf
    df = pieces.n - p if reml else pieces.n
    fit = df * (1 + math.log(2 * math.pi * squared / df))
    return float(solved.log_determinant + fit + (log_cross if reml else 0.0))


def random_effects(fit: MixedFit, group: str) -> pd.DataFrame:
    """Return the empirical-Bayes effects of one grouping, a row per level and effect.

    Columns `level, effect, value, se, n`: the conditional mode `Λ M⁻¹ Λ'Z'(y − Xβ)` and the
    comparative standard error √diag(σ² Λ M⁻¹ Λ') (lme4's `condVar`: β and the variances taken as
    known), `n` rows of the level. Levels come in order of first appearance. Henderson (1975), as
    lme4's `ranef` (Bates et al. 2015).
    """
    values, errors = fit.blocks.modes(fit.theta, fit.fixed.to_numpy())
    table = fit.blocks.effect_table(group)
    place = (table["block"].to_numpy(), table["row"].to_numpy())
    return table[["level", "effect"]].assign(
        value=values[place],
        se=np.sqrt(np.maximum(0, errors[place] * fit.residual_variance)),
        n=table["n"].to_numpy(),
    )


def icc(fit: MixedFit, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the intraclass correlation `τ²/(τ² + σ²)` with its profile-likelihood interval.

    For one grouping with an intercept only (ValueError otherwise). With predictors it is the
    residual ICC. The interval holds the relative deviations θ = τ/σ whose deviance (restricted
    under REML) is within the χ²₁ quantile of the least, cut at 0; ICC = θ²/(1+θ²). n is the number
    of groups. Not estimable when the profile has no upper end ("not_converged"). Fisher (1925), ch.
    7.
    """
    if len(fit.theta) != 1:
        raise ValueError("the ICC is defined here for one grouping with a varying intercept")
    margin = critical_value(level) ** 2
    ratio = float(fit.theta[0])
    groups = next(iter(fit.groups.values()))

    def above(theta: float) -> float:
        return deviance(np.array([theta]), fit.blocks, fit.is_reml) - fit.criterion - margin

    high = max(1.0, 2 * ratio)
    while above(high) < 0:
        high *= 2
        if high > 1e4:
            return NotEstimable(Reason.NOT_CONVERGED, groups)
    top = float(optimize.brentq(above, ratio, high, xtol=1e-10))
    bottom = 0.0 if above(0.0) <= 0 else float(optimize.brentq(above, 0.0, ratio, xtol=1e-10))
    value, low, high = (end**2 / (1 + end**2) for end in (ratio, bottom, top))
    return Estimate(value, low, high, groups, level, method="profile_likelihood")


def _refuse_rows(rows: Design) -> NotEstimable | None:
    n, p = rows.x.shape
    if n <= p + 1:
        return NotEstimable(Reason.TOO_FEW if n else Reason.NO_DATA, n)
    if is_constant(rows.y):
        return NotEstimable(Reason.NO_VARIATION, n)
    if not is_full_rank(rows.x):
        return NotEstimable(Reason.SINGULAR, n)
    residuals = rows.y - rows.x @ np.linalg.lstsq(rows.x, rows.y, rcond=None)[0]
    if np.abs(residuals).max() <= 1e-10 * np.abs(rows.y).max():
        return NotEstimable(Reason.NO_VARIATION, n, "the terms fit exactly")
    return None


def _refuse_groups(pieces: EffectBlocks, n: int) -> NotEstimable | None:
    if min(pieces.levels.values()) < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS, n)
    if max(pieces.effects.values()) >= n:
        return NotEstimable(Reason.TOO_FEW, n, "as many random effects as rows")
    if pieces.is_saturated:
        return NotEstimable(Reason.NO_VARIATION, n, "terms and groups fit every row")
    return NotEstimable(Reason.TOO_LARGE, n) if pieces.width > LARGEST_BLOCK else None


def _optimise(pieces: EffectBlocks, reml: bool) -> Vector | None:
    bounds = [(0.0, None) if diagonal else (None, None) for diagonal in pieces.is_diagonal]
    fits = []
    is_wide = pieces.width > WIDE
    for start in STARTS[:1] if is_wide else STARTS:
        theta = np.where(pieces.is_diagonal, start, 0.0)
        if not math.isfinite(deviance(theta, pieces, reml)):
            continue
        fits.append(
            optimize.minimize(
                _objective,
                theta,
                (pieces, reml),
                method="L-BFGS-B",
                jac="2-point" if is_wide else "3-point",
                bounds=bounds,
                options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 500},
            )
        )
    fits = [fit for fit in fits if fit.fun < WALL]
    if not fits:
        return None
    best = min(fits, key=lambda fit: fit.fun).x
    if np.abs(best).max() > FARTHEST:
        return None
    polished = optimize.minimize(
        _objective,
        best,
        (pieces, reml),
        method="Nelder-Mead",
        bounds=bounds,
        options={
            "xatol": 1e-9,
            "fatol": 1e-11,
            "maxfev": (40 if is_wide else 400) * len(best),
        },
    )
    return polished.x if _is_minimum(polished.x, pieces, reml) else None


def _objective(theta: Vector, pieces: EffectBlocks, reml: bool) -> float:
    """The deviance, or a wall where it is infinite: differences of infinities have no value."""
    return min(deviance(theta, pieces, reml), WALL)


def _is_minimum(theta: Vector, pieces: EffectBlocks, reml: bool) -> bool:
    """No step of a thousandth along an axis lowers the deviance, and the optimum is inside."""
    here = deviance(theta, pieces, reml)
    if not math.isfinite(here) or np.abs(theta).max() > FARTHEST:
        return False
    for axis in range(len(theta)):
        for step in (-1e-3, 1e-3):
            moved = theta.copy()
            moved[axis] += step * max(1.0, abs(theta[axis]))
            if pieces.is_diagonal[axis]:
                moved[axis] = max(0.0, moved[axis])
            if deviance(moved, pieces, reml) < here - 1e-6:
                return False
    return True


def _residual_squares(solved: Pieces, p: int) -> float:
    cross = solved.cross
    beta = np.linalg.solve(cross[:p, :p], cross[:p, p])
    return float(cross[p, p] - cross[:p, p] @ beta)


def _fit_at(theta: Vector, pieces: EffectBlocks, rows: Design, reml: bool) -> MixedFit:
    solved, p = pieces.solve(theta), pieces.terms
    names = list(rows.terms)
    beta = np.linalg.solve(solved.cross[:p, :p], solved.cross[:p, p])
    sigma2 = _residual_squares(solved, p) / (pieces.n - p if reml else pieces.n)
    variances = pieces.variances(theta, sigma2)
    diagonal = np.asarray(theta)[pieces.is_diagonal]
    return MixedFit(
        pd.Series(beta, index=names),
        pd.DataFrame(sigma2 * np.linalg.inv(solved.cross[:p, :p]), index=names, columns=names),
        variances,
        sigma2,
        deviance(theta, pieces, reml),
        reml,
        bool((diagonal < SINGULAR_BELOW).any()),
        np.asarray(theta),
        pieces.n,
        dict(pieces.levels),
        rows,
        pieces,
    )
