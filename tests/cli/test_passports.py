"""A passport for each school: built side by side, never published, one stops no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run, contents, whole
from filelock import FileLock
from tiny import COUNT, OPENING, PARAMETERS, SCHOOL, notebook, write_passport, write_tiny

YEAR = "2023-24"
SITE = f"reports/{YEAR}/internal"
CODES = ("first", "second", "third")


def written(root: Path, *cells: str) -> Path:
    """Write a tiny project of three schools and directions, with a summary of its own."""
    write_tiny(root, codes=CODES)
    write_passport(root, *cells)
    summary = root / "notebooks/annual_summary.ipynb"
    summary.write_text(json.dumps(notebook(OPENING, COUNT)), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def with_passports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after a build; it is only read."""
    return whole(written(tmp_path_factory.mktemp("passports") / "project"))


@pytest.fixture
def built(with_passports: Path) -> Path:
    """What the shared fixture `project` copies."""
    return with_passports


def built_states(run: Run, project: Path, *words: str) -> dict[str, str]:
    told = run("build", YEAR, "--project", project, "--json", *words)[1]
    return json.loads(told)["reports"]


def test_each_school_has_a_page_and_the_list_leads_to_it(with_passports: Path):
    folder = with_passports / SITE / "passports"
    names = {path.name for path in folder.iterdir()}
    assert names == {"index.html", "A1.html", "B2.html", "C3.html"}
    assert "Паспорт B2" in (folder / "B2.html").read_text(encoding="utf-8")
    listed = (folder / "index.html").read_text(encoding="utf-8")
    for code in ("A1", "B2", "C3"):
        assert f'href="../passports/{code}.html"' in listed
    for page in ("index.html", "first.html"):
        assert 'href="passports/index.html"' in (folder.parent / page).read_text(encoding="utf-8")


def test_links_of_a_passport_lead_up_to_the_site(with_passports: Path):
    page = (with_passports / SITE / "passports/A1.html").read_text(encoding="utf-8")
    for href in ("first.html", "passports/B2.html", "method.html#x", "index.html"):
        assert f'href="../{href}"' in page
    assert 'href="#content"' in page


def test_executed_passports_lie_in_a_folder_of_their_own(with_passports: Path):
    folder = with_passports / f".cache/msoko/executed/{YEAR}/tiny/internal"
    assert {path.name for path in (folder / "school_passport").iterdir()} == {
        "A1.ipynb",
        "B2.ipynb",
        "C3.ipynb",
    }


def test_nothing_changed_touches_no_file(project: Path, run: Run):
    run("build", YEAR, "--project", project)
    before = contents(project)
    assert "Ничего не изменилось" in run("build", YEAR, "--project", project)[1]
    assert contents(project) == before


def test_another_direction_builds_no_passport(project: Path, run: Run):
    write_passport(project, SCHOOL, "1")
    assert built_states(run, project, "-d", "first") == {"first": "fresh"}


def test_the_passports_alone(project: Path, run: Run):
    write_passport(project, SCHOOL, "1")
    states = built_states(run, project, "-d", "school_passport")
    assert states == {f"school_passport:{code}": "built" for code in ("A1", "B2", "C3")}


def test_one_school_alone_and_beside_a_direction(project: Path, run: Run):
    write_passport(project, SCHOOL.replace("Паспорт", "Новый паспорт"))
    assert built_states(run, project, "--school", "B2") == {"school_passport:B2": "built"}
    folder = project / SITE / "passports"
    assert "Новый паспорт B2" in (folder / "B2.html").read_text(encoding="utf-8")
    assert "Новый паспорт" not in (folder / "A1.html").read_text(encoding="utf-8")
    both = built_states(run, project, "--school", "B2", "-d", "first")
    assert both == {"first": "fresh", "school_passport:B2": "fresh"}


def test_many_passports_are_one_line_of_progress(project: Path, run: Run):
    write_passport(project, SCHOOL, "1")
    _, out, _ = run("build", YEAR, "--project", project)
    assert out.count("паспорта школ 2023-24: 3 из 3") == 1
    assert "паспорт A1" not in out


def test_a_passport_that_fails_stops_no_other_and_keeps_its_page(project: Path, run: Run):
    page = project / SITE / "passports/B2.html"
    before = page.read_bytes()
    write_passport(project, "if school_id == 'B2':\n    1 / 0", SCHOOL)
    code, out, err = run("build", YEAR, "--project", project)
    assert code == 3
    assert "notebooks/school_passport.ipynb (B2), «Сколько школ?»: ZeroDivisionError" in err
    assert "не построено: паспорт B2 2023-24" in out
    assert "паспорта школ 2023-24: 2 из 3" in out
    assert page.read_bytes() == before
    listed = (project / SITE / "passports/index.html").read_text(encoding="utf-8")
    assert listed.count("Показан прежний паспорт.") == 1
    assert 'href="../passports/B2.html"' in listed


def test_a_passport_that_never_was_built_is_listed_without_a_link(tmp_path: Path, run: Run):
    root = written(tmp_path / "project", "assert school_id != 'C3'", SCHOOL)
    assert run("build", YEAR, "--project", root)[0] == 3
    listed = (root / SITE / "passports/index.html").read_text(encoding="utf-8")
    assert "Паспорт не построен." in listed
    assert "C3.html" not in listed


def test_the_public_edition_has_no_passports(project: Path, run: Run):
    assert run("build", YEAR, "--project", project, "--edition", "public")[0] == 0
    public = project / f"reports/{YEAR}/public"
    assert not (public / "passports").exists()
    assert "passports" not in (public / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--school", "B22"], "нет организации с кодом «B22». Возможно, имелось в виду «B2»."),
        (["--school", "zzz"], "нет организации с кодом «zzz». Коды – в "),
        (["--school", "B2", "--edition", "public"], "в открытой редакции их нет"),
        (["-d", "school_pasport"], "Возможно, имелось в виду «school_passport»."),
        (["-d", "school_passport", "-p", "school_id=B2"], "«school_id» задаётся самой командой"),
        (["-d", "first", "-p", "school_id=B2"], "нет параметра «school_id»"),
    ],
)
def test_a_wrong_wish_is_refused(project: Path, run: Run, words: list[str], told: str):
    before = contents(project / "reports")
    code, _, err = run("build", YEAR, *words, "--project", project)
    assert (code, told in err, "Traceback" in err) == (2, True, False), err
    assert contents(project / "reports") == before


def test_a_notebook_that_does_not_take_the_school_is_refused(project: Path, run: Run):
    write_passport(project, OPENING, parameters=f'{PARAMETERS}\nschol_id: str = "A1"')
    code, _, err = run("build", YEAR, "--project", project)
    assert code == 2
    assert "notebooks/school_passport.ipynb: нет параметра «school_id». Похоже на «schol_id»" in err


def test_two_directions_have_no_passports(tmp_path: Path, run: Run):
    root = write_tiny(tmp_path / "project")
    write_passport(root)
    code, _, err = run("build", YEAR, "--project", root, "-d", "school_passport")
    assert (code, "строится, когда их не меньше 3" in err) == (2, True), err


def test_status_names_passports_together_unless_their_reasons_differ(project: Path, run: Run):
    write_passport(project, SCHOOL, "1")
    executed = project / f".cache/msoko/executed/{YEAR}/tiny/internal/school_passport/B2.ipynb"
    executed.write_text("{}")
    _, out, _ = run("status", "--why", "--project", project)
    assert "устарело: паспорта школ 2023-24 – 2\n" in out
    assert "устарело: паспорт B2 2023-24\n" in out


def test_one_school_s_job_may_run_beside_others(project: Path, run: Run):
    write_passport(project, SCHOOL, "1")
    lock = project / f".cache/msoko/locks/report@{YEAR}@tiny@internal@school_passport@A1.lock"
    lock.parent.mkdir()
    words = ("build", YEAR, "--project", project, "--no-site", "--school")
    with FileLock(lock):
        assert run(*words, "A1")[0] == 1
        assert run(*words, "B2")[0] == 0


def test_the_graph_has_one_rule_for_all_passports(project: Path, run: Run, tmp_path: Path):
    code, out, _ = run("build", YEAR, "--project", project, "--export-graph", tmp_path / "S")
    assert (code, out) == (0, f"Граф работ записан: {tmp_path}/S, отчётов – 8.\n")
    text = (tmp_path / "S").read_text(encoding="utf-8")
    rule = text.split("rule school_passport:")[1].split("rule site:")[0]
    assert "internal/school_passport/{school}.ipynb" in rule
    assert "--school {wildcards.school} --no-site" in rule
    site = text.split("rule site:")[1]
    for code in ("A1", "B2", "C3"):
        assert f"internal/school_passport/{code}.ipynb" in site
