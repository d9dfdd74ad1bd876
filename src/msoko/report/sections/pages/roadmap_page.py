"""The roadmap page: what is due when, what was reported, what is late, what is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msoko import catalog
from msoko.core import russian
from msoko.report.block import Block, Details, Sheet, block, cell
from msoko.report.data.evidence import Evidence
from msoko.report.sections.pages.roadmap_year import (
    STATUSES,
    Late,
    Received,
    RoadmapYear,
    Task,
    readable,
)

if TYPE_CHECKING:
    from msoko.catalog import Due
    from msoko.report.data.report_data import ReportData

MONTHS = ("Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь",
          "Октябрь", "Ноябрь", "Декабрь")  # fmt: skip
QUARTERS = ("I", "II", "III", "IV")
KINDS = ("continuous", "yearly", "on_schedule", "own_plan", "on_need", "multi_year", "absent",
         "unparsed", "other_year")  # fmt: skip
SOURCE = "отчёты ответственных исполнителей; дорожная карта"


def of(report: ReportData) -> RoadmapYear:
    """Return the roadmap of the report's year beside the returns that can be read."""
    return _read(report)[0]


def _read(report: ReportData) -> tuple[RoadmapYear, Received]:
    measures = catalog.load_roadmap(report.project, report.profile)
    rows = report.store.read("roadmap_returns", [report.year])
    received = readable(rows, measures, report.year)
    return RoadmapYear(measures, report.year, received.rows, report.profile.returns), received


def _without_returns(report: ReportData, received: Received) -> str:
    """Say that no return came, or that those which came are on another roadmap."""
    if not received.is_foreign:
        return report.say("roadmap.no_returns")
    return report.say("roadmap.foreign", count=received.count, codes=received.unknown)


def calendar(report: ReportData) -> Block:
    """List what is due in each month, the months by calendar quarter."""
    found = of(report)
    if not found.measures:
        return block(report.say("roadmap.none"))
    dated = [task for task in found.tasks if task.dues]
    text = report.say("roadmap.calendar", measures=len(found.tasks), dated=len(dated))
    counts = [
        [month_name(month), _quarter(month), russian.decimal(len(found.due_in(month)), 0)]
        for month in found.months
    ]
    head = ["Месяц", "Квартал", "Мероприятий со сроком в этом месяце"]
    table = Sheet(head, counts, f"Сроки по месяцам, {report.year} учебный год", "due-months", "llr")
    return block(text, table, *_quarters(report, found))


def _quarters(report: ReportData, found: RoadmapYear) -> Iterable[Details]:
    for quarter in dict.fromkeys(_quarter(month) for month in found.months):
        rows = [
            [month_name(month), *measure_cells(task), span(due)]
            for month in found.months
            if _quarter(month) == quarter
            for task, due in found.due_in(month)
        ]
        head = ["Месяц", "Пункт", "Мероприятие", "Ответственный", "Документ", "Срок"]
        sheet = Sheet(head, rows, f"Что нужно сделать: {quarter}", "", "llllll")
        yield Details(f"{quarter}: {len(rows)}", (sheet,), is_printed=True)


def measure_cells(task: Task) -> list[str]:
    """Return a measure's number, text, responsible and document as cells of a table."""
    one = task.measure
    return [cell(_number(task)), cell(one.text), cell(one.responsible), cell(one.result)]


def _number(task: Task) -> str:
    return task.measure.number.strip(". ") or "без номера"


def month_name(month: dt.date) -> str:
    """Return «Октябрь 2024»."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def _quarter(month: dt.date) -> str:
    return f"{QUARTERS[(month.month - 1) // 3]} квартал {month.year}{russian.NBSP}г."


def span(due: Due) -> str:
    """Return the stretch of days that ends with a deadline, or the day alone with «до»."""
    end = f"{due.end:%d.%m.%Y}"
    return f"до {end}" if due.start is None else f"{due.start:%d.%m.%Y} – {end}"


def undated(report: ReportData) -> Block:
    """List the measures without a date in this year by what their deadline says."""
    found = of(report)
    without = [task for task in found.tasks if not task.dues]
    if not without:
        return block(report.say("roadmap.all_dated"))
    parts: list[Details] = []
    for kind in KINDS:
        rows = [
            [*measure_cells(task), cell(task.deadline.text)]
            for task in without
            if task.deadline.kind == kind
        ]
        if rows:
            title = report.say(f"roadmap.kind.{kind}")
            head = ["Пункт", "Мероприятие", "Ответственный", "Документ", "Срок, как напечатан"]
            sheet = Sheet(head, rows, title, "", "lllll")
            parts.append(Details(f"{title}: {len(rows)}", (sheet,), is_printed=True))
    return block(report.say("roadmap.undated", count=len(without)), *parts)


def status(report: ReportData) -> Block:
    """Say what was last reported of each measure, by direction."""
    found, received = _read(report)
    if not found.measures:
        return block(report.say("roadmap.none"))
    if found.returns.empty:
        return block(_without_returns(report, received))
    groups = _by_direction(report, found.own)
    rows = [
        [cell(name), *_counts(found, tasks), _share(report, name, found, tasks)]
        for name, tasks in groups.items()
    ]
    total = report.say("roadmap.total")
    rows.append([total, *_counts(found, found.own), _share(report, total, found, found.own)])
    head = ["Направление", "Мероприятий", "Выполнено", "В работе", "Не выполнено", "Нет сведений"]
    caption = f"Исполнение дорожной карты на {found.as_of:%d.%m.%Y}"
    table = Sheet([*head, "Доля выполненных"], rows, caption, "roadmap-status", "lrrrrrr")
    text = report.say(
        "roadmap.status", as_of=f"{found.as_of:%d.%m.%Y}", count=len(found.returns),
        measures=len(found.own),
    )  # fmt: skip
    skipped = None
    if received.unread:
        skipped = report.say("roadmap.unread", count=received.unread, codes=received.unknown)
    return block(text, table, skipped, *_by_status(report, found), _by_section(report, found))


def _by_direction(report: ReportData, tasks: Sequence[Task]) -> dict[str, list[Task]]:
    titles = {one.direction: one.short_title or one.title for one in report.directions}
    titles |= {
        source: titles[target]
        for source, target in report.profile.folds.items()
        if target in titles
    }
    none = report.say("roadmap.no_direction")
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(titles.get(task.measure.direction, none), []).append(task)
    return groups


def reported(found: RoadmapYear, task: Task) -> str:
    """Return the status last reported of a measure, `unknown` where nothing was."""
    said = found.statuses.get(task.measure.code, "unknown")
    return said if said in STATUSES else "unknown"


def _counts(found: RoadmapYear, tasks: Sequence[Task]) -> list[str]:
    said = [reported(found, task) for task in tasks]
    numbers = [len(tasks), *(said.count(one) for one in STATUSES)]
    return [russian.decimal(number, 0) for number in numbers]


def _share(report: ReportData, name: str, found: RoadmapYear, tasks: Sequence[Task]) -> str:
    done = sum(reported(found, task) == "done" for task in tasks)
    evidence = Evidence(
        what=f"Доля выполненных мероприятий дорожной карты: {name}; {report.year} учебный год",
        shown=russian.amount(done / len(tasks), "percent") if tasks else russian.NOTHING,
        formula="выполнено по последнему отчёту / мероприятия этого учебного года",
        numerator=russian.decimal(done, 0),
        denominator=russian.decimal(len(tasks), 0),
        n=russian.counted(len(tasks), "мероприятие", "мероприятия", "мероприятий"),
        source=SOURCE,
    )
    return report.ledger.cite(evidence)


def _by_section(report: ReportData, found: RoadmapYear) -> Details:
    groups: dict[str, list[Task]] = {}
    for task in found.own:
        groups.setdefault(task.measure.section, []).append(task)
    rows = [
        [cell(name), *_counts(found, tasks), _share(report, name, found, tasks)]
        for name, tasks in groups.items()
    ]
    head = ["Раздел", "Мероприятий", "Выполнено", "В работе", "Не выполнено", "Нет сведений"]
    sheet = Sheet([*head, "Доля выполненных"], rows, "Исполнение по разделам", "", "lrrrrrr")
    return Details("Исполнение по разделам дорожной карты", (sheet,), is_printed=True)


def _by_status(report: ReportData, found: RoadmapYear) -> Iterable[Details]:
    """Name what is not done and what nothing is known of; the rest is in the workbook."""
    for said in ("not_done", "unknown"):
        rows = [
            [*measure_cells(task), cell(task.deadline.text)]
            for task in found.own
            if reported(found, task) == said
        ]
        if rows:
            title = report.say(f"roadmap.said.{said}")
            head = ["Пункт", "Мероприятие", "Ответственный", "Документ", "Срок, как напечатан"]
            sheet = Sheet(head, rows, title, "", "lllll")
            yield Details(f"{title}: {len(rows)}", (sheet,), is_printed=True)


def discipline(report: ReportData) -> Block:
    """Count late and missing returns by responsible, and name them."""
    found, received = _read(report)
    if found.rule is None:
        return block(report.say("roadmap.no_rule"))
    rule = report.say(f"roadmap.rule.{found.rule.period}", day=found.rule.day or 0)
    if not found.expected:
        return block(rule, _without_returns(report, received))
    late = [one for one in found.overdue if one.returned_on]
    missing = [one for one in found.overdue if one.returned_on is None]
    text = report.say(
        "roadmap.discipline", expected=len(found.expected), late=len(late), missing=len(missing),
        as_of=f"{found.as_of:%d.%m.%Y}",
    )  # fmt: skip
    parts = [_details(title, part) for title, part in
             (("Поступили позже срока", late), ("Не поступили", missing)) if part]  # fmt: skip
    return block(rule, report.say("roadmap.expectation"), text, _responsible(found), *parts)


def _responsible(found: RoadmapYear) -> Sheet:
    names = dict.fromkeys(one.measure.responsible for one in found.expected)
    rows = []
    for name in names:
        asked = sum(one.measure.responsible == name for one in found.expected)
        own = [one for one in found.overdue if one.measure.responsible == name]
        missing = sum(one.returned_on is None for one in own)
        counts = (asked, asked - len(own), len(own) - missing, missing)
        share = russian.figure((asked - len(own)) / asked, "percent")
        rows.append([cell(name), *(russian.decimal(one, 0) for one in counts), share])
    head = ["Ответственный", "Ожидалось отчётов", "В срок", "Позже срока", "Не поступило",
            "Доля в срок, %"]  # fmt: skip
    return Sheet(head, rows, "Отчётность ответственных исполнителей", "responsible", "lrrrrr")


def _details(title: str, overdue: Sequence[Late]) -> Details:
    rows = [
        [
            cell(one.measure.number.strip(". ") or "без номера"),
            cell(one.measure.responsible),
            f"{one.due:%d.%m.%Y}",
            f"{one.returned_on:%d.%m.%Y}" if one.returned_on else russian.NOTHING,
            russian.decimal((one.returned_on - one.due).days, 0)
            if one.returned_on
            else russian.NOTHING,
        ]
        for one in overdue
    ]
    head = ["Пункт", "Ответственный", "Срок отчёта", "Поступил", "Дней опоздания"]
    sheet = Sheet(head, rows, title, "", "llllr")
    return Details(f"{title}: {len(rows)}", (sheet,), is_printed=True)
