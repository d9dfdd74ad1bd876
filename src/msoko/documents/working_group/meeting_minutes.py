"""Minutes of a meeting, with blanks until the vote is written, and extracts from them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from msoko.catalog.meetings.voting import SIDES, known_members
from msoko.core import russian
from msoko.documents.official_paper import Paper, Part, Sides, Text
from msoko.documents.working_group.meeting_papers import annex, masthead, points
from msoko.documents.working_group.meeting_words import (
    initials,
    long_date,
    short_date,
    uncapitalised,
)

if TYPE_CHECKING:
    from msoko.catalog.meetings.meeting_file import AgendaQuestion, Member, Resolution
    from msoko.catalog.meetings.voting import VoteOutcome
    from msoko.documents.working_group.meeting_case import Case


def minutes(case: Case) -> Paper:
    """Return the minutes: a draft with blanks, or what was decided where the meeting was held."""
    words, held = case.say, case.meeting.is_held
    of = words("paper.minutes_of", group=words("group.genitive"))
    parts: list[Part] = [*masthead(case)]
    if not held:
        parts.append(Text(words("paper.draft"), "right"))
    parts += [
        Text(words("paper.minutes"), "title", keeps=True),
        Text(of, "center"),
        Sides(long_date(case.meeting.date), _number(case)),
    ]
    parts += _attendance(case) if held else _blank_attendance(case)
    parts.append(Text(words("minutes.agenda"), "label", keeps=True))
    for number, question in case.numbered():
        parts.append(Text(f"{number}. {question.title}.", "item"))
    for number, question in case.numbered():
        parts += _heard(case, number, question)
        parts += _decided(case, number, question)
    return Paper(
        f"{words('paper.minutes')} {of}", [*parts, *_signatures(case), *annex(case, case.annex)]
    )


def _number(case: Case) -> str:
    return case.say("paper.number", number=case.meeting.number or case.say("paper.blank"))


def _attendance(case: Case) -> Iterator[Part]:
    sat, meeting = case.seats, case.meeting
    yield Text(f"{case.say('minutes.presiding')} – {_title(sat.presiding)}.", "left")
    yield Text(f"{case.say('minutes.secretary')} – {_title(sat.secretary)}.", "left")
    names = [_title(one) for one in sat.present]
    yield Text(case.say("minutes.present", names="; ".join(names)), "left")
    for key, listed in (
        ("remote", [one.name for one in known_members(sat.roster, meeting.remote)]),
        ("absent", [one.name for one in sat.absent]),
        ("invited", list(meeting.invited)),
    ):
        if listed:
            yield Text(case.say(f"minutes.{key}", names="; ".join(listed)), "left")
    if meeting.appointed:
        yield Text(case.say("minutes.appointed", by=meeting.appointed))
    is_quorate = len(sat.present) >= case.quorum
    yield Text(_quorum(case, "quorum", present=len(sat.present), is_quorate=is_quorate))
    for one in meeting.written:
        yield Text(
            case.say("minutes.written", name=_full(case, one.name), text=one.text.rstrip("."))
        )


def _blank_attendance(case: Case) -> Iterator[Part]:
    blank = case.say("paper.long_blank")
    for key in ("presiding", "secretary"):
        yield Text(f"{case.say(f'minutes.{key}')} – {blank}", "left")
    yield Text(case.say("minutes.present", names=blank), "left")
    yield Text(_quorum(case, "quorum_blank"))


def _quorum(case: Case, key: str, **slots: object) -> str:
    exact = Fraction(case.rule.quorum) * case.rule.members
    return case.say(
        f"minutes.{key}",
        members=case.rule.members,
        share=case.rule.quorum,
        needed=case.quorum,
        exact=russian.decimal(float(exact), 2),
        is_rounded=exact.denominator != 1,
        **slots,
    )


def _title(member: Member | None) -> str:
    if member is None:
        return ""
    position = uncapitalised(member.position)
    return f"{member.name}, {position}" if position else member.name


def _name(member: Member | None) -> str:
    return initials(member.name) if member else ""


def _full(case: Case, written: str) -> str:
    return next((one.name for one in case.seats.roster.find(written)), written)


def _heard(case: Case, number: int, question: AgendaQuestion) -> Iterator[Part]:
    yield Text(case.say("minutes.heard", number=number), "label", keeps=True)
    who = question.rapporteur or case.say("paper.long_blank")
    yield Text(case.say("minutes.heard_text", who=who, title=f"{question.title}."))
    topic = case.topic(question)
    if question.heard:
        yield Text(question.heard)
    elif topic:
        yield from (Text(f"– {one}", "item") for one in topic.bases)
    if question.spoke or not case.meeting.is_held:
        yield Text(case.say("minutes.spoke"), "label", keeps=True)
        spoke = question.spoke or (case.say("paper.long_blank"),)
        yield from (Text(one, "item") for one in spoke)


def _decided(case: Case, number: int, question: AgendaQuestion) -> Iterator[Part]:
    ended = case.outcome(question)
    if ended is None and case.meeting.is_held:
        yield Text(case.say("minutes.no_vote"))
        return
    is_open = ended is None or ended.is_adopted
    yield Text(case.say("minutes.decided"), "label", keeps=True)
    if not is_open:
        yield Text(case.say("minutes.not_decided"), "left", keeps=True)
    if question.decisions:
        yield from points(case, number, question)
    else:
        yield Text(f"{number}.1. {case.say('minutes.no_decision')}", "item")
    yield from (Text(one) for one in _vote(case, question, ended))
    for one in question.dissenting:
        name = _full(case, one.name)
        yield Text(case.say("minutes.dissent", name=name, text=one.text.rstrip(".")))


def _vote(case: Case, question: AgendaQuestion, ended: VoteOutcome | None) -> list[str]:
    """Return how the vote went, in counts, by names where they are written, and its outcome."""
    if ended is None or question.vote is None:
        return [] if case.meeting.is_held else [case.say("minutes.voted_blank")]
    counts = {side: getattr(ended, side) for side in SIDES}
    said = [case.say("minutes.voted", **counts)]
    for side, title in SIDES.items():
        voters = getattr(question.vote, side)
        if not isinstance(voters, int) and voters:
            names = [_full(case, one) for one in voters]
            said.append(case.say("minutes.names", side=title, names=", ".join(names)))
    return [*said, _outcome(case, ended)]


def _outcome(case: Case, ended: VoteOutcome) -> str:
    if ended.is_cast:
        return case.say("minutes.cast", is_adopted=ended.is_adopted)
    if ended.is_adopted:
        return case.say("minutes.adopted")
    if ended.is_tie and case.rule.chair_has_casting_vote:
        return case.say("minutes.tie_untold")
    present = len(case.seats.present)
    return case.say("minutes.rejected", in_favour=ended.in_favour, present=present)


def _signatures(case: Case) -> Iterator[Part]:
    meeting, due = case.meeting, case.terms.minutes
    if not meeting.is_held:
        yield Text(case.say("minutes.draft_note", due=short_date(due)), "note")
    blank = case.say("paper.signature")
    for key, member in (("presiding", case.seats.presiding), ("secretary", case.seats.secretary)):
        name = initials(member.name) if member else case.say("paper.long_blank")
        yield Sides(case.say(f"minutes.{key}"), f"{blank} {name}")
    if meeting.signed:
        slots = {"signed": short_date(meeting.signed), "due": short_date(due)}
        is_late = meeting.signed > due
        yield Text(case.say("minutes.deadline_note", is_late=is_late, **slots), "note")


def extracts(case: Case) -> dict[str, Paper]:
    """Return an extract for each addressee of an adopted point, in the order of the minutes."""
    by_addressee: dict[str, list[tuple[str, AgendaQuestion, Resolution]]] = {}
    for entry in case.adopted():
        if entry[2].addressee:
            by_addressee.setdefault(entry[2].addressee, []).append(entry)
    return {name: _extract(case, name, found) for name, found in by_addressee.items()}


def _extract(case: Case, name: str, found: list[tuple[str, AgendaQuestion, Resolution]]) -> Paper:
    words, sat = case.say, case.seats
    of = words("extract.of", group=words("group.genitive"))
    parts: list[Part] = [
        *masthead(case),
        Text(words("paper.extract"), "title", keeps=True),
        Text(of, "center"),
        Sides(long_date(case.meeting.date), _number(case)),
        Text(words("extract.to", addressee=name), "left"),
        Text(f"{words('minutes.presiding')} – {_title(sat.presiding)}.", "left"),
        Text(f"{words('minutes.secretary')} – {_title(sat.secretary)}.", "left"),
        Text(words("extract.present", present=len(sat.present), members=case.rule.members)),
    ]
    for number, question in case.numbered():
        own = [(code, point) for code, asked, point in found if asked is question]
        if own:
            parts += _extracted(case, number, question, own)
    parts += [
        Sides(words("minutes.presiding"), _name(sat.presiding)),
        Sides(words("minutes.secretary"), _name(sat.secretary)),
        Sides(words("extract.certified"), f"{words('paper.signature')} {_name(sat.secretary)}"),
    ]
    if case.terms.extracts:
        parts.append(Text(words("extract.sent", due=short_date(case.terms.extracts)), "note"))
    lines = {line.number: line for _, _, point in found for line in case.referred(point)}
    attached = [lines[number] for number in sorted(lines)]
    return Paper(f"{words('paper.extract')}: {name}", [*parts, *annex(case, attached)])


def _extracted(
    case: Case, number: int, question: AgendaQuestion, own: list[tuple[str, Resolution]]
) -> Iterator[Part]:
    yield Text(case.say("minutes.heard", number=number), "label", keeps=True)
    who = question.rapporteur or case.say("paper.blank")
    yield Text(case.say("minutes.heard_text", who=who, title=f"{question.title}."))
    yield Text(case.say("minutes.decided"), "label", keeps=True)
    yield from (Text(case.point(code, point), "item") for code, point in own)
    yield from (Text(one) for one in _vote(case, question, case.outcome(question)))
