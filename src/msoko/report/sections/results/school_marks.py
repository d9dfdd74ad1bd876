"""Half-year and yearly marks of schools beside exams: schools are compared here, not pupils."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.directions.direction import IndicatorRole, indicators_in_role
from msoko.core import russian
from msoko.indicators.values.interval_rules import share_of_schools
from msoko.report.block import Block, Details, Sheet, block, cell

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

MARK_ROLES: tuple[IndicatorRole, ...] = ("school_marks", "exam_marks")
LEAST = 5
"""Fewer schools than this make no correlation."""


def school_marks(report: ReportData) -> Block:
    """Set the shares of «4» and «5» that schools give beside those that exams give."""
    shares = {
        code: _of_schools(report, code) for role in MARK_ROLES for code in _codes(report, role)
    }
    whole = [_whole(report, code) for code in shares]
    known = [row for row in whole if row]
    if all(shares[code].empty for code in _codes(report, "school_marks")):
        return report.insufficient(report.say("progress.title"), report.say("progress.nothing"))
    head = report.heads("source", "good_marks", "interval", "n", "school_count")
    caption = report.say("progress.caption", year=report.year)
    return block(
        report.say("progress.reading"),
        report.sheet(head, known, caption, "progress", "lrlrr"),
        _order(report, shares),
        None if report.is_public else _schools(report, shares),
        report.say("progress.caveat"),
    )


def _codes(report: ReportData, role: IndicatorRole) -> dict[str, str]:
    """Return the codes of the indicators in a role, each with its direction's."""
    named = indicators_in_role(report.directions, role)
    return {item.code: direction.direction for direction, item in named}


def _of_schools(report: ReportData, code: str) -> pd.Series:
    """Return an indicator's value in each school of the year."""
    rows = _rows(report, code, "school")
    return rows.set_index("school_id")["value"].dropna().astype(float)


def _rows(report: ReportData, code: str, unit: str) -> pd.DataFrame:
    direction = next(known[code] for role in MARK_ROLES if code in (known := _codes(report, role)))
    return report.rows(code, unit, year=report.year, direction=direction).frame


def _whole(report: ReportData, code: str) -> list[str] | None:
    """Return the municipality's row of a source, added up from its schools."""
    own = _rows(report, code, "school").dropna(subset=["numerator", "denominator"])
    part, base = float(own["numerator"].sum()), float(own["denominator"].sum())
    few = 5 if report.is_public else 0
    if base <= 0 or min(part, base - part) < few:
        return None
    counts = own[["numerator", "denominator"]].to_numpy(float).tolist()
    told = share_of_schools(dict(zip(own["school_id"], counts, strict=True)))
    return [
        report.say(f"progress.{code}"),
        russian.amount(part / base, "percent"),
        russian.span(told.low, told.high, "percent") if told.is_estimable else russian.NOTHING,
        russian.decimal(base, 0),
        russian.decimal(len(own), 0),
    ]


def _order(report: ReportData, shares: dict[str, pd.Series]) -> Sheet | None:
    """Say whether schools that give more «4» and «5» also have more of them in exams."""
    from msoko.stats.estimators.correlation import spearman

    rows = []
    for form in _codes(report, "school_marks"):
        for exam in _codes(report, "exam_marks"):
            both = pd.concat([shares[form], shares[exam]], axis=1, join="inner").dropna()
            if both.empty:
                continue
            told = spearman(both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy())
            is_told = told.is_estimable and len(both) >= LEAST
            rows.append([
                f"{report.say(f'progress.{form}')} – {report.say(f'progress.{exam}')}",
                russian.decimal(len(both), 0),
                russian.decimal(told.value, 2) if is_told else report.say("year.unknown"),
                russian.span(told.low, told.high, "score") if is_told else russian.NOTHING,
            ])  # fmt: skip
    if not rows:
        return None
    head = report.heads("compared_sources", "school_count", "order_of_schools", "interval")
    caption = report.say("progress.order", year=report.year)
    return report.sheet(head, rows, caption, "progress-order", "lrrl")


def _schools(report: ReportData, shares: dict[str, pd.Series]) -> Details | None:
    """Return each school's shares side by side with their n, in the order of names."""
    codes = [code for code in shares if len(shares[code])]
    sizes = {code: _rows(report, code, "school").set_index("school_id")["denominator"]
             for code in codes}  # fmt: skip
    named = sorted(
        {school for code in codes for school in shares[code].index}, key=report.school_name
    )
    rows = [
        [
            cell(report.school_name(school)),
            *(_sized(shares[code].get(school), sizes[code].get(school)) for code in codes),
        ]
        for school in named
    ]
    if not rows:
        return None
    titles = (report.say(f"progress.{code}") for code in codes)
    sized = [one for title in titles for one in report.heads("percent_and_n", title=title)]
    caption = report.say("progress.by_school", year=report.year)
    head = [*report.heads("school"), *sized]
    sheet = report.sheet(head, rows, caption, "progress-schools")
    return Details(report.say("progress.schools", count=len(rows)), (sheet,))


def _sized(share: float | None, size: float | None) -> str:
    if share is None:
        return russian.NOTHING
    return f"{russian.figure(share, 'percent')} ({russian.decimal(float(size), 0)})"
