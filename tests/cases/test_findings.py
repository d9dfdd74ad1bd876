"""What people send: names under other headings, a file twice, a first year, a merged school."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from msoko.build.year_check import CheckResult, check
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

CASES = Path(__file__).resolve().parents[1] / "data" / "cases"
YEAR = SchoolYear(2024)
RAW = Path("data/raw/2024-25")
NAMES = ("Образцов", "Пётр", "Сергеевич", "Примерова", "Ильинична", "Шаблонова", "Львовна")


@pytest.fixture
def case(tmp_path, monkeypatch):
    """Return a function that gives a copy of a case's project."""
    monkeypatch.setenv("MSOKO_SECRET", "a key of more than thirty-two signs")

    def copy(name: str) -> Path:
        return Path(shutil.copytree(CASES / name / "project", tmp_path / "project"))

    return copy


def checked(root: Path, year: SchoolYear = YEAR) -> CheckResult:
    return check(Project.at(root), year)


def table(root: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(root / "data/processed/2024-25" / f"{name}.parquet")


def written(root: Path) -> str:
    """Return all that lies outside the raw files, tables read as text too."""
    paths = [one for one in root.rglob("*") if one.is_file() and "raw" not in one.parts]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in paths]
    texts += [pd.read_parquet(one).to_csv() for one in paths if one.suffix == ".parquet"]
    return "".join(texts)


def declare(root: Path, old: str, new: str) -> None:
    path = root / RAW / "year.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_names_in_a_declared_table_become_pseudonyms(case):
    root = case("names_in_a_declared_table")
    found = checked(root)
    olympiad = table(root, "olympiad")
    assert found.findings == ()
    assert olympiad["pupil_id"].str.fullmatch("[0-9a-f]{16}").all()
    assert list(olympiad["grade"]) == [9, 10, 11]
    shown = written(root)
    assert not [name for name in NAMES if name in shown]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status: Итог", "status: ФИО участника"),
        ("school: {code: Код ОО}", "school: {code: Код ОО, name: ФИО участника}"),
        ("school: {code: Код ОО}", "school: {key: [ФИО участника]}"),
        ("pupil_id: ФИО участника", "stage: ФИО участника"),
    ],
)
def test_names_declared_as_anything_else_are_refused_unread(case, old, new):
    root = case("names_in_a_declared_table")
    declare(root, old, new)
    found = checked(root)
    assert [one.check for one in found.of("blocking")] == ["declared_columns"]
    assert "можно только как pupil_id" in found.findings[0].line
    shown = written(root) + "".join(one.line for one in found.findings)
    assert not [name for name in NAMES if name in shown]


def test_names_are_known_by_content_under_any_heading(case):
    root = case("names_in_a_declared_table")
    path = root / RAW / "МЭ математика.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value == "ФИО участника":
                cell.value = "Столбец"
    book.save(path)
    declare(root, "ФИО участника", "Столбец")
    declare(root, "pupil_id: Столбец", "pupil_id: Балл, status: Столбец")
    declare(root, ", status: Итог", "")
    assert [one.check for one in checked(root).of("blocking")] == ["declared_columns"]
    assert not [name for name in NAMES if name in written(root)]


def test_many_pupils_of_one_school_are_no_repeat(case):
    root = case("names_in_a_declared_table")
    path = root / RAW / "МЭ математика.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    code = next(cell.column for row in sheet for cell in row if cell.value == "Код ОО")
    for row in range(4, sheet.max_row + 1):
        sheet.cell(row, code).value = sheet.cell(3, code).value
    book.save(path)
    assert checked(root).findings == ()
    assert list(table(root, "olympiad")["school_id"]) == ["s001"] * 3


DOUBLED = """\
school_year: 2024-25
municipality: zar
files:
  "e8.csv":
    layout: columns
    table: school_results
    delimiter: ";"
    school: {key: [school, city], name: school}
    constant: {procedure: diagnostic, grade: 8, subject: mathematics, group_level: school}
    rows:
      - columns: {participant_count: count, mean_score: mean}
    duplicates: set_aside
"""
LINES = ["A;X;20;51", "B;X;30;52", "C;Y;40;53"]


def doubled(root: Path, lines: list[str]) -> Path:
    (root / RAW / "МЭ математика.xlsx").unlink()
    (root / RAW.parent / "schools.csv").unlink()
    (root / RAW / "year.yml").write_text(DOUBLED, "utf-8")
    profile = root / "profiles" / "zar.yml"
    profile.write_text(profile.read_text("utf-8").replace("talents", "exam_results"), "utf-8")
    (root / RAW / "e8.csv").write_text("\n".join(["school;city;count;mean", *lines]), "utf-8")
    return root


def test_a_doubled_year_keeps_one_copy(case):
    root = doubled(case("names_in_a_declared_table"), LINES * 2)
    found = checked(root)
    assert [(one.check, one.severity, one.row_count) for one in found.findings] == [
        ("repeated_school", "warning", 3)
    ]
    assert sorted(table(root, "school_results")["participant_count"]) == [20, 30, 40]


def test_a_doubled_year_that_differs_stops(case):
    root = doubled(case("names_in_a_declared_table"), [*LINES, *(f"{one}9" for one in LINES)])
    assert [one.check for one in checked(root).of("blocking")] == ["repeated_school"]


def test_a_doubtful_school_among_others_is_set_aside(case):
    root = doubled(case("names_in_a_declared_table"), [*LINES, "A;X;21;50"])
    assert checked(root).of("blocking") == []
    assert sorted(table(root, "school_results")["participant_count"]) == [30, 40]


def test_a_file_downloaded_twice_is_one_line_and_is_used_once(case):
    root = case("download_twice")
    found = checked(root)
    assert [(one.check, one.severity, one.file) for one in found.findings] == [
        ("repeated_file", "warning", "Ф1 (1).xlsx")
    ]
    assert "Ф1.xlsx" in found.findings[0].message
    twice = table(root, "results")
    assert not twice["pupil_id"].duplicated().any()
    assert len(twice) == 54


def resaved(root: Path, changes: dict[str, object]) -> None:
    """Save the copy anew with cells changed, as a program other than the export's does."""
    path = root / RAW / "Ф1 (1).xlsx"
    book = openpyxl.load_workbook(path)
    for address, value in changes.items():
        book.active[address] = value
    book.properties.title = "копия"
    book.save(path)


def test_equal_rows_of_a_file_saved_anew_are_used_once(case):
    root = case("download_twice")
    resaved(root, {})
    (line,) = checked(root).findings
    assert (line.check, line.severity, line.file) == ("repeated_block", "warning", "Ф1 (1).xlsx")
    assert "повторяет «Ф1.xlsx»; одинаковых строк – 54" in line.message
    assert len(table(root, "results")) == 54
    sources = table(root, "sources")
    assert (sources["rows_in"] == sources["rows_kept"] + sources["rows_set_aside"]).all()


def test_copies_that_differ_are_told_by_cell_first_and_once(case):
    root = case("download_twice")
    sheet = openpyxl.load_workbook(root / RAW / "Ф1.xlsx").active
    value = sheet["X11"].value
    resaved(root, {"X11": value - 1})
    found = checked(root)
    line = found.of("blocking")[0]
    assert line.check == "repeated_block"
    assert f"X11: {value} и {value - 1}" in line.message
    assert "одинаковых строк – 53" in line.message
    assert len(found.of("blocking")) == 1


def test_a_copy_with_a_cell_that_does_not_add_up_loses_that_row_alone(case):
    root = case("download_twice")
    value = openpyxl.load_workbook(root / RAW / "Ф1.xlsx").active["G11"].value
    resaved(root, {"G11": 1 - value})
    found = checked(root)
    assert found.of("blocking") == []
    assert [(one.check, one.file) for one in found.of("set_aside")] == [("task_sum", "Ф1 (1).xlsx")]
    assert len(table(root, "results")) == 54


def test_a_merged_school_is_not_missed(case):
    root = case("merged_school_is_not_lost")
    assert checked(root, SchoolYear(2023)).findings == ()
    assert checked(root).findings == ()
