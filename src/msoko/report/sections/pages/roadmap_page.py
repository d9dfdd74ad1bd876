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
    DatedMeasure,
    OverdueReturn,
    ReceivedReturns,
    RoadmapYear,
    readable_returns,
)

if TYPE_CHECKING:
    from msoko.catalog import Due, Measure
    from msoko.report.data.report_data import ReportData

QUARTERS = ("I", "II", "III", "IV")
KINDS = ("continuous", "yearly", "on_schedule", "own_plan", "on_need", "multi_year", "absent",
         "unparsed", "other_year")  # fmt: skip
COUNTS = ("measure_count", "done", "in_progress", "not_done", "unknown", "done_share")
MEASURE = ("point", "measure", "responsible", "document", "printed_deadline")


def of(report: ReportData) -> RoadmapYear:
    """Return the roadmap of the report's year beside the returns that can be read."""
    return _read(report)[0]


def _read(report: ReportData) -> tuple[RoadmapYear, ReceivedReturns]:
    measures = catalog.load_roadmap(report.project, report.profile)
    rows = report.store.read("roadmap_returns", [report.year])
    received = readable_returns(rows, measures, report.year)
    return RoadmapYear(measures, report.year, received.rows, report.profile.returns), received


def _without_returns(report: ReportData, received: ReceivedReturns) -> str:
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
        [month_name(month), _quarter(report, month), russian.decimal(len(found.due_in(month)), 0)]
        for month in found.months
    ]
    head = report.heads("month", "quarter", "due_count")
    caption = report.say("roadmap.months", year=report.year)
    table = report.sheet(head, counts, caption, "due-months", "llr")
    return block(text, table, *_quarters(report, found))


def _quarters(report: ReportData, found: RoadmapYear) -> Iterable[Details]:
    for quarter in dict.fromkeys(_quarter(report, month) for month in found.months):
        rows = [
            [month_name(month), *measure_cells(report, task), due_span(report, due)]
            for month in found.months
            if _quarter(report, month) == quarter
            for task, due in found.due_in(month)
        ]
        columns = ("month", "point", "measure", "responsible", "document", "deadline")
        caption = report.say("roadmap.to_do", quarter=quarter)
        sheet = report.sheet(report.heads(*columns), rows, caption, "", "llllll")
        yield Details(f"{quarter}: {len(rows)}", (sheet,), is_printed=True)


def measure_cells(report: ReportData, task: DatedMeasure) -> list[str]:
    """Return a measure's number, text, responsible and document as cells of a table."""
    one = task.measure
    return [
        cell(_number(report, task.measure)), cell(one.text), cell(one.responsible), cell(one.result)
    ]  # fmt: skip


def _number(report: ReportData, measure: Measure) -> str:
    return measure.number.strip(". ") or report.say("roadmap.no_number")


def month_name(month: dt.date) -> str:
    """Return «Октябрь 2024»."""
    return f"{russian.MONTHS[month.month - 1]} {month.year}"


def _quarter(report: ReportData, month: dt.date) -> str:
    number = QUARTERS[(month.month - 1) // 3]
    return report.say("roadmap.quarter", number=number, year=month.year)


def due_span(report: ReportData, due: Due) -> str:
    """Return the stretch of days that ends with a deadline, or the day alone with «до»."""
    end = f"{due.end:%d.%m.%Y}"
    if due.start is None:
        return report.say("roadmap.until", day=end)
    return f"{due.start:%d.%m.%Y} – {end}"


def undated(report: ReportData) -> Block:
    """List the measures without a date in this year by what their deadline says."""
    found = of(report)
    without = [task for task in found.tasks if not task.dues]
    if not without:
        return block(report.say("roadmap.all_dated"))
    parts: list[Details] = []
    for kind in KINDS:
        rows = [
            [*measure_cells(report, task), cell(task.deadline.text)]
            for task in without
            if task.deadline.kind == kind
        ]
        if rows:
            title = report.say(f"roadmap.kind.{kind}")
            sheet = report.sheet(report.heads(*MEASURE), rows, title, "", "lllll")
            parts.append(Details(f"{title}: {len(rows)}", (sheet,), is_printed=True))
    return block(report.say("roadmap.undated", count=len(without)), *parts)


def measure_statuses(report: ReportData) -> Block:
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
    head = report.heads("direction", *COUNTS)
    caption = report.say("roadmap.status_caption", as_of=f"{found.as_of:%d.%m.%Y}")
    table = report.sheet(head, rows, caption, "roadmap-status", "lrrrrrr")
    text = report.say(
        "roadmap.status", as_of=f"{found.as_of:%d.%m.%Y}", count=len(found.returns),
        measures=len(found.own),
    )  # fmt: skip
    skipped = None
    if received.unread:
        skipped = report.say("roadmap.unread", count=received.unread, codes=received.unknown)
    return block(text, table, skipped, *_by_status(report, found), _by_section(report, found))


def _by_direction(
    report: ReportData, tasks: Sequence[DatedMeasure]
) -> dict[str, list[DatedMeasure]]:
    titles = {one.direction: one.short_title or one.title for one in report.directions}
    titles |= {
        source: titles[target]
        for source, target in report.profile.folds.items()
        if target in titles
    }
    none = report.say("roadmap.no_direction")
    groups: dict[str, list[DatedMeasure]] = {}
    for task in tasks:
        groups.setdefault(titles.get(task.measure.direction, none), []).append(task)
    return groups


def reported(found: RoadmapYear, task: DatedMeasure) -> str:
    """Return the status last reported of a measure, `unknown` where nothing was."""
    said = found.statuses.get(task.measure.code, "unknown")
    return said if said in STATUSES else "unknown"


def _counts(found: RoadmapYear, tasks: Sequence[DatedMeasure]) -> list[str]:
    said = [reported(found, task) for task in tasks]
    numbers = [len(tasks), *(said.count(one) for one in STATUSES)]
    return [russian.decimal(number, 0) for number in numbers]


def _share(report: ReportData, name: str, found: RoadmapYear, tasks: Sequence[DatedMeasure]) -> str:
    done = sum(reported(found, task) == "done" for task in tasks)
    evidence = Evidence(
        what=report.say("evidence.roadmap.what", name=name, year=report.year),
        shown=russian.amount(done / len(tasks), "percent") if tasks else russian.NOTHING,
        formula=report.say("evidence.roadmap.formula"),
        numerator=russian.decimal(done, 0),
        denominator=russian.decimal(len(tasks), 0),
        n=report.counted("measure", len(tasks)),
        source=report.say("evidence.roadmap.source"),
    )
    return report.ledger.cite(evidence)


def _by_section(report: ReportData, found: RoadmapYear) -> Details:
    groups: dict[str, list[DatedMeasure]] = {}
    for task in found.own:
        groups.setdefault(task.measure.section, []).append(task)
    rows = [
        [cell(name), *_counts(found, tasks), _share(report, name, found, tasks)]
        for name, tasks in groups.items()
    ]
    head = report.heads("section", *COUNTS)
    sheet = report.sheet(head, rows, report.say("roadmap.sections"), "", "lrrrrrr")
    return Details(report.say("roadmap.sections_folded"), (sheet,), is_printed=True)


def _by_status(report: ReportData, found: RoadmapYear) -> Iterable[Details]:
    """Name what is not done and what nothing is known of; the rest is in the workbook."""
    for said in ("not_done", "unknown"):
        rows = [
            [*measure_cells(report, task), cell(task.deadline.text)]
            for task in found.own
            if reported(found, task) == said
        ]
        if rows:
            title = report.say(f"roadmap.said.{said}")
            sheet = report.sheet(report.heads(*MEASURE), rows, title, "", "lllll")
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
    named = ((report.say("roadmap.late"), late), (report.say("roadmap.missing"), missing))
    parts = [_details(report, title, part) for title, part in named if part]
    responsible = _responsible(report, found)
    return block(rule, report.say("roadmap.expectation"), text, responsible, *parts)


def _responsible(report: ReportData, found: RoadmapYear) -> Sheet:
    names = dict.fromkeys(one.measure.responsible for one in found.expected)
    rows = []
    for name in names:
        asked = sum(one.measure.responsible == name for one in found.expected)
        own = [one for one in found.overdue if one.measure.responsible == name]
        missing = sum(one.returned_on is None for one in own)
        counts = (asked, asked - len(own), len(own) - missing, missing)
        share = russian.figure((asked - len(own)) / asked, "percent")
        rows.append([cell(name), *(russian.decimal(one, 0) for one in counts), share])
    columns = ("responsible", "returns_expected", "returns_on_time", "returns_late",
               "returns_missing", "on_time_percent")  # fmt: skip
    caption = report.say("roadmap.responsible")
    return report.sheet(report.heads(*columns), rows, caption, "responsible", "lrrrrr")


def _details(report: ReportData, title: str, overdue: Sequence[OverdueReturn]) -> Details:
    rows = [
        [
            cell(_number(report, one.measure)),
            cell(one.measure.responsible),
            f"{one.due:%d.%m.%Y}",
            f"{one.returned_on:%d.%m.%Y}" if one.returned_on else russian.NOTHING,
            russian.decimal((one.returned_on - one.due).days, 0)
            if one.returned_on
            else russian.NOTHING,
        ]
        for one in overdue
    ]
    head = report.heads("point", "responsible", "return_due", "returned_on", "days_late")
    sheet = report.sheet(head, rows, title, "", "llllr")
    return Details(f"{title}: {len(rows)}", (sheet,), is_printed=True)
