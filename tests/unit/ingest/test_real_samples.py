"""Files as they really arrive (tests/data, each with its SOURCE.txt)."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from made_exports import SECRET, checks
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.layouts.contract import SURE
from msoko.ingest.recognition import recognise
from msoko.ingest.year_reading import Intake, read_year

DATA = HOME / "tests" / "data"
FIS_OKO, RCOI = DATA / "fis_oko", DATA / "rcoi"


def read(folder: Path, year: int, *files: Path) -> Intake:
    project = Project(folder, HOME)
    raw = project.raw(SchoolYear(year))
    raw.mkdir(parents=True)
    for file in files:
        (raw / file.name).write_bytes(file.read_bytes())
    return read_year(project, SchoolYear(year), SECRET)


@pytest.mark.parametrize(
    ("file", "layout"),
    [
        (FIS_OKO / "2849657.xlsx", "vpr_journal"),
        (FIS_OKO / "Ф1_Индивидуальные результаты.xlsx", "vpr_f1"),
        (FIS_OKO / "Ф3_Статистика по отметкам.xlsx", "vpr_f3"),
        (RCOI / "appeal_2021.csv", "gia_appeals"),
        (RCOI / "ege_eng_2022.csv", "gia_exam"),
        (RCOI / "ege_mathbase_2022.csv", "gia_exam"),
        (RCOI / "ege_rus_2022_sparse.csv", "gia_exam"),
        (RCOI / "regional_oge_multi.xlsx", "gia_exam"),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_each_sample_is_recognised_under_any_name(tmp_path, file, layout):
    renamed = tmp_path / f"выгрузка{file.suffix}"
    renamed.write_bytes(file.read_bytes())
    best = recognise(renamed)[0]
    assert best.layout == layout
    assert best.confidence >= SURE
    assert not best.missing


def test_f1_gives_every_value_back_to_its_cell(tmp_path):
    """An independent reader (openpyxl) finds each task score where the table says it stood."""
    file = FIS_OKO / "Ф1_Индивидуальные результаты.xlsx"
    intake = read(tmp_path, 2025, file)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    scores = intake.tables["task_scores"]
    assert len(scores) == 50 * 15
    for row in scores.itertuples():
        cell = sheet[f"{row.source_column}{row.source_row}"].value
        if row.is_attempted:
            assert cell == row.score
        else:
            assert cell in ("X", "Х")
            assert pd.isna(row.score)
    results = intake.tables["results"]
    for row in results.itertuples():
        assert sheet[f"V{row.source_row}"].value == row.primary_score
        assert sheet[f"W{row.source_row}"].value == row.mark
    assert results["journal_mark"].isna().sum() == sum(
        sheet[f"X{row}"].value is None for row in range(10, 60)
    )


def test_f3_that_contradicts_f1_is_noticed(tmp_path):
    """The samples were drawn apart: 4, 24, 15, 7 marks of 50 in Ф1; 12, 50, 30, 8 % in Ф3."""
    intake = read(
        tmp_path,
        2025,
        FIS_OKO / "Ф1_Индивидуальные результаты.xlsx",
        FIS_OKO / "Ф3_Статистика по отметкам.xlsx",
    )
    assert checks(intake) == {"no_register", "no_scale", "f1_against_mark_shares"}
    shares = intake.tables["mark_shares"]
    assert list(shares["group_level"]) == ["country", "region", "municipality", "school"]
    assert list(shares["participant_count"]) == [1722202, 20316, 1162, 50]
    assert pd.isna(shares["school_count"].iloc[3])


def test_journal_comparison_keeps_region_and_school(tmp_path):
    table = read(tmp_path, 2023, FIS_OKO / "2849657.xlsx").tables["journal_comparison"]
    assert list(table["lowered_count"]) == [6171, 373, 17]
    assert list(table["raised_percent"]) == [4.2, 3.76, 4.17]
    assert list(table["school_id"].fillna("")) == ["", "", "edu990101"]


def test_a_file_of_another_year_is_refused(tmp_path):
    intake = read(tmp_path, 2024, FIS_OKO / "2849657.xlsx")
    assert checks(intake, "blocking") == {"paper_date"}
    assert "2023-24" in intake.findings["message"].iloc[0]


def test_the_blank_form_is_refused_in_plain_words(tmp_path):
    file = next(FIS_OKO.glob("Форма сбора*"))
    intake = read(tmp_path, 2025, file)
    finding = intake.findings.iloc[0]
    assert finding["severity"] == "blocking"
    assert "Выгрузите Ф1 из ФИС ОКО" in finding["message"]
    assert "пустая" in finding["message"]
    assert "results" not in intake.tables


def test_exam_samples_become_tables(tmp_path):
    intake = read(
        tmp_path, 2021, *(RCOI / f"ege_{name}_2022{tail}.csv" for name, tail in
                          (("eng", ""), ("mathbase", ""), ("rus", "_sparse")))
    )  # fmt: skip
    results = intake.tables["results"].set_index("subject")
    assert dict(results["primary_score"]) == {
        "english": 56, "mathematics_basic": 13, "russian": 6,
    }  # fmt: skip
    assert results.loc["english", "test_score"] == 56
    assert results.loc["mathematics_basic", "mark"] == 4
    assert results.loc["russian", "test_score"] == 39
    assert results["pupil_id"].nunique() == 1  # one document, three exams
    # of each sample one participant was left, under the footers of all
    assert checks(intake, "blocking") == {"footer"}
    assert checks(intake, "warning") == {"no_register", "task_sum", "plus_worth"}


def test_two_blocks_of_one_sheet_are_two_papers(tmp_path):
    intake = read(tmp_path, 2025, RCOI / "regional_oge_multi.xlsx")
    assert list(intake.tables["results"]["subject"]) == ["social_studies", "chemistry"]
    assert list(intake.tables["results"]["mark"]) == [4, 3]
    assert list(intake.tables["sources"]["block"]) == [1, 2]


def test_an_appeal_moves_the_score(tmp_path):
    appeals = read(tmp_path, 2020, RCOI / "appeal_2021.csv").tables["appeals"]
    assert appeals["score_before"].item() == 41
    assert appeals["score_after"].item() == 42
    assert appeals["status"].item() == "Апелляция удовлетворена"


@pytest.mark.parametrize("folder", [FIS_OKO, RCOI], ids=["fis_oko", "rcoi"])
def test_rows_in_are_kept_or_set_aside(tmp_path, folder):
    files = [path for path in folder.iterdir() if path.suffix in (".csv", ".xlsx")]
    for number, year in enumerate((2020, 2021, 2023, 2025)):
        intake = read(tmp_path / str(number), year, *files)
        if len(intake.tables.get("sources", [])):
            sources = intake.tables["sources"]
            assert (sources["rows_in"] == sources["rows_kept"] + sources["rows_set_aside"]).all()
        assert "row_balance" not in checks(intake)
