"""Meetings of the working group, as their secretary writes them: `data/raw/<year>/meetings.yml`.

The file names persons. It lies among the year's raw files, which are not in git; its names go
into the minutes alone and into no table of the store.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from msoko.catalog.directions.direction import Code
from msoko.catalog.municipality.profile import ExpectedChange, Profile, WorkingGroup
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import DeclarationLine, WrittenName
from msoko.core.errors import UsageError
from msoko.core.project import MEETINGS, Project
from msoko.core.school_year import SchoolYear

Side = Literal["in_favour", "against", "abstained"]


@dataclass(frozen=True)
class Member:
    """A member of the group; `since` and `until` where the composition changed in the year."""

    name: str
    position: str
    role: Literal["chair", "deputy", "secretary", "member"] = "member"
    since: dt.date | None = None
    until: dt.date | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class Vote:
    """A vote as counts, or as the names on each side; `presiding` is needed where it is a tie."""

    in_favour: int | tuple[WrittenName, ...]
    against: int | tuple[WrittenName, ...] = 0
    abstained: int | tuple[WrittenName, ...] = 0
    presiding: Side | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class Opinion:
    """What an absent member wrote, or a member's dissent, to be added to the minutes."""

    name: WrittenName
    text: str


@dataclass(frozen=True)
class Resolution:
    """One point of a decision; with an indicator and an expected change it enters the register."""

    text: str
    addressee: str = ""
    deadline: str = ""
    direction: Code = ""
    indicator: Code = ""
    expected: ExpectedChange | None = None
    expected_text: str = ""
    measure: str = ""
    schools: tuple[str, ...] = ()
    group: Mapping[str, str] = field(default_factory=dict)
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class AgendaQuestion:
    """A question of the agenda; `about` is a direction, or effect, roadmap, quality."""

    title: str
    about: Code = ""
    rapporteur: str = ""
    heard: str = ""
    spoke: tuple[str, ...] = ()
    vote: Vote | None = None
    decisions: tuple[Resolution, ...] = ()
    dissenting: tuple[Opinion, ...] = ()
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class Meeting:
    """One meeting; until `present` is written, it is still to be held.

    `results` is the school year whose results are heard, where it is not the meeting's own.
    """

    date: dt.date
    number: str = ""
    time: str = ""
    venue: str = ""
    results: str = ""
    notified: dt.date | None = None
    presiding: WrittenName | None = None
    appointed: str = ""
    secretary: WrittenName | None = None
    present: tuple[WrittenName, ...] = ()
    remote: tuple[WrittenName, ...] = ()
    absent: tuple[WrittenName, ...] = ()
    written: tuple[Opinion, ...] = ()
    invited: tuple[str, ...] = ()
    signed: dt.date | None = None
    extracts_sent: dt.date | None = None
    questions: tuple[AgendaQuestion, ...] = ()
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)

    @property
    def is_held(self) -> bool:
        return bool(self.present or self.remote)

    @property
    def year(self) -> SchoolYear:
        return SchoolYear.of_date(self.date)

    @property
    def results_of(self) -> SchoolYear:
        """The school year whose results the meeting hears."""
        return SchoolYear.parse(self.results) if self.results else self.year


@dataclass(frozen=True)
class MeetingFile:
    """The frame of `meetings.yml`."""

    members: tuple[Member, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)

    def at(self, day: dt.date) -> Meeting | None:
        """Return the meeting of that day."""
        return next((one for one in self.meetings if one.date == day), None)


@dataclass(frozen=True)
class Roster:
    """Who belonged to the group on one day."""

    members: tuple[Member, ...]

    @classmethod
    def of(cls, file: MeetingFile, day: dt.date) -> Roster:
        """Return the composition in force on `day`."""
        return cls(
            tuple(
                one
                for one in file.members
                if (one.since is None or one.since <= day)
                and (one.until is None or day <= one.until)
            )
        )

    def find(self, written: str) -> list[Member]:
        """Return the members that a name may mean: in full, by surname, surname and initials."""
        return [one for one in self.members if _means(written, one.name)]

    def with_role(self, role: str) -> Member | None:
        return next((one for one in self.members if one.role == role), None)


def meetings_path(project: Project, year: SchoolYear) -> Path:
    """Return where the year's meetings are written."""
    return project.raw(year) / MEETINGS


def load_meetings(project: Project, year: SchoolYear) -> MeetingFile:
    """Return what `meetings.yml` of a year says; an empty frame where there is no file.

    Only the form is checked here; the founding document's rules are `meeting_faults.faults`.
    """
    path = meetings_path(project, year)
    if not path.exists():
        return MeetingFile()
    return yaml_schema.load(path, MeetingFile, project.shown(path))


def require_group(profile: Profile) -> WorkingGroup:
    """Return the rules of the municipality's working group; refuse where it has none."""
    if profile.working_group is None:
        raise UsageError(
            f"{profile.place.file}: у муниципалитета нет рабочей группы – в его документе не "
            "названы ни её состав, ни кворум, ни порядок голосования, поэтому повестка и "
            "протокол не составляются. Если группа создана другим документом, опишите её "
            "в профиле под ключом «working_group» (образец – profiles/kerch.yml)."
        )
    return profile.working_group


def _means(written: str, name: str) -> bool:
    said, parts = _words(written), _words(name)
    if not said or len(said) > len(parts) or said[0] != parts[0]:
        return False
    return all(
        part.startswith(word) if len(word) == 1 else part == word
        for word, part in zip(said[1:], parts[1:], strict=False)
    )


def _words(name: str) -> Sequence[str]:
    """Return the surname and what follows it; initials may also be written before it."""
    words = re.findall(r"[\w-]+", name.lower().replace("ё", "е"))
    initials = [word for word in words if len(word) == 1]
    return [word for word in words if len(word) > 1] + initials
