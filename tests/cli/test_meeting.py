"""`msoko meeting`: from the year's findings to minutes, extracts and the register."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import Run, contents

from meeting_world import DATE, MEETING, MEMBERS, NAMES, PROFILE, write_meetings, write_world
from msoko.core.project import HOME, Project

ASKED = ("2024-25", "--date", DATE)
PAPERS = "reports/2024-25/internal/meetings/2025-08-22"
REGION = (
    "Замечание: свои нерабочие дни региона (Край) за 2025 год в "
    f"{HOME}/registry/calendar.yml не внесены: если они есть, срок может быть иным.\n"
)
FEW = "Замечание: заседаний за 2024-25 учебный год – 1, а положение требует не менее 2.\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world")).root


@pytest.fixture
def small(made: Path, tmp_path: Path) -> Project:
    return Project.at(shutil.copytree(made, tmp_path / "small"))


@pytest.fixture(autouse=True)
def in_the_small_project(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the project, where its paths are as short as messages name them."""
    if "small" in request.fixturenames:
        monkeypatch.chdir(request.getfixturevalue("small").root)


def test_prepare_writes_agenda_draft_and_record(small: Project, run: Run) -> None:
    code, out, _ = run("meeting", "prepare", *ASKED, "--time", "10:00", "--project", ".")
    assert (code, out) == (
        0,
        f"{PAPERS}/Повестка.docx\n{PAPERS}/Протокол.docx\n"
        "Запись для голосования: data/raw/2024-25/meetings.yml.\n"
        "Сроки: известить – до 20.08.2025, протокол – до 26.08.2025, выписки – до 02.09.2025, "
        "если подписан в последний день.\n" + REGION,
    )


def test_prepare_twice_changes_no_byte(small: Project, run: Run) -> None:
    run("meeting", "prepare", *ASKED, "--project", ".")
    before = {name: content for name, (content, _) in contents(small.root).items()}
    run("meeting", "prepare", *ASKED, "--project", ".")
    assert {name: content for name, (content, _) in contents(small.root).items()} == before


def test_minutes_state_votes_terms_and_remarks(small: Project, run: Run) -> None:
    late = MEETING.replace("notified: 2025-08-20", "notified: 2025-08-21")
    write_meetings(small, MEMBERS + late.replace("signed: 2025-08-26", "signed: 2025-08-27"))
    code, out, _ = run("meeting", "minutes", *ASKED, "--project", ".")
    assert code == 0
    assert out.startswith(
        f"{PAPERS}/Протокол.docx\n{PAPERS}/Выписка 01 Руководители школ.docx\n"
        "  1. Принято: за – 3, против – 1, воздержались – 0.\n"
        "Сроки: известить – до 20.08.2025, протокол – до 26.08.2025, выписки – до 03.09.2025.\n"
        "Замечание: извещение 21.08.2025 – позже срока (20.08.2025).\n"
        "Замечание: протокол подписан 27.08.2025 – позже срока (26.08.2025).\n"
        "Замечание: в данных есть основания, которых нет в повестке: О выполнении решений 2023-24"
    )
    assert out.endswith(REGION + FEW)


def test_check_reads_every_meeting_of_the_year(small: Project, run: Run) -> None:
    code, out, _ = run("meeting", "check", "2024-25", "--project", ".")
    assert (code, out) == (
        0,
        "Заседаний за 2024-25 не записано. Первое заведёт msoko meeting prepare 2024-25 "
        "--project . с днём заседания в --date.\n",
    )
    write_meetings(small)
    code, out, _ = run("meeting", "check", "2024-25", "--project", ".")
    assert code == 0
    assert out.startswith(
        "22.08.2025: присутствовали 4 из 5, нужно не менее 4\n"
        "  1. Принято: за – 3, против – 1, воздержались – 0.\n"
    )
    assert out.endswith(FEW)


def test_votes_are_checked_and_recorded_before_the_year_is_built(small: Project, run: Run) -> None:
    write_meetings(small)
    shutil.rmtree(small.root / "data" / "processed")
    assert run("meeting", "check", "2024-25", "--project", ".")[0] == 0
    assert run("meeting", "record", *ASKED, "--project", ".")[0] == 0


def test_year_without_calendar_has_no_terms_in_working_days(small: Project, run: Run) -> None:
    code, out, _ = run("meeting", "prepare", "2030-31", "--date", "2031-03-04", "--results",
                       "2024-25", "--project", ".")  # fmt: skip
    assert code == 0
    assert "Сроки: известить – срок не назван, протокол – до 08.03.2031, выписки – срок не" in out
    assert f"Замечание: рабочие дни 2031 года не внесены в {HOME}/registry/calendar.yml" in out


def test_record_adds_once(small: Project, run: Run) -> None:
    write_meetings(small)
    aimless = "Не внесены: нет показателя или ожидаемого изменения: 1.2.\n"
    for said in ("Внесены в profiles/small/decisions.yml: 1.1.\n", "Уже в реестре: 1.1.\n"):
        code, out, _ = run("meeting", "record", *ASKED, "--project", ".")
        assert (code, out) == (0, said + aimless)


@pytest.mark.parametrize("name", ["minutes", "record"])
def test_unwritten_meeting_is_refused(small: Project, run: Run, name: str) -> None:
    code, out, err = run("meeting", name, *ASKED, "--project", ".")
    assert (code, out) == (2, "")
    assert err == (
        "data/raw/2024-25/meetings.yml: нет заседания 22.08.2025. Заведите запись командой "
        "msoko meeting prepare --project . 2024-25 --date 2025-08-22.\n"
    )


def test_fault_refuses_with_its_line_and_writes_nothing(small: Project, run: Run) -> None:
    write_meetings(small, MEMBERS + MEETING.replace("Кленов О.И.", "Кленов, Вязов"))
    for name in ("minutes", "record", "prepare"):
        code, out, err = run("meeting", name, *ASKED, "--project", ".")
        assert (code, out) == (2, "")
        assert err.startswith(
            "data/raw/2024-25/meetings.yml, строка 11: «Вязов» не входит в состав группы."
        )
    assert not (small.root / "reports").exists()


def test_municipality_without_a_group_is_refused(small: Project, run: Run) -> None:
    profile = small.root / "profiles" / "small.yml"
    start, end = PROFILE.index("working_group:"), PROFILE.index("changes:")
    profile.write_text(PROFILE[:start] + PROFILE[end:], encoding="utf-8")
    code, _, err = run("meeting", "prepare", *ASKED, "--project", ".")
    assert code == 2
    assert err.startswith("profiles/small.yml: у муниципалитета нет рабочей группы – в его")


def test_year_that_is_not_built_is_refused(small: Project, run: Run) -> None:
    shutil.rmtree(small.root / "data" / "processed")
    code, _, err = run("meeting", "prepare", *ASKED, "--project", ".")
    assert code == 2
    assert err.startswith("показатели за 2024-25 не рассчитаны. Выполните msoko build 2024-25")


# The site beside the papers


def test_papers_outlive_a_rebuild_and_names_get_on_no_page(project: Path, run: Run) -> None:
    kept = project / "reports/2023-24/internal/meetings/2024-08-23/Протокол.docx"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"minutes")
    record = project / "data/raw/2023-24/meetings.yml"
    record.write_text(MEMBERS, encoding="utf-8")
    index = project / "reports/2023-24/internal/index.html"
    before = index.read_bytes()
    assert run("build", "2023-24", "--project", project)[0] == 0
    assert index.read_bytes() == before  # the record is no raw file: nothing is made of it
    index.unlink()
    for edition in ("internal", "public"):
        code, _, err = run("build", "2023-24", "--project", project, "--edition", edition)
        assert code == 0, err
    assert kept.read_bytes() == b"minutes"
    public = project / "reports/2023-24/public"
    assert (public / "index.html").exists() and not (public / "meetings").exists()
    pages = [path for path in (project / "reports").rglob("*") if path.suffix in (".html", ".json")]
    assert pages
    for path in pages:
        said = path.read_text(encoding="utf-8")
        assert not [name for name, _, _ in NAMES if name in said or name.split()[0] in said], path


def test_a_members_name_on_a_page_stops_the_public_edition(project: Path, run: Run) -> None:
    notebook = project / "notebooks" / "first.ipynb"
    written = json.loads(notebook.read_text(encoding="utf-8"))
    prose = next(cell for cell in written["cells"] if cell["cell_type"] == "markdown")
    said = "".join(prose["source"]) + "\n\nСогласовано с Анной Петровной Дубовой."
    prose["source"] = said.splitlines(keepends=True)
    notebook.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    (project / "data/raw/2023-24/meetings.yml").write_text(MEMBERS, encoding="utf-8")
    code, _, err = run("build", "2023-24", "--project", project, "--edition", "public")
    assert code != 0 and "first.ipynb" in err
    assert "Дубовой" not in err, "the refusal masks what it found"
    assert not (project / "reports/2023-24/public").exists()


def test_record_of_a_meeting_makes_nothing_stale(project: Path, run: Run) -> None:
    run("build", "2023-24", "--project", project)
    assert run("status", "--project", project)[1] == "Всё построено, ничего не устарело.\n"
    (project / "data/raw/2023-24/meetings.yml").write_text(MEMBERS, encoding="utf-8")
    assert run("status", "--project", project)[1] == "Всё построено, ничего не устарело.\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("prepare", "Составить повестку и проект протокола"),
        ("minutes", "Проверить голосование, составить протокол"),
        ("record", "Внести принятые решения в реестр"),
        ("check", "Проверить все записи о заседаниях года"),
    ],
)
def test_each_command_says_what_it_does(run: Run, name: str, says: str) -> None:
    code, out, _ = run("meeting", name, "--help")
    assert code == 0 and says in out
    assert name in run("meeting", "--help")[1]


def test_clean_leaves_the_minutes(project: Path, run: Run) -> None:
    kept = project / "reports/2023-24/internal/meetings/2024-08-23/Протокол.docx"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"minutes")
    assert run("clean", "--reports", "--project", project)[0] == 0
    assert kept.read_bytes() == b"minutes"
    left = [path for path in (project / "reports").rglob("*") if path.is_file()]
    assert left == [kept]


def test_slip_in_the_record_does_not_stop_the_internal_site(project: Path, run: Run) -> None:
    (project / "data/raw/2023-24/meetings.yml").write_text("memberz: []\n", encoding="utf-8")
    (project / "reports/2023-24/internal/index.html").unlink()
    assert run("build", "2023-24", "--project", project)[0] == 0
    code, _, err = run("build", "2023-24", "--project", project, "--edition", "public")
    assert code == 2
    assert "data/raw/2023-24/meetings.yml, строка 1: неизвестный ключ «memberz»" in err
