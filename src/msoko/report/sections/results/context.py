"""Results of schools against their social context, with its caveat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Figure, Sheet, anchor, block, cell
from msoko.report.charts import charts
from msoko.report.data.evidence import Evidence

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
    said = [f"- {_reading(report, indicator, *one)}" for one in told]
    strongest = max(told, key=lambda one: abs(one[2].value))
    shown: Figure | Sheet = _behind(report, told)
    if not report.is_public:  # a point of a chart is its numbers, to the last digit
        shown = _figure(report, indicator, strongest, told)
    return block("\n".join(said), report.say("context.caveat"), shown)


def _by_school(report: ReportData, indicator: Indicator, direction: str) -> pd.DataFrame:
    rows = report.rows(indicator.code, "school", year=report.year, direction=direction).frame
    return rows.dropna(subset=["value"]).set_index("school_id")[["value", "n"]]


def _paired(results: pd.DataFrame, item: pd.DataFrame) -> pd.DataFrame:
    return results.join(item["value"].rename("context"), how="inner").sort_index()


def _correlated(pair: pd.DataFrame) -> Estimate:
    from msoko.stats.estimators.correlation import spearman

    return spearman(pair["context"].to_numpy(float), pair["value"].to_numpy(float))


def _influence(pair: pd.DataFrame) -> tuple[float, float] | None:
    """Return the least and greatest coefficient when any one school is left out."""
    from msoko.stats.estimators.correlation import spearman

    if len(pair) <= LEAST_SCHOOLS or len(pair) > 1000:
        return None
    x, y = pair["context"].to_numpy(float), pair["value"].to_numpy(float)
    left = [spearman(np.delete(x, i), np.delete(y, i)) for i in range(len(x))]
    values = [one.value for one in left if one.is_estimable]
    return (min(values), max(values)) if values else None


def _reading(
    report: ReportData, indicator: Indicator, item: Indicator, pair: pd.DataFrame, told: Estimate
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
    is_told = told.low > 0 or told.high < 0
    text = report.say(
        "context.told" if is_told else "context.untold",
        value=number,
        item=cell(item.title),
        interval=interval,
        n=told.n,
    )
    limits = _influence(pair)
    if limits:
        text += " " + report.say("context.influence", span=_span(*limits))
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
