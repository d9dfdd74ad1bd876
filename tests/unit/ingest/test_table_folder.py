"""The documented table form: what is read, and what is refused in which words."""

from pathlib import Path

import pandas as pd
import pytest

from msoko.core.errors import DataRefused, UsageError
from msoko.ingest.layouts.table_folder import read_tables, require_year

HEAD = "school_id,pupil_id,school_year,procedure,subject,primary_score"


def written(folder: Path, *rows: str, head: str = HEAD, name: str = "results.csv") -> Path:
    (folder / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder


def test_ids_stay_text_and_numbers_take_a_comma(tmp_path):
    folder = written(
        tmp_path, "01;007;2024-25;vpr;russian;12,5;x", head=HEAD.replace(",", ";") + ";extra"
    )
    row = read_tables(folder)["results"].iloc[0]
    assert (row["school_id"], row["pupil_id"], row["primary_score"]) == ("01", "007", 12.5)


def test_blank_scores_are_missing_and_not_nought(tmp_path):
    folder = written(tmp_path, "1,7,2024-25,vpr,russian,", "1,8,2024-25,vpr,russian,0")
    scores = read_tables(folder)["results"]["primary_score"]
    assert pd.isna(scores[0])
    assert scores[1] == 0


def test_windows_encoding_is_read(tmp_path):
    (tmp_path / "results.csv").write_bytes(
        (HEAD + "\n1,7,2024-25,vpr,русский,3\n").encode("cp1251")
    )
    assert read_tables(tmp_path)["results"]["subject"].tolist() == ["русский"]


def test_parquet_and_csv_read_the_same(tmp_path):
    rows = pd.DataFrame(
        {"school_id": [1, 2], "pupil_id": [10, 11], "school_year": "2024-25", "procedure": "vpr",
         "subject": "russian", "primary_score": [3, None]}
    )  # fmt: skip
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    rows.to_parquet(one / "results.parquet")
    rows.to_csv(two / "results.csv", index=False)
    pd.testing.assert_frame_equal(read_tables(one)["results"], read_tables(two)["results"])


def test_other_files_and_tables_that_are_missing_do_not_matter(tmp_path):
    folder = written(tmp_path, "1,7,2024-25,vpr,russian,3")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    assert set(read_tables(folder)) == {"results"}


def refusal(folder: Path) -> str:
    with pytest.raises(DataRefused) as caught:
        read_tables(folder)
    return str(caught.value)


def test_no_folder_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="нет такой папки"):
        read_tables(tmp_path / "none")


def test_a_folder_without_results(tmp_path):
    assert "нет файла results.parquet или results.csv" in refusal(tmp_path)


def test_two_forms_of_one_table(tmp_path):
    written(tmp_path, "1,7,2024-25,vpr,russian,3")
    (tmp_path / "results.parquet").write_bytes(b"")
    assert "Оставьте один" in refusal(tmp_path)


def test_missing_columns_are_named(tmp_path):
    folder = written(tmp_path, "1,7", head="school_id,pupil_id")
    assert "нет столбцов school_year, procedure, subject, primary_score" in refusal(folder)


@pytest.mark.parametrize("value", ["много", "-3", "inf"])
def test_a_score_that_is_no_number_is_shown_with_its_row(tmp_path, value):
    folder = written(tmp_path, "1,7,2024-25,vpr,russian,3", f"1,8,2024-25,vpr,russian,{value}")
    said = refusal(folder)
    assert "строка 3" in said
    assert f"«{value}»" in said


def test_a_row_without_its_pupil(tmp_path):
    said = refusal(written(tmp_path, "1,,2024-25,vpr,russian,3"))
    assert "строка 2: пуст столбец pupil_id" in said


@pytest.mark.parametrize("cuts", ["10;6;15", "шесть", ";"])
def test_cuts_that_do_not_ascend(tmp_path, cuts):
    written(tmp_path, "1,7,2024-25,vpr,russian,3")
    written(tmp_path, f"2024-25,russian,{cuts}", head="school_year,subject,cuts", name="scales.csv")
    assert "возрастающие" in refusal(tmp_path)


def test_a_torn_csv_and_a_torn_parquet(tmp_path):
    said = refusal(written(tmp_path, "1,7,2024-25,vpr,russian,3,4,5,6"))
    assert "столбцов" in said
    (tmp_path / "results.csv").unlink()
    (tmp_path / "results.parquet").write_bytes(b"PAR1 torn")
    assert "не читается как Parquet" in refusal(tmp_path)


def test_an_empty_table(tmp_path):
    assert "ни одной строки" in refusal(written(tmp_path))


def test_unknown_year_and_procedure_name_what_there_is(tmp_path):
    results = read_tables(written(tmp_path, "1,7,2024-25,vpr,russian,3"))["results"]
    require_year(results, None, "vpr")
    require_year(results, "2024-25", "vpr")
    with pytest.raises(DataRefused, match="Есть: 2024-25"):
        require_year(results, "2020-21", "vpr")
    with pytest.raises(DataRefused, match="Есть: vpr"):
        require_year(results, None, "oge")
