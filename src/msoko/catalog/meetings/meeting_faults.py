"""What forbids the minutes of a meeting: each fault with its line and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msoko.catalog.meetings.meeting_file import Meeting, MeetingFile, Member, Roster, Vote
from msoko.catalog.meetings.voting import (
    SIDES,
    Seats,
    count_votes,
    known_members,
    presiding_side,
    quorum,
    seats,
)
from msoko.catalog.municipality.profile import Profile, WorkingGroup
from msoko.catalog.yaml.declaration_lines import DeclarationLine, WrittenName, suggestion
from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to do."""

    place: DeclarationLine
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def faults(
    rule: WorkingGroup, profile: Profile, file: MeetingFile, meeting: Meeting, year: SchoolYear
) -> list[Fault]:
    """Return what forbids the minutes of a meeting, in the order of the file's lines.

    `year` is the school year in whose folder the file lies. What is merely late is no fault:
    done late stays done, and the minutes must be written all the same.
    """
    found = list(_date_faults(file, meeting, year))
    if meeting.is_held:
        roster = Roster.of(file, meeting.date)
        sat = seats(meeting, roster)
        found += _roster_faults(rule, roster, meeting)
        found += _name_faults(meeting, roster)
        found += _chair_faults(meeting, sat)
        found += _vote_faults(rule, profile, meeting, sat)
    else:
        found += [
            Fault(one.vote.place, "голосование есть, а присутствующие не названы. Впишите present.")
            for one in meeting.questions
            if one.vote
        ]
    return sorted(dict.fromkeys(found), key=lambda one: one.place.line)


def _date_faults(file: MeetingFile, meeting: Meeting, year: SchoolYear) -> Iterator[Fault]:
    if meeting.year != year:
        yield Fault(
            meeting.place,
            f"заседание {meeting.date:%d.%m.%Y} – это {meeting.year} учебный год, а файл – {year}. "
            f"Перенесите запись в data/raw/{meeting.year}/meetings.yml; год, результаты которого "
            f"слушают, назовите ключом «results: {year}».",
        )
    if meeting.results:
        try:
            SchoolYear.parse(meeting.results)
        except UsageError as error:
            yield Fault(meeting.place, f"results: {error}.")
    if sum(one.date == meeting.date for one in file.meetings) > 1:
        yield Fault(meeting.place, "на этот день записано два заседания. Оставьте одно.")
    if meeting.signed and meeting.signed < meeting.date:
        yield Fault(meeting.place, "signed: протокол подписан раньше заседания. Исправьте дату.")
    if meeting.extracts_sent and not meeting.signed:
        yield Fault(meeting.place, "выписки направлены, а протокол не подписан. Впишите signed.")
    elif meeting.extracts_sent and meeting.signed and meeting.extracts_sent < meeting.signed:
        yield Fault(
            meeting.place, "extracts_sent: выписки направлены раньше подписания. Исправьте дату."
        )
    if meeting.notified and meeting.notified > meeting.date:
        yield Fault(meeting.place, "notified: извещение позже заседания. Исправьте дату.")


def _roster_faults(rule: WorkingGroup, roster: Roster, meeting: Meeting) -> Iterator[Fault]:
    if len(roster.members) != rule.members:
        place = roster.members[0].place if roster.members else meeting.place
        yield Fault(
            place,
            f"в members на {meeting.date:%d.%m.%Y} человек: {len(roster.members)}, а в составе "
            f"группы по профилю – {rule.members}. Впишите весь состав или исправьте профиль.",
        )
    yield from (
        Fault(one.place, "имя члена группы пусто. Впишите фамилию, имя и отчество.")
        for one in roster.members
        if not one.name
    )
    names = Counter(one.name for one in roster.members if one.name)
    for one in roster.members:
        if names[one.name] > 1:
            yield Fault(one.place, f"«{one.name}» в составе дважды. Оставьте одну запись.")
    for role, title in (("chair", "председатель"), ("secretary", "секретарь")):
        holders = [one for one in roster.members if one.role == role]
        if len(holders) != 1:
            place = holders[-1].place if holders else meeting.place
            yield Fault(place, f"{title} ({role}) в составе должен быть один: {len(holders)}.")


def _name_faults(meeting: Meeting, roster: Roster) -> Iterator[Fault]:
    """Give a fault for each name that means nobody, or two persons, or one person twice."""
    yield from _unknown(_all_names(meeting), roster)
    here = _members(roster, (*meeting.present, *meeting.remote))
    for name, member in here:
        if sum(other == member for _, other in here) > 1:
            yield Fault(name.place, f"«{member.name}» среди присутствующих дважды. Уберите одно.")
    sitting = [member for _, member in here]
    for key, names in (
        ("absent", meeting.absent),
        ("written", tuple(one.name for one in meeting.written)),
    ):
        for name, member in _members(roster, names):
            if member in sitting:
                yield Fault(
                    name.place, f"{key}: «{member.name}» есть и среди присутствующих. Уберите одно."
                )
    away = [member for _, member in _members(roster, meeting.absent)]
    missing = [one for one in roster.members if one not in sitting and one not in away]
    if meeting.absent and missing:
        listed = ", ".join(one.name for one in missing)
        yield Fault(
            meeting.place, f"ни среди присутствующих, ни среди отсутствующих не названы: {listed}."
        )


def _all_names(meeting: Meeting) -> list[WrittenName]:
    names = [*meeting.present, *meeting.remote, *meeting.absent]
    names += [one.name for one in meeting.written]
    names += [one for one in (meeting.presiding, meeting.secretary) if one]
    names += [one.name for question in meeting.questions for one in question.dissenting]
    return names + [name for question in meeting.questions for name in _voters(question.vote)]


def _voters(vote: Vote | None) -> list[WrittenName]:
    sides = [getattr(vote, side) for side in SIDES] if vote else []
    return [name for side in sides if not isinstance(side, int) for name in side]


def _unknown(names: Sequence[WrittenName], roster: Roster) -> Iterator[Fault]:
    for name in names:
        found = roster.find(name)
        if not found:
            known = [one.name.split()[0] for one in roster.members if one.name]
            hint = suggestion(name.split(" ")[0], known)
            yield Fault(name.place, f"«{name}» не входит в состав группы. {hint}")
        elif len(found) > 1:
            listed = " или ".join(one.name for one in found)
            yield Fault(name.place, f"«{name}» – это {listed}? Напишите имя полностью.")


def _members(roster: Roster, names: Sequence[WrittenName]) -> list[tuple[WrittenName, Member]]:
    found = [(name, roster.find(name)) for name in names]
    return [(name, members[0]) for name, members in found if len(members) == 1]


def _chair_faults(meeting: Meeting, sat: Seats) -> Iterator[Fault]:
    """Give a fault where the meeting is led, or written down, by someone who may not."""
    chair, deputy = sat.roster.with_role("chair"), sat.roster.with_role("deputy")
    led = sat.presiding
    place = meeting.presiding.place if meeting.presiding else meeting.place
    rightful = next((one for one in (chair, deputy) if one and one in sat.present), None)
    if led is None:
        if meeting.presiding is None:
            yield Fault(
                place,
                "нет ни председателя, ни заместителя, а кто вёл заседание, не сказано. Назовите "
                "его в presiding, а в appointed – чем он назначен.",
            )
    elif led not in sat.present:
        yield Fault(place, f"presiding: «{led.name}» вёл заседание, но не присутствовал.")
    elif rightful and led != rightful:
        yield Fault(
            place, f"presiding: заседание ведёт {rightful.name} – он присутствует. Исправьте имя."
        )
    elif not rightful and not meeting.appointed:
        yield Fault(
            place,
            "заседание вёл член группы: его назначает руководитель. Впишите в appointed, чем "
            "назначен, например «распоряжение от 20.08.2025».",
        )
    secretary = sat.secretary
    place = meeting.secretary.place if meeting.secretary else meeting.place
    if secretary is None and meeting.secretary is None:
        yield Fault(
            place, "секретаря нет, а кто его замещал, не сказано. Назовите его в secretary."
        )
    elif secretary is not None and secretary not in sat.present:
        yield Fault(place, f"secretary: «{secretary.name}» вёл протокол, но не присутствовал.")


def _vote_faults(
    rule: WorkingGroup, profile: Profile, meeting: Meeting, sat: Seats
) -> Iterator[Fault]:
    present, needed = len(sat.present), quorum(rule, profile.place)
    if rule.majority != "simple":
        yield Fault(
            profile.place,
            "majority: «qualified», а какая доля нужна, профиль не говорит. Итог не подсчитать.",
        )
    voted = [(one, one.vote) for one in meeting.questions if one.vote]
    if present < needed and voted:
        yield Fault(
            meeting.place,
            f"кворума нет: присутствуют {present}, а нужно не менее {needed} ({rule.quorum} от "
            f"{rule.members}). Решения приняты быть не могут: уберите голосования и решения "
            "или исправьте список присутствующих.",
        )
    elif present >= needed:
        if not meeting.questions:
            yield Fault(
                meeting.place, "заседание состоялось, а вопросов нет. Впишите questions с vote."
            )
        yield from (
            Fault(one.place, "голосования нет. Впишите vote или уберите вопрос.")
            for one in meeting.questions
            if one.vote is None
        )
    for _, vote in voted:
        yield from _one_vote_faults(rule, vote, sat)


def _one_vote_faults(rule: WorkingGroup, vote: Vote, sat: Seats) -> Iterator[Fault]:
    counts = {side: count_votes(vote, side) for side in SIDES}
    for side, number in counts.items():
        if number < 0:
            yield Fault(vote.place, f"{side}: число голосов меньше нуля.")
    total, present = sum(counts.values()), len(sat.present)
    if total != present:
        said = " + ".join(str(number) for number in counts.values())
        yield Fault(
            vote.place,
            f"голосов {said} = {total}, а присутствуют {present}. Член группы, не поднявший руку, "
            "воздержался; письменное мнение голосом не считается.",
        )
    yield from _voter_faults(vote, sat)
    casting = presiding_side(vote, sat)
    if rule.chair_has_casting_vote and counts["in_favour"] == counts["against"] > 0 and not casting:
        yield Fault(
            vote.place,
            "голоса разделились поровну, решает голос председательствующего. Впишите "
            "presiding: in_favour, against или abstained.",
        )
    if not vote.presiding:
        return
    named = getattr(vote, vote.presiding)
    is_absent = not isinstance(named, int) and sat.presiding not in known_members(sat.roster, named)
    if casting != vote.presiding or is_absent:
        yield Fault(vote.place, "presiding: по именам председательствующий голосовал иначе.")
    elif counts[vote.presiding] == 0:
        yield Fault(vote.place, f"presiding: {vote.presiding}, но на этой стороне голосов нет.")


def _voter_faults(vote: Vote, sat: Seats) -> Iterator[Fault]:
    voters = _members(sat.roster, _voters(vote))
    for name, member in voters:
        if member not in sat.present:
            yield Fault(name.place, f"«{member.name}» голосует, но не присутствует.")
        if sum(other == member for _, other in voters) > 1:
            yield Fault(name.place, f"«{member.name}» голосует дважды. Оставьте один голос.")
