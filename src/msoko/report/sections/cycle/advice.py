"""What follows: recommendations, decisions, and the effect of last year's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from msoko import catalog
from msoko.core import russian
from msoko.core.indicator_groups import groups_of
from msoko.core.school_year import SchoolYear
from msoko.report.block import Block, Details, Sheet, block, cell
from msoko.report.data import rule_evidence
from msoko.report.data.evidence import Evidence
from msoko.report.data.indicator_line import IndicatorLine
from msoko.report.data.line_changes import FUNCTION, change_between, is_comparable

if TYPE_CHECKING:
    from msoko.catalog import Decision, Indicator, Measure
    from msoko.report.data.judged_data import JudgedData
    from msoko.stats.estimators.estimate import Estimate

RECIPIENTS = ("department", "methodical_service", "school", "teachers")
LEAST_SCHOOLS = 5
"""Fewer schools than this cannot carry a before–after comparison with an interval."""


def recommendations(report: JudgedData) -> Block:
    """List the recommendations of each recipient; no finding, no recommendation."""
    rows = report.store.read("recommendations", [report.year])
    rows = rows[rows["direction"] == report.direction.direction]
    if rows.empty:
        return block(report.say("advice.none"))
    named = int(rows["school_id"].dropna().nunique())
    told = 0 if report.is_public else named
    parts = [report.say("advice.reading", count=len(rows), schools=told)]
    if report.is_public:
        rows = _publishable(report, rows)
        if named:
            parts.append(report.say("advice.schools_unnamed", count=named))
    for recipient in RECIPIENTS:
        part = rows[rows["recipient"] == recipient]
        if part.empty:
            continue
        sheet = _sheet(report, part, recipient)
        is_long = len(part) > 8
        heading = report.say(f"recipient.{recipient}")
        parts.append(Details(f"{heading}: {len(part)}", (sheet,)) if is_long else sheet)
    return block(*parts)


def shown_recommendations(report: JudgedData) -> pd.DataFrame:
    """Return the rows of the recommendations that the report's edition may show."""
    rows = report.store.read("recommendations", [report.year])
    rows = rows[rows["direction"] == report.direction.direction]
    return _publishable(report, rows) if report.is_public else rows


def _publishable(report: JudgedData, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the recommendations that concern no one school and rest on no hidden number."""
    own = report.own[report.own["flags"] == "hidden"]
    hidden = set(zip(own["indicator"], groups_of(own), strict=True))
    pairs = zip(rows["indicator"], groups_of(rows), strict=True)
    is_shown = np.array([pair not in hidden for pair in pairs], bool)
    return rows[is_shown & rows["school_id"].isna()]


def _finding(report: JudgedData, row: Any) -> str:
    """Return what was found, and after it the numbers that it rests on, each with a link."""
    numbers = rule_evidence.cite_rule_evidence(
        report, rule_evidence.find_rule_evidence(report, row)
    )
    ground = report.say("advice.ground", numbers=numbers) if numbers else ""
    return " ".join(filter(None, (cell(row.finding), ground)))


def measure_numbers(report: JudgedData) -> dict[str, str]:
    """Return the numbers of the roadmap's measures as printed, by code."""
    found = catalog.load_roadmap(report.project, report.profile)
    return {one.code: one.number.strip(". ") or one.code for one in found}


def _sheet(report: JudgedData, rows: pd.DataFrame, recipient: str) -> Sheet:
    numbers = measure_numbers(report)
    body = [
        [
            _addressee(report, row),
            _finding(report, row),
            cell(row.text),
            cell(row.deadline),
            cell(row.expected),
            cell(numbers.get(row.measure, "")),
        ]
        for row in rows.itertuples()
    ]
    columns = ("addressee", "finding", "action", "deadline", "expected_result", "roadmap_point")
    return report.sheet(
        report.heads(*columns),
        body,
        report.say(f"recipient.{recipient}"),
        f"advice-{recipient.replace('_', '-')}",
        "llllll",
    )


def _addressee(report: JudgedData, row: tuple) -> str:
    if row.recipient in ("school", "teachers") and isinstance(row.school_id, str):
        return cell(report.school_name(row.school_id))
    return report.say(f"addressee.{row.recipient}", subject=report.paper(row.subject, None).lower())


def decisions(report: JudgedData) -> Block:
    """List the roadmap measures that the findings lead to, and the decisions taken."""
    rows = report.store.read("recommendations", [report.year])
    rows = rows[rows["direction"] == report.direction.direction]
    named = {one.code: one for one in catalog.load_roadmap(report.project, report.profile)}
    codes = sorted(rows["measure"].dropna().unique())
    measures = [named[code] for code in codes if code in named]
    taken = [one for one in report.decisions if one.school_year == str(report.year)]
    if not measures and not taken:
        return block(report.say("decisions.none"))
    return block(_measures(report, measures, rows), _taken(report, taken))


def _measures(report: JudgedData, measures: list[Measure], rows: pd.DataFrame) -> Sheet | None:
    if not measures:
        return None
    counts = rows["measure"].value_counts()
    body = [
        [
            cell(one.number or one.code),
            cell(one.text),
            cell(one.deadline),
            cell(one.responsible),
            russian.figure(counts.get(one.code, 0), "persons"),
        ]
        for one in measures
    ]
    head = report.heads("point", "measure", "deadline", "responsible", "recommendation_count")
    return report.sheet(head, body, report.say("decisions.measures"), "measures", "llllr")


def _taken(report: JudgedData, taken: list[Decision]) -> Sheet | None:
    if not taken:
        return None
    body = [
        [
            f"{one.date:%d.%m.%Y}",
            cell(one.text),
            cell(one.addressee),
            cell(one.deadline),
            _expected(report, one),
        ]
        for one in taken
    ]
    head = report.heads("date", "decision", "decided_for", "deadline", "expected_change")
    caption = report.say("decisions.taken", year=report.year)
    return report.sheet(head, body, caption, "decisions", "lllll")


def _expected(report: JudgedData, decision: Decision) -> str:
    indicator = report.direction.indicator(decision.indicator)
    return (
        f"{cell(report.title(aimed_at(report, decision), is_short=True))}: "
        f"{russian.change(decision.expected.value, indicator.unit)}"
    )


def effect(report: JudgedData) -> Block:
    """Compare before and after each decision of last year, where the data carry it."""
    last = str(report.year.shifted(-1))
    taken = measured_decisions(report)
    if not taken:
        return block(report.say("effect.none", year=last))
    items = ["- " + effect_sentence(report, one) for one in taken]
    own = sum(one.school_year == last for one in taken)
    earlier = len(taken) - own
    return block(
        report.say("effect.reading", count=own, year=last)
        + (" " + report.say("effect.earlier", count=earlier) if earlier else ""),
        "\n".join(items),
        report.say("effect.caveat"),
    )


def measured_decisions(report: JudgedData) -> list[Decision]:
    """Return the decisions of last year, and earlier ones whose change was expected by this."""
    last = str(report.year.shifted(-1))
    return [one for one in report.decisions if one.school_year == last or _due(one) == report.year]


def aimed_at(report: JudgedData, decision: Decision) -> IndicatorLine:
    """Return the indicator that a decision aims at, in its subject where it names one."""
    indicator = report.direction.indicator(decision.indicator)
    return IndicatorLine(indicator, decision.group.get("subject", ""))


def _due(decision: Decision) -> SchoolYear:
    """Return the school year in which a decision's change is to be seen."""
    taken = SchoolYear.parse(decision.school_year)
    return SchoolYear.parse(decision.expected.by) if decision.expected.by else taken.shifted(1)


def effect_sentence(report: JudgedData, decision: Decision) -> str:
    """Return what may be said of a decision's effect, its number linked to its evidence."""
    indicator = report.direction.indicator(decision.indicator)
    outcome, told = effect_of(report, decision)
    slots = {
        "text": cell(decision.text),
        "title": cell(report.title(aimed_at(report, decision), is_short=True)),
        "expected": russian.change(decision.expected.value, indicator.unit),
        "date": f"{decision.date:%d.%m.%Y}",
        "by": _due(decision),
    }
    if told is None:
        return report.say(f"effect.{outcome}", least=LEAST_SCHOOLS, **slots)
    number = report.ledger.cite(evidence(report, indicator, decision, told))
    interval = russian.span(told.low, told.high, indicator.unit, is_change=True)
    return report.say(f"effect.{outcome}", number=number, interval=interval, n=told.n, **slots)


def effect_of(report: JudgedData, decision: Decision) -> tuple[str, Estimate | None]:
    """Return what a decision changed, as a key of `effect` and the estimate.

    Without an estimate the key says why: `later`, `not_comparable` or `too_few`.
    """
    if _due(decision) > report.year:
        return "later", None
    line = aimed_at(report, decision)
    if not is_comparable(report, line):
        return "not_comparable", None
    since = SchoolYear.parse(decision.school_year)
    told = change_between(report, line, decision.schools or None, since)
    if told is None or not told.is_estimable or told.n < LEAST_SCHOOLS:
        return "too_few", None
    return _outcome(decision, told), told


def _outcome(decision: Decision, told: Estimate) -> str:
    """Return reached, partly, untold or worse, by the interval and the expected change.

    An improvement is less than expected only where its whole interval is: one whose interval
    holds the expected change cannot be told from it.
    """
    sign = 1 if decision.expected.value >= 0 else -1
    worst, best = sorted((sign * told.low, sign * told.high))
    if best < 0:
        return "worse"
    if worst <= 0:
        return "untold"
    return "reached" if best >= abs(decision.expected.value) else "partly"


def evidence(
    report: JudgedData, indicator: Indicator, decision: Decision, told: Estimate
) -> Evidence:
    """Return what stands behind the change that followed a decision."""
    return Evidence(
        what=report.say(
            "evidence.decision.what",
            title=report.title(aimed_at(report, decision)),
            is_chosen=bool(decision.schools),
            since=decision.school_year,
            year=report.year,
        ),
        shown=russian.change(told.value, indicator.unit),
        formula=report.say("evidence.change.formula", function=FUNCTION),
        n=report.counted("school", told.n),
        interval=russian.span(told.low, told.high, indicator.unit, is_change=True),
        source=indicator.source,
    )
