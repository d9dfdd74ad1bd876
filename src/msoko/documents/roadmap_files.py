"""The roadmap outside the page: a calendar that phones read, and a workbook."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msoko.documents.excel_annex import about, tab_of
from msoko.documents.xlsx import Tab, Value, workbook
from msoko.report.sections.pages import roadmap_page as blocks

if TYPE_CHECKING:
    from icalendar import Event

    from msoko.report.data.report_data import ReportData
    from msoko.report.sections.pages.roadmap_year import DatedMeasure, RoadmapYear


def calendar_file(report: ReportData) -> bytes:
    """Return the year's deadlines and days of returns as an iCalendar file of whole days.

    A stretch of days is entered on its last day. The stamp of each event is the first day
    of the school year, so that equal content gives equal bytes.
    """
    from icalendar import Calendar

    found = blocks.of(report)
    made = Calendar()
    made.add("prodid", "-//msoko//roadmap//RU")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    municipality = report.profile.name.nominative
    name = report.say("roadmap.calendar_name", municipality=municipality, year=report.year)
    made.add("x-wr-calname", name)
    for task in found.tasks:
        for due in task.dues:
            end = min(due.end, report.year.ends)
            words = _event_words(report, task)
            made.add_component(_event(report, f"{task.measure.code}-{end}", end, *words))
    for day in _return_days(found):
        title = report.say("roadmap.return_day")
        made.add_component(_event(report, f"return-{day}", day, title, found.rule.source))
    return made.to_ical(sorted=True)


def _event_words(report: ReportData, task: DatedMeasure) -> tuple[str, str]:
    """Return the title and the description of a measure's event."""
    one, say = task.measure, report.say
    lines = [
        one.text,
        say("roadmap.event.deadline", text=one.deadline),
        say("roadmap.event.responsible", name=one.responsible),
    ]
    if one.result:
        lines.append(say("roadmap.event.document", text=one.result))
    title = " ".join(filter(None, [one.number.strip(". "), one.text]))
    return title, "\n".join(lines)


def _event(report: ReportData, code: str, day: dt.date, title: str, text: str) -> Event:
    from icalendar import Event

    made = Event()
    made.add("uid", f"{report.profile.profile}-{report.year}-{code}@msoko")
    stamp = dt.datetime.combine(report.year.begins, dt.time(), dt.UTC)
    made.add("dtstamp", stamp)
    made.add("dtstart", day)
    made.add("dtend", day + dt.timedelta(days=1))
    made.add("summary", title)
    if text:
        made.add("description", text)
    made.add("transp", "TRANSPARENT")
    return made


def _return_days(found: RoadmapYear) -> list[dt.date]:
    if found.rule is None or not found.measures:
        return []
    days = {found.due_day(month) for month in found.months}
    return sorted(day for day in days if found.year.begins <= day <= found.year.ends)


def tables(report: ReportData) -> bytes:
    """Return the roadmap as a workbook."""
    found = blocks.of(report)
    tabs = [_measures(report, found), _overdue(report, found)]
    tabs.insert(0, about(report, report.direction.title, tabs))
    return workbook(tabs)


def _measures(report: ReportData, found: RoadmapYear) -> Tab:
    columns = ("point", "section", "measure", "printed_deadline", "deadline_kind",
               "first_deadline", "last_deadline", "responsible", "document", "status",
               "explanation")  # fmt: skip
    rows: list[list[Value]] = []
    for task in found.tasks:
        one, ends = task.measure, sorted(due.end for due in task.dues)
        said = found.statuses.get(one.code, "unknown") if task.is_of_year else "other_year"
        rows.append([
            one.number or None, one.section, one.text, one.deadline or None,
            report.say(f"roadmap.kind.{task.deadline.kind}"),
            ends[0] if ends else None, ends[-1] if ends else None,
            one.responsible, one.result or None,
            report.say(f"roadmap.said.{said}"), one.note or None,
        ])  # fmt: skip
    return tab_of(report, "measures", report.heads(*columns), rows)


def _overdue(report: ReportData, found: RoadmapYear) -> Tab:
    columns = ("point", "measure", "responsible", "return_due", "returned_on", "days_late")
    rows: list[list[Value]] = [
        [
            one.measure.number or None,
            one.measure.text,
            one.measure.responsible,
            one.due,
            one.returned_on,
            (one.returned_on - one.due).days if one.returned_on else None,
        ]
        for one in found.overdue
    ]
    return tab_of(report, "overdue", report.heads(*columns), rows)
