"""Which reports a year's data stop, and what people are told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msoko.build.graph.build_plan import BuildPlan
from msoko.build.graph.report_list import QUALITY, SUMMARY, notebook_of
from msoko.core.school_year import SchoolYear

EVERY_DIRECTION = "*"
MOST_REASONS = 12
"""Blocking findings listed on a terminal; `msoko check` lists all."""


def blocked_reports(
    plan: BuildPlan, year: SchoolYear, reports: Iterable[str]
) -> dict[str, list[str]]:
    """Return the reports that the year's data stop, with what stops them.

    A passport is stopped only by what stops every direction: it tells of a stopped
    direction that its data were not accepted.
    """
    record = plan.records.of(f"validation:{year}")
    blocked = record.facts.get("directions_blocked", {}) if record else {}
    reasons = {
        one: blocked.get(EVERY_DIRECTION, []) + blocked.get(one, [])
        for one in reports
        if one != QUALITY  # it is there to tell it
    }
    if SUMMARY in reasons:  # it speaks of every direction
        reasons[SUMMARY] = list(dict.fromkeys(line for lines in blocked.values() for line in lines))
    return {one: lines for one, lines in reasons.items() if lines}


def unplaced_files(plan: BuildPlan, year: SchoolYear) -> list[str]:
    """Return what was not read although nobody can tell which reports would have used it."""
    record = plan.records.of(f"validation:{year}")
    return record.facts.get("unplaced", []) if record else []


def unplaced_message(lines: Sequence[str], year: SchoolYear) -> str:
    """Return what people are told of such files."""
    head = "Прочитаны не все файлы, отчёты построены без них."
    return "\n".join([head, *listed_reasons(lines, year)])


def refusal_messages(stopped: Mapping[str, list[str]], year: SchoolYear) -> list[str]:
    """Return what people are told: one message for the reports with the same reasons."""
    together: dict[tuple[str, ...], dict[str, None]] = {}
    for report, lines in stopped.items():
        together.setdefault(tuple(lines), {})[notebook_of(report)] = None
    return [_refusal(names, lines, year) for lines, names in together.items()]


def _refusal(notebooks: Iterable[str], lines: tuple[str, ...], year: SchoolYear) -> str:
    head = f"Данные не позволяют построить отчёты: {', '.join(notebooks)}."
    return "\n".join([head, *listed_reasons(lines, year)])


def listed_reasons(lines: Sequence[str], year: SchoolYear | str) -> list[str]:
    """Return the first of what stops reports, a line each, and where the rest is told."""
    rest = len(lines) - MOST_REASONS
    more = [f"и ещё замечаний: {rest}; все покажет msoko check {year}"] if rest > 0 else []
    return [f"  – {line}" for line in [*lines[:MOST_REASONS], *more]]
