"""Results of schools against their social context, with its caveat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Figure, Sheet, anchor, block, cell
from msoko.report.charts import charts
from msoko.report.data.evidence import Evidence
from msoko.stats.estimators.judged_changes import judge

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.report_data import ReportData
    from msoko.stats.estimators.estimate import Estimate

LEAST_SCHOOLS = 5


def context(report: ReportData, code: str) -> Block:
    """Correlate the indicator with each context indicator of the direction, over schools."""
    indicator = report.direction.indicator(code)
    results = _by_school(report, indicator, report.direction.direction)
    pairs = [
        (item, _paired(results, _by_school(report, item, direction)))
        for direction, item in report.context_indicators
    ]
    if not pairs:
        return report.insufficient(cell(indicator.title), report.say("reason.no_context"))
    usable = [(item, pair) for item, pair in pairs if len(pair) >= LEAST_SCHOOLS]
    if not usable:
        most = max(len(pair) for _, pair in pairs)
        reason = report.say("reason.few_context", count=most)
        return report.insufficient(cell(indicator.title), reason)
    found = [(item, pair, _correlated(pair)) for item, pair in usable]
    told = [one for one in found if one[2].is_estimable]
    if not told:
        return report.insufficient(cell(indicator.title), report.say("reason.no_variation"))
    judged = judge([one[2].p for one in told], report.change_level)
    fixed = _beside_others(told)
    said = [
        f"- {_reading(report, indicator, *one, place.is_told)}{_partial(report, one[0], fixed)}"
        for one, place in zip(told, judged, strict=True)
    ]
    family = report.say("context.family", count=len(told), rate=report.change_level)
    strongest = max(told, key=lambda one: abs(one[2].value))
    shown: Figure | Sheet = _behind(report, told)
    if not report.is_public:  # a point of a chart is its numbers, to the last digit
        shown = _figure(report, indicator, strongest, told)
    return block("\n".join(said), f"{family} {report.say('context.caveat')}", shown)


def _by_school(report: ReportData, indicator: Indicator, direction: str) -> pd.DataFrame:
    rows = report.rows(indicator.code, "school", year=report.year, direction=direction).frame
    return rows.dropna(subset=["value"]).set_index("school_id")[["value", "n"]]


def _paired(results: pd.DataFrame, item: pd.DataFrame) -> pd.DataFrame:
    return results.join(item["value"].rename("context"), how="inner").sort_index()


def _correlated(pair: pd.DataFrame) -> Estimate:
    from msoko.stats.estimators.correlation import spearman

    return spearman(pair["context"].to_numpy(float), pair["value"].to_numpy(float))


def _beside_others(told: list[tuple]) -> dict[str, Estimate]:
    """Return the correlation of each context indicator with the others held fixed, by code."""
    from msoko.stats.estimators.correlation import partial

    if len(told) < 2:
        return {}
    frame = pd.DataFrame({item.code: pair["context"] for item, pair, _ in told})
    frame["value"] = told[0][1]["value"]
    codes = [item.code for item, _, _ in told]
    found = {
        code: partial(frame, code, "value", [one for one in codes if one != code], "spearman")
        for code in codes
    }
    return {code: one for code, one in found.items() if one.is_estimable}


def _partial(report: ReportData, item: Indicator, fixed: dict[str, Estimate]) -> str:
    if item.code not in fixed:
        return ""
    one = fixed[item.code]
    return " " + report.say(
        "context.partial", value=russian.signed(one.value, 2), interval=_span(one.low, one.high)
    )


def _influence(pair: pd.DataFrame, told: Estimate) -> tuple[float, float, int] | None:
    """Return the least and greatest coefficient when any one school is left out, and how many
    of these omissions bring the interval over zero, off it, or to its other side."""
    from msoko.stats.estimators.correlation import spearman
    from msoko.stats.estimators.sensitivity import verdict_against

    if len(pair) <= LEAST_SCHOOLS or len(pair) > 1000:
        return None
    x, y = pair["context"].to_numpy(float), pair["value"].to_numpy(float)
    left = [spearman(np.delete(x, i), np.delete(y, i)) for i in range(len(x))]
    known = [one for one in left if one.is_estimable]
    if not known:
        return None
    values, whole = [one.value for one in known], verdict_against(told)
    return min(values), max(values), sum(verdict_against(one) != whole for one in known)


def _reading(
    report: ReportData,
    indicator: Indicator,
    item: Indicator,
    pair: pd.DataFrame,
    told: Estimate,
    is_told: bool,
) -> str:
    interval = _span(told.low, told.high)
    number = report.ledger.cite(
        Evidence(
            what=report.say(
                "evidence.context.what", title=indicator.title, item=item.title, year=report.year
            ),
            shown=russian.signed(told.value, 2),
            formula=report.say("evidence.context.formula"),
            n=report.counted("school", told.n),
            interval=interval,
            source=f"{indicator.source}; {item.source}",
        )
    )
    text = report.say(
        "context.told" if is_told else "context.untold",
        value=number,
        item=cell(item.title),
        interval=interval,
        n=told.n,
    )
    limits = _influence(pair, told)
    if limits:
        *span, flips = limits
        text += " " + report.say("context.influence", span=_span(*span), flips=flips, n=told.n)
    return text


def _span(low: float, high: float) -> str:
    return russian.span(low, high, "score", is_change=True)


def _figure(
    report: ReportData, indicator: Indicator, strongest: tuple, told: list[tuple]
) -> Figure:
    item, pair, _ = strongest
    names = [
        f"{one.short_title or one.title}, {russian.UNIT_NAMES[one.unit]}"
        for one in (item, indicator)
    ]
    values = [
        [russian.scaled(float(value), one.unit) for value in pair[column]]
        for one, column in ((item, "context"), (indicator, "value"))
    ]
    drawn = charts.scatter(*values, pair["n"].fillna(1).tolist(), *names)
    return Figure(
        drawn,
        report.say("context.caption", title=cell(indicator.title), year=report.year),
        report.say("context.alternative", title=indicator.title, item=item.title, count=len(pair)),
        f"context-{anchor(indicator.code)}",
        report.behind(_behind(report, told)),
    )


def _behind(report: ReportData, told: list[tuple]) -> Sheet:
    rows = [
        [
            cell(one.title),
            str(estimate.n),
            russian.signed(estimate.value, 2),
            _span(estimate.low, estimate.high),
        ]
        for one, _, estimate in told
    ]
    head = report.heads("context_indicator", "school_count", "spearman", "interval")
    return report.sheet(head, rows, report.say("context.table"))
