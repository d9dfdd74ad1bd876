"""The YAML of a meeting to come: its questions and draft decisions, ready for the vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msoko.catalog.meetings.meeting_file import MeetingFile, load_meetings, meetings_path
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.yaml_append import append_entries
from msoko.core.project import MEETINGS
from msoko.core.whole_files import write_whole
from msoko.core.written_text import read_written_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from msoko.catalog.meetings.meeting_file import AgendaQuestion, Member, Resolution
    from msoko.core.project import Project
    from msoko.core.school_year import SchoolYear
    from msoko.documents.working_group.meeting_case import Case

KEPT = ("text", "addressee", "deadline", "direction", "indicator", "expected_text", "measure")


def write_draft(project: Project, year: SchoolYear, case: Case) -> Path | None:
    """Add the meeting to the year's `meetings.yml`; None where it is there already.

    What people wrote in the file stays as it is, to the byte. A year's first file takes over
    last year's composition, where there is one.
    """
    path = meetings_path(project, year)
    shown = project.shown(path)
    if load_meetings(project, year).at(case.meeting.date) is not None:
        return None
    text = read_written_text(path, shown) if path.exists() else _head(project, year, case)
    fresh = append_entries(text, "meetings", [_meeting(case)], shown)
    yaml_schema.parse(fresh, MeetingFile, shown)
    write_whole(path, fresh)
    return path


def _head(project: Project, year: SchoolYear, case: Case) -> str:
    last = load_meetings(project, year.shifted(-1)).members
    members = [one for one in last if one.until is None]
    head = _lines_of(case, "head", year=year)
    if not members:
        return head + _lines_of(case, "no_members", count=case.rule.members)
    taken_from = f"data/raw/{year.shifted(-1)}/{MEETINGS}"
    listed = "".join(f"  - {_flow(_member(one))}\n" for one in members)
    return head + _lines_of(case, "members", file=taken_from) + "members:\n" + listed


def _lines_of(case: Case, key: str, **slots: object) -> str:
    """Return lines of the draft that explain it to whoever fills it in."""
    return case.say(f"draft.{key}", **slots) + "\n"


def _member(one: Member) -> dict[str, str]:
    said = {"name": one.name, "position": one.position}
    return said if one.role == "member" else said | {"role": one.role}


def _meeting(case: Case) -> str:
    meeting, terms = case.meeting, case.terms
    given: dict[str, Any] = {"date": meeting.date}
    for key in ("number", "time", "venue", "results"):
        if getattr(meeting, key):
            given[key] = getattr(meeting, key)
    notified, signed = (f"{day:%Y-%m-%d}" if day else "" for day in (terms.notice, terms.minutes))
    held = _lines_of(case, "held", notified=notified, signed=signed)
    lines = (one for question in case.questions for one in _lines(case, question))
    return _block(given) + held + "questions:\n" + "".join(_indented(one) for one in lines)


def _lines(case: Case, question: AgendaQuestion) -> Iterator[str]:
    head = {key: getattr(question, key) for key in ("title", "about", "rapporteur")}
    text = _block({key: value for key, value in head.items() if value})
    text += _lines_of(case, "vote")
    if question.decisions:
        text += "decisions:\n"
        for point in question.decisions:
            text += _listed(_point(case, point), 2)
    yield _listed(text, 0)


def _point(case: Case, point: Resolution) -> str:
    said = {key: value for key in KEPT if (value := getattr(point, key))}
    if point.group:
        said["group"] = dict(point.group)
    if point.schools:
        said["schools"] = list(point.schools)
    return _block(said) + (_lines_of(case, "expected") if point.indicator else "")


def _block(said: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=96)


def _flow(said: dict[str, str]) -> str:
    import yaml

    dumped = yaml.safe_dump(
        said, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=True
    )
    return dumped.strip()


def _listed(text: str, indent: int) -> str:
    """Return a block of YAML as an item of a list."""
    first, *rest = text.rstrip("\n").split("\n")
    margin = " " * indent
    return "\n".join([f"{margin}- {first}", *(f"{margin}  {line}" for line in rest)]) + "\n"


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.rstrip("\n").split("\n"))
