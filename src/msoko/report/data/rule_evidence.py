"""The numbers that a recommendation rests on, found again among the indicators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from msoko.core import russian
from msoko.core.tables import GROUP

if TYPE_CHECKING:
    from msoko.catalog import Indicator, RecommendationRule
    from msoko.report.data.report_data import ReportData

SIGNS = ("flagged", "low_results")
"""Rules that find a sign, which a school has or has not: no share is told of one."""


@dataclass(frozen=True)
class RuleEvidence:
    """A recommendation's rule, its indicator and the indicator's rows that made the finding.

    `rows` are of the municipality or of one school; several where a rule merges groups (tasks of
    a paper), then `names` tells them apart.
    """

    rule: RecommendationRule
    indicator: Indicator
    rows: pd.DataFrame
    names: tuple[str, ...] = ()

    @property
    def is_sign(self) -> bool:
        return self.rule.when in SIGNS

    @property
    def first(self) -> pd.Series | None:
        """The row that a table shows: the only one, or the worst of those merged."""
        if self.rows.empty:
            return None
        is_less_better = self.indicator.polarity == "lower_is_better"
        return self.rows.sort_values("value", ascending=not is_less_better, kind="stable").iloc[0]


def find_rule_evidence(report: ReportData, row: Any) -> RuleEvidence:
    """Return what a row of table `recommendations` rests on; its `rows` may be hidden ones."""
    rule = next(one for one in report.direction.recommendations if one.code == row.rule)
    indicator = report.direction.indicator(row.indicator)
    own = _of_unit(report, row)
    exact = own[_has_values(own, row, GROUP)]
    if len(exact) or not rule.merge:
        return RuleEvidence(rule, indicator, exact)
    return _merged(rule, indicator, own, row)


def _of_unit(report: ReportData, row: Any) -> pd.DataFrame:
    unit = "school" if isinstance(row.school_id, str) else "municipality"
    own = report.own
    return own[(own["indicator"] == row.indicator) & (own["unit_of_analysis"] == unit)]


def _has_values(rows: pd.DataFrame, wanted: Any, keys: Iterable[str]) -> np.ndarray:
    """Return which rows have what `wanted` has in these columns, nothing included."""
    found = np.ones(len(rows), bool)
    for key in keys:
        value = getattr(wanted, key)
        same = rows[key].isna() if pd.isna(value) else rows[key].eq(value).fillna(False)
        found &= same.to_numpy(bool)
    return found


def _merged(
    rule: RecommendationRule, indicator: Indicator, own: pd.DataFrame, row: Any
) -> RuleEvidence:
    """Return the rows of the groups that the finding names, in its order."""
    others = [key for key in GROUP if key != rule.merge]
    known = own[_has_values(own, row, others) & own[["value", rule.merge]].notna().all(axis=1)]
    places: dict[int, tuple[int, str]] = {}
    for index, name, value in zip(known.index, known[rule.merge], known["value"], strict=True):
        named = f"{name} – {russian.amount(value, indicator.unit)}"
        place = f" {row.finding}".replace(":", " ").replace(";", " ").find(f" {named}")
        if place >= 0:
            places[index] = (place, str(name))
    order = sorted(places, key=lambda index: places[index])
    return RuleEvidence(rule, indicator, own.loc[order], tuple(places[index][1] for index in order))


def cite_rule_evidence(report: ReportData, found: RuleEvidence) -> str:
    """Return the values behind a finding, linked to their evidence, with intervals and n."""
    said = []
    for place, (_, row) in enumerate(found.rows.iterrows()):
        name = found.names[place] if found.names else ""
        if pd.notna(row["value"]):
            parts = (russian.escaped(name), _one(report, found, row, name))
            said.append(" – ".join(filter(None, parts)))
    return "; ".join(said)


def _one(report: ReportData, found: RuleEvidence, row: pd.Series, name: str) -> str:
    evidence = report.evidence(found.indicator, row)
    if name:
        key = f"advice.part.{found.rule.merge}"
        part = report.say(key, name=name) if report.wording.has(key) else name
        evidence = replace(evidence, what=f"{evidence.what}; {part}")
    if found.is_sign:
        return report.ledger.cite(replace(evidence, shown=report.say("advice.sign")))
    known = [f"n = {report.count(row['n'])}"]
    if pd.notna(row["low"]):
        known.insert(0, russian.span(row["low"], row["high"], found.indicator.unit))
    return f"{report.ledger.cite(evidence)} ({'; '.join(known)})"
