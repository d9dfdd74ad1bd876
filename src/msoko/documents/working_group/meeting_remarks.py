"""What is said beside a meeting's papers: terms missed, meetings too few, topics left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msoko.documents.working_group.meeting_words import short_date

if TYPE_CHECKING:
    from msoko.core.school_year import SchoolYear
    from msoko.documents.working_group.meeting_case import Case


def remarks(case: Case) -> Iterator[str]:
    """Give what was done late, and what of the data the agenda leaves out."""
    meeting, terms = case.meeting, case.terms
    if terms.notice and meeting.is_held and meeting.notified is None:
        yield case.say("remark.no_notice", due=short_date(terms.notice))
    for key, day, due in (
        ("late_notice", meeting.notified, terms.notice),
        ("late_minutes", meeting.signed, terms.minutes),
        ("late_extracts", meeting.extracts_sent, terms.extracts),
    ):
        if day and due and day > due:
            yield case.say(f"remark.{key}", day=short_date(day), due=short_date(due))
    if case.left_out:
        yield case.say("remark.left_out", titles=[one.title for one in case.left_out])
    if moved := list(_moved(case)):
        yield case.say("remark.moved", numbers=moved)
    yield from terms.caveats


def _moved(case: Case) -> Iterator[str]:
    """Give the points whose lines of the annex are no longer what the data would say now."""
    for number, question in case.numbered():
        topic = case.topic(question)
        if topic is None:
            continue
        now = [one.text for one in topic.points]
        for place, point in enumerate(question.decisions, start=1):
            if case.say("annex.mark") in point.text.lower() and point.text not in now:
                yield f"{number}.{place}"


def year_remarks(case: Case, year: SchoolYear) -> Iterator[str]:
    """Give what is said of the year's meetings together."""
    count = sum(one.is_held for one in case.file.meetings)
    if count < case.rule.meetings_a_year:
        yield case.say(
            "remark.few_meetings", year=year, count=count, least=case.rule.meetings_a_year
        )
