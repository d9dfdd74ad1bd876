"""The cycle's frame: conclusions, goals, indicators, collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Details, block, cell
from msoko.report.data.line_changes import change_sentence, detectable, is_comparable
from msoko.report.data.target_verdict import against_target

if TYPE_CHECKING:
    from msoko.catalog import CollectionMethod, Goal, Indicator, Seed
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.indicator_rows import Row
    from msoko.report.data.judged_data import JudgedData

KINDS = ("school", "preschool")
"""The kinds of organisations, in the order in which they are counted."""


def summary(report: JudgedData, codes: Sequence[str]) -> Block:
    """Say of each indicator its value, its interval, its change and its target."""
    items = [_conclusion(report, line) for code in codes for line in report.lines(code)]
    said = [f"- {item}" for item in items if item]
    opening = report.say(
        "opening.public" if report.is_public else "opening.internal",
        municipality=report.profile.name.prepositional,
        year=report.year,
    )
    if not said:
        return block(opening, report.say("opening.no_data"))
    return block(opening, "\n".join(said), _school_count(report))


def _conclusion(report: JudgedData, line: IndicatorLine) -> str:
    indicator, title = line.indicator, cell(report.title(line))
    row = report.line_row(line)
    if row is None or pd.isna(row["value"]):
        is_hidden = row is not None and report.is_hidden(row)
        return report.say(f"conclusion.{'hidden' if is_hidden else 'no_data'}", title=title)
    slots = {"title": title, "value": report.number(indicator, row)}
    if pd.notna(row["low"]):
        interval = russian.span(row["low"], row["high"], indicator.unit)
        text = report.say("conclusion.with_interval", interval=interval, **slots)
    else:
        text = report.say("conclusion.plain", **slots)
    parts = (
        text,
        change_sentence(report, line, report.changes[line]),
        _target(report, indicator, row),
    )
    return " ".join(filter(None, parts))


def _target(report: JudgedData, indicator: Indicator, row: Row) -> str:
    """Return whether the target is reached, missed, or the interval does not tell."""
    if indicator.target is None:
        return ""
    target = russian.amount(indicator.target.value, indicator.unit)
    return report.say(f"target.{against_target(indicator, row)}", target=target)


def _school_count(report: JudgedData) -> str | None:
    kinds = report.schools["kind"].value_counts()
    if kinds.empty:
        return None
    said = [report.counted(kind, int(kinds[kind])) for kind in KINDS if kind in kinds]
    return report.say("opening.schools", schools=russian.listed(said))


def goals(report: JudgedData) -> Block:
    """List the goals as the founding document words them, each with what measures it.

    A goal that the document does not name is said to be the house's, where the profile has a
    document; a goal without an indicator says what would have to be collected.
    """
    items = [
        f"{number}. {cell(goal.text)}{_origin(report, goal.seed)}{_measured_by(report, goal)}"
        for number, goal in enumerate(report.direction.goals, start=1)
    ]
    document = None
    if report.profile.document and any(
        one.seed and one.seed.section for one in report.direction.goals
    ):
        document = report.say("goals.document", document=cell(report.profile.document))
    return block(cell(report.direction.purpose), document, "\n".join(items))


def _origin(report: JudgedData, seed: Seed | None) -> str:
    if seed is None:
        return ""
    if not seed.section:
        return f" *({report.say('goals.house')})*"
    key = "goals.section" if seed.section[0].isdigit() else "goals.whole_section"
    return f" *({report.say(key, section=cell(seed.section))})*"


def _measured_by(report: JudgedData, goal: Goal) -> str:
    """Return, on a line of its own, the indicators that serve a goal, or what it needs."""
    titles = [
        cell(one.short_title or one.title)
        for one in report.direction.indicators
        if one.goal == goal.code
    ]
    if titles:
        return "\\\n   " + report.say("goals.indicators", titles=titles)
    needs = goal.needs or report.say("goals.no_source")
    return "\\\n   " + report.say("goals.needs", needs=cell(needs))


def indicators(report: JudgedData) -> Block:
    """Put all indicators in one table, and say what stands in it."""
    last = str(report.year.shifted(-1))
    head = [
        *report.heads("indicator", "unit_short"),
        last,
        str(report.year),
        *report.heads("interval", "change", "change_verdict", "detectable", "target_value", "n"),
    ]
    rows = [_indicator_row(report, line) for line in report.all_lines]
    absent = [cell(report.title(line)) for line in report.all_lines if _is_absent(report, line)]
    caption = report.say("indicators.caption", year=report.year)
    table = report.sheet(head, rows, caption, "indicators", "lcrrlrlrrr")
    told = [one for one in report.changes.values() if one.is_told]
    text = report.say(
        "indicators.reading",
        count=len(rows),
        compared=any(one.difference is not None for one in report.changes.values()),
        told=len(told),
        rate=report.change_level,
        last=last,
    )
    missing = report.say("indicators.absent", titles=absent) if absent else None
    return block(text, table, missing, _groups_without_data(report), _formulas(report))


def _is_absent(report: JudgedData, line: IndicatorLine) -> bool:
    rows = report.line_rows(line, year=report.year)
    return all(pd.isna(row["value"]) and not report.is_hidden(row) for row in rows)


def _indicator_row(report: JudgedData, line: IndicatorLine) -> list[str]:
    found, indicator = report.changes[line], line.indicator
    row = report.line_row(line)
    unit = russian.UNIT_NAMES[indicator.unit]
    goal = indicator.target.value if indicator.target else None
    name, target = cell(report.title(line, is_short=True)), russian.figure(goal, indicator.unit)
    before = russian.figure(found.before, indicator.unit)
    if row is None or pd.isna(row["value"]):
        dash = russian.NOTHING
        told = report.say("verdict.no_data" if _is_absent(report, line) else "verdict.hidden")
        return [name, unit, before, dash, dash, dash, told, dash, target, dash]
    is_compared = found.difference is not None and is_comparable(report, line)
    difference = russian.NOTHING
    if is_compared:
        difference = russian.change(found.difference, indicator.unit)
    verdict = found.verdict(indicator.polarity) if is_compared else "not_compared"
    return [
        name,
        unit,
        before,
        f"[{russian.figure(row['value'], indicator.unit)}](#e-{_cited(report, indicator, row)})",
        russian.span(row["low"], row["high"], indicator.unit),
        difference,
        report.say(f"verdict.{verdict}"),
        detectable(line, found) if is_compared else russian.NOTHING,
        target,
        report.count(row["n"]),
    ]


def _cited(report: JudgedData, indicator: Indicator, row: Row) -> str:
    evidence = report.evidence(indicator, row)
    report.ledger.cite(evidence)
    return evidence.id


def _groups_without_data(report: JudgedData) -> Details | None:
    """Name the groups of indicators of the founding document that nothing computes yet."""
    used = {one.group for one in report.direction.indicators}
    rows = [
        [cell(group.text), cell(group.needs or report.say("goals.no_source"))]
        for group in report.direction.groups
        if group.code not in used
    ]
    if not rows:
        return None
    head = report.heads("indicator_group", "needs")
    sheet = report.sheet(head, rows, report.say("indicators.groups_without_data"), "", "ll")
    return Details(report.say("indicators.groups_folded"), (sheet,))


def _formulas(report: JudgedData) -> Details:
    rows = [
        [cell(one.title), cell(one.source), cell(one.method or "–"), cell(one.note or "–")]
        for one in report.direction.indicators
    ]
    head = report.heads("indicator", "data_source", "collection_method", "note")
    sheet = report.sheet(head, rows, report.say("indicators.sources"), "", "llll")
    return Details(report.say("indicators.sources_folded"), (sheet,))


def collection(report: JudgedData) -> Block:
    """Say how data are collected, and count what arrived by kind of file."""
    methods = [_method(one) for one in report.direction.collection]
    sources = report.store.read("sources", [report.year])
    arrived = sources.groupby("layout", sort=True).agg(
        files=("file", "nunique"),
        rows_in=("rows_in", "sum"),
        rows_kept=("rows_kept", "sum"),
        rows_set_aside=("rows_set_aside", "sum"),
    )
    rows = [
        [report.layout_title(layout), *(russian.figure(float(value), "persons") for value in row)]
        for layout, row in zip(arrived.index, arrived.to_numpy(), strict=True)
    ]
    columns = ("data_kind", "file_count", "rows_received", "rows_kept", "rows_set_aside")
    caption = report.say("collection.caption", year=report.year)
    table = report.sheet(report.heads(*columns), rows, caption, "arrived")
    text = report.say(
        "collection.reading",
        files=int(sources["file"].nunique()),
        rows=int(sources["rows_in"].sum()),
    )
    return block("\n".join(methods) if methods else None, text, table)


def _method(method: CollectionMethod) -> str:
    details = [cell(part) for part in (method.source, method.period, method.responsible) if part]
    return f"- **{cell(method.title)}** – {'; '.join(details)}."
