"""`msoko meeting`: the working group's agenda, minutes, extracts, and its decisions recorded."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from msoko.cli.message_paths import print_message
from msoko.cli.options import YearType, municipality_option, project_option, year_argument
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

if TYPE_CHECKING:
    from msoko.documents.working_group.meeting_case import Case
    from msoko.documents.working_group.meeting_folder import Written

date_option = click.option(
    "--date",
    "day",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="ГГГГ-ММ-ДД",
    help="День заседания.",
)


@click.group("meeting")
def command() -> None:
    """Документы рабочей группы: повестка, протокол, выписки, решения в реестр.

    ГОД – учебный год заседания. Записи о заседаниях и голосовании лежат в
    data/raw/ГОД/meetings.yml, документы – в reports/ГОД/internal/meetings.
    """


@command.command("prepare")
@year_argument
@date_option
@project_option
@municipality_option
@click.option("--time", default="", metavar="ЧЧ:ММ", help="Время начала.")
@click.option("--venue", default="", metavar="МЕСТО", help="Место заседания.")
@click.option(
    "--results",
    type=YearType(),
    help="Год, результаты которого слушают; по умолчанию год заседания.",
)
def prepare(
    year: SchoolYear,
    day: dt.datetime,
    project: Project,
    municipality: str | None,
    time: str,
    venue: str,
    results: SchoolYear | None,
) -> None:
    """Составить повестку и проект протокола, завести запись для голосования.

    Вопросы берутся из выводов года. Если заседание уже записано в meetings.yml, берутся
    записанные вопросы: повестку определяет руководитель.
    """
    from msoko.documents.working_group.meeting_draft import write_draft
    from msoko.documents.working_group.meeting_folder import write_prepared

    given = {"time": time, "venue": venue, "results": str(results) if results else ""}
    case = _case(project, year, day, municipality, given)
    _tell(project, write_prepared(project, year, case))
    draft = write_draft(project, year, case)
    if draft:
        print_message(f"Запись для голосования: {project.shown(draft)}.")
    _terms(case)
    _remarks(case, year)


@command.command("minutes")
@year_argument
@date_option
@project_option
@municipality_option
def write(year: SchoolYear, day: dt.datetime, project: Project, municipality: str | None) -> None:
    """Проверить голосование, составить протокол и, если он подписан, выписки."""
    from msoko.documents.working_group.meeting_folder import write_minutes

    case = _written(project, year, day, municipality)
    _tell(project, write_minutes(project, year, case))
    _votes(case)
    _terms(case)
    _remarks(case, year)


@command.command("record")
@year_argument
@date_option
@project_option
@municipality_option
def record(year: SchoolYear, day: dt.datetime, project: Project, municipality: str | None) -> None:
    """Внести принятые решения в реестр: их действие измерит отчёт следующего года."""
    from msoko.documents.working_group import decision_register

    case = _written(project, year, day, municipality, has_topics=False)
    done = decision_register.record(project, case)
    shown = project.shown(done.path)
    for title, numbers in (
        (f"Внесены в {shown}", done.added),
        ("Уже в реестре", done.known),
        ("В реестре другими словами, оставлены как есть", done.changed),
        ("Не внесены: нет показателя или ожидаемого изменения", done.aimless),
    ):
        if numbers:
            print_message(f"{title}: {', '.join(numbers)}.")
    if not any((done.added, done.known, done.changed, done.aimless)):
        print_message("Принятых решений нет, вносить нечего.")


@command.command("check")
@year_argument
@project_option
@municipality_option
def check(year: SchoolYear, project: Project, municipality: str | None) -> None:
    """Проверить все записи о заседаниях года: кворум, голоса, сроки, число заседаний."""
    from msoko.catalog import load_profile
    from msoko.catalog.meetings.meeting_file import load_meetings, require_group
    from msoko.documents.working_group.meeting_remarks import year_remarks

    require_group(load_profile(project, _name(project, str(year), municipality)))
    file = load_meetings(project, year)
    if not file.meetings:
        print_message(
            f"Заседаний за {year} не записано. Первое заведёт msoko meeting prepare {year} "
            "с днём заседания в --date."
        )
        return
    for meeting in sorted(file.meetings, key=lambda one: one.date):
        case = _case(project, year, meeting.date, municipality, {}, has_topics=False)
        print_message(f"{meeting.date:%d.%m.%Y}: {_state(case)}")
        _votes(case)
        _remarks(case, year, is_alone=False)
    for text in year_remarks(case, year):
        print_message(f"Замечание: {text}.")


def _case(
    project: Project,
    year: SchoolYear,
    day: dt.date,
    municipality: str | None,
    given: dict[str, str],
    *,
    has_topics: bool = True,
) -> Case:
    from msoko.documents.working_group.meeting_folder import open_case

    when = day.date() if isinstance(day, dt.datetime) else day
    heard = given.get("results") or str(year)
    name = _name(project, heard, municipality)
    return open_case(project, year, name, when, given, has_topics=has_topics)


def _name(project: Project, heard: str, municipality: str | None) -> str:
    """Return the profile asked for, or the one that the data of the year heard declare."""
    from msoko.build.graph.raw_year import municipality_of, refuse_absent_year

    if municipality:
        return municipality
    year = SchoolYear.parse(heard)
    refuse_absent_year(project, year)
    return municipality_of(project, year)


def _written(
    project: Project,
    year: SchoolYear,
    day: dt.datetime,
    municipality: str | None,
    *,
    has_topics: bool = True,
) -> Case:
    """Return a meeting that has its record; refuse one that has none."""
    from msoko.catalog.meetings.meeting_file import load_meetings, meetings_path
    from msoko.core.errors import UsageError

    if load_meetings(project, year).at(day.date()) is None:
        raise UsageError(
            f"{project.shown(meetings_path(project, year))}: нет заседания {day:%d.%m.%Y}. "
            f"Заведите запись командой msoko meeting prepare {year} --date {day:%Y-%m-%d}."
        )
    return _case(project, year, day, municipality, {}, has_topics=has_topics)


def _tell(project: Project, written: Written) -> None:
    for name in written.names:
        print_message(f"{project.shown(written.folder)}/{name}")
    for name in written.kept:
        print_message(f"«{name}» изменён вручную и оставлен как есть; новый лежит рядом.")


def _state(case: Case) -> str:
    if not case.meeting.is_held:
        return "ещё не состоялось (present не заполнен)"
    present = len(case.seats.present)
    return f"присутствовали {present} из {case.rule.members}, нужно не менее {case.quorum}"


def _votes(case: Case) -> None:
    for number, question in case.numbered():
        ended = case.outcome(question)
        if ended:
            said = f"за – {ended.in_favour}, против – {ended.against}, "
            said += f"воздержались – {ended.abstained}"
            cast = ", голосом председательствующего" if ended.is_cast else ""
            print_message(
                f"  {number}. {'Принято' if ended.is_adopted else 'Не принято'}{cast}: {said}."
            )


def _terms(case: Case) -> None:
    terms = case.terms
    signed = "" if case.meeting.signed else ", если подписан в последний день"
    named = {"известить": terms.notice, "протокол": terms.minutes, "выписки": terms.extracts}
    said = [f"{what} – до {day:%d.%m.%Y}" if day else f"{what} – срок не назван"
            for what, day in named.items()]  # fmt: skip
    print_message(f"Сроки: {', '.join(said)}{signed if terms.extracts else ''}.")


def _remarks(case: Case, year: SchoolYear, *, is_alone: bool = True) -> None:
    from msoko.documents.working_group.meeting_remarks import remarks, year_remarks

    for text in remarks(case):
        print_message(f"Замечание: {text}.")
    if is_alone and case.meeting.is_held:
        for text in year_remarks(case, year):
            print_message(f"Замечание: {text}.")
