"""Paths and commands that the terminal shows can be pasted where the reader stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run, contents
from tiny import write_tiny

from msoko.cli.message_paths import ReaderPlace, paths_from_here
from msoko.core.project import HOME


@pytest.fixture
def beside(project: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The project's folder as somebody types it who stands beside it."""
    monkeypatch.chdir(project.parent)
    return project.name


def test_paths_begin_with_the_project_as_it_was_typed(beside: str, run: Run):
    site = "reports/2023-24/internal/index.html"
    run("build", "2023-24", "--project", beside)
    assert run("build", "2023-24", "--project", beside)[1].endswith(f": {beside}/{site}\n")
    assert (
        f"Положите в {beside}/data/raw/2024-25"
        in run("new-year", "2024-25", "--project", beside)[1]
    )
    assert (
        f"Удалено: {beside}/data/processed, {beside}/.cache/msoko\n"
        in (run("clean", "--project", beside)[1])
    )


def test_a_refusal_names_the_project_in_its_path_and_its_command(beside: str, run: Run):
    _, _, err = run("new-year", "2023-24", "--project", f"./{beside}/")
    assert err.startswith(f"./{beside}/data/raw/2023-24: этот учебный год уже заведён")
    assert err.endswith(f" выполните msoko check --project ./{beside}/ 2023-24.\n")


def test_in_the_project_itself_paths_are_as_they_are(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(project)
    _, _, err = run("new-year", "2023-24", "--project", ".")
    assert err.startswith("data/raw/2023-24: ")
    assert err.endswith(" выполните msoko check --project . 2023-24.\n")


def test_the_house_needs_no_option_and_its_path_is_told_from_elsewhere(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("msoko.core.project.HOME", write_tiny(tmp_path / "house"))
    monkeypatch.chdir(tmp_path / "house")
    _, _, err = run("new-year", "2023-24")
    assert err.startswith("data/raw/2023-24: ")
    assert err.endswith(" выполните msoko check 2023-24.\n")
    monkeypatch.chdir(tmp_path)
    assert run("new-year", "2023-24")[2].startswith(f"{tmp_path}/house/data/raw/2023-24: ")


def test_neither_json_nor_what_is_written_names_the_place(beside: str, project: Path, run: Run):
    told = json.loads(run("build", "2023-24", "--project", beside, "--json")[1])
    assert told["site"] == "reports/2023-24/internal/index.html"
    (project / "notebooks/second.ipynb").write_text("{", encoding="utf-8")
    run("status", "--why", "--project", beside)
    run("build", "2023-24", "--project", beside)
    own = f"{beside}/reports".encode()
    for folder in ("reports", "data", ".cache/msoko/steps"):
        made = contents(project / folder)
        assert made
        assert not [name for name, (data, _) in made.items() if own in data]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("в data/raw нет: data/raw/a.csv.", "в p q/data/raw нет: p q/data/raw/a.csv."),
        ("«reports»/x и --reports", "«p q/reports»/x и --reports"),
        ("/p/data/raw и p/reports/x", "/p/data/raw и p/reports/x"),
        ("data/rawest, my-data/raw, reportsx", "data/rawest, my-data/raw, reportsx"),
        ("/u/msoko demo/x, .venv/bin/msoko check", "/u/msoko demo/x, .venv/bin/msoko check"),
        ("reports.xlsx: лист «src»", "reports.xlsx: лист «src»"),
        (f"profiles/{'a' * 300}", f"p q/profiles/{'a' * 300}"),
        ("registry/scales.csv, строка 3", "registry/scales.csv, строка 3"),
        ("profiles/none.yml: нет", "p q/profiles/none.yml: нет"),
        ("msoko build 2024-25 -d a_b и", 'msoko build 2024-25 -d a_b --project "p q" и'),
        ("«msoko demo --project ПАПКА»", "«msoko demo --project ПАПКА»"),
        ("«msoko meeting --help», msoko – это", "«msoko meeting --help», msoko – это"),
        (
            "msoko meeting prepare 2024-25 --date 2025-08-22.",
            'msoko meeting prepare --project "p q" 2024-25 --date 2025-08-22.',
        ),
    ],
)
def test_only_what_a_message_names_is_changed(
    text: str, told: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(HOME)
    assert paths_from_here(text, ReaderPlace("p q", is_typed=True)) == told


def test_what_is_in_the_name_of_a_file_stays(tmp_path: Path):
    name = "data/raw/2024-25/my reports, src/x.xlsx"
    told = f"{name}: пусто, а в data/raw есть data/raw/a.csv и reports/b.html"
    place = ReaderPlace(str(tmp_path), is_typed=True)
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.touch()
    own = str(tmp_path)
    assert paths_from_here(told, place) == (
        f"{own}/{name}: пусто, а в {own}/data/raw есть {own}/data/raw/a.csv и {own}/reports/b.html"
    )


@pytest.mark.parametrize(
    ("folder", "typed"),
    [("a$b", "'a$b'"), ("a(b", '"a(b"'), ("C:\\x y\\", '"C:\\x y"'), ("округ/1", "округ/1")],
)
def test_a_folder_is_one_word_for_a_shell(folder: str, typed: str):
    assert (
        paths_from_here("msoko demo", ReaderPlace(folder, is_typed=True))
        == f"msoko demo --project {typed}"
    )


def test_a_file_put_where_it_was_asked_for_is_named_so(
    beside: str, run: Run, monkeypatch: pytest.MonkeyPatch
):
    run("build", "2023-24", "--project", beside)
    Path("reports").mkdir()
    words = ("build", "2023-24", "--project", beside, "--export-graph", "reports/Snakefile")
    assert run(*words)[1].startswith("Граф работ записан: reports/Snakefile, отчётов")
