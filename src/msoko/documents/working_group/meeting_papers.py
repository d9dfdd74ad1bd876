"""The papers of a meeting: its agenda, its minutes, extracts for those who are to act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msoko.documents.official_paper import Grid, Landscape, Paper, Part, Sides, Text
from msoko.documents.working_group.meeting_words import long_date, short_date

if TYPE_CHECKING:
    from msoko.catalog.meetings.meeting_file import AgendaQuestion
    from msoko.documents.working_group.meeting_case import Case
    from msoko.documents.working_group.meeting_topics import AnnexLine, Topic

MOST_LISTED = 300
"""Lines of the annex; what is beyond is in the workbooks beside the reports."""
FIGURE_WIDTHS = (0.30, 0.13, 0.21, 0.11, 0.25)
ANNEX_WIDTHS = (0.05, 0.25, 0.17, 0.33, 0.12, 0.08)


def agenda(case: Case) -> Paper:
    """Return the agenda: questions on the first page, then what the data say on each."""
    meeting, words = case.meeting, case.say
    title = f"{words('paper.agenda')} {words('paper.agenda_of', group=_group(case))}"
    parts: list[Part] = [
        *masthead(case),
        Text(words("paper.agenda"), "title", keeps=True),
        Text(words("paper.agenda_of", group=_group(case)), "center"),
        Sides(long_date(meeting.date), _number(case)),
    ]
    if not case.questions:
        return Paper(title, [*parts, Text(words("agenda.nothing"))])
    parts.append(Text(_notice(case)))
    for number, question in case.numbered():
        who = words("agenda.rapporteur", who=question.rapporteur) if question.rapporteur else ""
        parts.append(Text(f"{number}. {question.title}. {who}".strip(), "item"))
    parts += [Text(words("agenda.project")), Text(words("agenda.participation"))]
    parts += _terms(case)
    for number, question in case.numbered():
        parts += _material(case, number, question)
    return Paper(title, [*parts, *annex(case, case.annex)])


def masthead(case: Case) -> list[Part]:
    """Return the head of every paper: its use, the department, the group."""
    parts = [Text(case.say("paper.internal"), "right")]
    if case.is_synthetic:
        parts.append(Text(case.say("paper.synthetic"), "note"))
    parts.append(Text(case.profile.department.nominative, "center"))
    parts.append(Text(case.say("group.name"), "center"))
    return parts


def _group(case: Case) -> str:
    return case.say("group.genitive")


def _number(case: Case) -> str:
    return case.say("paper.number", number=case.meeting.number or case.say("paper.blank"))


def _notice(case: Case) -> str:
    meeting = case.meeting
    return case.say(
        "agenda.notice",
        date=long_date(meeting.date),
        time=meeting.time,
        venue=meeting.venue,
        results=meeting.results_of,
    )


def _terms(case: Case) -> list[Part]:
    """Return the days that the meeting's date sets, and what may be doubted in them."""
    rule, terms, unknown = case.rule, case.terms, case.say("agenda.unknown_term")
    rows = [
        [
            case.say("agenda.term_minutes", days=case.say("agenda.days", n=rule.minutes_days)),
            short_date(terms.minutes),
        ],
        [
            case.say("agenda.term_extracts", days=_working_days(case, rule.extracts_working_days)),
            short_date(terms.extracts) if terms.extracts else unknown,
        ],
    ]
    if rule.notice_working_days:
        days = _working_days(case, rule.notice_working_days)
        said = short_date(terms.notice) if terms.notice else unknown
        rows.insert(0, [case.say("agenda.term_notice", days=days), said])
    grid = Grid(case.head("agenda"), rows, (0.8, 0.2), case.say("agenda.terms"))
    notes = [Text(case.say("agenda.caveat", text=one), "note") for one in terms.caveats]
    return [grid, *notes]


def _working_days(case: Case, number: int) -> str:
    return case.say("agenda.working_days", n=number)


def _material(case: Case, number: int, question: AgendaQuestion) -> list[Part]:
    topic = case.topic(question)
    parts: list[Part] = [Text(f"{number}. {question.title}", "label", keeps=True)]
    if topic:
        parts.append(Text(case.say("agenda.findings"), "left", keeps=True))
        parts += [Text(f"– {one}", "item") for one in topic.bases]
        parts += _figures(case, topic)
    if question.decisions:
        parts.append(Text(case.say("agenda.points"), "left", keeps=True))
        parts += points(case, number, question)
    if topic and topic.more_bases + topic.more_points:
        counts = {"bases": topic.more_bases, "points": topic.more_points}
        rest = [
            case.say(f"agenda.rest_{key}", count=count) for key, count in counts.items() if count
        ]
        parts.append(Text(case.say("agenda.rest", parts=rest), "note"))
    return parts


def points(case: Case, number: int, question: AgendaQuestion) -> list[Part]:
    """Return the points of a question's decision, numbered within it."""
    return [
        Text(case.point(f"{number}.{place}", point), "item")
        for place, point in enumerate(question.decisions, start=1)
    ]


def _figures(case: Case, topic: Topic) -> Iterator[Part]:
    if topic.figures:
        year = case.meeting.results_of
        caption = case.say("figures.caption", year=year)
        yield Grid(case.head("figures"), topic.figures, FIGURE_WIDTHS, caption)


def annex(case: Case, lines: Sequence[AnnexLine]) -> Iterator[Part]:
    """Give findings with numbers and advice, on pages of their own; decisions refer to them."""
    if not lines:
        return
    yield Landscape()
    yield Text(case.say("annex.title"), "label", keeps=True)
    yield Text(case.say("annex.about"))
    rows = [_annex_row(line) for line in lines[:MOST_LISTED]]
    yield Grid(case.head("annex"), rows, ANNEX_WIDTHS)
    if len(lines) > MOST_LISTED:
        yield Text(case.say("annex.rest", count=len(lines) - MOST_LISTED), "note")


def _annex_row(line: AnnexLine) -> list[str]:
    return [
        str(line.number),
        line.finding,
        line.numbers,
        "\n".join(line.advice),
        "\n".join(_once(line.deadlines)),
        "\n".join(_once(line.measures)),
    ]


def _once(said: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, said)))
