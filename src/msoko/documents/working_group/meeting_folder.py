"""The papers of the working group's meetings on disk: reports/<year>/internal/meetings/<date>/."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from msoko import catalog
from msoko.catalog.meetings.meeting_faults import faults
from msoko.catalog.meetings.meeting_file import Meeting, load_meetings, require_group
from msoko.catalog.meetings.meeting_references import declaration_faults
from msoko.catalog.municipality.working_days import load_calendar
from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.core.whole_files import storage_refusals, write_bytes
from msoko.documents.docx import docx
from msoko.documents.working_group.meeting_case import Case
from msoko.documents.working_group.meeting_minutes import extracts, minutes
from msoko.documents.working_group.meeting_papers import agenda
from msoko.documents.working_group.meeting_words import load_words

if TYPE_CHECKING:
    from msoko.catalog import Profile
    from msoko.core.project import Project
    from msoko.documents.official_paper import Paper
    from msoko.documents.working_group.meeting_topics import Topic

WRITTEN = ".written.json"
LONGEST = 60
"""The most of an addressee's name that goes into the name of his extract."""
CONTROL = ("effect", "roadmap", "quality")


@dataclass(frozen=True)
class Written:
    """What was put into a meeting's folder; `kept` are files that people have changed since."""

    folder: Path
    names: list[str]
    kept: list[str]


def open_case(
    project: Project,
    year: SchoolYear,
    municipality: str,
    day: dt.date,
    given: Mapping[str, str],
    *,
    has_topics: bool = True,
) -> Case:
    """Return the meeting of a day, as `meetings.yml` has it or as `given`, with the data's topics.

    `given` are `time`, `venue` and `results` of a meeting that is not written down yet. Refused
    where the profile has no group, where indicators of the year heard are not computed, and
    where anything in the meeting's record breaks the group's rules. Without `has_topics` the
    data are not asked: votes and terms can be judged before a year is built.
    """
    profile = catalog.load_profile(project, municipality)
    rule = require_group(profile)
    file = load_meetings(project, year)
    meeting = file.at(day)
    if meeting is None:
        _require_year(year, day)
        meeting = Meeting(day, **given)
    refuse_faults(project, profile, year, meeting)
    directions = catalog.load_directions(project, profile)
    return Case(
        profile=profile,
        rule=rule,
        file=file,
        meeting=meeting,
        topics=_topics(project, profile, meeting) if has_topics else [],
        indicators={one.direction: {i.code: i for i in one.indicators} for one in directions},
        known_days=load_calendar(project, profile.region.nominative),
        words=load_words(project),
        is_synthetic=catalog.is_synthetic(project, profile, meeting.results_of),
    )


def _require_year(year: SchoolYear, day: dt.date) -> None:
    """Refuse a day outside the school year before anything is written for it."""
    own = SchoolYear.of_date(day)
    if own != year:
        raise UsageError(
            f"{day:%d.%m.%Y} – это {own} учебный год, а назван {year}. Наберите "
            f"msoko meeting prepare {own} --date {day} --results {year}: год, результаты "
            "которого слушают, называет --results."
        )


def refuse_faults(project: Project, profile: Profile, year: SchoolYear, meeting: Meeting) -> None:
    """Raise `UsageError` with every fault of a meeting's record, each with its line."""
    file, rule = load_meetings(project, year), require_group(profile)
    directions = catalog.load_directions(project, profile)
    codes = {one.direction: {item.code: item for item in one.indicators} for one in directions}
    measures = {one.code for one in catalog.load_roadmap(project, profile)}
    found = faults(rule, profile, file, meeting, year)
    found += declaration_faults(meeting, codes, measures, CONTROL)
    if not found:
        return
    lines = "\n".join(str(one) for one in found)
    raise UsageError(
        f"{lines}\nДокументы не составлены; прежние, если они были, остались на месте."
    )


def _topics(project: Project, profile: Profile, meeting: Meeting) -> list[Topic]:
    from msoko.documents.working_group.meeting_control import topics
    from msoko.report.report import Report

    year = meeting.results_of
    if year not in Store(project).years("indicators"):
        raise UsageError(
            f"показатели за {year} не рассчитаны. Выполните msoko build {year} или назовите в "
            "results (--results) год, результаты которого слушает рабочая группа."
        )
    directions = catalog.load_directions(project, profile)
    report = Report(project, year, profile, directions[0], directions, "internal")
    return topics(report, load_words(project))


def folder_of(project: Project, year: SchoolYear, meeting: Meeting) -> Path:
    """Return where a meeting's papers lie; never in the public edition."""
    return project.reports(year) / "internal" / "meetings" / str(meeting.date)


def write_prepared(project: Project, year: SchoolYear, case: Case) -> Written:
    """Write the agenda and, until the meeting is held, the draft minutes."""
    papers = {case.say("file.agenda"): agenda(case)}
    if not case.meeting.is_held:
        papers[case.say("file.minutes")] = minutes(case)
    return _write(folder_of(project, year, case.meeting), case, papers)


def write_minutes(project: Project, year: SchoolYear, case: Case) -> Written:
    """Write the minutes and, once they are signed, an extract for each addressee."""
    papers, extract = {case.say("file.minutes"): minutes(case)}, case.say("file.extract")
    if case.meeting.signed:
        for number, (name, paper) in enumerate(extracts(case).items(), start=1):
            papers[f"{extract} {number:02d} {_safe(name)}"] = paper
    return _write(folder_of(project, year, case.meeting), case, papers, replaced=extract)


def _safe(name: str) -> str:
    """Return a name that every system takes as part of a file's name; a long list is left out."""
    short = name if len(name) <= LONGEST else name.partition(" (")[0]
    return re.sub(r'[<>:"/\\|?*«»\x00-\x1f]', "", short)[:LONGEST].strip(" .")


def _write(folder: Path, case: Case, papers: Mapping[str, Paper], replaced: str = "") -> Written:
    """Put the papers into the folder; what people have changed there is left to them.

    A file is theirs where it is not, byte for byte, what was written last: the new one then
    lies beside it. Former papers whose names begin with `replaced` and that are ours go.
    """
    with storage_refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
        memory = folder / WRITTEN
        ours = _remembered(memory)
        contents = {f"{name}.docx": docx(paper) for name, paper in papers.items()}
        for name in [name for name in ours if replaced and name.startswith(replaced)]:
            if name not in contents and _digest(folder / name) == ours[name]:
                (folder / name).unlink()
                del ours[name]
        names, kept = [], []
        for name, content in contents.items():
            if _is_changed(folder / name, ours, content):
                kept.append(name)
            free = (folder / one for one in _names(case, name))
            target = next(one for one in free if not _is_changed(one, ours, content))
            write_bytes(target, content)
            ours[target.name] = _sha(content)
            names.append(target.name)
        said = json.dumps(ours, ensure_ascii=False, indent=1, sort_keys=True)
        write_bytes(memory, said.encode())
    return Written(folder, names, kept)


def _remembered(memory: Path) -> dict[str, str]:
    """Return what was written last, by name; where it cannot be read, every file is people's."""
    try:
        said = json.loads(memory.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _names(case: Case, name: str) -> Iterator[str]:
    """Give the names that a paper may have beside those of its copies that people keep."""
    stem = name.removesuffix(".docx")
    fresh = case.say("file.fresh", name=stem)
    yield from (name, f"{fresh}.docx")
    yield from (f"{fresh} {number}.docx" for number in count(2))


def _is_changed(target: Path, ours: Mapping[str, str], content: bytes) -> bool:
    """Whether a file lies there that is not what was written last."""
    return target.exists() and _digest(target) not in (ours.get(target.name), _sha(content))


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(path: Path) -> str:
    return _sha(path.read_bytes()) if path.exists() else ""
