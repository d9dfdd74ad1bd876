"""The year at a glance: key figures and changes of all directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, block, cell
from msoko.report.data.line_changes import change_evidence, detectable, is_comparable
from msoko.report.data.target_verdict import against_target
from msoko.stats.estimators.judged_changes import JudgedChange, judge_changes

if TYPE_CHECKING:
    from msoko.catalog import Direction
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.indicator_rows import Row
    from msoko.report.data.judged_data import JudgedData

FIGURES = 3
"""Indicators that a direction has on the page of key figures."""
MOST_CHANGES = 18
"""Rows of the page of changes; with more it would not be one page."""
ORDER = ("worse", "better", "down", "up")


@dataclass(frozen=True)
class YearChange:
    """A line of a direction with its change, judged among the changes of all directions."""

    reading: JudgedData
    line: IndicatorLine
    change: JudgedChange

    @property
    def verdict(self) -> str:
        """A key of wording; what is not compared at all says so."""
        if self.change.difference is not None and not is_comparable(self.reading, self.line):
            return "not_compared"
        return self.change.verdict(self.line.indicator.polarity)

    @property
    def said(self) -> str:
        """The verdict in a word, with an arrow where a change is told from chance.

        Counts are complete: their difference is a fact, and is said instead.
        """
        found, indicator = self.change, self.line.indicator
        if found.difference is not None and indicator.measure in ("sum", "count"):
            return russian.change(found.difference, indicator.unit)
        if self.verdict == "unknown":
            return self.reading.say("year.unknown")
        word = self.reading.say(f"verdict.{self.verdict}")
        if self.verdict in ORDER:
            arrow = "↑" if self.change.estimate.value > 0 else "↓"
            return f"{arrow}{russian.NBSP}{word}"
        return f"≈{russian.NBSP}{word}" if self.verdict == "within" else word


def judged_changes(report: JudgedData) -> dict[tuple[str, IndicatorLine], YearChange]:
    """Return every line's change; one false discovery rate serves all directions."""
    lines = [(other, line) for other in report.siblings for line in other.all_lines]
    changes = [change for other in report.siblings for change in other.changes.values()]
    judged = judge_changes(changes, report.change_level)
    return {
        (other.direction.direction, line): YearChange(other, line, change)
        for (other, line), change in zip(lines, judged, strict=True)
    }


def title(direction: Direction) -> str:
    """Return a direction's name as the summary prints it."""
    return direction.short_title or direction.title


def linked(direction: Direction) -> str:
    """Return a direction's name that leads to its report."""
    return f"[{cell(title(direction))}]({direction.direction}.html)"


def grouped(head: Sequence[str], groups: Iterator[tuple[str, list[list[str]]]]) -> list[list[str]]:
    """Return the rows of groups, each under a row that names it and holds nothing else."""
    rows: list[list[str]] = []
    for name, own in groups:
        rows += [[name, *[""] * (len(head) - 1)], *own]
    return rows


def key_figures(report: JudgedData) -> Block:
    """Set out each direction's key indicators: value, interval, last year, change, target."""
    told, named = judged_changes(report), set()
    chosen = [(one, _chosen(one, named)) for one in report.siblings]
    chosen = [(one, rows) for one, rows in chosen if rows]
    if not chosen:
        return block(report.say("year.no_figures"))
    lines = [line for _, rows in chosen for line, _ in rows]
    has_target = any(line.indicator.target for line in lines)
    head = [
        *report.heads("indicator"),
        str(report.year.shifted(-1)),
        str(report.year),
        *report.heads("interval", "n", "year_verdict", *(["target"] if has_target else [])),
    ]
    groups = (
        (linked(one.direction), [_figure(one, line, row, told, has_target) for line, row in rows])
        for one, rows in chosen
    )
    rows = grouped(head, groups)
    caption = report.say("year.figures_caption", year=report.year)
    found = [told[one.direction.direction, line] for one, rows_ in chosen for line, _ in rows_]
    verdicts = [one.verdict for one in found]
    text = report.say(
        "year.figures",
        figures=len(lines),
        compared=any(one.change.difference is not None for one in found),
        last=report.year.shifted(-1),
        better=verdicts.count("better"),
        worse=verdicts.count("worse"),
        has_target=has_target,
    )
    align = "lrrlrll"[: len(head)]
    return block(text, report.sheet(head, rows, caption, "year-figures", align))


def _chosen(report: JudgedData, named: set[str]) -> list[tuple[IndicatorLine, Row]]:
    """Return a direction's lines with a value: those with a target, the key ones, the first.

    What a direction before it has named is not named twice.
    """
    keys = list(report.direction.key_figures)
    rank = {code: place for place, code in enumerate(keys)}
    order = sorted(
        report.all_lines,
        key=lambda line: (
            line.indicator.target is None,
            rank.get(line.indicator.code, len(keys)),
        ),
    )
    found: list[tuple[IndicatorLine, Row]] = []
    for line in order:
        row, name = known_row(report, line), report.title(line, is_short=True)
        if row is not None and name not in named and len(found) < FIGURES:
            named.add(name)
            found.append((line, row))
    return found


def known_row(report: JudgedData, line: IndicatorLine) -> Row | None:
    """Return a line's row of the year, where it has a value."""
    row = report.line_row(line)
    return None if row is None or pd.isna(row["value"]) else row


def _figure(
    report: JudgedData,
    line: IndicatorLine,
    row: Row,
    told: dict[tuple[str, IndicatorLine], YearChange],
    has_target: bool,
) -> list[str]:
    indicator, one = line.indicator, told[report.direction.direction, line]
    cells = [
        cell(report.title(line, is_short=True)),
        russian.amount(one.change.before, indicator.unit),
        report.number(indicator, row),
        russian.span(row["low"], row["high"], indicator.unit),
        report.count(row["n"]),
        one.said,
    ]
    return [*cells, target(report, line, row)] if has_target else cells


def target(report: JudgedData, line: IndicatorLine, row: Row) -> str:
    """Return a line's target and whether it is reached, in as few words as a cell has room for."""
    indicator = line.indicator
    if indicator.target is None:
        return russian.NOTHING
    shown = russian.amount(indicator.target.value, indicator.unit)
    return report.say(f"year.target.{against_target(indicator, row)}", target=shown)


def changes(report: JudgedData) -> Block:
    """List the changes told from chance with one false discovery rate over all directions."""
    every = list(judged_changes(report).values())
    judged = [one for one in every if one.change.has_interval]
    if not judged:
        return block(report.say("year.no_changes", year=report.year.shifted(-1)))
    found = [one for one in judged if one.change.is_told]
    shown = _shown(found)
    text = report.say(
        "year.changes",
        count=len(judged),
        told=len(found),
        worse=sum(one.verdict == "worse" for one in found),
        rate=report.change_level,
        unjudged=sum(one.change.after is not None for one in every) - len(judged),
        more=len(found) - len(shown),
    )
    if not shown:
        return block(text)
    last = report.year.shifted(-1)
    head = [
        *report.heads("indicator"),
        str(last),
        str(report.year),
        *report.heads("change", "interval", "detectable", "school_count"),
    ]
    groups = (
        (report.say(f"year.group.{verdict}"), own)
        for verdict in ORDER
        if (own := [_change_row(one) for one in shown if one.verdict == verdict])
    )
    caption = report.say("year.changes_caption", last=last, year=report.year)
    rows = grouped(head, groups)
    return block(text, report.sheet(head, rows, caption, "year-changes", "lrrrlrr"))


def _shown(found: Sequence[YearChange]) -> list[YearChange]:
    """Return the changes there is room for: what became worse, then the surest first."""
    order = {verdict: place for place, verdict in enumerate(ORDER)}
    ranked = sorted(found, key=lambda one: (order[one.verdict] > 0, one.change.q))
    return sorted(ranked[:MOST_CHANGES], key=lambda one: (order[one.verdict], one.change.q))


def _change_row(one: YearChange) -> list[str]:
    reading, line, found = one.reading, one.line, one.change
    estimate, unit = found.estimate, line.indicator.unit
    arrow = "↑" if estimate.value > 0 else "↓"
    number = reading.ledger.cite(change_evidence(reading, line, found))
    return [
        f"{cell(reading.title(line))} ({linked(reading.direction)})",
        russian.amount(found.before, unit),
        russian.amount(found.after, unit),
        f"{arrow}{russian.NBSP}{number}",
        russian.span(estimate.low, estimate.high, unit, is_change=True),
        detectable(line, found),
        russian.decimal(estimate.n, 0),
    ]
