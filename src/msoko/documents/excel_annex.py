"""The Excel annex of a report: its indicators, changes, schools and recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

import msoko
from msoko.core import russian
from msoko.core.tables import GROUP
from msoko.disclosure.suppression import PUBLIC
from msoko.documents.xlsx import Amount, Tab, Value, unit_name, workbook
from msoko.report.data.line_changes import is_comparable

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.rule_evidence import RuleEvidence

UNITS = {"municipality": "unit.own", "region": "unit.region"}
NUMBERS = ("value", "low", "high")
COUNTS = ("numerator", "denominator")
GROUP_HEADS = ("subject", "grade", "group")
VALUE = ("value", "interval_low", "interval_high")
PARTS = ("numerator", "denominator")
"""Columns that several sheets have, as their heads are called in the wording."""
KNOWN_KEYS = ("subject", "grade", "school_id")


def annex(report: JudgedData) -> bytes:
    """Return a direction's tables as a workbook.

    The public edition holds what its page may show: no school's row and no hidden number.
    """
    tabs = [_indicators(report), _changes(report)]
    if not report.is_public:
        tabs.append(_schools(report))
    tabs.append(_recommendations(report))
    tabs.insert(0, about(report, report.direction.title, tabs))
    return workbook(tabs)


def about(report: JudgedData, title: str, tabs: list[Tab]) -> Tab:
    """Return the first sheet: what the workbook is, and what each sheet holds."""
    rows: list[list[Value]] = [
        [report.say("annex.report"), title],
        [report.say("annex.municipality"), report.profile.name.nominative],
        [report.say("annex.school_year"), str(report.year)],
        [report.say("annex.edition"), report.say(f"edition.{report.edition}")],
        [report.say("annex.version"), msoko.__version__],
    ]
    if report.is_synthetic:
        rows.append([report.say("annex.data"), report.say("annex.synthetic")])
    rows += [[report.say("annex.sheet", title=tab.title), tab.note] for tab in tabs]
    return tab_of(report, "about", report.heads("item", "value"), rows)


def tab_of(
    report: JudgedData, name: str, head: list[str], rows: Sequence[Sequence[Value | Amount]]
) -> Tab:
    """Return a sheet under the title and the note that the wording gives it."""
    title, note = report.say(f"annex.tab.{name}"), report.say(f"annex.{name}")
    return Tab(title, note, head, rows, report.say("annex.without_rows"))


def _indicators(report: JudgedData) -> Tab:
    rows = report.own[report.own["unit_of_analysis"].isin(UNITS)]
    columns = ("indicator", "code", "whose", *GROUP_HEADS, "unit", *VALUE, *PARTS, "n",
               "target", "note", "data_source")  # fmt: skip
    declared = {one.code: one for one in report.direction.indicators}
    body = [
        _indicator_row(report, declared[row.indicator], row)
        for row in rows.itertuples()
        if row.indicator in declared
    ]
    return tab_of(report, "indicators", report.heads(*columns), body)


def _indicator_row(report: JudgedData, declared: Indicator, row: tuple) -> list[Value | Amount]:
    unit = declared.unit
    target = Amount(declared.target.value, unit) if declared.target else None
    return [
        declared.title,
        declared.code,
        report.say(UNITS[row.unit_of_analysis]),
        _subject(report, row.subject),
        _grade(row.grade),
        _rest(row),
        unit_name(unit),
        *(_amount(report, _plain(getattr(row, name)), unit) for name in NUMBERS),
        *(_count(report, getattr(row, name)) for name in COUNTS),
        Amount(_count(report, row.n), "persons"),
        target,
        _flags(report, row.flags),
        declared.source,
    ]


def _plain(value: object) -> float | None:
    return None if pd.isna(value) else float(value)


def _amount(report: JudgedData, value: float | None, unit: str) -> Amount:
    """Return a value with its unit; the public edition tells it no finer than its page does."""
    if value is None or not report.is_public:
        return Amount(value, unit)
    is_share = unit in ("percent", "percent_points")
    return Amount(round(value, russian.DIGITS[unit] + 2 * is_share), unit)


def _count(report: JudgedData, value: object) -> float | None:
    """Return a count; the public edition leaves those of few persons out."""
    plain = _plain(value)
    is_few = plain is not None and 0 < plain < PUBLIC.minimum
    return None if report.is_public and is_few else plain


def _grade(value: object) -> int | None:
    return None if pd.isna(value) else int(value)


def _subject(report: JudgedData, code: object) -> str | None:
    return None if pd.isna(code) else report.subjects.get(str(code), str(code))


def _rest(row: tuple) -> str | None:
    """Return what a row's group says beyond subject, grade and school."""
    others = [(key, getattr(row, key)) for key in GROUP if key not in KNOWN_KEYS]
    return "; ".join(f"{key}={value}" for key, value in others if not pd.isna(value)) or None


def _flags(report: JudgedData, flags: object) -> str | None:
    if not isinstance(flags, str) or not flags:
        return None
    keys = [(one, f"annex.flag.{one}") for one in flags.split()]
    return "; ".join(report.say(key) if report.wording.has(key) else one for one, key in keys)


def _changes(report: JudgedData) -> Tab:
    head = [
        *report.heads("indicator", "unit"),
        str(report.year.shifted(-1)),
        str(report.year),
        *report.heads("change", "interval_low", "interval_high", "q", "change_verdict"),
    ]
    rows: list[list[Value | Amount]] = []
    for line, found in report.changes.items():
        unit = line.indicator.unit
        is_compared = found.difference is not None and is_comparable(report, line)
        estimate = found.estimate if is_compared and found.has_interval else None
        verdict = found.verdict(line.indicator.polarity) if is_compared else "not_compared"
        rows.append([
            report.title(line),
            unit_name(unit),
            _amount(report, found.before, unit),
            _amount(report, found.after, unit),
            _amount(report, found.difference if is_compared else None, unit),
            _amount(report, estimate.low if estimate else None, unit),
            _amount(report, estimate.high if estimate else None, unit),
            Amount(found.q, "q"),
            report.say(f"verdict.{verdict}"),
        ])  # fmt: skip
    return tab_of(report, "changes", head, rows)


def _schools(report: JudgedData) -> Tab:
    rows = report.own[report.own["unit_of_analysis"] == "school"]
    declared = {one.code: one for one in report.direction.indicators}
    columns = (
        "organisation",
        "indicator",
        "code",
        *GROUP_HEADS,
        "unit",
        *VALUE,
        *PARTS,
        "n",
        "note",
    )
    body: list[list[Value | Amount]] = [
        [
            report.school_name(row.school_id),
            declared[row.indicator].title,
            row.indicator,
            _subject(report, row.subject),
            _grade(row.grade),
            _rest(row),
            unit_name(declared[row.indicator].unit),
            *(Amount(_plain(getattr(row, name)), declared[row.indicator].unit) for name in NUMBERS),
            *(_plain(getattr(row, name)) for name in COUNTS),
            Amount(_plain(row.n), "persons"),
            _flags(report, row.flags),
        ]
        for row in rows.itertuples()
        if row.indicator in declared
    ]
    return tab_of(report, "schools", report.heads(*columns), body)


def _recommendations(report: JudgedData) -> Tab:
    from msoko.report.data.rule_evidence import find_rule_evidence
    from msoko.report.sections.cycle import advice

    columns = ("addressee", "organisation", "finding", "indicator", "indicator_code", "rule",
               "unit", *VALUE, "n", "action", "deadline", "expected_result",
               "roadmap_point")  # fmt: skip
    numbers = advice.measure_numbers(report)
    body: list[list[Value | Amount]] = []
    for row in advice.shown_recommendations(report).itertuples():
        found = find_rule_evidence(report, row)
        body.append([
            report.say(f"recipient.{row.recipient}"),
            report.school_name(row.school_id) if isinstance(row.school_id, str) else None,
            _text(row.finding),
            found.indicator.title,
            found.indicator.code,
            found.rule.code,
            *_ground(report, found),
            *(_text(getattr(row, name)) for name in ("text", "deadline", "expected")),
            numbers.get(row.measure),
        ])  # fmt: skip
    return tab_of(report, "recommendations", report.heads(*columns), body)


def _ground(report: JudgedData, found: RuleEvidence) -> list[Value | Amount]:
    """Return unit, value, interval and n behind a recommendation; a sign has no share."""
    unit, row = found.indicator.unit, found.first
    if row is None or found.is_sign:
        return [None, None, None, None, Amount(None, "persons")]
    values = [_amount(report, _plain(row[name]), unit) for name in NUMBERS]
    return [unit_name(unit), *values, Amount(_count(report, row["n"]), "persons")]


def _text(value: object) -> str | None:
    return None if pd.isna(value) else str(value).replace(russian.NBSP, " ")
