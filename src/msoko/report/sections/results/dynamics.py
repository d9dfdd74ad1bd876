"""Indicators over the years, and what may be said of a trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Figure, anchor, block, cell
from msoko.report.charts import charts
from msoko.report.data.line_changes import change_sentence, comparable_years

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.indicator_rows import Row
    from msoko.report.data.judged_data import JudgedData


def dynamics(report: JudgedData, codes: Sequence[str]) -> Block:
    """Draw indicators of one unit over the years, with what may be said of each."""
    lines = [line for code in codes for line in report.lines(code)]
    found = [(line, comparable_years(report, line)) for line in lines]
    drawn = [(line, rows) for line, rows in found if len(rows) >= 2]
    skipped = [
        report.say("conclusion.no_data", title=cell(report.title(line)))
        for line, rows in found
        if not rows
    ]
    if not drawn:
        titles = [cell(report.direction.indicator(code).title) for code in codes]
        return report.insufficient(russian.listed(titles), report.say("reason.no_years"))
    items = [
        f"- **{cell(report.title(line))}.** {_reading(report, line, rows)}" for line, rows in drawn
    ]
    return block(
        "\n".join([*items, *skipped]),
        report.say("dynamics.see", figure=f"@fig-dynamics-{anchor(codes[0])}"),
        _figure(report, drawn, codes[0]),
    )


def _reading(report: JudgedData, line: IndicatorLine, rows: Sequence[Row]) -> str:
    from msoko.stats.estimators.detectable_change import detectable_change

    indicator = line.indicator
    said = [change_sentence(report, line, report.changes[line]), _trend(report, indicator, rows)]
    found = report.changes[line]
    if found.has_interval:
        least = detectable_change(found.estimate.se, found.estimate.df)
        least = russian.change(least, indicator.unit).lstrip("+")
        said.append(report.say("dynamics.detectable", least=least))
    return " ".join(said)


def _trend(report: JudgedData, indicator: Indicator, rows: Sequence[Row]) -> str:
    from msoko.stats.estimators.trend import Trend, trend

    years = [int(row["school_year"][:4]) for row in rows]
    told = trend([row["value"] for row in rows], years)
    if not isinstance(told, Trend):
        return report.say("dynamics.trend_none", years=len(rows))
    p = russian.decimal(told.test.p, 3)
    if not told.is_significant:
        return report.say("dynamics.trend_untold", years=len(rows), p=p)
    direction = report.say("dynamics.rises" if told.slope.value > 0 else "dynamics.falls")
    slope = russian.change(told.slope.value, indicator.unit)
    return report.say("dynamics.trend_told", years=len(rows), p=p, direction=direction, slope=slope)


def _figure(report: JudgedData, drawn: list[tuple[IndicatorLine, list[Row]]], code: str) -> Figure:
    first = drawn[0][0].indicator
    series = [_series(report, line, rows) for line, rows in drawn]
    is_alone = len(drawn) == 1
    target = first.target.value if is_alone and first.target else None
    unit = russian.UNIT_NAMES[first.unit]
    name = f"{first.short_title or first.title}, {unit}" if is_alone else unit
    picture = charts.dynamics(
        series,
        charts.fill(name, 40),
        None if target is None else russian.scaled(target, first.unit),
        report.say("chart.target"),
    )
    titles = russian.listed([report.title(line, is_short=True) for line, _ in drawn])
    rows = [
        [
            cell(report.title(line, is_short=True)),
            row["school_year"],
            report.count(row["n"]),
            russian.figure(row["value"], line.indicator.unit),
            russian.span(row["low"], row["high"], line.indicator.unit),
        ]
        for line, found in drawn
        for row in found
    ]
    head = report.heads("indicator", "school_year", "n", "value_in", "interval", unit=unit)
    behind = report.sheet(head, rows, report.say("dynamics.table"), "", "llrrr")
    return Figure(
        picture,
        report.say("dynamics.caption", titles=cell(titles)),
        report.say("dynamics.alternative", titles=titles),
        f"dynamics-{anchor(code)}",
        report.behind(behind),
    )


def _series(report: JudgedData, line: IndicatorLine, rows: Sequence[Row]) -> charts.Series:
    columns = [
        [
            None if pd.isna(row[name]) else russian.scaled(row[name], line.indicator.unit)
            for row in rows
        ]
        for name in ("value", "low", "high")
    ]
    name = report.title(line, is_short=True)
    return charts.Series(name, [row["school_year"] for row in rows], *columns)
