"""Schools that do well against the odds of their intake, in more than one lucky year."""

from __future__ import annotations

import pandas as pd
from scipy import stats

from msoko.stats.estimators.estimate import NotEstimable, Reason

COLUMNS = ("school", "year", "effect", "se", "context")


def resilient_schools(
    effects: pd.DataFrame,
    years: int = 3,
    needed: int = 2,
    probability: float = 0.9,
    context_share: float = 1 / 3,
) -> pd.DataFrame | NotEstimable:
    """Return for each school whether it is resilient, one row per school, sorted by school.

    `effects`: columns `school, year, effect, se, context`, one row per school and year; effect
    and se as from `value_added`, context high = favourable. A school is resilient when its mean
    context is in the lowest `context_share` of the schools **and** P(effect > 0) = Φ(effect/se)
    ≥ `probability` in at least `needed` of its last `years` years. Columns returned: `school,
    context, is_low_context, years, years_positive, is_resilient, reason`; a school with fewer
    than `needed` years has `reason = "too_few_years"` and is_resilient missing. The disputable
    choice: a raw "high score, low context" picks small schools by their noise, so the
    probability counts, not the rank. Not estimable with fewer than three schools. Raises
    KeyError for a missing column and ValueError for repeated school-years or an se that is not
    positive.
    """
    used = effects[list(COLUMNS)].dropna()
    if used.duplicated(["school", "year"]).any():
        raise ValueError("each school and year occurs once")
    if (used["se"] <= 0).any():
        raise ValueError("a standard error is positive")
    schools = used["school"].nunique()
    if schools < 3:
        return NotEstimable(Reason.TOO_FEW_GROUPS if schools else Reason.NO_DATA, len(used))
    table = _by_school(used.sort_values(["school", "year"]), years, probability)
    table["is_low_context"] = table["context"].rank(method="max") <= schools * context_share
    is_known = table["years"] >= needed
    is_resilient = table["is_low_context"] & (table["years_positive"] >= needed)
    table["is_resilient"] = is_resilient.astype("boolean").where(is_known)
    too_few = pd.Series(Reason.TOO_FEW_YEARS.value, index=table.index)
    table["reason"] = too_few.where(~is_known, None)
    order = ["school", "context", "is_low_context", "years", "years_positive", "is_resilient"]
    return table[[*order, "reason"]]


def _by_school(rows: pd.DataFrame, years: int, probability: float) -> pd.DataFrame:
    """Return each school's mean context and in how many of its last years it surely did well."""
    recent = rows.groupby("school").tail(years)
    is_positive = stats.norm.cdf(recent["effect"] / recent["se"]) >= probability
    grouped = recent.assign(is_positive=is_positive).groupby("school")
    return grouped.agg(
        context=("context", "mean"),
        years=("year", "size"),
        years_positive=("is_positive", "sum"),
    ).reset_index()
