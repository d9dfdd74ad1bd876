"""A table of columns, described in year.yml and nowhere in the code."""

from __future__ import annotations

import re

import pytest

from made_exports import checks, take
from msoko.catalog.yaml.yaml_schema import parse
from msoko.core.project import HOME
from msoko.ingest.corrections import Correction
from msoko.ingest.identity.crosswalk import SchoolLink
from msoko.ingest.year_file import YearFile, load_year_file

YEAR = """\
school_year: 2024-25
files:
  "e8-*.csv":
    layout: columns
    table: school_results
    school: {{key: [region, school], name: school}}
    constant: {{procedure: diagnostic, grade: "8", group_level: school}}
    rows:
      - constant: {{subject: polish}}
        columns: {{participant_count: polish_n, mean_score: polish}}
      - constant: {{subject: mathematics}}
        columns: {{participant_count: math_n, mean_score: math}}
{extra}
"""
DATA = """\
region;school;polish_n;polish;math_n;math
Север;№ 1;46;51,5;46;44
Север;№ 2;3;;47;40
Юг;№ 1;10;60;10;30
"""


def read(folder, data: str = DATA, extra: str = "    blanks: suppressed"):
    content = b"\xef\xbb\xbf" + data.encode()
    return take(folder, {"e8-2025.csv": content}, year=YEAR.format(extra=extra),
                register="")  # fmt: skip


@pytest.fixture(autouse=True)
def no_register(monkeypatch):
    """Examples have no register of schools."""
    import made_exports

    project = made_exports.project
    monkeypatch.setattr(made_exports, "project", lambda folder, register: project(folder, None))


def test_each_line_gives_a_row_for_each_subject(tmp_path):
    intake = read(tmp_path)
    assert checks(intake, "blocking", "warning") == set()
    table = intake.tables["school_results"]
    assert list(table["subject"]) == ["polish", "mathematics"] * 3
    assert list(table["mean_score"].fillna(-1)) == [51.5, 44, -1, 40, 60, 30]
    assert list(table["is_suppressed"]) == [False, False, True, False, False, False]
    assert table["school_id"].nunique() == 3
    assert list(table["source_row"]) == [2, 2, 3, 3, 4, 4]
    assert len(intake.tables["schools"]) == 3
    assert (table["grade"] == 8).all()


def test_a_school_keeps_its_id_between_years(tmp_path):
    one, two = read(tmp_path / "1"), read(tmp_path / "2", DATA.replace("51,5", "52"))
    assert list(one.tables["schools"]["school_id"]) == list(two.tables["schools"]["school_id"])


def test_blanks_are_refused_unless_declared(tmp_path):
    intake = read(tmp_path, extra="")
    assert "unreadable" in checks(intake, "set_aside")
    assert "D3" in intake.findings["cell"].iloc[0]
    assert len(intake.tables["school_results"]) == 4  # the whole line is set aside


TWICE = DATA + "Север;№ 1;50;40;50;40\n"


def test_a_school_twice_stops_the_run(tmp_path):
    assert "repeated_school" in checks(read(tmp_path, TWICE), "blocking")


def test_both_lines_of_a_school_twice_may_be_set_aside(tmp_path):
    intake = read(tmp_path, TWICE, "    blanks: suppressed\n    duplicates: set_aside")
    assert not intake.is_blocked
    advice = intake.findings.set_index("check").loc["repeated_school", "action"]
    assert advice.startswith("Эти строки отложены и не учтены, как сказано в year.yml")
    assert list(intake.tables["set_aside"]["source_row"]) == [2, 5]
    assert len(intake.tables["school_results"]) == 4
    sources = intake.tables["sources"].iloc[0]
    assert (sources["rows_in"], sources["rows_kept"], sources["rows_set_aside"]) == (4, 2, 2)


def test_rows_may_be_chosen_by_a_value(tmp_path):
    intake = read(tmp_path, extra="    where: {region: Юг}")
    assert not intake.is_blocked
    assert list(intake.tables["set_aside"]["reason"]) == ["не отобрана условием where"] * 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("polish_n, mean_score", "polska, mean_score", "нет столбца «polska»"),
        ("subject: polish", "subject: polisz", "предмета «polisz» нет"),
        ("mean_score: polish}", "average: polish}", "нет столбца «average»"),
        ('grade: "8"', "grade: восемь", "«grade: восемь» – не число"),
        ("table: school_results", "table: schol_results", "нет таблицы «schol_results»"),
    ],
)
def test_a_declaration_that_does_not_fit_is_told(tmp_path, old, new, words):
    text = YEAR.format(extra="").replace(old, new)
    intake = take(tmp_path, {"e8.csv": b""} | {"e8-1.csv": DATA.encode()}, year=text, register="")
    found = intake.findings[intake.findings["check"] == "declared_columns"]
    assert words in "".join(found["message"])
    assert "year.yml, строка 4" in found["message"].iloc[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("school_year: 2024-25\nfile: {}\n", "строка 2: неизвестный ключ «file»"),
        ("school_year: 2023-24\n", "объявлен учебный год 2023-24"),
        ("school_year: 2024-25\nfiles:\n  a: {layout: ignore}\n", "нужна причина"),
        ("school_year: 2024-25\nfiles:\n  a: {layout: vpr_f9}\n", "«vpr_f9»"),
        ("school_year: 2024-25\nfiles:\n  a: {layout: columns}\n", "нужны table, school и rows"),
        ("school_year: 2024-25\nfiles:\n  a: {table: results}\n", "только для columns"),
    ],
)
def test_a_year_file_written_wrongly_stops_with_its_line(tmp_path, text, words):
    intake = take(tmp_path, {"a.csv": b"1;2"}, year=text)
    assert words in intake.findings.set_index("check").loc["declaration", "message"]


def test_a_pattern_without_files_stops_the_run(tmp_path):
    text = "school_year: 2024-25\nfiles:\n  нет*.xlsx: {layout: vpr_f1}\n"
    assert "pattern" in checks(take(tmp_path, {"a.csv": b"1;2"}, year=text), "blocking")


def test_an_ignored_file_is_noted_with_the_reason(tmp_path):
    text = 'school_year: 2024-25\nfiles:\n  "*.docx": {layout: ignore, reason: приказ}\n'
    intake = take(tmp_path, {"a.docx": b"PK"}, year=text)
    assert checks(intake) == {"ignored_file"}
    assert "приказ" in intake.findings["message"].item()


@pytest.mark.parametrize(
    ("expected", "is_blocked"),
    [("files: 1, rows: {school_results: 6}", False), ("files: 2", True),
     ("rows: {school_results: 7}", True), ("rows: {results: 1}", True)],
)  # fmt: skip
def test_expected_counts_are_kept(tmp_path, expected, is_blocked):
    extra = f"    blanks: suppressed\nexpected: {{{expected}}}"
    assert ("expected" in checks(read(tmp_path, extra=extra), "blocking")) == is_blocked


def test_the_examples_of_the_guide_are_true(tmp_path):
    """Every YAML block of docs/year_yml.md is accepted by the loader that it is about."""
    guide = (HOME / "docs" / "year_yml.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) >= 5
    for block in blocks:
        if block.startswith("- {"):
            assert parse(block, tuple[SchoolLink, ...], "guide")
        elif block.startswith("- "):
            assert parse(block, tuple[Correction, ...], "guide")
        else:
            path = tmp_path / "year.yml"
            head = "" if block.startswith("school_year") else "school_year: 2024-25\n"
            path.write_text(head + block, encoding="utf-8")
            assert isinstance(load_year_file(path, "guide"), YearFile)
