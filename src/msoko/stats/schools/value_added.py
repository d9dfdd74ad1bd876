"""Value added: what a school's pupils reach beyond pupils like them elsewhere, and by how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from msoko.stats.estimators.estimate import NotEstimable, critical_value
from msoko.stats.regression.design_matrix import INTERCEPT
from msoko.stats.regression.multilevel import MixedFit, mixed_model, random_effects

PAIRWISE = 1.39
"""Bars of ±1.39 se of two schools just touch when they differ at 5 % (Goldstein & Healy 1995)."""


@dataclass(frozen=True)
class ValueAdded:
    """Value added by group and the model behind it.

    `table`, one row per group by first appearance: `group, n, value, se, low, high, pair_low,
    pair_high, rank, position`; `value` is on the scale of the response, 0 the average group;
    `low`, `high` compare with the average, `pair_low`, `pair_high` two schools with each other;
    `position` is "above", "below" or "average" by `low`, `high`.
    """

    table: pd.DataFrame
    fit: MixedFit
    n: int
    level: float


def value_added(
    frame: pd.DataFrame,
    response: str,
    predictors: Sequence[str],
    group: str,
    slopes: Sequence[str] = (),
    between: bool = True,
    level: float = 0.95,
) -> ValueAdded | NotEstimable:
    """Return the empirical-Bayes residual of each group in a multilevel model of pupils.

    `response ~ predictors (+ their group means when between) + (1 + slopes | group)`, REML.
    The disputable choice is `between`: with group means the model compares a school with schools
    of like intake, and the within-slope is free of school effects; without them part of the
    school's effect is credited to its intake. Rows with a missing value are left out before the
    means are taken; text predictors get no mean. Interval ±z·se with the comparative (conditional)
    se, β and variances taken as known: too narrow with few schools. `rank` 1 is the highest value
    and is not for publication. Refusals as in `multilevel.mixed_model`.
    Checked against lme4 (Exam, nlschools).
    """
    margin = critical_value(level)
    used = frame.dropna(subset=[response, *predictors, group]).reset_index(drop=True)
    terms = list(predictors)
    if between:
        used, terms = with_group_means(used, predictors, group)
    fit = mixed_model(used, response, terms, {group: list(slopes)})
    if isinstance(fit, NotEstimable):
        return fit
    return ValueAdded(_placed(random_effects(fit, group), margin), fit, fit.n, level)


def _placed(effects: pd.DataFrame, margin: float) -> pd.DataFrame:
    """Return the table of `ValueAdded` from the empirical-Bayes effects of the groups."""
    table = effects[effects["effect"] == INTERCEPT].reset_index(drop=True)
    table = table.rename(columns={"level": "group"})[["group", "n", "value", "se"]]
    table = table.assign(
        low=table["value"] - margin * table["se"],
        high=table["value"] + margin * table["se"],
        pair_low=table["value"] - PAIRWISE * table["se"],
        pair_high=table["value"] + PAIRWISE * table["se"],
        rank=table["value"].rank(ascending=False, method="min").astype(int),
    )
    table["position"] = np.select(
        [table["low"] > 0, table["high"] < 0], ["above", "below"], "average"
    )
    return table


def with_group_means(
    frame: pd.DataFrame, predictors: Sequence[str], group: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with a column `name_mean` of group means, and all terms.

    Numeric predictors that vary within some group get a mean (Mundlak 1978); one that is already
    constant within every group would be its own mean and gets none.
    """
    enriched, terms = frame.copy(), list(predictors)
    for name in predictors:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            continue
        means = frame.groupby(group, dropna=False)[name].transform("mean")
        spread = (frame[name] - means).abs().max()
        centred = (means - means.mean()).abs().max()
        if spread > 1e-9 * max(1.0, float(frame[name].abs().max())) and centred > 1e-12:
            enriched[f"{name}_mean"] = means
            terms.append(f"{name}_mean")
    return enriched, terms
