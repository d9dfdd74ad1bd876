"""The trends of a report's lines: one family, whatever last year brought, and beside the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msoko.report.data.line_changes import comparable_years
from msoko.stats.estimators.judged_trends import JudgedTrend, YearSeries, judge_trends

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.report_data import ReportData

PAPERS = ("results", "task_scores", "school_results", "mark_shares")
"""Tables of papers, which are easier in one year than in another."""
ONCE = ("'oge'", "'ege'")
"""Procedures that a pupil sits in one year only, as conditions of indicators name them."""


def line_trends(report: ReportData) -> dict[IndicatorLine, JudgedTrend]:
    """Return each line's trend, all judged in one family; the region's course is taken off."""
    series = [line_series(report, line) for line in report.all_lines]
    judged = judge_trends(series, report.change_level)
    return dict(zip(report.all_lines, judged, strict=True))


def line_series(report: ReportData, line: IndicatorLine) -> YearSeries:
    """Return a line's comparable years, less the region's values where it has them all."""
    rows = comparable_years(report, line)
    values = [float(row["value"]) for row in rows]
    region = region_values(report, line)
    is_relative = bool(rows) and all(row["school_year"] in region for row in rows)
    if is_relative:
        values = [
            value - region[row["school_year"]] for value, row in zip(values, rows, strict=True)
        ]
    years = [int(row["school_year"][:4]) for row in rows]
    return YearSeries(years, values, shares_persons(line.indicator), is_relative)


def region_values(report: ReportData, line: IndicatorLine) -> dict[str, float]:
    """Return the region's value of a line by school year, where it is known."""
    rows = report.line_rows(line, "region")
    return {row["school_year"]: float(row["value"]) for row in rows if row["value"] == row["value"]}


def shares_persons(indicator: Indicator) -> bool:
    """Whether neighbouring years count the same pupils, teachers or organisations in part.

    All do but the examinations, which a pupil sits once.
    """
    is_once = any(one in indicator.where for one in ONCE) and "'vpr'" not in indicator.where
    return not is_once and indicator.table != "graduates"


def is_of_papers(indicator: Indicator) -> bool:
    """Whether an easier paper alone may move an indicator."""
    return indicator.table in PAPERS
