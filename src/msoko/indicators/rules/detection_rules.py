"""Which groups a rule of recommendations finds, and what it found them by.

A finding needs evidence beyond chance: an interval clear of the target or threshold, a place
outside the funnel, a change whose false discovery rate is held. No finding, no recommendation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.catalog.directions.direction import Indicator, RecommendationRule, Threshold
from msoko.indicators.indicator_changes import by_school
from msoko.indicators.reference_comparison import sides_of_reference
from msoko.indicators.values.interval_rules import has_interval
from msoko.stats.estimators.judged_changes import (
    LEVEL_CODE,
    JudgedChange,
    SchoolParts,
    judge_changes,
    school_change,
)

if TYPE_CHECKING:
    from msoko.stats.estimators.estimate import Estimate, NotEstimable

FUNNEL_LIMIT = 0.998
"""The share of schools like the average that lie inside the funnel's outer limits."""
COMPARED = ("limit", "previous", "change", "change_low", "change_high")
"""What a rule compared a row with: a target or threshold, or a change since last year."""


@dataclass(frozen=True)
class RuleRows:
    """The rows of one indicator that a rule looks at.

    `rows`, `before`: the rule's groups this year and last year. `schools`, `schools_before`:
    the same groups by school, for errors in which the school varies; `region`: the same groups
    in the region. Columns as in table `indicators`, with the numbers of `group` and of `part`,
    the group without its school. `others`: p-values of the other changes that stand beside
    the rule's own, one family of conclusions with them. `papers`: how many of them one pupil
    wrote, where a row counts papers of several subjects.
    """

    indicator: Indicator
    rows: pd.DataFrame
    before: pd.DataFrame
    schools: pd.DataFrame
    schools_before: pd.DataFrame
    region: pd.DataFrame
    others: Sequence[float] = ()
    papers: float = 1.0


def find_rows(
    rule: RecommendationRule, compared: RuleRows, thresholds: Mapping[str, Threshold]
) -> pd.DataFrame:
    """Return the rows that the rule finds, with what it compared them with.

    That is in the columns `COMPARED`, null where the rule has no use for them. Groups with fewer
    than `rule.min_n` are passed over, as are those flagged `not_comparable` by a rule about change.
    """
    is_kept = compared.rows["value"].notna() & (compared.rows["n"] >= rule.min_n)
    kept = compared.rows[is_kept].reset_index(drop=True)
    if kept.empty:
        return kept
    return KINDS[rule.when](rule, dataclasses.replace(compared, rows=kept), thresholds)


def threshold_value(rule: RecommendationRule, thresholds: Mapping[str, Threshold]) -> float:
    """Return the number that a rule compares with, declared by code or written out."""
    known = thresholds.get(rule.threshold)
    return known.value if known else float(rule.threshold)


def _beyond(indicator: Indicator, rows: pd.DataFrame, limit: float, is_above: bool) -> pd.DataFrame:
    """Return the rows whose whole interval lies beyond `limit`.

    The value itself is judged only of what by its kind has no interval: sums, counts, flags.
    """
    edge = rows["low"] if is_above else rows["high"]
    edge = edge if has_interval(indicator) else rows["value"]
    chosen = edge > limit if is_above else edge < limit
    return rows[chosen].assign(limit=limit)


def _below_target(
    rule: RecommendationRule, compared: RuleRows, thresholds: Mapping[str, Threshold]
) -> pd.DataFrame:
    """Return the groups that miss the target; where a profile sets none, nothing is missed."""
    target = compared.indicator.target
    if target is None:
        return compared.rows.iloc[:0]
    is_above = compared.indicator.polarity == "lower_is_better"
    return _beyond(compared.indicator, compared.rows, target.value, is_above)


def _threshold(
    rule: RecommendationRule, compared: RuleRows, thresholds: Mapping[str, Threshold]
) -> pd.DataFrame:
    limit = threshold_value(rule, thresholds)
    return _beyond(compared.indicator, compared.rows, limit, rule.when == "above_threshold")


def _flagged(
    rule: RecommendationRule, compared: RuleRows, thresholds: Mapping[str, Threshold]
) -> pd.DataFrame:
    return compared.rows[compared.rows["value"] >= 1]


def _funnel(
    rule: RecommendationRule, compared: RuleRows, thresholds: Mapping[str, Threshold]
) -> pd.DataFrame:
    """Return the schools outside the funnel of their own paper, overdispersion allowed for."""
    from msoko.stats.schools.funnel import outside, share_funnel

    level = thresholds["funnel_limit"].value if "funnel_limit" in thresholds else FUNNEL_LIMIT
    side = "above" if rule.when == "above_funnel" else "below"
    counts = compared.rows[["numerator", "denominator"]].round().to_numpy(float)
    is_share = (counts[:, 0] >= 0) & (counts[:, 0] <= counts[:, 1])
    rows, counts = compared.rows[is_share], counts[is_share]
    places, limits = [np.array([], int)], [np.array([])]
    for _, own in sorted(rows.groupby("part").indices.items()):
        funnel = share_funnel(counts[own, 0], counts[own, 1], papers=compared.papers)
        if hasattr(funnel, "points"):
            chosen = own[np.array(outside(funnel, level)) == side]
            places.append(chosen)
            limits.append(np.full(len(chosen), funnel.target))
    return rows.iloc[np.concatenate(places)].assign(limit=np.concatenate(limits))


def _fell(
    rule: RecommendationRule, compared: RuleRows, thresholds: Mapping[str, Threshold]
) -> pd.DataFrame:
    """Return the groups that became worse, at one false discovery rate for the family."""
    flags = compared.rows["flags"].fillna("").str.split()
    rows = compared.rows[["not_comparable" not in words for words in flags]]
    previous = compared.before.set_index("group")
    rows = rows[rows["group"].isin(previous.index[previous["value"].notna()])]
    pairs = [(row, previous.loc[row["group"]]) for _, row in rows.iterrows()]
    changes = [
        JudgedChange(before["value"], row["value"], _change(compared, row)) for row, before in pairs
    ]
    judged = judge_changes(changes, thresholds[LEVEL_CODE].value, compared.others)
    least = threshold_value(rule, thresholds) if rule.threshold else 0.0
    sign = -1 if compared.indicator.polarity != "lower_is_better" else 1
    found = [
        row.to_dict() | _change_columns(change)
        for (row, _), change in zip(pairs, judged, strict=True)
        if change.is_told and (loss := sign * change.estimate.value) > 0 and loss >= least
    ]
    return pd.DataFrame(found, columns=rows.columns)


def _change_columns(change: JudgedChange) -> dict[str, float]:
    estimate = change.estimate
    return {
        "previous": change.before,
        "change": estimate.value,
        "change_low": estimate.low,
        "change_high": estimate.high,
    }


def _change(compared: RuleRows, row: pd.Series) -> Estimate | NotEstimable:
    """Return a group's change: of a whole by its schools, of a school beside the others."""
    from msoko.stats.estimators.estimate import NotEstimable, Reason
    from msoko.stats.schools.school_change import school_year_change

    years = [
        by_school(frame[frame["part"] == row["part"]])
        for frame in (compared.schools_before, compared.schools)
    ]
    if not isinstance(row["school_id"], str):
        by_schools = school_change(*years)
        return by_schools or NotEstimable(Reason.NO_DATA, 0)
    if compared.indicator.interval != "wilson":
        return NotEstimable(Reason.TOO_FEW_GROUPS, 1)
    codes = sorted({row["school_id"], *years[0], *years[1]})
    before, after = (_counts(year, codes) for year in years)
    return school_year_change(before, after, codes.index(row["school_id"]), compared.papers)


def _counts(year: SchoolParts, codes: Sequence[str]) -> np.ndarray:
    absent = (np.nan, np.nan)
    return np.array([year.get(code, absent) for code in codes], float).round().T


def _worse_than_region(
    rule: RecommendationRule, compared: RuleRows, thresholds: Mapping[str, Threshold]
) -> pd.DataFrame:
    """Return the groups told to be worse than the region, all of them judged as one family."""
    region = compared.region.drop_duplicates("part").set_index("part")["value"].dropna()
    level = thresholds[LEVEL_CODE].value
    sides = sides_of_reference(compared.indicator, compared.schools, "part", region, level)
    worse = 1 if compared.indicator.polarity == "lower_is_better" else -1
    is_worse = [sides.get(part) == worse for part in compared.rows["part"]]
    found = compared.rows[is_worse]
    return found.assign(limit=found["part"].map(region))


KINDS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "below_target": _below_target,
    "above_threshold": _threshold,
    "below_threshold": _threshold,
    "above_funnel": _funnel,
    "below_funnel": _funnel,
    "fell": _fell,
    "worse_than_region": _worse_than_region,
    "flagged": _flagged,
    "low_results": _flagged,
}
