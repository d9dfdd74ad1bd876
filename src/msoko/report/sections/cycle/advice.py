"""What follows: recommendations and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from msoko import catalog
from msoko.core import russian
from msoko.core.indicator_groups import groups_of
from msoko.report.block import Block, Details, Sheet, block, cell
from msoko.report.data import rule_evidence
from msoko.report.sections.cycle.decision_effects import aimed_at, foreseen
from msoko.stats.schools.decision_effect import LEAST_YEARS

if TYPE_CHECKING:
    from msoko.catalog import Decision, Measure
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.report_data import ReportData

RECIPIENTS = ("department", "methodical_service", "school", "teachers")


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
            foreseen_text(report, one),
        ]
        for one in taken
    ]
    columns = ("date", "decision", "decided_for", "deadline", "expected_change", "foreseen")
    caption = report.say("decisions.taken", year=report.year)
    return report.sheet(report.heads(*columns), body, caption, "decisions", "llllll")


def foreseen_text(report: ReportData, decision: Decision) -> str:
    """Return, from the day a decision is entered, whether its effect will be seen at all."""
    told, unit = foreseen(report, decision), report.direction.indicator(decision.indicator).unit
    least = "" if told.detectable is None else russian.change(told.detectable, unit).lstrip("+")
    return report.say(f"foreseen.{told.kind}", least=least, schools=told.schools, years=LEAST_YEARS)


def _expected(report: JudgedData, decision: Decision) -> str:
    indicator = report.direction.indicator(decision.indicator)
    return (
        f"{cell(report.title(aimed_at(report, decision), is_short=True))}: "
        f"{russian.change(decision.expected.value, indicator.unit)}"
    )
