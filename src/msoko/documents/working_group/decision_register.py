"""Adopted decisions entered into the register whose effect next year's reports measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msoko.catalog import load_decisions
from msoko.catalog.municipality.profile import DecisionFile
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.yaml_append import append_entries
from msoko.core.errors import UsageError
from msoko.core.whole_files import write_whole
from msoko.core.written_text import read_written_text
from msoko.disclosure.leaks import Guard

if TYPE_CHECKING:
    from pathlib import Path

    from msoko.catalog.meetings.meeting_file import Resolution
    from msoko.core.project import Project
    from msoko.documents.working_group.meeting_case import Case

ENDINGS = "а|я|у|ю|е|и|ы|ой|ей|ою|ого|ому|им|ым|ом|ем|ий|ый|ая|ую|ь|ии|ию|ией"
"""Endings of surnames in the cases of the singular."""


@dataclass(frozen=True)
class Recorded:
    """What became of a meeting's adopted points, by their numbers."""

    path: Path
    added: Sequence[str]
    known: Sequence[str]
    changed: Sequence[str]  # in the register with other words: left as they are
    aimless: Sequence[str]  # no indicator or no expected change: nothing to measure


def record(project: Project, case: Case) -> Recorded:
    """Add the adopted points that aim at an indicator to `decisions.yml` of the profile.

    A point is known by the meeting's date and its number, so that a second call adds nothing;
    what stands in the file stays to the byte. Where the project uses the house's profile, its
    register is copied first. Refused where a name would get into the register: pages print it.
    """
    if not case.meeting.signed:
        raise UsageError(
            f"{case.meeting.place}: протокол не подписан – впишите signed. Решения вносятся в "
            "реестр по подписанному протоколу."
        )
    adopted = [(number, point) for number, _, point in case.adopted()]
    aimed = [(number, point) for number, point in adopted if point.indicator and point.expected]
    _refuse_names(case, aimed)
    path = project.root / "profiles" / case.profile.profile / "decisions.yml"
    known = {one.code: one for one in load_decisions(project, case.profile)}
    fresh = [(number, point) for number, point in aimed if _code(case, number) not in known]
    if fresh:
        _write(project, path, [_entry(case, number, point) for number, point in fresh], case)
    others = [entry for entry in aimed if entry not in fresh]
    return Recorded(
        path=path,
        added=[number for number, _ in fresh],
        known=[n for n, point in others if known[_code(case, n)].text == point.text],
        changed=[n for n, point in others if known[_code(case, n)].text != point.text],
        aimless=[number for number, point in adopted if (number, point) not in aimed],
    )


def _code(case: Case, number: str) -> str:
    return f"wg-{case.meeting.date}-{number}"


def _entry(case: Case, number: str, point: Resolution) -> dict[str, Any]:
    meeting = case.meeting
    expected = {"value": point.expected.value} if point.expected else {}
    if point.expected and point.expected.by:
        expected["by"] = point.expected.by
    said: dict[str, Any] = {
        "code": _code(case, number),
        "school_year": str(meeting.results_of),
        "direction": point.direction,
        "text": point.text,
        "date": meeting.date,
        "addressee": point.addressee,
        "indicator": point.indicator,
        "group": dict(point.group),
        "expected": expected,
        "deadline": point.deadline,
        "document": case.say(
            "register.document",
            date=f"{meeting.date:%d.%m.%Y}",
            number=meeting.number,
            point=number,
        ),
        "measure": point.measure,
        "schools": list(point.schools),
    }
    return {key: value for key, value in said.items() if value}


def _write(project: Project, path: Path, entries: Sequence[dict[str, Any]], case: Case) -> None:
    import yaml

    source = project.find("profiles", case.profile.profile, "decisions.yml")
    head = case.say("register.head") + "\n"
    text = head
    if source.exists():
        text = read_written_text(source, project.shown(source))
    dumped = [yaml.safe_dump(one, allow_unicode=True, sort_keys=False, width=96) for one in entries]
    shown = project.shown(path)
    fresh = append_entries(text, "decisions", dumped, shown)
    yaml_schema.parse(fresh, DecisionFile, shown)
    write_whole(path, fresh)


def _refuse_names(case: Case, points: Sequence[tuple[str, Resolution]]) -> None:
    """Refuse a point that names a person: the register is printed, in the public edition too."""
    guard = Guard(allowed=tuple(one.text for one in case.profile.published_names))
    for number, point in points:
        said = " | ".join((point.addressee, point.text, point.deadline))
        named = [text for _, text in guard.find(said)]
        named += [found for one in case.file.members for found in _surname(one.name, said)]
        if named:
            raise UsageError(
                f"{point.place}: пункт {number} называет человека («{named[0]}»), а реестр "
                "решений печатается и в открытой редакции. Назовите должность или организацию."
            )


def _surname(name: str, text: str) -> list[str]:
    """Return where a text has the surname of a full name, in whatever case.

    Undeclined surnames stand whole («Манько»); initials may go before the surname, and «ё» may
    be written «е».
    """
    long = [word for word in re.findall(r"[\w-]+", _plain(name)) if len(word) > 1]
    if not long:
        return []
    stems = "|".join(re.escape(one) for one in (long[0], long[0].rstrip("аяйоыиь")) if one)
    found = re.finditer(rf"\b(?:{stems})(?:{ENDINGS})?\b", _plain(text))
    return [text[slice(*one.span())] for one in found]


def _plain(text: str) -> str:
    """Return a text of the same length without «ё»."""
    return text.replace("ё", "е").replace("Ё", "Е")
