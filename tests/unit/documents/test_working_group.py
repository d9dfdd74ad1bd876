"""A meeting from the year's findings to its papers on disk and its decisions in the register."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml
from docx import Document

from meeting_world import (
    DATE,
    DECISIONS,
    MEETING,
    MEMBERS,
    PROFILE,
    YEAR,
    write_meetings,
    write_world,
)
from msoko.catalog import load_decisions
from msoko.catalog.meetings.meeting_file import load_meetings
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.documents.working_group.decision_register import record
from msoko.documents.working_group.meeting_case import Case
from msoko.documents.working_group.meeting_draft import write_draft
from msoko.documents.working_group.meeting_folder import (
    folder_of,
    open_case,
    write_minutes,
    write_prepared,
)
from msoko.documents.working_group.meeting_remarks import remarks
from msoko.documents.working_group.meeting_words import initials

DAY = dt.date.fromisoformat(DATE)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world")).root


@pytest.fixture
def project(world: Path, tmp_path: Path) -> Project:
    return Project.at(shutil.copytree(world, tmp_path / "small"))


def case(project: Project, day: dt.date = DAY, **given: str) -> Case:
    return open_case(project, YEAR, "small", day, given)


def text(path: Path) -> str:
    """Return all that a Word file says, tables after paragraphs."""
    opened = Document(str(path))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in opened.paragraphs] + cells)


def remarks_of(project: Project, part: str) -> list[str]:
    return [one for one in remarks(case(project)) if part in one]


# What the data put before the group


def test_questions_come_from_the_years_findings(project: Project) -> None:
    asked = case(project).questions
    assert [(one.about, one.rapporteur) for one in asked] == [
        ("effect", "секретарь рабочей группы"),
        ("roadmap", "секретарь рабочей группы"),
        ("exam_results", "специалист управления образования, ответственный за направление"),
        ("quality", "методист, ответственный за сбор и проверку данных"),
    ]


def test_a_directions_topic_has_numbers_addressees_and_terms(project: Project) -> None:
    topic = case(project).topics[2]
    finding = "МБОУ «СОШ № 0»: по предмету «Математика» уровня достигли 40,0\xa0% (100)."
    assert topic.bases == [finding]
    line = topic.annex[0]
    assert line.numbers == "40,0\xa0% (от\xa030,9 до\xa049,8\xa0%; n = 100)"
    value = 100 * sum(40 + 8 * n for n in range(6)) / 600
    name, shown, interval, count, changed = topic.figures[0]
    assert (name, shown) == ("Достигли уровня: математика", f"{value:.1f}\xa0%".replace(".", ","))
    assert interval.startswith("от") and (count, changed) == ("600", "0,0\xa0п.\xa0п.")
    assert [(one.addressee, one.text, one.deadline, one.measure) for one in topic.points] == [
        ("Управление образования", "Заслушать руководителя МБОУ «СОШ № 0».", "в декабре", "1.2"),
        ("Руководитель (МБОУ «СОШ № 0»)", "Разобрать работы участников, не достигших уровня.",
         "до 1 октября", "1.1"),
    ]  # fmt: skip


def test_findings_of_one_rule_are_one_basis_and_one_point(tmp_path: Path) -> None:
    lower = PROFILE.replace('threshold: "0.55"', 'threshold: "0.70"')
    project = write_world(tmp_path / "three", profile=lower)
    topic = case(project).topics[2]
    schools = "МБОУ «СОШ № 0», МБОУ «СОШ № 1» и МБОУ «СОШ № 2»"
    assert topic.bases == [
        f"Показатель «Достигли уровня»: основание есть у 3\xa0организаций – {schools} "
        "(приложение, строки 1–3)."
    ]
    assert [(one.addressee, one.text) for one in topic.points] == [
        ("Управление образования", f"Заслушать руководителя {schools}."),
        (f"Руководители ({schools})", "Разобрать работы участников, не достигших уровня."),
    ]
    assert [line.number for line in topic.annex] == [1, 2, 3]


def test_points_too_different_to_be_told_together_refer_to_the_annex(tmp_path: Path) -> None:
    several = PROFILE.replace('threshold: "0.55"', 'threshold: "0.70"')
    several = several.replace("руководителя {{ school }}", "руководителя: {{ value }}")
    project = write_world(tmp_path / "three", profile=several)
    prepared = case(project)
    text_of = prepared.topics[2].points[0].text
    assert text_of == (
        "Выполнить рекомендации по показателю «Достигли уровня» "
        "(3\xa0рекомендации; приложение, строки 1–3)."
    )
    write_draft(project, YEAR, prepared)
    path = project.raw(YEAR) / "meetings.yml"
    held = path.read_text(encoding="utf-8").replace("members: []", MEMBERS.rstrip())
    held = held.replace("    # present: [Фамилия И. О., Фамилия И. О.]",
                        "    present: [Дубова, Ёлкин, Берёзова, Кленов]")  # fmt: skip
    held = held.replace("# vote: {in_favour: 0, against: 0, abstained: 0}", "vote: {in_favour: 4}")
    path.write_text(held.replace("    # signed:", "    signed:"), encoding="utf-8")
    folder = write_minutes(project, YEAR, case(project)).folder
    for name in ("Протокол", "Выписка 01 Управление образования"):
        said = text(folder / f"{name}.docx")
        assert "МБОУ «СОШ № 2»: по предмету «Математика» уровня достигли 56,0" in said
    assert "Приложение" not in text(
        folder / "Выписка 03 Руководители организаций, в файлах которых есть замечания.docx"
    )
    assert not list(remarks_of(project, "отсылают к строкам"))
    path.write_text(path.read_text(encoding="utf-8").replace("строки 1–3", "строки 1–4"), "utf-8")
    assert list(remarks_of(project, "пункты 3.1 отсылают к строкам приложения"))


def test_agenda_gives_terms_numbers_and_the_annex(project: Project) -> None:
    written = write_prepared(project, YEAR, case(project, time="10:00", venue="зал"))
    said = text(written.folder / "Повестка.docx")
    assert "состоится 22 августа 2025\xa0г. в 10:00, зал. Слушаются результаты 2024-25" in said
    for day in ("20.08.2025", "26.08.2025", "02.09.2025"):
        assert day in said
    assert (
        "3.1. Управление образования: заслушать руководителя МБОУ «СОШ № 0». Срок: в декабре."
        in said
    )
    assert "Провести практикумы для учителей" in said and "Приложение. Основания" in said
    assert "вымышлены" in said


def test_draft_minutes_have_blanks(project: Project) -> None:
    said = text(write_prepared(project, YEAR, case(project)).folder / "Протокол.docx")
    assert "ПРОЕКТ" in said and "присутствуют ____" in said
    assert "Голосовали: за – ____, против – ____, воздержались – ____." in said
    assert "не менее 4 чел. (2/3 от 5 – 3,33; округлено вверх)" in said


def test_results_that_are_not_computed_are_refused(project: Project) -> None:
    with pytest.raises(UsageError, match="показатели за 2019-20 не рассчитаны"):
        case(project, results="2019-20")


# The vote


def test_minutes_state_counts_and_what_was_adopted(project: Project) -> None:
    write_meetings(project)
    written = write_minutes(project, YEAR, case(project))
    assert written.names == ["Протокол.docx", "Выписка 01 Руководители школ.docx"]
    said = text(written.folder / "Протокол.docx")
    assert "ПРОЕКТ" not in said and "Кворум ____" not in said
    for part in (
        "Председательствующий – Дубова Анна Петровна, начальник отдела.",
        "Отсутствовали: Осина Вера Павловна.",
        "В составе рабочей группы 5 чел., присутствуют 4.",
        "Кворум есть.",
        "письменное мнение: Осина Вера Павловна – поддерживаю.",
        "Голосовали: за – 3, против – 1, воздержались – 0.",
        "Решение принято простым большинством голосов",
        "ожидаемый результат: +2,0\xa0п.\xa0п.",
    ):
        assert part in said
    extract = text(written.folder / "Выписка 01 Руководители школ.docx")
    assert "Кому: Руководители школ" in extract and "Принять отчёт к сведению" not in extract


@pytest.mark.parametrize(
    ("vote", "said"),
    [
        ("{in_favour: 2, against: 2, presiding: in_favour}",
         "решающим является голос председательствующего.\nРешение принято."),
        ("{in_favour: 2, against: 2, presiding: against}",
         "решающим является голос председательствующего.\nРешение не принято."),
        ("{in_favour: 2, against: 2, presiding: abstained}", "Вносились"),
        ("{in_favour: 2, abstained: 2}", "за него не подано больше половины голосов"),
        ("{in_favour: [Дубова, Ёлкин, Кленов], against: [Берёзова]}",
         "за: Дубова Анна Петровна, Ёлкин Пётр Ильич, Кленов Олег Иванович"),
    ],
)  # fmt: skip
def test_minutes_say_how_a_vote_ended(project: Project, vote: str, said: str) -> None:
    if "presiding: abstained" in vote:
        vote = "{in_favour: 1, against: 1, abstained: 2, presiding: abstained}"
    write_meetings(project, MEMBERS + MEETING.replace("{in_favour: 3, against: 1}", vote))
    shown = text(write_minutes(project, YEAR, case(project)).folder / "Протокол.docx")
    assert said.replace("\n", " ") in shown.replace("\n", " ")


def test_rejected_question_gives_no_extract_and_no_entry(project: Project) -> None:
    write_meetings(project, MEMBERS + MEETING.replace("{in_favour: 3, against: 1}", "{against: 4}"))
    with pytest.raises(UsageError, match="нет обязательных ключей"):
        case(project)
    vote = "{in_favour: 0, against: 4}"
    write_meetings(project, MEMBERS + MEETING.replace("{in_favour: 3, against: 1}", vote))
    assert write_minutes(project, YEAR, case(project)).names == ["Протокол.docx"]
    assert record(project, case(project)).added == []


def test_invalid_record_refuses_and_leaves_the_old_papers(project: Project) -> None:
    write_meetings(project)
    folder = write_minutes(project, YEAR, case(project)).folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_meetings(project, MEMBERS + MEETING.replace("against: 1", "against: 2"))
    with pytest.raises(UsageError) as refusal:
        case(project)
    told = str(refusal.value)
    assert told.startswith("data/raw/2024-25/meetings.yml, строка 19: голосов 3 + 2 + 0 = 5")
    assert told.endswith("Документы не составлены; прежние, если они были, остались на месте.")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_unsigned_minutes_give_no_extracts(project: Project) -> None:
    write_meetings(project, MEMBERS + MEETING.replace("    signed: 2025-08-26\n", ""))
    assert write_minutes(project, YEAR, case(project)).names == ["Протокол.docx"]


# Files


def test_equal_inputs_give_equal_files(project: Project) -> None:
    write_meetings(project)
    folder = write_minutes(project, YEAR, case(project)).folder
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    write_minutes(project, YEAR, case(project))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_what_people_changed_is_left_to_them(project: Project) -> None:
    folder = write_prepared(project, YEAR, case(project)).folder
    (folder / "Протокол.docx").write_bytes(b"edited by the secretary")
    written = write_prepared(project, YEAR, case(project))
    assert written.kept == ["Протокол.docx"]
    assert (folder / "Протокол.docx").read_bytes() == b"edited by the secretary"
    assert "ПРОЕКТ" in text(folder / "Протокол – новый.docx")
    (folder / "Протокол – новый.docx").write_bytes(b"edited too")
    again = write_prepared(project, YEAR, case(project))
    assert again.names == ["Повестка.docx", "Протокол – новый 2.docx"]
    assert (folder / "Протокол – новый.docx").read_bytes() == b"edited too"
    assert write_prepared(project, YEAR, case(project)).names == again.names


@pytest.mark.parametrize("broken", ["{", "[]", "\x00"])
def test_without_a_memory_every_file_is_peoples(project: Project, broken: str) -> None:
    folder = write_prepared(project, YEAR, case(project)).folder
    (folder / "Протокол.docx").write_bytes(b"edited by the secretary")
    (folder / ".written.json").write_text(broken, encoding="utf-8")
    assert write_prepared(project, YEAR, case(project)).kept == ["Протокол.docx"]
    assert (folder / "Протокол.docx").read_bytes() == b"edited by the secretary"


def test_extract_for_an_addressee_that_is_no_more_goes(project: Project) -> None:
    write_meetings(project)
    folder = write_minutes(project, YEAR, case(project)).folder
    changed = MEETING.replace("addressee: Руководители школ", "addressee: Отдел образования")
    write_meetings(project, MEMBERS + changed)
    write_minutes(project, YEAR, case(project))
    assert sorted(path.name for path in folder.glob("Выписка*")) == [
        "Выписка 01 Отдел образования.docx"
    ]


def test_papers_lie_in_the_internal_edition_alone(project: Project) -> None:
    meeting = case(project).meeting
    shown = project.shown(folder_of(project, YEAR, meeting))
    assert shown == "reports/2024-25/internal/meetings/2025-08-22"


# The record to be filled in


def test_draft_holds_the_questions_and_loads_as_it_is(project: Project) -> None:
    prepared = case(project, time="10:00")
    path = write_draft(project, YEAR, prepared)
    assert path is not None
    loaded = load_meetings(project, YEAR).at(DAY)
    assert loaded is not None and loaded.time == "10:00" and not loaded.is_held
    assert [one.title for one in loaded.questions] == [one.title for one in prepared.questions]
    assert [one.decisions for one in loaded.questions] == [
        one.decisions for one in prepared.questions
    ]
    assert "# vote: {in_favour: 0, against: 0, abstained: 0}" in path.read_text(encoding="utf-8")
    assert write_draft(project, YEAR, case(project)) is None


def test_second_meeting_is_added_under_the_first(project: Project) -> None:
    path = write_meetings(project)
    before = path.read_text(encoding="utf-8")
    write_draft(project, YEAR, case(project, dt.date(2025, 6, 20)))
    assert path.read_text(encoding="utf-8").startswith(before)
    assert [one.date for one in load_meetings(project, YEAR).meetings] == [
        DAY,
        dt.date(2025, 6, 20),
    ]


def test_new_year_takes_over_the_composition(project: Project) -> None:
    write_meetings(project)
    october, year = dt.date(2025, 10, 15), YEAR.shifted(1)
    heard = open_case(project, year, "small", october, {"results": "2024-25"})
    path = write_draft(project, year, heard)
    assert path is not None and "проверьте его" in path.read_text(encoding="utf-8")
    members = [one.name for one in load_meetings(project, year).members]
    assert members == [one.name for one in load_meetings(project, YEAR).members]


def test_day_of_another_school_year_is_refused(project: Project) -> None:
    with pytest.raises(UsageError) as refusal:
        case(project, dt.date(2025, 10, 15))
    assert "msoko meeting prepare 2025-26 --date 2025-10-15 --results 2024-25" in str(refusal.value)


# The register


def test_adopted_decision_enters_the_register_once_and_nothing_else_moves(project: Project) -> None:
    write_meetings(project)
    done = record(project, case(project))
    assert (done.added, done.aimless) == (["1.1"], ["1.2"])
    path = project.root / "profiles" / "small" / "decisions.yml"
    after = path.read_text(encoding="utf-8")
    assert after.startswith(DECISIONS)
    assert yaml.safe_load(after)["decisions"][-1] == {
        "code": "wg-2025-08-22-1.1",
        "school_year": "2024-25",
        "direction": "exam_results",
        "text": "Ввести консультации для выпускников группы риска",
        "date": DAY,
        "addressee": "Руководители школ",
        "indicator": "er_success",
        "group": {"subject": "mathematics"},
        "expected": {"value": 0.02},
        "deadline": "до 1 октября 2025 года",
        "document": "Протокол рабочей группы от 22.08.2025 № 2, пункт 1.1",
        "measure": "1.1",
    }
    assert [one.code for one in load_decisions(project, "small")] == ["2024-1", "wg-2025-08-22-1.1"]
    again = record(project, case(project))
    assert (again.added, again.known) == ([], ["1.1"])
    assert path.read_text(encoding="utf-8") == after


def test_entry_that_people_reworded_is_left_to_them(project: Project) -> None:
    write_meetings(project)
    record(project, case(project))
    path = project.root / "profiles" / "small" / "decisions.yml"
    reworded = path.read_text(encoding="utf-8").replace(
        "группы риска", "группы риска – еженедельно"
    )
    path.write_text(reworded, encoding="utf-8")
    assert record(project, case(project)).changed == ["1.1"]
    assert path.read_text(encoding="utf-8") == reworded


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("addressee: Руководители школ", "addressee: Попов О. И.", "Попов О. И."),
        ("addressee: Руководители школ", "addressee: методист Кленов", "Кленов"),
        ("addressee: Руководители школ", "addressee: Осиной", "Осиной"),
        ("для выпускников группы риска", "поручить Ёлкину", "Ёлкину"),
        ("для выпускников группы риска", "под началом Петровой Н. А.", "Петровой Н. А."),
        ("для выпускников группы риска", "под началом Попова Ивана Ильича", "Попова Ивана Ильича"),
        ("для выпускников группы риска", "у Анны Сергеевны", "Анны Сергеевны"),
    ],
)
def test_name_does_not_get_into_the_register(
    project: Project, old: str, new: str, named: str
) -> None:
    write_meetings(project, MEMBERS + MEETING.replace(old, new))
    with pytest.raises(UsageError) as refusal:
        record(project, case(project))
    assert "пункт 1.1 называет человека" in str(refusal.value) and named in str(refusal.value)
    register = project.root / "profiles" / "small" / "decisions.yml"
    assert register.read_text(encoding="utf-8") == DECISIONS


def test_a_school_named_after_a_person_is_no_person(project: Project) -> None:
    school = "в «СОШ № 1 имени Героя Советского Союза Попова Ивана Сергеевича»"
    write_meetings(project, MEMBERS + MEETING.replace("для выпускников группы риска", school))
    assert record(project, case(project)).added == ["1.1"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Манько Виктория Сергеевна", "поручить Манько"),
        ("Соловей Анна Ивановна", "доложит Соловей"),
        ("Берия Пётр Ильич", "поручить Берии"),
        ("А. П. Тополева", "под началом Тополевой"),
        ("Соловьёв Олег Ильич", "под началом Соловьева"),
    ],
)
def test_surname_of_any_kind_is_found(project: Project, name: str, said: str) -> None:
    members = MEMBERS.replace("Осина Вера Павловна", name)
    meeting = MEETING.replace("[Осина]", f"[{name}]").replace(
        "    written: [{name: Осина, text: поддерживаю}]\n", ""
    )
    write_meetings(project, members + meeting)
    assert record(project, case(project)).added == ["1.1"]
    (project.root / "profiles/small/decisions.yml").write_text(DECISIONS, encoding="utf-8")
    write_meetings(project, members + meeting.replace("для выпускников группы риска", said))
    with pytest.raises(UsageError, match="пункт 1.1 называет человека"):
        record(project, case(project))


def test_minutes_without_quorum_decide_nothing(project: Project) -> None:
    record_text = MEETING.replace("        vote: {in_favour: 3, against: 1}\n", "")
    record_text = record_text.replace(", Кленов О.И.]\n    absent: [Осина]", "]")
    write_meetings(project, MEMBERS + record_text)
    said = text(write_minutes(project, YEAR, case(project)).folder / "Протокол.docx")
    assert "Кворума нет" in said and "Решение не принималось: кворума нет." in said
    assert "РЕШИЛИ" not in said and "Ввести консультации" not in said


@pytest.mark.parametrize(
    ("name", "signed"),
    [
        ("Дубова Анна Петровна", "А.\xa0П.\xa0Дубова"),
        ("А. П. Дубова", "А.\xa0П.\xa0Дубова"),
        ("Дубова А.П.", "А.\xa0П.\xa0Дубова"),
        ("Чжан", "Чжан"),
        ("Дубова", "Дубова"),
    ],
)
def test_signature_has_initials_before_the_surname(name: str, signed: str) -> None:
    assert initials(name) == signed


def test_position_that_begins_with_an_abbreviation_keeps_it(project: Project) -> None:
    write_meetings(project, MEMBERS.replace("Начальник отдела", "ИО начальника", 1) + MEETING)
    said = text(write_minutes(project, YEAR, case(project)).folder / "Протокол.docx")
    assert "Дубова Анна Петровна, ИО начальника." in said


def test_unsigned_minutes_are_not_recorded(project: Project) -> None:
    write_meetings(project, MEMBERS + MEETING.replace("    signed: 2025-08-26\n", ""))
    with pytest.raises(UsageError, match="протокол не подписан – впишите signed"):
        record(project, case(project))


def test_houses_register_is_copied_before_a_projects_own_is_begun(project: Project) -> None:
    own = project.root / "profiles" / "small" / "decisions.yml"
    house = project.root / "house"
    shutil.copytree(project.home / "registry", house / "registry")
    shutil.copytree(project.home / "notebooks", house / "notebooks")
    (house / "profiles" / "small").mkdir(parents=True)
    own.rename(house / "profiles" / "small" / "decisions.yml")
    write_meetings(project)
    served = Project(project.root, house)
    assert record(served, case(served)).added == ["1.1"]
    assert own.read_text(encoding="utf-8").startswith(DECISIONS)
    kept = (house / "profiles" / "small" / "decisions.yml").read_text(encoding="utf-8")
    assert kept == DECISIONS


# Words


def test_project_says_a_sentence_otherwise(project: Project) -> None:
    (project.root / "registry").mkdir()
    own = project.root / "registry" / "wording_meeting.yml"
    own.write_text("rapporteur: {exam_results: завуч}\npaper: {agenda: ПОВЕСТКА}\n", "utf-8")
    made = case(project)
    assert made.questions[2].rapporteur == "завуч"
    assert made.say("paper.agenda") == "ПОВЕСТКА" and made.say("paper.minutes") == "ПРОТОКОЛ"
    own.write_text("paper: {agendum: ПОВЕСТКА}\n", encoding="utf-8")
    with pytest.raises(UsageError) as refusal:
        case(project)
    assert str(refusal.value) == (
        "registry/wording_meeting.yml: нет предложения «paper.agendum». "
        "Возможно, имелось в виду «paper.agenda»."
    )
