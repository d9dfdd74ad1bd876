"""How an indicator of the report changed since an earlier year, and what may be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msoko.core import russian
from msoko.report.data.evidence import Evidence
from msoko.stats.estimators.judged_changes import JudgedChange, judge_changes, school_change

if TYPE_CHECKING:
    from msoko.core.school_year import SchoolYear
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.indicator_rows import Row
    from msoko.report.data.report_data import ReportData
    from msoko.stats.estimators.estimate import Estimate, NotEstimable

FUNCTION = "msoko.stats.estimators.ratio.ratio_change"
"""What computes a change and its error, as evidence names it."""


def line_changes(report: ReportData) -> dict[IndicatorLine, JudgedChange]:
    """Return each line's change since last year, all judged in one family."""
    found = [_line_change(report, line) for line in report.all_lines]
    judged = judge_changes(found, report.change_level)
    return dict(zip(report.all_lines, judged, strict=True))


def _line_change(report: ReportData, line: IndicatorLine) -> JudgedChange:
    before, after = (_value(report, line, year) for year in _two_years(report))
    is_compared = before is not None and after is not None and is_comparable(report, line)
    return JudgedChange(before, after, change_between(report, line) if is_compared else None)


def _two_years(report: ReportData) -> tuple[SchoolYear, SchoolYear]:
    return report.year.shifted(-1), report.year


def is_comparable(report: ReportData, line: IndicatorLine) -> bool:
    """Whether this year's value may be set beside last year's."""
    if not line.indicator.comparable_across_years:
        return False
    flags = report.line_rows(line, year=report.year).column("flags")
    return not any("not_comparable" in str(one) for one in flags)


def comparable_years(report: ReportData, line: IndicatorLine) -> list[Row]:
    """Return the municipality's values by year, only over years that may be compared."""
    rows = [row for row in report.line_rows(line) if not np.isnan(row["value"])]
    if not line.indicator.comparable_across_years:
        return rows[-1:]
    # A year flagged so starts a new series: what lies before it had another scale.
    broken = [place for place, row in enumerate(rows) if "not_comparable" in str(row["flags"])]
    return rows[broken[-1] :] if broken else rows


def change_between(report: ReportData, line: IndicatorLine) -> Estimate | NotEstimable | None:
    """Return the change since last year; None where the indicator has no schools."""
    if line.indicator.measure in ("count", "sum"):
        return None
    before, after = (school_parts(report, line, year) for year in _two_years(report))
    return school_change(before, after)


def school_parts(
    report: ReportData, line: IndicatorLine, year: SchoolYear
) -> dict[str, tuple[float, float]]:
    """Return numerator and denominator of each school in a year."""
    rows = report.line_rows(line, "school", year)
    parts = zip(rows.column("numerator"), rows.column("denominator"), strict=True)
    return dict(zip(rows.column("school_id"), parts, strict=True))


def _value(report: ReportData, line: IndicatorLine, year: SchoolYear) -> float | None:
    values = report.line_rows(line, year=year).column("value")
    return None if not len(values) or np.isnan(values[0]) else float(values[0])


def change_sentence(report: ReportData, line: IndicatorLine, found: JudgedChange) -> str:
    """Return what may be said of the line's change since last year."""
    indicator = line.indicator
    if not is_comparable(report, line):
        return report.say("change.not_comparable")
    if found.difference is None:
        return report.say("change.no_last_year", year=report.year.shifted(-1))
    number = report.ledger.cite(change_evidence(report, line, found))
    if not found.has_interval:
        return report.say("change.no_interval", number=number)
    interval = russian.span(found.estimate.low, found.estimate.high, indicator.unit, is_change=True)
    verdict = found.verdict(indicator.polarity)
    return report.say(f"change.{verdict}", number=number, interval=interval)


def detectable(line: IndicatorLine, found: JudgedChange) -> str:
    """Return the least change that would be found in four cases of five, as printed.

    A dash where none is known, or where a share cannot change so much.
    """
    from msoko.stats.estimators.detectable_change import detectable_change

    estimate = found.estimate
    if not found.has_interval or not estimate.se or not estimate.df:
        return russian.NOTHING
    least = detectable_change(estimate.se, max(1.0, estimate.df))
    if line.indicator.measure == "share" and least > 1:
        return russian.NOTHING
    return russian.change(least, line.indicator.unit).lstrip("+")


def change_evidence(report: ReportData, line: IndicatorLine, found: JudgedChange) -> Evidence:
    """Return what stands behind a change."""
    estimate, indicator = found.estimate if found.has_interval else None, line.indicator
    interval = (
        russian.span(estimate.low, estimate.high, indicator.unit, is_change=True)
        if estimate
        else ""
    )
    last, this = _two_years(report)
    return Evidence(
        what=report.say("evidence.change.what", title=report.title(line), last=last, year=this),
        shown=russian.change(found.difference, indicator.unit),
        formula=report.say("evidence.change.formula", function=FUNCTION),
        numerator=russian.amount(found.after, indicator.unit),
        denominator=russian.amount(found.before, indicator.unit),
        n=report.counted("school", estimate.n) if estimate else "",
        interval=interval,
        source=indicator.source,
    )
