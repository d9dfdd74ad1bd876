"""`msoko build`: only what is stale, every refusal in one message, earlier reports whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import Run, contents
from tiny import COUNT, OPENING, notebook, write_tiny

from msoko.build import interruptions
from msoko.build.steps import report_steps

KEPT = "Прежние отчёты остались на месте."


def test_the_site_holds_a_page_for_each_report(built: Path):
    pages = {path.name for path in (built / "reports/2023-24/internal").glob("*.html")}
    assert {"index.html", "first.html", "second.html", "quality.html"} <= pages
    page = (built / "reports/2023-24/internal/first.html").read_text(encoding="utf-8")
    assert "Школ: 3, год 2023-24." in page


def test_nothing_changed_touches_no_file(project: Path, run: Run):
    run("build", "2023-24", "--project", project)  # a copy's files have other inodes
    before = contents(project)
    code, out, _ = run("build", "2023-24", "--project", project)
    assert (code, out) == (
        0,
        f"Ничего не изменилось, всё уже построено: {project}/reports/2023-24/internal/index.html\n",
    )
    assert contents(project) == before


def test_one_changed_notebook_rebuilds_its_report_and_the_site_only(project: Path, run: Run):
    cells = notebook(OPENING, COUNT, "print('ещё')")
    (project / "notebooks/second.ipynb").write_text(json.dumps(cells), encoding="utf-8")
    code, out, _ = run("status", "--why", "--project", project)
    assert code == 0
    assert out == (
        "устарело: отчёт second 2023-24\n"
        f"  – изменилось: блокнот {project}/notebooks/second.ipynb\n"
        "устарело: страница second 2023-24 (после предыдущих шагов)\n"
        "устарело: сайт 2023-24 (для служебного пользования) (после предыдущих шагов)\n"
    )
    code, out, _ = run("build", "2023-24", "--project", project, "--json")
    told = json.loads(out)
    assert told["reports"] == {"first": "fresh", "second": "built", "data_quality": "fresh"}
    assert told["done"] == [
        "отчёт second 2023-24",
        "страница second 2023-24",
        "сайт 2023-24 (для служебного пользования)",
    ]
    assert run("status", "--project", project)[1] == "Всё построено, ничего не устарело.\n"


@pytest.mark.parametrize("folder", ["packets/s001", "templates"])
def test_a_build_keeps_what_was_made_for_schools(project: Path, run: Run, folder: str):
    kept = project / "reports/2023-24/internal" / folder / "ОО-1.xlsx"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"filled in")
    scores = project / "data/raw/2023-24/scores.csv"
    scores.write_text(scores.read_text().replace("4.1", "4.2"))
    assert run("build", "2023-24", "--project", project, "--renderer", "embedded")[0] == 0
    assert kept.read_bytes() == b"filled in"


def test_a_file_touched_but_not_changed_makes_nothing_stale(project: Path, run: Run):
    os.utime(project / "data/raw/2023-24/scores.csv")
    assert run("status", "--project", project)[1] == "Всё построено, ничего не устарело.\n"


def test_a_changed_raw_file_is_named(project: Path, run: Run):
    (project / "data/raw/2023-24/scores.csv").write_text("school;score;pupils\nA1;3;9\n")
    _, out, _ = run("status", "--why", "--project", project, "--json")
    steps = {row["step"]: row for row in json.loads(out)}
    assert steps["intake:2023-24"]["reasons"] == [
        "изменилось: исходный файл data/raw/2023-24/scores.csv"
    ]
    assert steps["intake:2022-23"]["state"] == "fresh"
    assert steps["validation:2023-24"]["state"] == "waits"
    assert steps["report:2023-24:tiny:internal:first"]["state"] == "waits"


def test_an_edited_page_is_built_again(project: Path, run: Run):
    page = project / "reports/2023-24/internal/first.html"
    before = page.read_bytes()
    page.write_text("подделка", encoding="utf-8")
    assert "результат изменён не сборкой" in run("status", "--why", "--project", project)[1]
    assert run("build", "2023-24", "--project", project)[0] == 0
    assert page.read_bytes() == before


def test_both_engines_give_the_same_site(project: Path, run: Run):
    before = contents(project / "reports")
    run("clean", "--project", project)
    code, *_ = run("build", "2023-24", "--project", project, "--engine", "papermill")
    assert code == 0
    after = contents(project / "reports")
    assert {name: data for name, (data, _) in after.items()} == {
        name: data for name, (data, _) in before.items()
    }


def test_a_notebook_that_raises_stops_no_other_and_keeps_its_page(project: Path, run: Run):
    site = project / "reports/2023-24/internal"
    before = (site / "second.html").read_bytes()
    for code, cell in (("first", COUNT + "\n"), ("second", "1 / 0")):
        path = project / f"notebooks/{code}.ipynb"
        path.write_text(json.dumps(notebook(OPENING, cell)), encoding="utf-8")
    code, out, err = run("build", "2023-24", "--project", project)
    assert code == 3
    assert (
        "notebooks/second.ipynb, «Сколько школ?»: ZeroDivisionError: division by zero. "
        "Отчёт не построен; прежний, если был, остался на месте.\n"
    ) in err
    assert "Traceback" not in err
    assert "готово: отчёт first 2023-24" in out
    assert (site / "second.html").read_bytes() == before
    assert "Traceback" in run("--debug", "build", "2023-24", "--project", project)[2]


def test_a_blocking_fault_stops_the_reports_and_keeps_their_pages(project: Path, run: Run):
    scores = project / "data/raw/2023-24/scores.csv"
    scores.write_bytes((project / "data/raw/2022-23/scores.csv").read_bytes())
    site = project / "reports/2023-24/internal"
    stopped = ("first.html", "second.html", "first.xlsx", "second.xlsx")
    before = {name: (site / name).read_bytes() for name in stopped}
    code, _, err = run("build", "2023-24", "--project", project)
    assert code == 1
    assert "Данные не позволяют построить отчёты: first, second.\n  – scores.csv:" in err
    assert {name: (site / name).read_bytes() for name in stopped} == before
    assert "этот же файл лежит в папке 2022-23" in (site / "quality.html").read_text("utf-8")


def test_status_says_that_data_stopped_a_report_and_why(project: Path, run: Run):
    scores = project / "data/raw/2023-24/scores.csv"
    scores.write_bytes((project / "data/raw/2022-23/scores.csv").read_bytes())
    _, _, err = run("build", "2023-24", "--project", project)
    reason = err.splitlines()[1]
    _, out, _ = run("status", "--why", "--project", project)
    assert out.startswith(
        "остановлено данными: отчёт first 2023-24\n"
        f"остановлено данными: отчёт second 2023-24\n{reason}\n"
    )
    assert reason not in run("status", "--project", project)[1]
    told = {
        row["step"]: row for row in json.loads(run("status", "--project", project, "--json")[1])
    }
    assert told["report:2023-24:tiny:internal:first"]["state"] == "blocked"
    scores.write_text("school;score;pupils\nA1;3;9\n")
    assert "остановлено" not in run("status", "--why", "--project", project)[1]


def test_a_file_that_is_a_repeat_no_more_is_not_called_lost(project: Path, run: Run):
    scores = project / "data/raw/2023-24/scores.csv"
    other = project / "data/raw/2022-23/scores.csv"
    kept = scores.read_bytes()
    scores.write_bytes(other.read_bytes())
    shown = f"{project}/data/raw/2022-23/scores.csv"
    _, out, _ = run("status", "--why", "--project", project)
    assert f"  – совпадает с файлом другого года: {shown}" in out
    run("build", "2023-24", "--project", project)
    scores.write_bytes(kept)
    _, out, _ = run("status", "--why", "--project", project)
    assert f"  – больше не совпадает с файлом другого года: {shown}" in out
    assert "исчезло: исходный файл" not in out


def test_a_first_build_that_is_refused_tells_of_no_earlier_reports(tmp_path: Path, run: Run):
    root = write_tiny(tmp_path / "p")
    scores = root / "data/raw/2023-24/scores.csv"
    scores.write_bytes((root / "data/raw/2022-23/scores.csv").read_bytes())
    code, _, err = run("build", "2023-24", "--project", root)
    assert (code, "Данные не позволяют" in err, "остались на месте" in err) == (1, True, False)
    scores.unlink()
    code, _, err = run("build", "2023-24", "--project", root)
    assert code == 1
    assert err.endswith("Отчёты не построены; прежние остались на месте.\n"), "the page of data"


def test_check_prints_findings_with_file_and_action(project: Path, run: Run):
    assert run("check", "2023-24", "--project", project)[:2] == (0, "Замечаний нет.\n")
    scores = project / "data/raw/2023-24/scores.csv"
    scores.write_bytes((project / "data/raw/2022-23/scores.csv").read_bytes())
    code, out, _ = run("check", "2023-24", "--project", project)
    assert code == 1
    assert "Препятствует построению: 1\n  – scores.csv: " in out
    code, out, _ = run("check", "2023-24", "--project", project, "--json")
    assert json.loads(out)["findings"][0]["file"] == "scores.csv"


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (["2031-32"], 2, "data/raw/2031-32: такой папки нет. Есть учебные годы: 2022-23, 2023-24"),
        (["2024"], 2, "учебный год пишется как 2024-25"),
        (["2024_25"], 2, "учебный год пишется как 2024-25"),
        (["2023-24", "--direction", "frist"], 2, "нет направления «frist». "),
        (["2023-24", "--municipality", "tyni"], 2, "profiles/tyni.yml: такого профиля нет"),
        (["2023-24", "-p", "schol=1"], 2, "нет параметра «schol»"),
        (["2023-24", "-p", "school_year=2022-23"], 2, "задаётся самой командой"),
        (["2023-24", "-p", "x"], 2, "Параметр пишется как ИМЯ=ЗНАЧЕНИЕ"),
        (["2023-24", "--edtion", "public"], 2, "--edition"),
        (["2023-24", "--renderer", "word"], 2, "word"),
    ],
)
def test_wrong_usage_is_refused_in_one_message(
    project: Path, run: Run, words: list[str], exit_code: int, told: str
):
    before = contents(project / "reports")
    code, _, err = run("build", *words, "--project", project)
    assert (code, told in err, "Traceback" in err) == (exit_code, True, False), err
    assert contents(project / "reports") == before


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path, run: Run):
    code, _, err = run("build", "2023-24", "--project", tmp_path)
    assert (code, "это не проект msoko" in err) == (2, True)


def test_a_year_without_data_or_declaration_is_refused(tmp_path: Path, run: Run):
    root = write_tiny(tmp_path / "p", ("2022-23", "2023-24"))
    (root / "data/raw/2022-23/scores.csv").unlink()
    (root / "data/raw/2023-24/year.yml").unlink()
    code, _, err = run("build", "2022-23", "--project", root)
    assert (code, "data/raw/2022-23: файлов с данными нет" in err) == (1, True)
    code, _, err = run("build", "2023-24", "--project", root)
    assert (code, "нет файла year.yml" in err) == (2, True)


def test_two_builds_at_once_are_told_so(project: Path, run: Run):
    from filelock import FileLock

    with FileLock(project / ".cache/msoko/build.lock"):
        code, _, err = run("build", "2023-24", "--project", project)
    assert (code, "другая сборка этого проекта уже идёт" in err) == (1, True)


def test_a_page_whose_reference_leads_nowhere_stops_no_other(project: Path, run: Run):
    site = project / "reports/2023-24/internal"
    before = (site / "second.html").read_bytes()
    broken = "from IPython.display import Markdown; Markdown('См. [число](#e-absent).')"
    for code, cell in (("first", COUNT + "\n"), ("second", broken)):
        path = project / f"notebooks/{code}.ipynb"
        path.write_text(json.dumps(notebook(OPENING, cell)), encoding="utf-8")
    code, out, err = run("build", "2023-24", "--project", project, "--renderer", "embedded")
    assert (code, "ссылки никуда не ведут: #e-absent" in err) == (2, True), err
    assert "не построено: страница second 2023-24" in out
    assert (site / "second.html").read_bytes() == before
    assert "Показан прежний отчёт." in (site / "index.html").read_text(encoding="utf-8")


def test_a_page_of_no_direction_built_alone_is_published(project: Path, run: Run):
    page = project / "reports/2023-24/internal/quality.html"
    path = project / "notebooks/data_quality.ipynb"
    path.write_text(json.dumps(notebook(OPENING, "print('иначе')")), encoding="utf-8")
    words = ("build", "2023-24", "--project", project, "--direction", "data_quality")
    assert run(*words)[0] == 0
    assert "иначе" in page.read_text(encoding="utf-8")


def test_jobs_of_single_reports_run_at_once(project: Path, run: Run):
    for code in ("first", "second"):
        cell = f"import time; time.sleep(3); print('{code} anew')"
        path = project / f"notebooks/{code}.ipynb"
        path.write_text(json.dumps(notebook(OPENING, cell, COUNT)), encoding="utf-8")
    words = [sys.executable, "-m", "msoko", "build", "2023-24", "--project", str(project)]
    jobs = {
        code: subprocess.Popen(
            [*words, "--direction", code, "--no-site", "--engine", "papermill", "--jobs", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for code in ("first", "second")
    }
    told = {code: job.communicate(timeout=300)[0] for code, job in jobs.items()}
    assert {job.returncode for job in jobs.values()} == {0}, told
    assert "готово: отчёт first" in told["first"]
    assert "готово: отчёт second" in told["second"]
    _, out, _ = run("build", "2023-24", "--project", project, "--json")
    states = json.loads(out)["reports"]
    assert states == {"first": "fresh", "second": "fresh", "data_quality": "fresh"}
    for code in ("first", "second"):
        page = project / f"reports/2023-24/internal/{code}.html"
        assert f"{code} anew" in page.read_text(encoding="utf-8")


def test_a_single_report_is_refused_while_another_command_makes_it(project: Path, run: Run):
    from filelock import FileLock

    lock = project / ".cache/msoko/locks/report@2023-24@tiny@internal@first.lock"
    lock.parent.mkdir()
    words = ["build", "2023-24", "--project", project, "--no-site", "--direction"]
    with FileLock(lock):
        code, _, err = run(*words, "first")
        assert (code, "эти отчёты уже строит другая команда" in err) == (1, True)
        assert run(*words, "second")[0] == 0
        code, _, err = run("build", "2023-24", "--project", project)
        assert (code, "другая команда строит отчёты этого проекта" in err) == (1, True)


def test_only_tables_builds_no_report(tmp_path: Path, run: Run):
    root = write_tiny(tmp_path / "p")
    words = ("build", "2023-24", "--project", root, "--only-tables")
    code, out, _ = run(*words)
    assert (code, "показатели 2023-24" in out, "отчёт" in out) == (0, True, False)
    assert (root / "data/processed/2023-24/indicators.parquet").exists()
    assert not (root / "reports").exists()
    assert run(*words)[:2] == (0, "Ничего не изменилось, всё уже построено.\n")


def test_a_full_disk_is_one_message(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    (project / "notebooks/first.ipynb").write_text(json.dumps(notebook(OPENING)), encoding="utf-8")
    before = contents(project / "reports")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(project / "x.ipynb"))

    monkeypatch.setattr(report_steps, "write_notebook", full)
    code, _, err = run("build", "2023-24", "--project", project)
    assert (code, err) == (
        1,
        f"x.ipynb: на диске нет места. Освободите его и повторите команду. {KEPT}\n",
    )
    assert contents(project / "reports") == before


def test_other_faults_of_the_system_pass_as_they_are(tmp_path: Path):
    from msoko.core.project import Project

    with pytest.raises(FileNotFoundError), interruptions.storage_faults(Project(tmp_path)):
        raise FileNotFoundError(2, "No such file")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_stopped_in_the_middle_leaves_no_process_and_goes_on_next_time(
    project: Path, run: Run, number: int
):
    path = project / "notebooks/first.ipynb"
    path.write_text(json.dumps(notebook("import time; time.sleep(99)")), encoding="utf-8")
    before = contents(project / "reports")
    command = [sys.executable, "-m", "msoko", "build", "2023-24", "--project", str(project)]
    build = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell that runs the tests in the background has them ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    watched = psutil.Process(build.pid)
    kernels = _kernels(watched)
    build.send_signal(number)
    _, err = build.communicate(timeout=20)
    assert _left(kernels) == []
    if number != signal.SIGKILL:
        assert (build.returncode, err.strip()) == (130, f"Прервано. {KEPT}")
    assert contents(project / "reports") == before
    path.write_text(json.dumps(notebook(OPENING, COUNT)), encoding="utf-8")
    assert run("build", "2023-24", "--project", project)[0] == 0


def _left(processes: list[psutil.Process], seconds: float = 2) -> list[psutil.Process]:
    """Return the processes still working; one that ended but was not waited for is none."""
    waiting = psutil.wait_procs(processes, timeout=seconds)[1]
    return [one for one in waiting if one.status() != psutil.STATUS_ZOMBIE]


def _kernels(build: psutil.Process, seconds: float = 60) -> list[psutil.Process]:
    """Return the build's processes once a kernel has been forked from its fork server.

    multiprocessing has one more beside that, which removes what a killed process left.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = build.children(recursive=True)
        if len(found) >= 3:
            return found
        time.sleep(0.05)
    raise AssertionError("no kernel was forked")


def test_the_graph_names_inputs_outputs_and_commands(project: Path, run: Run, tmp_path: Path):
    run("build", "2023-24", "--project", project)
    file = tmp_path / "Snakefile"
    code, out, _ = run("build", "2023-24", "--project", project, "--export-graph", file)
    assert (code, out) == (0, f"Граф работ записан: {file}, отчётов – 3.\n")
    text = file.read_text(encoding="utf-8")
    rules = [line for line in text.splitlines() if line.startswith("rule ")]
    assert rules == [
        "rule all:",
        "rule tables:",
        "rule first:",
        "rule second:",
        "rule data_quality:",
        "rule site:",
    ]
    tables = text.split("rule tables:")[1].split("rule first:")[0]
    read, made = tables.split("    output:")
    assert '"data/raw/2022-23/scores.csv"' in read
    assert '"data/processed/2022-23/school_results.parquet"' in made
    assert '"data/processed/2023-24/indicators.parquet"' in made
    assert "--wait --only-tables" in made
    first = text.split("rule first:")[1].split("rule second:")[0]
    assert '"notebooks/first.ipynb"' in first
    assert '"data/processed/2022-23/school_results.parquet"' in first
    assert '".cache/msoko/executed/2023-24/tiny/internal/first.ipynb"' in first
    assert "--direction first --no-site" in first


def test_a_graph_without_tables_is_refused(tmp_path: Path, run: Run):
    root = write_tiny(tmp_path / "p")
    code, _, err = run("build", "2023-24", "--project", root, "--export-graph", tmp_path / "S")
    assert (code, "Таблиц за 2023-24 ещё нет" in err) == (1, True)
    assert not (tmp_path / "S").exists()


@pytest.mark.parametrize("words", [["--help"], ["status", "--help"]])
def test_help_answers_without_loading_pandas(words: list[str]):
    code = (
        "import sys\nfrom msoko.cli import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit: pass\n"
        "assert not {'pandas', 'numpy', 'papermill'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_status_loads_no_heavy_library(built: Path):
    code = (
        "import sys\nfrom msoko.cli import main\n"
        f"try:\n    main(['status', '--project', {str(built)!r}])\nexcept SystemExit: pass\n"
        "assert not {'pandas', 'numpy', 'papermill', 'jinja2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
