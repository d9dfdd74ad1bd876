"""Exports of ФИС ОКО as other years and other hands have them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from made_exports import (
    FIRST,
    JOURNAL_HEADER,
    SECOND,
    checks,
    distribution,
    f1,
    f3,
    journal,
    put_in,
    take,
    tasks,
    titled,
)
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.layouts.fis_oko.group_levels import UNKNOWN, participant_group, settled_levels
from msoko.ingest.layouts.fis_oko.paper_title import read_title
from msoko.ingest.year_reading import Intake, read_year

CASES = HOME / "tests" / "data" / "cases"
SECRET = b"a secret of the tests only, long enough"


def read_case(folder: Path, case: str, year: int) -> Intake:
    root = shutil.copytree(CASES / case / "project", folder / case)
    return read_year(Project(Path(root), HOME), SchoolYear(year), SECRET)


def said(intake: Intake, check: str) -> str:
    found = intake.findings.set_index("check").loc[[check]]
    return " ".join(found["message"])


def levels(intake: Intake, table: str = "mark_shares") -> list[str]:
    return intake.tables[table]["group_level"].tolist()


def test_logins_of_2021_are_schools_and_never_the_region(tmp_path):
    intake = read_case(tmp_path, "sch_logins_2021", 2020)
    shares = intake.tables["mark_shares"].set_index("group_level")
    region = shares.loc[["region"]]
    assert list(region["participant_count"]) == [900]
    assert list(region["share_2_percent"] * region["participant_count"] / 100) == [90.0]
    assert list(shares.loc["school", "school_id"]) == ["s001", "s002"]
    assert intake.tables["results"].groupby("school_id").size().to_dict() == {
        "s001": 54, "s002": 38,
    }  # fmt: skip
    assert checks(intake) <= {"no_scale"}


def test_a_strange_login_counts_once_the_register_knows_it(tmp_path):
    rows = f3()
    rows[12] = ["МБОУ «СОШ № 2»(oo990102)", *rows[12][1:]]
    asked = take(tmp_path / "asked", {"f3.xlsx": rows})
    assert levels(asked) == ["country", "region", "municipality", "school"]
    assert "oo990102" in said(asked, "group_kind")
    register = (
        "school_id,name,kind,school_type,location,vpr_login,exam_code,oo1_code,from_year,to_year,"
        "successor_id,note\n"
        "s1,МБОУ «СОШ № 1»,school,secondary,urban,edu990101,111001,1001,,,,\n"
        "s2,МБОУ «СОШ № 2»,school,secondary,rural,oo990102,111002,1002,,,,\n"
    )
    known = take(tmp_path / "known", {"f3.xlsx": rows}, register=register)
    assert list(known.tables["mark_shares"]["school_id"].dropna()) == ["s1", "s2"]
    assert "group_kind" not in checks(known)


@pytest.mark.parametrize(
    "name",
    ["Кластер «Малые школы»", "Городские школы", "Сельские ОО", "Кластер(klast01)",
     "Приморский край, городская местность", "Школы с низкими результатами", "Итого"],
)  # fmt: skip
def test_a_part_of_the_region_is_told_and_not_added_to_it(tmp_path, name):
    rows = f3()
    rows.insert(10, [name, 4, 104, 20, 20, 40, 20])
    intake = take(tmp_path, {"f3.xlsx": rows})
    shares = intake.tables["mark_shares"]
    assert shares.loc[shares["group_level"] == "region", "participant_count"].tolist() == [20000]
    assert levels(intake).count("school") == 2
    message = said(intake, "group_kind")
    assert "A11" in message and "104" in message
    assert checks(intake, "blocking") == set()


def test_the_distribution_keeps_a_cluster_out_of_the_region(tmp_path):
    rows = distribution()
    zeros = [0] * 20
    rows.insert(1, [2025, 4, "Математика", None, None, "Кластер 1", 104, 100, *zeros])
    rows.insert(1, [2025, 4, "Математика", None, None, "Приморье", 27600, 100, *zeros])
    intake = take(tmp_path, {"d.xlsx": rows})
    table = intake.tables["score_distribution"]
    region = table[table["group_level"] == "region"]
    assert set(region["participant_count"]) == {27600}
    assert "Кластер 1" in said(intake, "group_kind")


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("МБОУ «СОШ № 1»(edu990101)", "school"), ("МБОУ «СОШ № 1» (sch224361)", "school"),
        ("Округ(reg99_m001)", "municipality"), ("Край (reg25)", "region"),
        ("Вся выборка", "country"), ("Приморский край", "region"), ("г. Москва", "region"),
        ("Республика Саха (Якутия)", "region"), ("Татарстан", "region"),
        ("Ханты-Мансийский автономный округ – Югра", "region"),
        ("Дальнегорский городской округ", "municipality"), ("Чугуевский район", "municipality"),
        ("МБОУ «Гимназия города Вереснинска»", "school"), ("Лицей № 3", "school"),
        ("Кластер 2", UNKNOWN), ("Гимназии и лицеи", UNKNOWN), ("СОШ(spo990001)", UNKNOWN),
        ("Приморье", ""),
    ],
)  # fmt: skip
def test_a_group_is_what_it_says(name, level):
    assert participant_group(name).level == level


@pytest.mark.parametrize(
    ("said_levels", "counts", "settled"),
    [
        # nothing but its sums makes the second row the region
        (["country", "", "municipality", "school"], [9000, 900, 92, 54],
         ["country", "region", "municipality", "school"]),
        # fewer than the municipality in it
        (["country", "", "municipality"], [9000, 80, 92], ["country", UNKNOWN, "municipality"]),
        (["country", "region", "municipality"], [9000, 80, 92],
         ["country", UNKNOWN, "municipality"]),
        # the row that calls itself the region is it, another is not added
        (["region", "", "municipality"], [900, 300, 92], ["region", UNKNOWN, "municipality"]),
        (["", "", "municipality"], [900, 300, 92], ["region", UNKNOWN, "municipality"]),
        # two regions: nobody can tell which is meant
        (["region", "region", "school"], [900, 800, 92], [UNKNOWN, UNKNOWN, "school"]),
    ],
)  # fmt: skip
def test_sums_decide_where_a_row_is_silent(said_levels, counts, settled):
    assert settled_levels(said_levels, pd.Series(counts).to_numpy(float)) == settled


def test_a_municipality_of_ten_times_its_schools_is_told_with_both_numbers(tmp_path):
    file = CASES / "f3_municipality_times_ten" / "Ф3.xlsx"
    intake = take(tmp_path, {"Ф3.xlsx": file.read_bytes()}, register=None)
    message = said(intake, "group_sum")
    assert "2190" in message and "219 " in message and "C11" in message


def test_one_school_of_a_municipality_is_no_contradiction(tmp_path):
    rows = f3()
    rows[10][1:3] = [21, 1162]
    assert "group_sum" not in checks(take(tmp_path, {"f3.xlsx": rows[:12]}))


def test_shares_that_the_schools_do_not_make_are_told(tmp_path):
    rows = f3()
    rows[10][3:] = [30, 10, 40, 20]
    assert "30 %" in said(take(tmp_path, {"f3.xlsx": rows}), "group_sum")


def test_exports_of_one_paper_with_other_counts_are_told(tmp_path):
    rows = f3()
    rows[10] = ["Округ(reg99_m001)", 2, 50, 20, 20, 40, 20]
    spread = distribution()
    spread.insert(1, [2025, 4, "Математика", "Округ", None, "Округ", 5, 100, *[0] * 20])
    intake = take(tmp_path, {"f3.xlsx": rows, "d.xlsx": spread, "f1.xlsx": f1()})
    found = intake.findings[intake.findings["check"] == "exports_disagree"]
    assert set(found["file"]) == {"d.xlsx", "f1.xlsx"}
    assert all("«Округ» – 50" in text and " и 5" in text for text in found["message"])


def test_the_title_of_2021_names_the_class_and_the_line_below_the_subject(tmp_path):
    intake = read_case(tmp_path, "title_of_2021", 2020)
    results = intake.tables["results"]
    assert len(results) == 30
    assert set(zip(results["subject"], results["grade"], strict=True)) == {("mathematics", 5)}
    assert not intake.is_blocked


@pytest.mark.parametrize(
    ("text", "years", "subject", "grades", "programme"),
    [
        ("ВПР 2025 Русский язык 4 класс", (2025,), "Русский язык", (4,), None),
        ("ВПР 2021. 5 класс", (2021,), None, (5,), None),
        ("ВПР-2021. Математика. 5 класс", (2021,), "Математика", (5,), None),
        ("ВПР 2022 Математика (по программе 4 класса) 5 класс", (2022,), "Математика", (5,), 4),
        ("ВПР 2022. Осень. Математика. 5 класс (по программе 4 класса)", (2022,), "Математика",
         (5,), 4),
        ("ВПР 2020 Физика 8 класс (за курс 7 класса)", (2020,), "Физика", (8,), 7),
        ("ВПР 2020 Физика 8 класс (за 7 класс)", (2020,), "Физика", (8,), 7),
        ("ВПР 2020 8 класс по программе предыдущего года обучения", (2020,), None, (8,), 7),
        ("ВПР 2020-2021 г. 5 класс", (2020, 2021), None, (5,), None),
        ("ВПР 2022 Математика 4 класс 5 класс", (2022,), "Математика", (4, 5), None),
    ],
)  # fmt: skip
def test_what_a_title_says(text, years, subject, grades, programme):
    title = read_title(text)
    assert (title.years, title.subject, title.grades) == (years, subject, grades)
    assert title.programme == programme


def test_a_title_of_two_classes_is_refused(tmp_path):
    rows = put_in(f1(), "A3", "ВПР 2025 Математика 4 класс 5 класс")
    intake = take(tmp_path, {"f1.xlsx": rows})
    assert "4 и 5" in said(intake, "paper_title")
    assert intake.is_blocked


def test_the_autumn_paper_is_of_the_class_that_wrote_it(tmp_path):
    results = read_case(tmp_path, "autumn_programme_of_last_year", 2022).tables["results"]
    assert results.groupby("grade").size().to_dict() == {5: 30}
    assert set(results["procedure"]) == {"vpr_autumn"}


def test_autumn_and_spring_of_a_year_are_kept_apart(tmp_path):
    autumn = put_in(f1(), "A3", "ВПР 2024 Математика (по программе 3 класса) 4 класс")
    put_in(autumn, "B6", "20.09.2024")
    for row, points in ((10, 4), (11, 4)):
        autumn[row - 1][6] = points
        autumn[row - 1][10] -= 1
    intake = take(tmp_path, {"autumn.xlsx": autumn, "spring.xlsx": f1()})
    sizes = intake.tables["results"].groupby(["procedure", "grade"]).size().to_dict()
    assert sizes == {("vpr", 4): 6, ("vpr_autumn", 4): 6}
    assert intake.tables["results"]["pupil_id"].is_unique
    assert "repeated_block" not in checks(intake)
    assert "20.09.2024" in said(intake, "autumn_session")


def of_autumn(rows):
    """Return an export of autumn 2024: the day and the programme are those of that session."""
    rows = put_in(rows, "A3", "ВПР 2024 Математика (по программе 3 класса) 4 класс")
    return put_in(rows, "B6", "20.09.2024")


def test_no_export_of_autumn_is_added_to_one_of_spring(tmp_path):
    autumn_shares = of_autumn(f3())
    autumn_shares[12 - 1][3:] = [0, 33.33, 33.33, 33.33]
    autumn_journal, autumn_tasks = of_autumn(journal()), of_autumn(tasks())
    autumn_tasks[10 - 1][3] = 60
    intake = take(tmp_path, {
        "Ф3 весна.xlsx": f3(), "Ф3 осень.xlsx": autumn_shares,
        "журнал весна.xlsx": journal(), "журнал осень.xlsx": autumn_journal,
        "задания весна.xlsx": tasks(), "задания осень.xlsx": autumn_tasks,
    })  # fmt: skip
    assert not intake.is_blocked
    for name in ("mark_shares", "journal_comparison", "task_performance"):
        sizes = intake.tables[name]["procedure"].value_counts().to_dict()
        assert sizes["vpr"] == sizes["vpr_autumn"], name
    shares = intake.tables["mark_shares"].query("group_name == 'МБОУ «СОШ № 1»'")
    assert shares.set_index("procedure")["share_2_percent"].to_dict() == {
        "vpr": 33.33, "vpr_autumn": 0,
    }  # fmt: skip


def test_the_distribution_of_autumn_stands_beside_that_of_spring(tmp_path):
    autumn = distribution()
    for row in autumn[1:]:
        row[:3] = ["2024 (осень)", "4 класс (по программе 3 класса)", "Математика"]
    autumn[1][7:] = [100 if score == 7 else 0 for score in range(21)]
    both = [*distribution(), *autumn[1:]]
    intake = take(tmp_path, {"распределение.xlsx": both})
    assert not intake.is_blocked
    table = intake.tables["score_distribution"]
    assert table.groupby("procedure").size().to_dict() == {"vpr": 42, "vpr_autumn": 42}
    assert set(table["grade"]) == {4}
    first = table.query("group_name == 'МБОУ «СОШ № 1»' and share_percent > 0")
    scores = first.groupby("procedure")["primary_score"].apply(list).to_dict()
    assert scores == {"vpr": [3, 8, 20], "vpr_autumn": [7]}


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        ([["Распределение первичных баллов"], ["Осенняя сессия"]], ""),
        ([["Дата:", "20.09.2024"]], ""),
        ([], "school_year: 2024-25\nfiles: {'*.xlsx': {procedure: vpr_autumn}}\n"),
    ],
)
def test_a_distribution_says_its_session_above_or_in_year_yml(tmp_path, lines, year):
    rows = distribution()
    for row in rows[1:]:
        row[0] = 2024
    intake = take(tmp_path, {"d.xlsx": [*lines, *rows]}, **({"year": year} if year else {}))
    assert not intake.is_blocked, intake.findings["message"].tolist()
    assert set(intake.tables["score_distribution"]["procedure"]) == {"vpr_autumn"}


def test_a_distribution_of_last_spring_is_set_aside_and_not_taken_for_autumn(tmp_path):
    last = distribution()
    for row in last[1:]:
        row[0] = 2024
    intake = take(tmp_path, {"d.xlsx": [*distribution(), *last[1:]]})
    assert set(intake.tables["score_distribution"]["procedure"]) == {"vpr"}
    assert "other_year" in checks(intake, "warning")


def test_the_high_level_of_2026_is_a_level_and_a_new_one_is_told(tmp_path):
    rows = put_in(f1(), "J7", "В")
    levels_of = take(tmp_path / "high", {"f1.xlsx": rows}).tables["task_scores"]
    assert set(levels_of["level"]) == {"basic", "high"}
    intake = take(tmp_path / "new", {"f1.xlsx": put_in(f1(), "J7", "Ж")})
    message = said(intake, "task_level")
    assert "«Ж»" in message and "J7" in message
    assert intake.tables["task_scores"]["level"].isna().any()


def test_participants_without_a_mark_in_the_journal_are_a_note(tmp_path):
    intake = read_case(tmp_path, "journal_without_marks", 2024)
    assert checks(intake, "blocking", "warning") == set()
    message = said(intake, "journal_unmarked")
    assert "5 из 18204" in message and "4 из 512" in message
    table = intake.tables["journal_comparison"]
    assert table["participant_count"].tolist() == [18199, 508, 88]
    assert table["lowered_percent"].tolist() == [35.17, 37.4, 46.59]
    assert table["confirmed_percent"].tolist() == [62.57, 60.24, 50]
    assert table["raised_percent"].tolist() == [2.25, 2.36, 3.41]
    assert table["lowered_count"].tolist() == [6401, 190, 41]


def test_shares_printed_as_whole_numbers_are_no_contradiction(tmp_path):
    rows = journal()[:8]
    rows += [["Край", 999, 30, 300, 65, 649, 5, 50], [FIRST, 3, 67, 2, 33, 1, 0, 0]]
    assert checks(take(tmp_path, {"j.xlsx": rows})) == set()


def test_a_school_without_any_mark_in_the_journal_does_not_stop(tmp_path):
    rows = [*journal(), ["МБОУ «СОШ № 3»(edu990103)", 30, 0, 0, 0, 0, 0, 0]]
    rows[9:11] = []
    rows[-1][0] = FIRST
    intake = take(tmp_path, {"j.xlsx": rows})
    assert checks(intake, "blocking") == set()
    assert "30 из 30" in said(intake, "journal_unmarked")


def test_the_comparison_of_older_years_stands_in_rows(tmp_path):
    low, same, high = (JOURNAL_HEADER[place] for place in (2, 4, 6))
    rows = [*titled("Сравнение отметок с отметками по журналу"), [],
            ["Группы участников", "Кол-во участников", "%"]]  # fmt: skip
    for name, total, parts in (
        ("Край", 1002, ((300, 30), (650, 65), (50, 5))),
        (FIRST, 3, ((2, 66.67), (1, 33.33), (0, 0))),
        (SECOND, 1, ((0, 0), (1, 100), (0, 0))),
    ):
        rows.append([name])
        rows += [[word, *part] for word, part in zip((low, same, high), parts, strict=True)]
        rows.append(["Всего", total, 100])
    intake = take(tmp_path, {"j.xlsx": rows})
    table = intake.tables["journal_comparison"]
    assert table["group_level"].tolist() == ["region", "school", "school"]
    assert table["lowered_count"].tolist() == [300, 2, 0]
    assert table["confirmed_percent"].tolist() == [65, 33.33, 100]
    assert table["participant_count"].tolist() == [1000, 3, 1]
    assert checks(intake, "blocking", "warning") == set()
    assert "2 из 1002" in said(intake, "journal_unmarked")


def test_good_exports_stay_without_a_word(tmp_path):
    files = {"f1.xlsx": f1(), "f3.xlsx": f3(), "j.xlsx": journal(), "d.xlsx": distribution(),
             "t.xlsx": tasks()}  # fmt: skip
    assert checks(take(tmp_path, files)) == set()
