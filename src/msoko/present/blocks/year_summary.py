"""The year in four printed pages: figures, changes, risks, decisions of all directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko import catalog
from msoko.present import change, russian
from msoko.present.block import Block, Prose, Sheet, block, cell
from msoko.present.blocks import advice
from msoko.present.neighbours import beside

if TYPE_CHECKING:
    from msoko.catalog import Decision, Direction
    from msoko.present.change import Change
    from msoko.present.reading import Line, Reading

FIGURES = 3
"""Indicators that a direction has on the page of key figures: its first with a value."""
MOST_FINDINGS = 2
"""Findings of a direction that the page of risks words; the others are counted."""


def key_figures(report: Reading) -> Block:
    """Set out the first indicators of each direction with interval and target."""
    rows, named = [], set()
    for other in _readings(report):
        for line, row in _first(other, named):
            indicator = line.indicator
            goal = indicator.target.value if indicator.target else None
            rows.append([
                _linked(other.direction),
                cell(other.title(line, is_short=True)),
                other.number(indicator, row),
                russian.span(row["low"], row["high"], indicator.unit),
                russian.amount(goal, indicator.unit),
                other.count(row["n"]),
            ])  # fmt: skip
    if not rows:
        return block(report.say("year.no_figures"))
    head = ["Направление", "Показатель", "Значение", "95 % интервал", "Цель", "n"]
    caption = f"Главные показатели, {report.year} учебный год"
    count = len({row[0] for row in rows})
    text = report.say("year.figures", figures=len(rows), directions=count, most=FIGURES)
    return block(text, Sheet(head, rows, caption, "year-figures", "llrlrr"))


def _readings(report: Reading) -> list[Reading]:
    return [beside(report, one) for one in report.directions]


def _first(report: Reading, named: set[str]) -> list[tuple[Line, pd.Series]]:
    """Return a direction's first lines with a value that no direction before it has named."""
    found: list[tuple[Line, pd.Series]] = []
    for line in report.all_lines:
        row, title = _known(report, line), report.title(line, is_short=True)
        if row is not None and title not in named and len(found) < FIGURES:
            named.add(title)
            found.append((line, row))
    return found


def _known(report: Reading, line: Line) -> pd.Series | None:
    rows = report.rows_of(line, year=report.year)
    return rows.iloc[0] if len(rows) and pd.notna(rows["value"].iloc[0]) else None


def _title(direction: Direction) -> str:
    return direction.short_title or direction.title


def _linked(direction: Direction) -> str:
    return f"[{cell(_title(direction))}]({direction.direction}.html)"


def changes(report: Reading) -> Block:
    """List the changes told from chance with one false discovery rate over all directions."""
    from msoko.stats.multiplicity import adjust

    found = [
        (other, line, one)
        for other in _readings(report)
        for line, one in other.changes.items()
        if one.has_interval
    ]
    if not found:
        return block(report.say("year.no_changes", year=report.year.shifted(-1)))
    q_values = adjust([one.estimate.p for _, _, one in found])
    told = [
        (*entry, float(q)) for entry, q in zip(found, q_values, strict=True) if q <= change.LEVEL
    ]
    text = report.say("year.changes", count=len(found), told=len(told), rate=change.LEVEL)
    if not told:
        return block(text)
    rows = [_change_row(report, *entry) for entry in told]
    order = {report.say(f"verdict.{key}"): place for place, key in
             enumerate(("worse", "better", "down", "up"))}  # fmt: skip
    rows.sort(key=lambda row: order.get(row[-1], len(order)))
    head = ["Направление", "Показатель", "Изменение", "95 % интервал", "q", "Вывод"]
    caption = f"Изменения, отличимые от случайных, с {report.year.shifted(-1)} по {report.year}"
    return block(text, Sheet(head, rows, caption, "year-changes", "llrlrl"))


def _change_row(report: Reading, other: Reading, line: Line, found: Change, q: float) -> list[str]:
    estimate, indicator = found.estimate, line.indicator
    is_up, is_better = estimate.value > 0, indicator.polarity == "higher_is_better"
    verdict = "better" if is_up == is_better else "worse"
    if indicator.polarity == "none":
        verdict = "up" if is_up else "down"
    return [
        _linked(other.direction),
        cell(other.title(line, is_short=True)),
        other.ledger.cite(change.evidence(other, line, found)),
        russian.span(estimate.low, estimate.high, indicator.unit, is_change=True),
        "< 0,001" if q < 0.001 else russian.decimal(q, 3),
        report.say(f"verdict.{verdict}"),
    ]


def risks(report: Reading) -> Block:
    """Count the findings of each direction and word those on the whole municipality."""
    rows, worded = [], []
    for other in _readings(report):
        found = advice.shown(other)
        rows.append([_linked(other.direction), *_risk_counts(report, other, found)])
        own = found[found["school_id"].isna()]["finding"].dropna().drop_duplicates()
        for finding in own.iloc[:MOST_FINDINGS]:
            worded.append(f"- **{cell(_title(other.direction))}.** {cell(finding)}")
    head = ["Направление", "Оснований", "Рекомендаций"]
    head += [] if report.is_public else ["Организаций"]
    head += ["Ошибок в данных", "Предупреждений"]
    caption = f"Основания для рекомендаций по направлениям, {report.year} учебный год"
    table = Sheet(head, rows, caption, "year-risks")
    few = report.say("year.worded", most=MOST_FINDINGS) if worded else None
    reading = report.say("year.risks_public" if report.is_public else "year.risks")
    return block(reading, table, few, "\n".join(worded) if worded else None)


def _risk_counts(report: Reading, other: Reading, found: pd.DataFrame) -> list[str]:
    severities = other.findings["severity"]
    counts = [int(found["finding"].nunique()), len(found)]
    if not report.is_public:
        counts.append(int(found["school_id"].dropna().nunique()))
    counts += [int((severities == one).sum()) for one in ("blocking", "warning")]
    return [russian.decimal(count, 0) for count in counts]


def decisions(report: Reading) -> Block:
    """List the year's decisions, and what last year's changed in each direction."""
    every = catalog.load_decisions(report.project, report.profile)
    last = str(report.year.shifted(-1))
    taken = [one for one in every if one.school_year == str(report.year)]
    parts: list[Prose | Sheet | str] = [_taken(report, taken)]
    aimed = {one.direction for one in every if one.school_year == last}
    effects = [(one, advice.effect(one)) for one in _readings(report)
               if one.direction.direction in aimed]  # fmt: skip
    if not effects:
        return block(*parts, report.say("year.no_effects", year=last))
    parts.append(report.say("year.effects", year=last))
    for other, told in effects:  # the first part counts, the last warns: both are said once here
        parts += [f"**{cell(_title(other.direction))}**", *told.parts[1:-1]]
    return block(*parts, report.say("effect.caveat"))


def _taken(report: Reading, taken: Sequence[Decision]) -> Sheet | str:
    if not taken:
        return report.say("year.no_decisions", year=report.year)
    titles = {one.direction: _title(one) for one in report.directions}
    rows = [
        [
            f"{one.date:%d.%m.%Y}",
            cell(titles.get(one.direction, report.say("roadmap.no_direction"))),
            cell(one.text),
            cell(one.addressee),
            cell(one.deadline),
        ]
        for one in taken
    ]
    head = ["Дата", "Направление", "Решение", "Адресат", "Срок"]
    return Sheet(head, rows, f"Решения {report.year} учебного года", "year-decisions", "lllll")
