"""What the year asks of the department: risks, decisions, and what decisions changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko import catalog
from msoko.core import russian
from msoko.report.block import Block, Sheet, block, cell
from msoko.report.data.target_verdict import against_target
from msoko.report.sections.cycle import advice
from msoko.report.sections.cycle.decision_effects import OUTCOMES, effect_of, measured_decisions
from msoko.report.sections.pages import told_effects
from msoko.report.sections.pages.year_summary import (
    YearChange,
    judged_changes,
    known_row,
    linked,
    title,
)

if TYPE_CHECKING:
    from msoko.catalog import Decision
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.sections.cycle.decision_effects import DecisionEffect

MOST_FINDINGS = 2
"""Findings of a direction that the page of risks words; the others are counted."""
MOST_WORDED = 8
"""Findings of all directions that the page has room for."""
MANY_DIRECTIONS = 2
"""Organisations are named where findings of so many directions concern them."""
MOST_NAMED = 12
MOST_EFFECTS = 7
MOST_DECISIONS = 4
"""Rows that each table of the page of decisions has room for."""
ROOM = 120
"""Letters of a text in a cell; the whole stands in the report that the page leads to."""


def risks(report: JudgedData) -> Block:
    """Count what each direction warns of, and word the findings on the whole municipality."""
    told = judged_changes(report).values()
    rows, worded = [], []
    for other in report.siblings:
        found = advice.shown_recommendations(other)
        own = [one for one in told if one.reading is other]
        rows.append([linked(other.direction), *_counts(other, found, own)])
        whole = found[found["school_id"].isna()]["finding"].dropna().drop_duplicates()
        worded += [f"- **{cell(title(other.direction))}.** {cell(one)}"
                   for one in whole.iloc[:MOST_FINDINGS]]  # fmt: skip
    head = report.heads("direction", "worse_count", "missed_targets", "ground_count")
    head += [] if report.is_public else report.heads("organisation_count")
    caption = report.say("year.risks_caption", year=report.year)
    table = report.sheet(head, rows, caption, "year-risks")
    reading = report.say("year.risks_public" if report.is_public else "year.risks")
    shown = worded[:MOST_WORDED]
    few = report.say("year.worded", more=len(worded) - len(shown)) if worded else None
    return block(
        reading, table, few, "\n".join(shown) or None, _organisations(report), _data(report)
    )


def _counts(report: JudgedData, found: pd.DataFrame, told: Sequence[YearChange]) -> list[str]:
    missed = [
        line
        for line in report.all_lines
        if line.indicator.target
        and (row := known_row(report, line)) is not None
        and against_target(line.indicator, row) == "missed"
    ]
    has_target = any(line.indicator.target for line in report.all_lines)
    counts = [
        russian.decimal(sum(one.verdict == "worse" for one in told), 0),
        russian.decimal(len(missed), 0) if has_target else report.say("year.no_target"),
        russian.decimal(int(found["finding"].nunique()), 0),
    ]
    if not report.is_public:
        counts.append(russian.decimal(int(found["school_id"].dropna().nunique()), 0))
    return counts


def _organisations(report: JudgedData) -> str | None:
    """Name, in the alphabet's order, whom findings of several directions concern."""
    if report.is_public:
        return None
    named: Counter[str] = Counter()
    for other in report.siblings:
        named.update(advice.shown_recommendations(other)["school_id"].dropna().unique())
    often = sorted(
        report.school_name(school) for school, count in named.items() if count >= MANY_DIRECTIONS
    )
    if not often:
        return report.say("year.no_organisations", least=MANY_DIRECTIONS)
    listed = russian.shortened([cell(one) for one in often], MOST_NAMED)
    return report.say("year.organisations", least=MANY_DIRECTIONS, names=listed, count=len(often))


def _data(report: JudgedData) -> str:
    rows = report.store.read("findings", [report.year])
    severities = rows["severity"] if "severity" in rows else pd.Series(dtype=object)
    counts = {one: int((severities == one).sum()) for one in ("blocking", "warning")}
    return report.say("year.data", **counts)


def decisions(report: JudgedData) -> Block:
    """Set out what past decisions changed, this year's, and what findings propose."""
    every = catalog.load_decisions(report.project, report.profile)
    taken = [one for one in every if one.school_year == str(report.year)]
    return block(*_effects(report), _taken(report, taken), *_proposed(report))


def _effects(report: JudgedData) -> list[Sheet | str]:
    """Return what last year's decisions changed, and earlier ones due this year."""
    before = [(one, taken) for one in report.siblings for taken in measured_decisions(one)]
    if not before:
        return [report.say("year.no_effects", year=report.year.shifted(-1))]
    effects = [effect_of(*one) for one in before]
    rows = [_effect_row(*one, told) for one, told in zip(before, effects, strict=True)]
    rows = rows[:MOST_EFFECTS]
    outcomes = Counter(told.outcome for told in effects)
    counts = {one: outcomes[one] for one in OUTCOMES}
    columns = ("decision", "indicator", "expected", "change", "beyond", "interval", "verdict")
    told = report.say(
        "year.effects",
        count=len(before),
        **counts,
        untold=len(before) - sum(counts.values()),
        more=len(before) - len(rows),
    )
    caption = report.say("year.effects_caption")
    sheet = report.sheet(report.heads(*columns), rows, caption, "year-effects", "llrrrll")
    return [told, sheet]


def _effect_row(reading: JudgedData, decision: Decision, told: DecisionEffect) -> list[str]:
    indicator = reading.direction.indicator(decision.indicator)
    number, interval, unit = russian.NOTHING, russian.NOTHING, indicator.unit
    if told.estimate is not None:
        number = reading.ledger.cite(told_effects.evidence(reading, decision, told))
        interval = russian.span(told.estimate.low, told.estimate.high, unit, is_change=True)
    return [
        cell(brief(decision.text)),
        cell(indicator.short_title or indicator.title),
        russian.change(decision.expected.value, unit),
        russian.NOTHING if told.change is None else russian.change(told.change, unit),
        number,
        interval,
        reading.say(f"year.outcome.{told.outcome}"),
    ]


def _taken(report: JudgedData, taken: Sequence[Decision]) -> Sheet | str:
    if not taken:
        return report.say("year.no_decisions", year=report.year)
    titles = {one.direction: title(one) for one in report.directions}
    titles |= {part: titles[into] for part, into in report.profile.folds.items()}
    rows = [
        [
            cell(brief(one.text)),
            cell(titles.get(one.direction, report.say("roadmap.no_direction"))),
            cell(one.addressee),
            cell(one.deadline),
            _foreseen(report, one),
        ]
        for one in taken[:MOST_DECISIONS]
    ]
    head = report.heads("decision", "direction", "decided_for", "deadline", "foreseen")
    caption = report.say("decisions.taken", year=report.year)
    return report.sheet(head, rows, caption, "year-decisions", "lllll")


def _foreseen(report: JudgedData, decision: Decision) -> str:
    """Return whether a decision's effect will be seen, as its direction's data say."""
    own = [one for one in report.siblings if decision in one.decisions]
    return advice.foreseen_text(own[0], decision) if own else russian.NOTHING


def _proposed(report: JudgedData) -> list[Sheet | str]:
    """Propose the measures of the roadmap that the year's findings lead to."""
    measures = {one.code: one for one in catalog.load_roadmap(report.project, report.profile)}
    found = pd.concat(
        [advice.shown_recommendations(one) for one in report.siblings], ignore_index=True
    )
    counts = found.dropna(subset=["measure"]).groupby("measure")["finding"].nunique()
    counts = counts[[code in measures for code in counts.index]]
    if counts.empty:
        return [report.say("year.nothing_proposed")]
    ranked = counts.sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    rows = [
        [
            cell(measures[code].number or code),
            cell(brief(measures[code].text)),
            russian.decimal(int(count), 0),
        ]
        for code, count in ranked.iloc[:MOST_DECISIONS].items()
    ]
    head = report.heads("point", "roadmap_measure", "ground_count")
    caption = report.say("year.proposed_caption", year=report.year)
    text = report.say("year.proposed", count=len(ranked), more=len(ranked) - len(rows))
    return [text, report.sheet(head, rows, caption, "year-proposed", "llr")]


def brief(text: str) -> str:
    """Return a text that fits a cell: cut after a whole word, with the mark that it goes on."""
    if len(text) <= ROOM:
        return text
    return text[:ROOM].rsplit(" ", 1)[0].rstrip(",;:–") + "…"
