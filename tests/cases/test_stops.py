"""What a finding stops is what it concerns: a cell its row, a file what reads it, no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_exports import SECRET, YEAR, exam, f1, f3, put_in, take
from msoko.build.steps.table_checks import check_tables
from msoko.build.steps.table_intake import read_received
from msoko.core.project import Project
from msoko.core.store import Store
from msoko.validate.concerned_directions import report_readers

READ_RESULTS = {"objectivity", "student_outcomes", "low_results"}


def of_pupils(count: int) -> list:
    """Return Ф1 of one school with so many equal participants, in rows from 10."""
    rows = f1()[:9]
    rows[8] = [f"МБОУ «СОШ № 1»(edu990101) | Кол-во участников: {count}"]
    pupil = ["edu990101", "Округ", "МБОУ «СОШ № 1»(edu990101)"]
    return rows + [[*pupil, 40000 + n, 1, 1, 5, 5, 5, 5, 20, 5, 5] for n in range(count)]


@pytest.fixture
def stopped(tmp_path, monkeypatch):
    """Return a function that reads and checks files, and says what they stop."""
    monkeypatch.setenv("MSOKO_SECRET", SECRET.decode() + " of more than thirty-two signs")

    def run(files: dict[str, list | bytes], **texts: str) -> dict[str, list[str]]:
        take(tmp_path, files, **texts)
        project = Project.at(tmp_path)
        copy = tmp_path / "findings.parquet"
        read_received(project, YEAR, copy)
        run.facts = check_tables(project, YEAR, copy, "relational")
        run.store = Store(project)
        return run.facts["directions_blocked"]

    return run


def lost(run) -> int:
    return int(run.store.read("set_aside", [YEAR])["is_lost"].sum())


def severities(run) -> dict[str, str]:
    rows = run.store.read("findings", [YEAR])
    return dict(zip(rows["check"], rows["severity"], strict=True))


def test_one_wrong_cell_sets_its_row_aside_and_stops_nothing(stopped):
    rows = of_pupils(100)
    put_in(rows, "L30", 7)
    assert stopped({"ф1.xlsx": rows, "огэ.csv": exam()}) == {}
    assert severities(stopped)["mark_range"] == "set_aside"
    assert lost(stopped) == 1
    results = stopped.store.read("results", [YEAR])
    assert len(results) == 99 + 2
    sources = stopped.store.read("sources", [YEAR]).set_index("file")
    assert list(sources.loc["ф1.xlsx", ["rows_in", "rows_kept", "rows_set_aside"]]) == [101, 99, 2]


def test_the_points_of_a_row_go_with_it(stopped):
    rows = of_pupils(100)
    put_in(rows, "K30", 19)  # the total does not fit
    assert stopped({"ф1.xlsx": rows}) == {}
    tasks = stopped.store.read("task_scores", [YEAR])
    assert 30 not in set(tasks["source_row"])
    assert len(tasks) == 99 * 4


@pytest.mark.parametrize(("wrong", "is_stopped"), [(5, False), (6, True), (30, True)])
def test_rows_stop_what_reads_them_above_the_share_that_is_declared(stopped, wrong, is_stopped):
    rows = of_pupils(100)
    for row in range(10, 10 + wrong):
        put_in(rows, f"L{row}", 7)
    blocked = stopped({"ф1.xlsx": rows})
    assert lost(stopped) == wrong
    assert set(blocked) >= READ_RESULTS if is_stopped else blocked == {}
    assert "talents" not in blocked
    if is_stopped:
        assert f"отложено строк – {wrong} из 100 ({wrong},0 %)" in blocked["objectivity"][0]


def test_a_project_declares_its_own_share(stopped, tmp_path):
    rows = of_pupils(100)
    for row in range(10, 18):
        put_in(rows, f"L{row}", 7)
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry/thresholds.yml").write_text(
        "thresholds:\n"
        "  - {code: lost_rows_table, title: своя доля, value: 0.09, unit: share,\n"
        "     origin: practice, source: решение управления}\n",
        encoding="utf-8",
    )
    assert stopped({"ф1.xlsx": rows}) == {}


def test_a_file_of_few_rows_may_lose_one_where_the_table_is_large(stopped):
    small = exam()
    put_in(small, "K3", 6)
    assert stopped({"ф1.xlsx": of_pupils(100), "огэ.csv": small}) == {}
    assert lost(stopped) == 1


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("Ф1 русский.xlsx", "results"),
        ("Мониторинг 3 Таланты.xlsx", "monitoring/talents"),
        ("Ф3_Статистика по отметкам.xlsx", "mark_shares"),
    ],
)
def test_a_file_that_cannot_be_opened_stops_what_its_name_tells(stopped, tmp_path, name, reads):
    blocked = stopped({"ф1.xlsx": of_pupils(20), name: b"\x00\x01 no workbook"})
    assert set(blocked) == set(report_readers(Project.at(tmp_path))[reads])
    assert "objectivity" in blocked or reads == "monitoring/talents"


def test_a_file_of_another_year_stops_what_reads_such_files(stopped, tmp_path):
    rows = f3()
    rows[2], rows[5] = ["ВПР 2024 Математика 4 класс"], ["Дата:", "15.04.2024"]
    blocked = stopped({"ф1.xlsx": f1(), "a.xlsx": rows})
    assert set(blocked) == set(report_readers(Project.at(tmp_path))["mark_shares"])


def test_a_declared_file_stops_what_reads_its_table(stopped, tmp_path):
    year = (
        "school_year: 2024-25\nfiles:\n  b.csv:\n    layout: columns\n    table: school_results\n"
        '    delimiter: ";"\n    school: {id: s}\n    rows: [{columns: {mean_score: m}}]\n'
        "    constant: {procedure: oge, subject: mathematics, grade: 9, group_level: school}\n"
    )
    blocked = stopped({"ф1.xlsx": of_pupils(20), "b.csv": "нет;таких\n1;2\n".encode()}, year=year)
    assert set(blocked) == set(report_readers(Project.at(tmp_path)).get("school_results", ()))
    assert any(line.startswith("b.csv") for line in blocked["exam_results"])


def test_what_nobody_needs_stops_nothing_and_is_said_first(stopped):
    rows = of_pupils(20)
    rows[2], rows[3] = ["ВПР 2025 Неведомое 4 класс"], ["Предмет:", "Неведомое"]
    blocked = stopped({"ф3.xlsx": f3(), "ф1.xlsx": rows, "прочее.csv": "а;б\n1;2\n".encode()})
    assert "*" not in blocked
    assert set(blocked) >= READ_RESULTS
    [line] = stopped.facts["unplaced"]
    assert line.startswith("прочее.csv") and "понять нельзя" in line
    assert stopped.facts["blocking"][0] == line


def test_a_school_that_the_register_lacks_loses_its_rows_alone(stopped):
    rows = of_pupils(100)
    rows.append(["МБОУ «СОШ № 9»(edu990109) | Кол-во участников: 1"])
    rows.append(["edu990109", "Округ", "МБОУ «СОШ № 9»(edu990109)", 1, 1, 1, 5, 5, 5, 5, 20, 5, 5])
    assert stopped({"ф1.xlsx": rows}) == {}
    assert severities(stopped)["unmatched_school"] == "set_aside"
    assert set(stopped.store.read("results", [YEAR])["school_id"]) == {"s1"}
    assert lost(stopped) == 1


def test_a_formula_without_a_value_and_a_footer_that_differs_stop_their_row_and_file(stopped):
    rows = exam()
    put_in(rows, "H6", 238)
    blocked = stopped({"ф1.xlsx": of_pupils(20), "огэ.csv": rows})
    assert set(blocked) >= READ_RESULTS
    assert "объявлено участников – 238, в таблице – 2" in blocked["objectivity"][0]


def test_a_mark_far_from_its_score_sets_the_row_aside_on_any_scale(stopped, tmp_path):
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry/scales.csv").write_text(
        Path(Project.at(None).home / "registry/scales.csv")
        .read_text("utf-8")
        .replace("regulation", "unverified")
        .replace("seed", "unverified"),
        encoding="utf-8",
    )
    rows = of_pupils(100)
    put_in(rows, "L30", 2)  # «2» with the score of a «5»
    put_in(rows, "L31", 4)  # nearly: the scale may be out of date
    assert stopped({"ф1.xlsx": rows}) == {}
    found = stopped.store.read("findings", [YEAR]).query("check == 'mark_scale'")
    assert dict(zip(found["severity"], found["cell"], strict=True)) == {
        "set_aside": "L30", "warning": "L31",
    }  # fmt: skip
