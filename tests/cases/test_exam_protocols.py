"""Exam protocols and forms as people send them: each kind with its right value."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made_exports import SECRET, YEAR, checks, exam, take
from msoko.catalog.registry.task_maxima import load_task_maxima
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.store import Store
from msoko.ingest.year_reading import Intake, read_year
from msoko.validate import check_year

CASES = Path(__file__).parents[1] / "data" / "cases"
SUMS = "task_sums_mostly_equal"


def case(name: str, folder: Path) -> Project:
    return Project.at(shutil.copytree(CASES / name, folder / name))


def told(intake: Intake, check: str) -> str:
    """Return the messages and the advice of one check."""
    found = intake.findings[intake.findings["check"] == check]
    return " ".join(found["message"] + " " + found["action"].fillna(""))


def protocol(rows: list[tuple[str, str, int, int]]) -> list[list[object]]:
    """Return a protocol of chemistry: short answers, long answers, primary score, mark."""
    head = exam()[1]
    body = [
        [n, 111001 + n % 2, "9А", "Ф", "И", "О", f"4004 {n:06d}", short, long, score, mark]
        for n, (short, long, score, mark) in enumerate(rows, 1)
    ]
    return [["04 - Химия 2025.06.10"], head, *body, ["Всего участников", None, len(body)]]


def test_a_plus_worth_two_is_learned_from_the_sums(tmp_path):
    project = case("oge_plus_worth_two", tmp_path)
    intake = read_year(project, YEAR, SECRET)
    assert len(intake.tables["results"]) == 24
    assert checks(intake, "blocking", "warning") <= {"no_footer"}
    assert "задание 13 – 2, задание 14 – 2, задание 15 – 2, задание 16 – 2" in told(
        intake, "plus_worth"
    )
    tasks = intake.tables["task_scores"]
    assert tasks.groupby("task")["max_score"].first().loc[["12", "13", "16", "Р1"]].tolist() == [
        1, 2, 2, 2,
    ]  # fmt: skip
    sums = tasks.groupby("pupil_id")["score"].sum()
    results = intake.tables["results"].set_index("pupil_id")["primary_score"]
    assert (sums == results.loc[sums.index]).all()
    keep(project, intake)
    assert not check_year(project, YEAR).blocking


def keep(project: Project, intake: Intake) -> None:
    store = Store(project)
    for name, frame in intake.tables.items():
        store.add(YEAR, name, frame)


FEW = [("+-++", "2(2)1(2)", 8, 3), ("++--", "1(2)1(2)", 4, 2), ("++++", "2(2)2(2)", 10, 4)]


def test_where_nobody_knows_what_a_plus_is_worth_the_sum_is_not_judged(tmp_path):
    intake = take(tmp_path, {"химия.csv": protocol(FEW)})
    assert checks(intake, "warning") == {"plus_worth"}
    assert "J3" in told(intake, "plus_worth")
    short = intake.tables["task_scores"].query("task in ['1', '2', '3', '4']")
    assert short["max_score"].isna().all()
    project = Project.at(tmp_path)
    keep(project, intake)
    assert not check_year(project, YEAR).blocking


def test_a_sum_above_the_primary_score_is_wrong_whatever_a_plus_is_worth(tmp_path):
    intake = take(tmp_path, {"химия.csv": protocol([*FEW, ("++++", "2(2)2(2)", 5, 2)])})
    assert "строка 6 – сумма 8, первичный балл 5" in told(intake, "task_sum")


def test_the_registry_says_what_a_plus_is_worth(tmp_path):
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "task_maxima.csv").write_text(
        "year,procedure,subject,grade,maxima,origin,source\n"
        "2024-25,oge,chemistry,9,1;1;2;2,regulation,спецификация\n",
        encoding="utf-8",
    )
    rows = [*FEW[1:], ("--++", "0(2)0(2)", 5, 2)]
    intake = take(tmp_path, {"химия.csv": protocol(rows)})
    assert "plus_worth" not in checks(intake)
    assert "строка 5 – сумма 4, первичный балл 5" in told(intake, "task_sum")
    tasks = intake.tables["task_scores"]
    assert tasks.query("task == '3' and score > 0")["score"].tolist() == [2, 2]


def test_a_fault_of_the_registry_is_named_with_its_line(tmp_path):
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "task_maxima.csv").write_text(
        "year,procedure,subject,grade,maxima,origin,source\n*,oge,chemistry,9,1;х,regulation,–\n",
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match=r"task_maxima\.csv, строка 2"):
        load_task_maxima(Project(tmp_path))


def test_a_stop_names_the_file_its_rows_and_the_advice_for_it(tmp_path):
    rows = [("----", "0(2)1(2)", 1, 2)] * 3 + [("----", "2(2)2(2)", 1, 2)]
    intake = take(tmp_path, {"химия.csv": protocol(rows)})
    project = Project.at(tmp_path)
    keep(project, intake)
    found = check_year(project, YEAR).findings.set_index("check").loc[SUMS]
    assert (found["file"], found["row_count"]) == ("химия.csv", 1)
    assert "ячейка J6" in found["message"]
    assert "РЦОИ" in found["action"] and "Ф1" not in found["action"]
