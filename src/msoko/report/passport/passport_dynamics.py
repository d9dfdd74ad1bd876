"""How an organisation changed: only where years compare, and only what chance does not explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msoko.core import russian
from msoko.report.block import Block, Framed, Sheet, block, cell
from msoko.report.data.evidence import Evidence
from msoko.report.data.indicator_rows import NO_ORGANISATIONS
from msoko.report.data.line_trends import shares_persons
from msoko.report.data.organisation import is_hidden, is_of_persons, is_vpr
from msoko.report.passport.passport_card import origins
from msoko.report.sections.results.comparison import LEAST_SHOWN
from msoko.stats.estimators.judged_changes import JudgedChange, judge_changes
from msoko.stats.estimators.judged_trends import JudgedTrend, YearSeries, judge_trends

if TYPE_CHECKING:
    from msoko.catalog import Direction, Indicator
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.judged_organisation import JudgedOrganisation
    from msoko.report.data.organisation import Row
    from msoko.stats.estimators.estimate import Estimate, NotEstimable

MOST_SHOWN = 8
LEAST_ROWS = 4
"""Rows of the table: first the changes told from chance, then a direction's first indicator. Each
recommendation to the organisation takes the place of one, so that two printed pages suffice."""
FUNCTION = "msoko.stats.schools.school_change.school_year_change"
"""What computes a change of shares and its interval, as evidence names it."""
LEAST_YEARS = 5
"""A shorter series cannot be told from chance, however steady."""


@dataclass(frozen=True)
class IndicatorHistory:
    """An indicator of an organisation over its comparable years, and its change since last year."""

    direction: Direction
    indicator: Indicator
    rows: Sequence[Row]
    change: JudgedChange
    trend: JudgedTrend | None = None


def dynamics(report: JudgedData) -> Block:
    """Tell the changes since last year and the trends, each with one false discovery rate."""
    school, last = report.organisation, report.year.shifted(-1)
    found = comparable_histories(school)
    if not found:
        reason = "absent" if school.before or school.is_heir_only else "first"
        why = report.say(f"passport.dynamics_{reason}", last=last)
        return block(report.say("passport.dynamics_none", last=last, reason=why))
    told = [one for one in found if one.change.is_told]
    text = report.say(
        "passport.dynamics",
        last=last,
        count=len(found),
        tested=sum(one.change.has_interval for one in found),
        told=len(told),
        rate=report.change_level,
    )
    room = max(LEAST_ROWS, MOST_SHOWN - len(school.own_advice))
    # the family is every series of the organisation, whatever last year brought
    found = with_trends(found, report.change_level)
    sheet = _sheet(school, _shown(found, [one for one in found if one.change.is_told], room))
    parts = [" ".join([text, _trends(report, found), *origins(school)])]
    caveat = report.say("passport.dynamics_caveat")
    return block(Framed("passport-dynamics", block(*parts, sheet, caveat).parts))


def comparable_histories(school: JudgedOrganisation) -> list[IndicatorHistory]:
    """Return the indicators whose change can be told, with q-values over all that are tested.

    A change is judged beside how organisations usually change from year to year
    (`school_year_change`); where that cannot be known it is shown without a verdict.
    """
    found = [
        IndicatorHistory(
            direction,
            indicator,
            rows,
            JudgedChange(
                rows[-2]["value"], rows[-1]["value"], _estimate(school, direction, indicator)
            ),
        )
        for direction, indicator in school.indicators
        if (rows := _compared(school, direction, indicator))
    ]
    judged = judge_changes([one.change for one in found], school.report.change_level)
    return [replace(one, change=change) for one, change in zip(found, judged, strict=True)]


def _estimate(
    school: JudgedOrganisation, direction: Direction, indicator: Indicator
) -> Estimate | NotEstimable:
    from msoko.stats.schools.school_change import school_year_change

    key = (direction.direction, indicator.code)
    years = [
        of_year.get(key, NO_ORGANISATIONS) for of_year in (school.wholes_before, school.wholes)
    ]
    codes = sorted({code for year in years for code in year.school_id})
    before, after = (year.counts(codes) for year in years)
    own = codes.index(school.school_id)
    return school_year_change(before, after, own, school.papers(key))


def _compared(
    school: JudgedOrganisation, direction: Direction, indicator: Indicator
) -> Sequence[Row]:
    """Return an indicator's comparable years, none where this and last year do not compare."""
    if indicator.interval != "wilson" or not is_of_persons(indicator):
        return ()
    rows = _comparable(school.history[direction.direction, indicator.code], indicator)
    last = str(school.report.year.shifted(-1))
    if len(rows) < 2 or rows[-2]["school_year"] != last:
        return ()
    pair = (rows[-1], rows[-2])
    if any(is_hidden(indicator, row) or row["n"] < LEAST_SHOWN for row in pair):
        return ()
    is_part = all(0 <= round(row["numerator"]) <= round(row["denominator"]) for row in pair)
    return rows if is_part else ()


def _comparable(rows: Sequence[Row], indicator: Indicator) -> Sequence[Row]:
    """Return the years from the last break on; a year flagged so has another scale than before."""
    if not indicator.comparable_across_years:
        return rows[-1:]
    breaks = [place for place, row in enumerate(rows) if "not_comparable" in str(row["flags"])]
    return rows[breaks[-1] :] if breaks else rows


def _shown(
    found: Sequence[IndicatorHistory], told: Sequence[IndicatorHistory], room: int
) -> list[IndicatorHistory]:
    """Return what the table holds: changes told from chance, then each direction's first."""
    firsts: dict[str, IndicatorHistory] = {}
    for one in found:
        firsts.setdefault(one.direction.direction, one)
    surest = sorted(told, key=lambda one: one.change.q)[:room]
    # each is in the list once, and comparing two of them field by field takes long
    chosen = {id(one): one for one in (*surest, *firsts.values())}
    is_chosen = set(list(chosen)[:room])
    return [one for one in found if id(one) in is_chosen]


def with_trends(found: Sequence[IndicatorHistory], level: float) -> list[IndicatorHistory]:
    """Return the histories with their trends, all series of the organisation judged together."""
    series = [
        YearSeries(
            [int(row["school_year"][:4]) for row in one.rows],
            [float(row["value"]) for row in one.rows],
            shares_persons(one.indicator),
        )
        for one in found
    ]
    judged = judge_trends(series, level)
    return [replace(one, trend=trend) for one, trend in zip(found, judged, strict=True)]


def _trends(report: JudgedData, found: Sequence[IndicatorHistory]) -> str:
    trends = [one.trend for one in found if one.trend is not None]
    family = max((one.family for one in trends), default=0)
    if not family:
        return report.say("passport.trend_none")
    told = sum(one.is_told for one in trends)
    return report.say("passport.trend", series=family, told=told)


def _sheet(school: JudgedOrganisation, shown: Sequence[IndicatorHistory]) -> Sheet:
    report = school.report
    years = [str(year) for year in report.years][-LEAST_YEARS:]
    head = [*report.heads("indicator", "verdict", "change_in_year", "interval"), *years]
    rows = [_row(report, one, years) for one in shown]
    caption = report.say("passport.dynamics_caption", year=report.year)
    return report.sheet(head, rows, caption, "passport-dynamics", "llrr" + "r" * len(years))


def _row(report: JudgedData, course: IndicatorHistory, years: Sequence[str]) -> list[str]:
    indicator = course.indicator
    by_year = {row["school_year"]: row for row in course.rows}
    conclusion = report.say(f"passport.change.{_verdict(course)}")
    if course.trend is not None and (said := _course_said(report, course.trend)):
        conclusion += f"; {said}"
    return [
        cell(indicator.short_title or indicator.title),
        conclusion,
        report.ledger.cite(_evidence(report, course)),
        _interval(course),
        *(_value(indicator, by_year.get(year)) for year in years),
    ]


def _course_said(report: JudgedData, trend: JudgedTrend) -> str:
    """Return a trend that is told, or how a series went that only looks like one."""
    if trend.is_told:
        return report.say("passport.rising" if trend.slope > 0 else "passport.falling")
    years = len(trend.series.values)
    if years < LEAST_YEARS or not trend.series.way:
        return ""
    return report.say(f"passport.run_{'up' if trend.series.way > 0 else 'down'}", years=years - 1)


def _verdict(course: IndicatorHistory) -> str:
    return course.change.verdict("none" if is_vpr(course.indicator) else course.indicator.polarity)


def _interval(course: IndicatorHistory) -> str:
    if not course.change.has_interval:
        return russian.NOTHING
    estimate = course.change.estimate
    return russian.span(estimate.low, estimate.high, course.indicator.unit, is_change=True)


def _value(indicator: Indicator, row: Row | None) -> str:
    if row is None or is_hidden(indicator, row):
        return russian.NOTHING
    return russian.amount(row["value"], indicator.unit)


def _evidence(report: JudgedData, course: IndicatorHistory) -> Evidence:
    unit = course.indicator.unit
    title = f"{course.indicator.title}; {report.organisation.row['name']}"
    last = report.year.shifted(-1)
    return Evidence(
        what=report.say("evidence.change.what", title=title, last=last, year=report.year),
        shown=russian.change(course.change.difference, unit),
        formula=report.say("evidence.change.formula_of_shares", function=FUNCTION),
        numerator=russian.amount(course.change.after, unit),
        denominator=russian.amount(course.change.before, unit),
        n=report.counted("person", int(course.rows[-1]["n"])),
        interval=_interval(course),
        source=course.indicator.source,
    )
