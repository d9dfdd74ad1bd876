"""What a founding document makes of a meeting: quorum, majority, casting vote, terms."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from msoko.catalog.meetings.meeting_file import Meeting, Member, Roster, Side, Vote
from msoko.catalog.municipality.profile import WorkingGroup
from msoko.catalog.municipality.working_days import WorkCalendar
from msoko.catalog.yaml.declaration_lines import DeclarationLine, WrittenName
from msoko.core.errors import UsageError

SIDES: dict[Side, str] = {"in_favour": "за", "against": "против", "abstained": "воздержались"}


@dataclass(frozen=True)
class VoteOutcome:
    """How a vote ended."""

    in_favour: int
    against: int
    abstained: int
    is_adopted: bool
    is_cast: bool  # a tie that the presiding member's vote decided
    is_tie: bool = False


@dataclass(frozen=True)
class MeetingDeadlines:
    """The days that a meeting's date sets; None where the calendar's year is not entered."""

    notice: dt.date | None
    minutes: dt.date
    extracts: dt.date | None
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seats:
    """Who sat at a meeting: the composition, those present, and who led and who wrote."""

    roster: Roster
    present: tuple[Member, ...]
    presiding: Member | None
    secretary: Member | None

    @property
    def absent(self) -> list[Member]:
        return [one for one in self.roster.members if one not in self.present]


def quorum(rule: WorkingGroup, place: DeclarationLine) -> int:
    """Return how many members must be present: the rule's share of all, rounded up.

    «Не менее 2/3» of 11 is 7⅓, and seven members are less than that, so eight are needed.
    `place` is where the rule is declared.
    """
    try:
        share = Fraction(rule.quorum)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        raise UsageError(
            f'{place}: quorum – «{rule.quorum}», а нужна доля от 0 до 1, например "2/3".'
        )
    return math.ceil(share * rule.members)


def vote_outcome(rule: WorkingGroup, vote: Vote, sat: Seats) -> VoteOutcome:
    """Return how a vote ended among the members present.

    Adopted by more than half of those present (an abstention counts against). Where the votes
    for and against are equal, the presiding member's decides, even if with it there is no half
    of those present: the founding document puts no other condition. Abstaining decides nothing.
    """
    counts = {side: count_votes(vote, side) for side in SIDES}
    pro, contra = counts["in_favour"], counts["against"]
    is_tie = pro == contra > 0
    casting = presiding_side(vote, sat)
    is_cast = is_tie and rule.chair_has_casting_vote and casting in ("in_favour", "against")
    is_adopted = casting == "in_favour" if is_cast else 2 * pro > len(sat.present)
    return VoteOutcome(pro, contra, counts["abstained"], is_adopted, is_cast, is_tie)


def count_votes(vote: Vote, side: Side) -> int:
    """Return the votes of one side, written as a number or as names."""
    said = getattr(vote, side)
    return said if isinstance(said, int) else len(said)


def meeting_deadlines(
    rule: WorkingGroup, meeting: dt.date, signed: dt.date | None, known: WorkCalendar
) -> MeetingDeadlines:
    """Return by when members are told, minutes written and extracts sent.

    «В течение четырех дней» has no word «рабочих», unlike the two other terms: calendar days.
    A term runs from the next day (статья 191 ГК РФ).
    """
    notice = known.shifted(meeting, -rule.notice_working_days) if rule.notice_working_days else None
    minutes = meeting + dt.timedelta(days=rule.minutes_days)
    extracts = known.shifted(signed or minutes, rule.extracts_working_days)
    last = signed or minutes
    # A term that has no date was counted into a year beside that is not entered.
    years = {meeting.year, minutes.year, last.year, (extracts or last).year}
    years |= {last.year + 1} if extracts is None and last.year in known.years else set()
    years |= {meeting.year - 1} if _is_lost(rule, notice, meeting, known) else set()
    return MeetingDeadlines(
        notice, minutes, extracts, tuple(_caveats(meeting, minutes, sorted(years), known))
    )


def _is_lost(
    rule: WorkingGroup, notice: dt.date | None, meeting: dt.date, known: WorkCalendar
) -> bool:
    is_counted = bool(rule.notice_working_days) and meeting.year in known.years
    return is_counted and notice is None


def _caveats(
    meeting: dt.date, minutes: dt.date, years: Sequence[int], known: WorkCalendar
) -> Iterator[str]:
    absent = [year for year in years if year not in known.years]
    for year in absent:
        yield (
            f"рабочие дни {year} года не внесены в registry/calendar.yml, поэтому сроки в рабочих "
            "днях не названы. Впишите год из постановления Правительства РФ о переносе выходных"
        )
    unknown = [year for year in years if year not in known.regional]
    if not absent and unknown:
        yield (
            f"свои нерабочие дни региона ({known.region}) за {unknown[0]} год в "
            "registry/calendar.yml не внесены: если они есть, срок может быть иным"
        )
    if known.is_working(meeting) is False:
        yield f"день заседания, {meeting:%d.%m.%Y}, нерабочий"
    if known.is_working(minutes) is False:
        yield f"последний день для протокола, {minutes:%d.%m.%Y}, нерабочий: подпишите его раньше"


def seats(meeting: Meeting, roster: Roster) -> Seats:
    """Return who sat at the meeting, as far as the names are known."""
    here = known_members(roster, (*meeting.present, *meeting.remote))
    present = tuple(dict.fromkeys(here))

    def role(written: WrittenName | None, *roles: str) -> Member | None:
        if written is not None:
            return next(iter(roster.find(written)), None)
        by_role = (roster.with_role(one) for one in roles)
        return next((one for one in by_role if one in present), None)

    presiding = role(meeting.presiding, "chair", "deputy")
    return Seats(roster, present, presiding, role(meeting.secretary, "secretary"))


def presiding_side(vote: Vote, sat: Seats) -> Side | None:
    """Return how the presiding member voted: as the names say, else as `presiding` says."""
    for side in SIDES:
        said = getattr(vote, side)
        if not isinstance(said, int) and sat.presiding in known_members(sat.roster, said):
            return side
    return vote.presiding


def known_members(roster: Roster, names: Iterable[str]) -> list[Member]:
    """Return the members that names mean, those left out that mean nobody or several."""
    found = (roster.find(name) for name in names)
    return [members[0] for members in found if len(members) == 1]
