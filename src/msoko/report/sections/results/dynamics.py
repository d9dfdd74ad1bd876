"""Indicators over the years, and what may be said of a trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Figure, anchor, block, cell
from msoko.report.charts import charts
from msoko.report.data.line_changes import change_sentence, comparable_years, detectable
from msoko.report.data.line_trends import is_of_papers, region_values
from msoko.stats.estimators.trend import MINIMUM_YEARS

if TYPE_CHECKING:
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
        _paper_caveat(report, [line for line, _ in drawn]),
        report.say("dynamics.see", figure=f"@fig-dynamics-{anchor(codes[0])}"),
        _figure(report, drawn, codes[0]),
    )


def _reading(report: JudgedData, line: IndicatorLine, rows: Sequence[Row]) -> str:
    found = report.changes[line]
    said = [change_sentence(report, line, found), _beside_region(report, line, rows)]
    said.append(_trend(report, line))
    least = detectable(line, found)
    if least != russian.NOTHING:
        said.append(report.say("dynamics.detectable", least=least))
    return " ".join(filter(None, said))


def _beside_region(report: JudgedData, line: IndicatorLine, rows: Sequence[Row]) -> str:
    """Return what the region did in the same year, where it is known for both."""
    region, years = region_values(report, line), [str(report.year.shifted(-1)), str(report.year)]
    own = {row["school_year"]: float(row["value"]) for row in rows}
    if not all(year in region and year in own for year in years):
        return ""
    last, this = years
    unit, moved = line.indicator.unit, region[this] - region[last]
    beyond = own[this] - own[last] - moved
    return report.say(
        "dynamics.region", moved=russian.change(moved, unit), beyond=russian.change(beyond, unit)
    )


def _paper_caveat(report: JudgedData, lines: Sequence[IndicatorLine]) -> str | None:
    """Say once that an easier paper looks like progress, where no region stands beside it."""
    alone = [one for one in lines if is_of_papers(one.indicator) and not region_values(report, one)]
    return report.say("dynamics.no_region") if alone else None


def _trend(report: JudgedData, line: IndicatorLine) -> str:
    """Return the trend where the corrected claim holds, or describe what was seen."""
    told = report.trends[line]
    years, way = len(told.series.values), told.series.way
    if years < MINIMUM_YEARS:
        return report.say("dynamics.trend_none", years=years)
    is_relative = told.series.is_relative
    if told.is_told:
        return report.say(
            "dynamics.trend_told",
            years=years,
            is_relative=is_relative,
            q=russian.decimal(told.q, 3),
            family=told.family,
            direction=report.say("dynamics.rises" if told.slope > 0 else "dynamics.falls"),
            slope=russian.change(told.slope, line.indicator.unit),
        )
    if way:
        return report.say(
            "dynamics.trend_described",
            years=years - 1,
            direction=report.say("dynamics.rises" if way > 0 else "dynamics.falls"),
            shares=told.series.shares_persons,
            is_relative=is_relative,
        )
    return report.say("dynamics.trend_untold", years=years, is_relative=is_relative)


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
