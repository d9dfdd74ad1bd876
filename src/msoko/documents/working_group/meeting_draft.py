"""The YAML of a meeting to come: its questions and draft decisions, ready for the vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msoko.catalog.meetings.meeting_file import MeetingFile, load_meetings, meetings_path
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.yaml_append import appended
from msoko.core.project import MEETINGS
from msoko.core.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from msoko.catalog.meetings.meeting_file import Member, Question, Resolution
    from msoko.core.project import Project
    from msoko.core.school_year import SchoolYear
    from msoko.documents.working_group.meeting_case import Case

HEAD = """\
# Заседания рабочей группы {year} учебного года.
# Имена отсюда попадают только в протоколы для служебного пользования, на страницы – никогда.
"""
NO_MEMBERS = """\
# Состав: {count} чел. role: chair – председатель, deputy – заместитель, secretary – секретарь.
members: []
# Замените [] строками:
#   - {{name: Фамилия Имя Отчество, position: должность, role: chair}}
"""
HELD = """\
# После заседания впишите, уберите знак # и выполните msoko meeting minutes:
# number: "1"
# notified: {notified}                # когда извещены члены группы
# present: [Фамилия И. О., Фамилия И. О.]  # с этой строки заседание считается состоявшимся
# remote: []                          # кто участвовал дистанционно
# absent: []
# written: []                         # - {{name: Фамилия И. О., text: письменное мнение}}
# signed: {signed}                  # когда подписан протокол
"""
VOTE = "# vote: {in_favour: 0, against: 0, abstained: 0}  # числа или [Фамилия И. О., …]\n"
EXPECTED = (
    "# expected: {value: 0.02}  # ожидаемое изменение в долях: без него решение не в реестре\n"
)
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
    text = path.read_text(encoding="utf-8-sig") if path.exists() else _head(project, year, case)
    fresh = appended(text, "meetings", [_meeting(case)], shown)
    yaml_schema.parse(fresh, MeetingFile, shown)
    write_whole(path, fresh)
    return path


def _head(project: Project, year: SchoolYear, case: Case) -> str:
    last = load_meetings(project, year.shifted(-1)).members
    members = [one for one in last if one.until is None]
    if not members:
        return HEAD.format(year=year) + NO_MEMBERS.format(count=case.rule.members)
    note = f"# Состав перешёл из data/raw/{year.shifted(-1)}/{MEETINGS}: проверьте его.\n"
    listed = "".join(f"  - {_flow(_member(one))}\n" for one in members)
    return HEAD.format(year=year) + note + "members:\n" + listed


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
    text = _block(given) + HELD.format(notified=notified, signed=signed) + "questions:\n"
    return text + "".join(_indented(one) for question in case.questions for one in _lines(question))


def _lines(question: Question) -> Iterator[str]:
    head = {key: getattr(question, key) for key in ("title", "about", "rapporteur")}
    text = _block({key: value for key, value in head.items() if value}) + VOTE
    if question.decisions:
        text += "decisions:\n"
        for point in question.decisions:
            text += _listed(_point(point), 2)
    yield _listed(text, 0)


def _point(point: Resolution) -> str:
    said = {key: value for key in KEPT if (value := getattr(point, key))}
    if point.group:
        said["group"] = dict(point.group)
    if point.schools:
        said["schools"] = list(point.schools)
    return _block(said) + (EXPECTED if point.indicator else "")


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
