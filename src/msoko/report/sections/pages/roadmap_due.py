"""What the roadmap wants done now: in the month and quarter of the latest return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msoko.report.block import Block, Details, block
from msoko.report.sections.pages import roadmap_page
from msoko.report.sections.pages.roadmap_year import DatedMeasure, RoadmapYear

if TYPE_CHECKING:
    from msoko.catalog import Due
    from msoko.report.data.report_data import ReportData

COLUMNS = ("deadline", "point", "measure", "responsible", "status")


def due(report: ReportData) -> Block:
    """List what is due in the month and calendar quarter of the latest return, and what is past.

    The day is that of the latest return and never the computer's: a report built again a year
    later says the same. Where the month is the quarter's last, the next month is listed too.
    """
    found = roadmap_page.of(report)
    if not found.measures:
        return block(report.say("roadmap.none"))
    if found.as_of is None:
        return block(report.say("roadmap.no_day"))
    day = min(max(found.as_of, found.year.begins), found.year.ends)
    months = _months(found, day)
    tasks = [(month, pair) for month in months for pair in found.due_in(month)]
    now = sum(month == day.replace(day=1) for month, _ in tasks)
    text = report.say(
        "roadmap.due", as_of=f"{found.as_of:%d.%m.%Y}", month=roadmap_page.month_name(day).lower(),
        count=now, all=len(tasks), months=[roadmap_page.month_name(one).lower() for one in months],
    )  # fmt: skip
    if not tasks:
        return block(text, _past(report, found))
    rows = [_row(report, found, month, *pair) for month, pair in tasks]
    first, last = (roadmap_page.month_name(months[place]) for place in (0, -1))
    caption = report.say("roadmap.due_caption", first=first, last=last)
    table = report.sheet(report.heads(*COLUMNS), rows, caption, "due-now", "lllll")
    return block(text, table, _past(report, found))


def _months(found: RoadmapYear, day: dt.date) -> list[dt.date]:
    """Return the school year's months of the day's quarter, and the next where it is the last."""
    quarter = (day.month - 1) // 3
    own = [one for one in found.months if _same_quarter(one, day.year, quarter)]
    later = [one for one in found.months if one > own[-1]]
    return own + later[:1] if day.month == own[-1].month else own


def _same_quarter(month: dt.date, year: int, quarter: int) -> bool:
    return month.year == year and (month.month - 1) // 3 == quarter


def _row(
    report: ReportData, found: RoadmapYear, month: dt.date, task: DatedMeasure, span: Due
) -> Sequence[str]:
    said = report.say(f"roadmap.said.{roadmap_page.reported(found, task)}")
    number, text, responsible, _ = roadmap_page.measure_cells(report, task)
    return [
        f"{roadmap_page.month_name(month)}: {roadmap_page.due_span(report, span)}",
        number,
        text,
        responsible,
        said,
    ]


def _past(report: ReportData, found: RoadmapYear) -> Details | str:
    """Name the measures whose deadline is over and that nobody has reported as done."""
    rows = [
        _row(report, found, span.end.replace(day=1), task, span) for task, span in found.past_due
    ]
    if not rows:
        return report.say("roadmap.nothing_past")
    title = report.say("roadmap.past")
    sheet = report.sheet(report.heads(*COLUMNS), rows, title, "", "lllll")
    return Details(f"{title}: {len(rows)}", (sheet,), is_printed=True)
