"""The effect of past decisions in words: each judged by a rule that the page prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msoko import catalog
from msoko.core import russian
from msoko.core.school_year import SchoolYear
from msoko.report.block import Block, Sheet, block, cell
from msoko.report.data.evidence import Evidence
from msoko.report.data.line_changes import school_parts
from msoko.report.sections.cycle.decision_effects import (
    COMPARED,
    FOLLOWED,
    DecisionEffect,
    aimed_at,
    due_year,
    effect_of,
    measured_decisions,
)
from msoko.report.sections.pages.roadmap_year import readable_returns
from msoko.stats.schools.decision_effect import LEAST_SCHOOLS, LEAST_YEARS

if TYPE_CHECKING:
    from msoko.catalog import Decision
    from msoko.report.data.judged_data import JudgedData

FUNCTIONS = "msoko.stats.schools.decision_effect.{}_effect"
"""What computes an effect, as evidence names it."""


def effect(report: JudgedData) -> Block:
    """Tell what followed each decision of last year, by the rule that stands beside it."""
    last = str(report.year.shifted(-1))
    taken = measured_decisions(report)
    if not taken:
        return block(report.say("effect.none", year=last))
    found = [(one, effect_of(report, one)) for one in taken]
    items = ["- " + effect_sentence(report, *one) for one in found]
    own = sum(one.school_year == last for one in taken)
    earlier = len(taken) - own
    return block(
        report.say("effect.reading", count=own, year=last)
        + (" " + report.say("effect.earlier", count=earlier) if earlier else ""),
        "\n".join(items),
        *_followed(report, [one for one, told in found if told.outcome == FOLLOWED]),
        _rule(report, [told for _, told in found]),
    )


def _rule(report: JudgedData, found: Sequence[DecisionEffect]) -> str:
    """Return the rule of what was used on this page, and no more."""
    ways = {one.way for one in found}
    said = [report.say("effect.rule_outcomes")] if ways - {""} else []
    if COMPARED in ways:
        said.append(report.say("effect.rule_compared"))
    if ways - {"", COMPARED}:
        said.append(report.say("effect.rule_course"))
    if any(one.outcome == FOLLOWED for one in found):
        said.append(report.say("effect.rule_followed", least=LEAST_SCHOOLS))
    return " ".join([*said, report.say("effect.caveat")])


def effect_sentence(report: JudgedData, decision: Decision, told: DecisionEffect) -> str:
    """Return what may be said of a decision's effect, its number linked to its evidence."""
    indicator = report.direction.indicator(decision.indicator)
    opening = report.say(
        "effect.opening",
        text=cell(decision.text),
        date=f"{decision.date:%d.%m.%Y}",
        title=cell(report.title(aimed_at(report, decision), is_short=True)),
    )
    verdict = report.say(
        f"effect.{told.outcome}", years=LEAST_YEARS, schools=LEAST_SCHOOLS, by=due_year(decision)
    )
    if told.estimate is None:
        moved = "" if told.change is None else russian.change(told.change, indicator.unit)
        return f"{opening} – {report.say('effect.changed', change=moved) if moved else ''}{verdict}"
    slots = {
        "change": None if told.change is None else russian.change(told.change, indicator.unit),
        "number": report.ledger.cite(evidence(report, decision, told)),
        "interval": russian.span(
            told.estimate.low, told.estimate.high, indicator.unit, is_change=True
        ),
        "expected": russian.change(decision.expected.value, indicator.unit),
        "n": told.estimate.n,
        "others": told.others,
    }
    parts = [f"{opening} – {report.say(f'effect.by_{told.way}', **slots)}", verdict]
    if told.outcome == "absent" and _is_opposite(decision, told):
        parts.append(report.say("effect.opposite"))
    if told.outcome == "untold":
        least = russian.change(told.detectable, indicator.unit).lstrip("+")
        parts.append(report.say(f"effect.tell_{told.way}", least=least, schools=LEAST_SCHOOLS))
    return " ".join(parts)


def _is_opposite(decision: Decision, told: DecisionEffect) -> bool:
    """Whether the whole interval lies on the side of zero that was not wanted."""
    sign = 1 if decision.expected.value >= 0 else -1
    return max(sign * told.estimate.low, sign * told.estimate.high) < 0


def evidence(report: JudgedData, decision: Decision, told: DecisionEffect) -> Evidence:
    """Return what stands behind an effect."""
    indicator, estimate = report.direction.indicator(decision.indicator), told.estimate
    is_compared = told.way == COMPARED
    return Evidence(
        what=report.say(
            "evidence.decision.what",
            title=report.title(aimed_at(report, decision)),
            is_chosen=bool(decision.schools),
            since=decision.school_year,
            year=report.year,
        ),
        shown=russian.change(estimate.value, indicator.unit),
        formula=report.say(
            f"evidence.decision.{told.way}",
            function=FUNCTIONS.format("compared" if is_compared else "course"),
        ),
        n=report.counted("school", estimate.n) if is_compared else "",
        interval=russian.span(estimate.low, estimate.high, indicator.unit, is_change=True),
        source=indicator.source,
    )


# Decisions on a few schools: each school, and whether what was decided was done


def _followed(report: JudgedData, taken: Sequence[Decision]) -> Iterator[Sheet | str]:
    """Tell, of decisions on a few schools, what was done and what followed in each."""
    if taken and report.is_public:
        yield report.say("effect.followed_public")
        return
    for number, one in enumerate(taken, start=1):
        yield f"{cell(one.text)}. {_done(report, one)}"
        yield _school_by_school(report, one, number)


def _done(report: JudgedData, decision: Decision) -> str:
    """Return whether the decision's measure of the roadmap was done, and who said so."""
    measures = catalog.load_roadmap(report.project, report.profile)
    rows = report.store.read("roadmap_returns", [report.year])
    returns = readable_returns(rows, measures, report.year).rows
    own = returns[returns["measure"] == decision.measure] if len(returns) else returns
    own = own.dropna(subset=["status", "returned_on"]) if len(own) else own
    if own.empty:
        return report.say("effect.not_returned", addressee=cell(decision.addressee))
    last = own.sort_values(["returned_on", "source_row"], kind="stable").iloc[-1]
    result = last["result"]
    return report.say(
        "effect.returned",
        status=report.say(f"roadmap.said.{last['status']}").lower(),
        responsible=cell(last["responsible"]),
        date=f"{last['returned_on']:%d.%m.%Y}",
        result=cell(result) if isinstance(result, str) else "",
    )


def _school_by_school(report: JudgedData, decision: Decision, number: int) -> Sheet:
    line, since = aimed_at(report, decision), SchoolYear.parse(decision.school_year)
    unit = line.indicator.unit
    before, after = (school_parts(report, line, year) for year in (since, report.year))
    rows = []
    for school in decision.schools:
        pairs = [year.get(school) for year in (before, after)]
        first, last = (a / b if pair and (a := pair[0]) == a and (b := pair[1]) > 0 else None
                       for pair in pairs)  # fmt: skip
        is_known = first is not None and last is not None
        rows.append(
            [
                cell(report.school_name(school)),
                russian.figure(first, unit),
                russian.figure(last, unit),
                russian.change(last - first, unit) if is_known else russian.NOTHING,
                russian.figure(pairs[1][1] if pairs[1] else None, "persons"),
            ]
        )
    head = [*report.heads("school"), str(since), str(report.year), *report.heads("change", "n")]
    caption = report.say(
        "effect.followed_caption", title=cell(report.title(line, is_short=True)), number=number
    )
    return report.sheet(head, rows, caption, f"followed-{number}", "lrrrr")
