"""One meeting with all that its papers are written from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from msoko.catalog.meetings.meeting_file import (
    AgendaQuestion,
    Meeting,
    MeetingFile,
    Resolution,
    Roster,
)
from msoko.catalog.meetings.voting import (
    MeetingDeadlines,
    Seats,
    VoteOutcome,
    meeting_deadlines,
    quorum,
    seats,
    vote_outcome,
)
from msoko.core import russian
from msoko.documents.working_group.meeting_words import uncapitalised

if TYPE_CHECKING:
    from msoko.catalog import Indicator, Profile
    from msoko.catalog.municipality.profile import WorkingGroup
    from msoko.catalog.municipality.working_days import WorkCalendar
    from msoko.catalog.registry.wording import Wording
    from msoko.documents.working_group.meeting_topics import AnnexLine, Topic


@dataclass
class Case:
    """A meeting, the rules of its group, the year's topics and the words of its papers."""

    profile: Profile
    rule: WorkingGroup
    file: MeetingFile
    meeting: Meeting
    topics: Sequence[Topic]
    indicators: dict[str, dict[str, Indicator]]
    known_days: WorkCalendar
    words: Wording
    is_synthetic: bool = False
    questions: Sequence[AgendaQuestion] = field(init=False)

    def __post_init__(self) -> None:
        written = self.meeting.questions
        self.questions = written or [question_of(topic) for topic in self.topics]

    def say(self, key: str, **slots: object) -> str:
        return self.words.say(key, **slots)

    def head(self, section: str) -> list[str]:
        """Return the column heads of a table."""
        return list(self.words.sentences[section]["head"])

    @cached_property
    def terms(self) -> MeetingDeadlines:
        return meeting_deadlines(self.rule, self.meeting.date, self.meeting.signed, self.known_days)

    @cached_property
    def seats(self) -> Seats:
        return seats(self.meeting, Roster.of(self.file, self.meeting.date))

    @property
    def quorum(self) -> int:
        return quorum(self.rule, self.profile.place)

    def outcome(self, question: AgendaQuestion) -> VoteOutcome | None:
        """Return how a question's vote ended; None where none was taken."""
        return vote_outcome(self.rule, question.vote, self.seats) if question.vote else None

    def topic(self, question: AgendaQuestion) -> Topic | None:
        """Return what the data say on a question."""
        return next((one for one in self.topics if one.about == question.about), None)

    @property
    def left_out(self) -> list[Topic]:
        """The topics that the data give and the agenda does not have."""
        asked = {one.about for one in self.questions}
        return [one for one in self.topics if one.about not in asked]

    @property
    def annex(self) -> list[AnnexLine]:
        """The findings of the questions asked, by the numbers that the year gives them."""
        found = [self.topic(one) for one in self.questions]
        return [line for topic in found if topic for line in topic.annex]

    def referred(self, point: Resolution) -> list[AnnexLine]:
        """Return the lines of the annex that a point's words send to."""
        said = f"{point.text} {point.deadline} {point.expected_text}".lower()
        if self.say("annex.mark") not in said:
            return []
        topic = next((one for one in self.topics if one.about == point.direction), None)
        return [line for line in topic.annex if line.indicator == point.indicator] if topic else []

    def numbered(self) -> Iterator[tuple[int, AgendaQuestion]]:
        return enumerate(self.questions, start=1)

    def adopted(self) -> Iterator[tuple[str, AgendaQuestion, Resolution]]:
        """Give each adopted point with its number, «2.1»."""
        for number, question in self.numbered():
            ended = self.outcome(question)
            if ended and ended.is_adopted:
                for place, point in enumerate(question.decisions, start=1):
                    yield f"{number}.{place}", question, point

    def point(self, number: str, point: Resolution) -> str:
        """Return a point of a decision in one paragraph: to whom, what, by when, what for."""
        text = point.text.rstrip(". ")
        if point.addressee:
            text = self.say("point.to", addressee=point.addressee, text=uncapitalised(text))
        parts = [f"{number}. {text}."]
        if point.deadline:
            parts.append(self.say("point.deadline", deadline=point.deadline))
        if point.measure:
            parts.append(self.say("point.measure", measure=point.measure))
        return " ".join([*parts, self._aim(point)]).strip()

    def _aim(self, point: Resolution) -> str:
        indicator = self.indicators.get(point.direction, {}).get(point.indicator)
        expected = point.expected_text
        if indicator and point.expected:
            expected = russian.change(point.expected.value, indicator.unit)
        if indicator:
            title = indicator.short_title or indicator.title
            return self.say("point.aim", title=title, expected=expected)
        return self.say("point.no_aim", expected=expected) if expected else ""


def question_of(topic: Topic) -> AgendaQuestion:
    """Return the agenda's question that a topic makes."""
    return AgendaQuestion(
        title=topic.title,
        about=topic.about,
        rapporteur=topic.rapporteur,
        decisions=tuple(topic.points),
    )
