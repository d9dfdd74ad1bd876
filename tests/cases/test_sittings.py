"""Retakes, early and reserve days: each sitting stands apart, the main one keeps its numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from made_exports import YEAR, checks, exam, take
from msoko.core.project import Project
from msoko.core.store import Store
from msoko.validate import check_year

RETAKE_DAY = "2025.09.05"


def sat(day: str, words: str = "", score: int = 10, mark: int = 3) -> list[list[object]]:
    """Return a protocol of one participant, the first of `exam()`."""
    rows = exam()
    rows[0] = [f"02 - Математика {day}"]
    rows[2][9], rows[2][10] = score, mark
    rest = max(0, score - 12)
    rows[2][7], rows[2][8] = "+" * min(score, 12), f"{min(rest, 2)}(2){max(0, rest - 2)}(2)"
    del rows[3:-1]
    rows[-1][-1] = 1
    return [[words], *rows] if words else rows


def counted(frame: pd.DataFrame) -> dict[str, int]:
    return frame["procedure"].value_counts().to_dict()


def test_a_protocol_of_september_belongs_to_the_year_whose_exams_it_repeats(tmp_path):
    intake = take(tmp_path, {"ОГЭ.csv": exam(), "пересдача.csv": sat(RETAKE_DAY)})
    assert not intake.is_blocked
    assert checks(intake, "note", "warning") >= {"exam_sitting"}
    results = intake.tables["results"]
    assert counted(results) == {"oge": 2, "oge_retake": 1}
    assert set(results["school_year"]) == {str(YEAR)}
    assert set(results["grade"]) == {9}
    both = results.sort_values("procedure")
    assert both["pupil_id"].nunique() == 2, "one person in both sittings"
    assert set(intake.tables["set_aside"]["reason"]) == {"итоговая строка: сверена"}
    tasks = intake.tables["task_scores"]
    assert set(tasks["procedure"]) == {"oge", "oge_retake"}


def test_the_main_sitting_is_the_same_with_and_without_the_others(tmp_path):
    alone = take(tmp_path / "a", {"ОГЭ.csv": exam()})
    others = {
        "ОГЭ.csv": exam(),
        "осень.csv": sat(RETAKE_DAY, score=16, mark=4),
        "резерв.csv": sat("2025.06.24", score=12, mark=3),
        "весна.csv": sat("2025.04.22", "Досрочный период", score=9),
    }
    together = take(tmp_path / "b", others)
    for name in ("results", "task_scores"):
        main = together.tables[name].query("procedure == 'oge'").drop(columns="source_id")
        own = alone.tables[name].drop(columns="source_id")
        pd.testing.assert_frame_equal(main.reset_index(drop=True), own)
    assert counted(together.tables["results"]) == {
        "oge": 2, "oge_early": 1, "oge_reserve": 1, "oge_retake": 1,
    }  # fmt: skip
    assert "later_sitting" in checks(together, "warning")
    project = Project.at(tmp_path / "b")
    for name, frame in together.tables.items():
        Store(project).add(YEAR, name, frame)
    assert not check_year(project, YEAR).blocking


@pytest.mark.parametrize(
    ("day", "words", "procedure"),
    [
        ("2025.06.03", "", "oge"),
        ("2025.06.03", "Резервный день", "oge_reserve"),
        ("2025.05.03", "Досрочный период, резервный день", "oge_early"),
        ("2025.04.24", "", "oge_early"),
        ("2025.07.01", "Дополнительный период", "oge_retake"),
        ("2025.09.23", "Резервный день", "oge_retake"),
    ],
)
def test_a_sitting_is_what_the_title_or_the_day_says(tmp_path, day, words, procedure):
    intake = take(tmp_path, {"a.csv": sat(day, words)})
    assert counted(intake.tables["results"]) == {procedure: 1}
    assert ("exam_sitting" in checks(intake)) == (procedure != "oge")


def test_year_yml_counts_a_reserve_day_as_the_main_one_but_no_retake(tmp_path):
    declared = "school_year: 2024-25\nfiles: {'*.csv': {procedure: oge}}\n"
    files = {"резерв.csv": sat("2025.06.24", "Резерв"), "осень.csv": sat(RETAKE_DAY)}
    intake = take(tmp_path, files, year=declared)
    assert counted(intake.tables["results"]) == {"oge": 1, "oge_retake": 1}


def test_a_september_protocol_in_the_next_years_folder_is_sent_to_its_own(tmp_path):
    intake = take(tmp_path, {"a.csv": sat("2024.09.06")})
    told = intake.findings.set_index("check").loc["paper_date"]
    assert told["severity"] == "blocking"
    assert "2023-24 (осенью пересдают экзамены прошедшего года)" in told["message"]
    assert "data/raw/2023-24" in told["action"]


def test_a_trial_of_september_belongs_to_the_year_it_opens(tmp_path):
    declared = "school_year: 2024-25\nfiles: {'*.csv': {procedure: diagnostic}}\n"
    intake = take(tmp_path, {"a.csv": sat("2024.09.06")}, year=declared)
    assert "paper_date" not in checks(intake)
    assert counted(intake.tables["results"]) == {"diagnostic": 1}
