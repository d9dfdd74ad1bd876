"""What a decision changed beyond what would have come without it.

Schools chosen because they were worst improve next year of themselves, so a change since last
year says "better" out of nothing in 17–42 % of cases. Chosen schools are set beside the others at
the same earlier results; a whole municipality beside its own earlier years.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from msoko.stats.estimators.detectable_change import detectable_change
from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason
from msoko.stats.estimators.judged_changes import SchoolParts
from msoko.stats.estimators.sample import Vector, is_constant
from msoko.stats.regression.coefficient_inference import Inference
from msoko.stats.regression.least_squares import LinearFit, ols
from msoko.stats.regression.robust_errors import clustered
from msoko.stats.schools.shrinkage import normal_shrinkage

LEAST_SCHOOLS = 5
"""Fewer chosen schools, or fewer others, are followed one by one instead of tested."""
LEAST_YEARS = 3
"""Fewer earlier years leave no spread to judge a municipality's year by."""
CHOSEN = "chosen"

Outcome = Literal["reached", "partly", "absent", "untold"]


@dataclass(frozen=True)
class EffectPanel:
    """The schools known in the year of a decision: `size` of that year, `last` and, where there
    are earlier years, `earlier` results, each shrunken to what it is worth as a forecast;
    `before` is last year's raw value; `is_chosen` whom the decision meant."""

    schools: tuple[str, ...]
    is_chosen: Vector
    size: Vector
    before: Vector
    last: Vector
    earlier: Vector | None

    @property
    def chosen(self) -> int:
        """The number of schools that the decision meant."""
        return int(self.is_chosen.sum())

    @property
    def others(self) -> int:
        """The number of schools to compare them with."""
        return len(self.schools) - self.chosen

    @property
    def is_enough(self) -> bool:
        """Whether chosen and other schools are enough for a comparison."""
        return min(self.chosen, self.others) >= LEAST_SCHOOLS


def effect_panel(
    years: Sequence[SchoolParts],
    chosen: Collection[str],
    known: Collection[str] | None = None,
    is_share: bool = True,
) -> EffectPanel:
    """Return the schools of the last of `years` (earliest first), of `known` where it is given.

    A result is shrunken to the mean of all schools by its reliability τ²/(τ² + p(1−p)/n): the
    smaller the school, the less its low result says of the next. Without it small schools, which
    are most of the worst, still gain of themselves. Only shares say how far chance moves them;
    other measures stand as they are. A school without earlier years has their mean.
    """
    last = {one: pair for one, pair in years[-1].items() if _is_known(pair)}
    schools = tuple(sorted(last if known is None else last.keys() & set(known)))
    pairs = np.array([last[one] for one in schools], float).reshape(-1, 2)
    earlier = np.zeros_like(pairs)
    for year in years[:-1]:
        own = [year.get(one, (0.0, 0.0)) for one in schools]
        earlier += [pair if _is_known(pair) else (0.0, 0.0) for pair in own]
    has_earlier = (earlier[:, 1] > 0).sum() >= 2 * LEAST_SCHOOLS
    return EffectPanel(
        schools,
        np.array([one in chosen for one in schools], float),
        pairs[:, 1],
        pairs[:, 0] / pairs[:, 1],
        _forecast(pairs, is_share),
        _forecast(earlier, is_share) if has_earlier else None,
    )


def _is_known(pair: Sequence[float]) -> bool:
    return bool(np.isfinite(pair).all() and pair[1] > 0)


def _forecast(pairs: np.ndarray, is_share: bool) -> Vector:
    """Return each school's value as a forecast; missing ones have the mean of all."""
    totals = pairs.sum(axis=0)
    if totals[1] <= 0:
        return np.zeros(len(pairs))
    mean = totals[0] / totals[1]
    known = pairs[:, 1] > 0
    values = np.full(len(pairs), mean)
    values[known] = pairs[known, 0] / pairs[known, 1]
    if not is_share or not 0 < mean < 1 or known.sum() < 2:
        return values
    errors = np.sqrt(mean * (1 - mean) / np.where(known, pairs[:, 1], 1.0))
    found = normal_shrinkage(values[known], errors[known], "DL")
    if not isinstance(found, NotEstimable):
        values[known] = found["shrunk"]
    return values


def compared_effect(
    panel: EffectPanel, after: SchoolParts, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return how much better the chosen schools did than others with the same earlier results.

    Least squares of the year's value on "chosen" and the forecasts of `effect_panel`, weighted by
    √n, with CR2 errors and Satterthwaite degrees of freedom, the school as the cluster. Given
    the earlier results, choosing by them is as good as by lot, so regression to the mean is taken
    out (analysis of covariance; Van Breukelen 2006, *J Clin Epidemiol* 59:920). The disputable
    choice: the forecast is linear. `n` is the number of chosen schools. Not estimable with
    fewer than five chosen or other schools, or where nothing varies.
    """
    values = {one: pair[0] / pair[1] for one, pair in after.items() if _is_known(pair)}
    y = np.array([values.get(one, math.nan) for one in panel.schools])
    kept = np.isfinite(y)
    chosen = int(panel.is_chosen[kept].sum())
    if min(chosen, int(kept.sum()) - chosen) < LEAST_SCHOOLS:
        return NotEstimable(Reason.TOO_FEW_GROUPS, chosen)
    found = _compare(panel, y, level)
    if isinstance(found, NotEstimable):
        return found
    told = found.estimate(CHOSEN)
    return Estimate(
        told.value, told.low, told.high, chosen, level, told.se, told.df, told.p, "compared_effect"
    )


def _compare(panel: EffectPanel, y: Vector, level: float = 0.95) -> Inference | NotEstimable:
    fit = _fit(panel, y)
    if isinstance(fit, NotEstimable):
        return fit
    return clustered(fit, list(panel.schools), "CR2", level)


def _fit(panel: EffectPanel, y: Vector) -> LinearFit | NotEstimable:
    columns = {"y": y, CHOSEN: panel.is_chosen, "weight": np.sqrt(panel.size)}
    forecasts = {"last": panel.last, "earlier": panel.earlier}
    used = {
        name: column
        for name, column in forecasts.items()
        if column is not None and not is_constant(column[np.isfinite(y)])
    }
    return ols(pd.DataFrame(columns | used), "y", [CHOSEN, *used], "weight")


def compared_detectable(panel: EffectPanel, spread: float) -> float | NotEstimable:
    """Return the effect that a comparison would find with probability .8, before it is made.

    `spread` is the residual error of `forecast_spread`. The design is known when the decision is
    taken: who is chosen, how large the schools are, and what they had before; so are the
    degrees of freedom.
    """
    if not panel.is_enough:
        return NotEstimable(Reason.TOO_FEW_GROUPS, panel.chosen)
    # errors and degrees of freedom depend on the design alone, so any response will do
    any_response = np.cos(np.arange(len(panel.schools), dtype=float) ** 2)
    fit = _fit(panel, any_response)
    if isinstance(fit, NotEstimable):
        return fit
    place = fit.design.terms.index(CHOSEN)
    found = clustered(fit, list(panel.schools), "CR2")
    if isinstance(found, NotEstimable):
        return found
    weights = fit.design.weights
    meat = (fit.design.x.T * weights**2) @ fit.design.x
    error = spread * math.sqrt((fit.bread @ meat @ fit.bread)[place, place])
    return detectable_change(error, max(1.0, float(found.table.loc[CHOSEN, "df"])))


def forecast_spread(before: EffectPanel, year: SchoolParts) -> float | NotEstimable:
    """Return how far schools' values lay from what their earlier ones forecast: the panel's spread.

    `before` is the panel of the years up to the one before `year`.
    """
    values = [year.get(one, (math.nan, math.nan)) for one in before.schools]
    y = np.array([pair[0] / pair[1] if _is_known(pair) else math.nan for pair in values])
    if np.isfinite(y).sum() < LEAST_SCHOOLS or is_constant(y[np.isfinite(y)]):
        return NotEstimable(Reason.TOO_FEW_GROUPS, int(np.isfinite(y).sum()))
    columns = {"y": y, "last": before.last, "weight": np.sqrt(before.size)}
    used = [] if is_constant(before.last[np.isfinite(y)]) else ["last"]
    fit = ols(pd.DataFrame(columns), "y", used, "weight")
    if isinstance(fit, NotEstimable):
        return fit
    squared = float((fit.residuals**2).sum()) / fit.df
    return math.sqrt(squared) if squared > 0 else NotEstimable(Reason.NO_VARIATION, fit.n)


def course_effect(
    earlier: Sequence[float], after: float, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return how far a year lies from the mean of the earlier ones, by their own spread.

    `x − x̄ ± t_{m−1} s √(1 + 1/m)`, the prediction interval of one more year (Hahn & Meeker 1991,
    §4.7). Mean and spread of the earlier years are the same in whatever order they came, so that a
    decision taken because the last of them was the lowest does not bias it. It assumes that
    years vary about a level: a series that `was_moving` is not for it. `n` is the number of earlier
    years. Not estimable with fewer than three, or when they are equal.
    """
    x = np.asarray(earlier, float)
    if len(x) < LEAST_YEARS:
        return NotEstimable(Reason.TOO_FEW_YEARS if len(x) else Reason.NO_DATA, len(x))
    if is_constant(x):
        return NotEstimable(Reason.NO_VARIATION, len(x))
    error = course_error(x)
    half = float(stdtrit(len(x) - 1, 0.5 + level / 2)) * error
    value = float(after - x.mean())
    return Estimate(
        value, value - half, value + half, len(x), level, error, len(x) - 1, None, "course_effect"
    )


def course_error(earlier: Sequence[float]) -> float:
    """Return the error of one more year against the mean of the earlier ones."""
    x = np.asarray(earlier, float)
    return float(x.std(ddof=1)) * math.sqrt(1 + 1 / len(x))


def was_moving(earlier: Sequence[float], sign: int) -> bool:
    """Return whether every earlier year went the way that the decision wants (`sign`)."""
    steps = sign * np.diff(np.asarray(earlier, float))
    return len(steps) >= LEAST_YEARS - 1 and bool((steps > 0).all())


def outcome_of(told: Estimate, expected: float) -> Outcome:
    """Return what an interval says of an expected effect, one of four.

    `reached`: it excludes zero and goes as far as the expected; `partly`: it excludes zero, on
    the side wanted, and the expected; `absent`: it excludes the expected alone, or lies on the
    other side of zero; `untold`: it holds both.
    """
    sign = 1 if expected >= 0 else -1
    worst, best = sorted((sign * told.low, sign * told.high))
    is_as_large = best >= abs(expected)
    if worst > 0:
        return "reached" if is_as_large else "partly"
    return "untold" if is_as_large else "absent"


def schools_needed(detectable: float, expected: float, chosen: int) -> int | None:
    """Return how many schools would show the expected effect, others in proportion.

    Errors fall with the root of the number. None where it is not a number worth saying.
    """
    if expected == 0:
        return None
    needed = math.ceil(chosen * (detectable / abs(expected)) ** 2)
    return max(needed, LEAST_SCHOOLS)
