"""Open tables by declaration: headings, rows and words that other publishers use."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from made_exports import SECRET, checks
from msoko.catalog import load_direction
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.indicators.computation import compute
from msoko.ingest.layouts.header_columns import HeaderColumns
from msoko.ingest.layouts.row_choice import asked_faults, chosen
from msoko.ingest.year_reading import Intake, read_year
from msoko.validate import check_year

CASES = Path(__file__).parent.parent / "data" / "cases"
Change = tuple[str, str]


def read(
    tmp_path: Path, case: str, *changes: Change, year: int = 2023, data: str | None = None
) -> Intake:
    """Return the intake of a copy of the case, with words of its year.yml changed."""
    root = tmp_path / "project"
    shutil.copytree(CASES / case, root, dirs_exist_ok=True)
    folder = root / "data" / "raw" / str(SchoolYear(year))
    declared = folder / "year.yml"
    text = declared.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    declared.write_text(text, encoding="utf-8")
    if data is not None:
        next(folder.glob("*.csv")).write_text(data, encoding="utf-8")
    return read_year(Project(root, HOME), SchoolYear(year), SECRET)


def told(intake: Intake, check: str) -> str:
    found = intake.findings[intake.findings["check"] == check]
    return "\n".join(found["message"])


def weighted(intake: Intake, subject: str) -> float:
    """Return the mean of a subject weighted by participants, as the indicator has it."""
    rows = intake.tables["school_results"]
    rows = rows[rows["subject"].eq(subject) & rows["mean_score"].notna()]
    return (rows["mean_score"] * rows["participant_count"]).sum() / rows["participant_count"].sum()


# Headings

BY_LETTER = (
    ('"Русский язык, чел", mean_score: Средний балл', '"Русский язык, чел", mean_score: столбец C'),
    ('"Математика, чел", mean_score: Средний балл', '"Математика, чел", mean_score: столбец Е'),
)


def test_a_heading_of_two_columns_is_refused_with_both(tmp_path):
    intake = read(tmp_path, "two_columns_of_one_name", year=2024)
    message = told(intake, "declared_columns")
    assert "заголовок «Средний балл» стоит в столбцах C и E (ячейки C1 и E1)" in message
    assert "«столбец C» или «столбец E»" in message
    assert "school_results" not in intake.tables


def test_a_column_is_named_by_its_letter(tmp_path):
    intake = read(tmp_path, "two_columns_of_one_name", *BY_LETTER, year=2024)
    assert checks(intake, "blocking") == set()
    rows = intake.tables["school_results"].set_index("subject")["mean_score"]
    assert rows["russian"].tolist() == [66, 72, 58]
    assert rows["mathematics"].tolist() == [41, 52, 39]
    assert weighted(intake, "mathematics") == pytest.approx(2428 / 53)
    assert "E" in intake.tables["source_columns"]["source_column"].str.cat()


NESTED = """\
Логин;Русский язык;;Математика;
;Человек;Средний балл;Человек;Средний балл
edu990101;20;66;18;41
edu990102;30;72;25;52
;Человек;Средний балл;Человек;Средний балл
edu990103;12;58;10;39
"""
BY_PARENT = (
    ('"Русский язык, чел", mean_score: Средний балл',
     "Русский язык › Человек, mean_score: Русский язык › Средний балл"),
    ('"Математика, чел", mean_score: Средний балл',
     "Математика › Человек, mean_score: Математика > Средний балл"),
    ('delimiter: ";"', 'delimiter: ";"\n    header_rows: 2'),
)  # fmt: skip


def test_a_header_of_two_rows_gives_each_column_its_path(tmp_path):
    intake = read(tmp_path, "two_columns_of_one_name", *BY_PARENT, year=2024, data=NESTED)
    assert checks(intake, "blocking") == set()
    rows = intake.tables["school_results"].set_index("subject")["mean_score"]
    assert rows["mathematics"].tolist() == [41, 52, 39]
    assert list(intake.tables["set_aside"]["reason"]) == ["строка повторяет заголовок"]


def test_a_child_alone_is_ambiguous_and_the_paths_are_offered(tmp_path):
    changes = (*BY_PARENT[:1], BY_PARENT[2], ("Математика, чел", "Математика › Человек"))
    intake = read(tmp_path, "two_columns_of_one_name", *changes, year=2024, data=NESTED)
    message = told(intake, "declared_columns")
    assert "столбцах C и E (ячейки C2 и E2)" in message
    assert "«Русский язык › Средний балл» или «Математика › Средний балл»" in message


def test_sections_above_the_header_are_pointed_at():
    cells = [["Логин", "Русский язык", None, "Физика"], [None, "Балл", "Место", "Балл"]]
    [message] = HeaderColumns(cells, 1).faults("Балл")
    assert "header_row: 1 и header_rows: 2" in message


def test_a_header_of_three_rows_has_paths_of_three_parts():
    cells = [
        ["Школа", "ЕГЭ", None, None, None],
        [None, "Русский язык", None, "Физика", None],
        [None, "Сдавали", "Балл", "Сдавали", "Балл"],
    ]
    header = HeaderColumns(cells, 0, 3)
    assert header.paths[0] == ("Школа",)
    assert header.paths[4] == ("ЕГЭ", "Физика", "Балл")
    assert header.column("ЕГЭ › Физика › Балл") == header.column("Физика › балл") == 4
    assert header.column("Школа") == 0
    assert "столбцах D и E" in next(header.faults("Физика"))


def test_a_heading_that_is_no_letter_of_a_column_is_not_taken_for_one():
    header = HeaderColumns([["A", "Num"]], 0)
    assert header.column("A") == 0
    assert "нет столбца «B»" in next(header.faults("B"))
    assert header.column("column B") == 1


# Long tables

CODES = (
    "    rows:",
    "    codes: {subject: {Grade 4 ELA: english, grade 4 math: mathematics}}\n    rows:",
)


def test_a_long_table_gives_each_subject_its_code(tmp_path):
    intake = read(tmp_path, "long_table", CODES)
    assert checks(intake, "blocking", "warning") == set()
    assert len(intake.tables["schools"]) == 4
    assert weighted(intake, "english") == pytest.approx(4434 / 86)
    assert weighted(intake, "mathematics") == pytest.approx(5294 / 86)


def test_a_word_without_a_code_is_named_with_its_cells(tmp_path):
    part = ("    rows:", "    codes: {subject: {Grade 4 ELA: english}}\n    rows:")
    message = told(read(tmp_path, "long_table", part), "declared_columns")
    assert "слова, которых нет в codes: subject («Grade 4 Math»): ячейки C3, C5, C7, C9" in message


def test_a_code_that_the_registry_lacks_is_refused(tmp_path):
    wrong = ("    rows:", "    codes: {subject: {Grade 4 ELA: elvish}}\n    rows:")
    assert "предмета «elvish» нет" in told(read(tmp_path, "long_table", wrong), "declared_columns")


def test_a_school_and_subject_twice_stop_the_run(tmp_path):
    text = (CASES / "long_table/data/raw/2023-24/long.csv").read_text(encoding="utf-8")
    intake = read(tmp_path, "long_table", CODES, data=text + "1000;School 0;Grade 4 Math;9;9\n")
    message = told(intake, "repeated_school")
    assert "школа и «Subject» повторяются" in message and "A3, A10" in message


# where

CELLS = ["2019", 2021, "2022", None, "x"]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("2021", [1]),
        (("2019", "2022"), [0, 2]),
        (">= 2021", [1, 2]),
        ((">= 2019", "< 2022"), [0, 1]),
        ("!= 2021", [0, 2, 3, 4]),
        (("!= 2021", "!= x"), [0, 2, 3]),
        ("", [3]),
        ("= x", [4]),
    ],
)
def test_rows_are_chosen_by_values_lists_and_comparisons(asked, kept):
    assert [place for place, is_kept in enumerate(chosen(asked, CELLS)) if is_kept] == kept
    assert list(asked_faults("Год", asked)) == []


def test_days_are_compared_as_days():
    assert chosen("> 01.06.2024", ["2024-06-02", "31.05.2024", "5"]).tolist() == [
        True,
        False,
        False,
    ]


def test_a_comparison_with_a_word_is_refused(tmp_path):
    where = ("    rows:", '    where: {Average: "> many"}\n    rows:')
    message = told(read(tmp_path, "long_table", CODES, where), "declared_columns")
    assert "сравнивать можно с числом или датой" in message


def test_a_word_of_a_list_that_stands_nowhere_is_told(tmp_path):
    where = ("    rows:", "    where: {Subject: [Grade 4 ELA, Grade 4 Maths]}\n    rows:")
    intake = read(tmp_path, "long_table", CODES, where)
    assert "нигде нет «Grade 4 Maths»" in told(intake, "declared_columns")


# Words for numbers that are not given

HIDDEN = ("blanks: suppressed", "words: {suppressed: [SUPP], not_entered: [NE, '..']}")


def test_words_say_why_a_number_is_missing(tmp_path):
    intake = read(tmp_path, "suppressed_by_a_word", HIDDEN)
    assert checks(intake, "blocking", "warning") == set()
    rows = intake.tables["school_results"]
    assert rows["is_suppressed"].tolist() == [False, True, False, False]
    assert rows["mean_score"].isna().tolist() == [False, True, True, False]
    assert rows.loc[2, "participant_count"] == 88
    assert weighted(intake, "english") == pytest.approx(49.742, abs=5e-4)


def test_an_undeclared_word_is_shown_with_the_way_to_declare_it(tmp_path):
    message = told(read(tmp_path, "suppressed_by_a_word"), "unreadable")
    assert "«SUPP», «NE»; если это знак, что значения нет, назовите его в words" in message


def test_a_name_in_place_of_a_number_is_not_shown(tmp_path):
    text = "URN,SCHNAME,TPUP,ATT8SCR\n1,A,20,Иванова Анна\n2,B,10,5\n3,C,10,6\n"
    message = told(read(tmp_path, "suppressed_by_a_word", data=text), "unreadable")
    assert "Иванова" not in message and "D2" in message


def test_a_hidden_count_does_not_hide_the_score_beside_it(tmp_path):
    text = "URN,SCHNAME,TPUP,ATT8SCR\n1,A,SUPP,45\n2,B,10,5\n"
    rows = read(tmp_path, "suppressed_by_a_word", HIDDEN, data=text).tables["school_results"]
    assert rows["is_suppressed"].tolist() == [False, False]
    assert pd.isna(rows.loc[0, "participant_count"]) and rows.loc[0, "mean_score"] == 45


def test_truths_are_read_and_absence_is_told_by_a_word(tmp_path):
    text = "URN,SCHNAME,pupil,score\n1,A,p1,7\n1,A,p2,ABS\n2,B,p3,9\n"
    results = (
        ("school_results", "results"),
        (", group_level: school", ""),
        ("blanks: suppressed", "words: {absent: [abs]}"),
        ("participant_count: TPUP, mean_score: ATT8SCR", "pupil_id: pupil, primary_score: score"),
    )
    rows = read(tmp_path, "suppressed_by_a_word", *results, data=text).tables["results"]
    assert rows["is_absent"].tolist() == [False, True, False]


# Limits

LIMITS = ("    rows:", "    limits: {mean_score: [400, 800]}\n    rows:")


def stored(tmp_path: Path, intake: Intake) -> Project:
    project = Project(tmp_path / "project", HOME)
    with Store(project).replacing(SchoolYear(2023)) as writer:
        for name, frame in intake.tables.items():
            writer.write(name, frame)
    return project


def verdict(tmp_path: Path, intake: Intake):
    return check_year(stored(tmp_path, intake), SchoolYear(2023))


def test_a_foreign_scale_is_built(tmp_path):
    intake = read(tmp_path, "scale_above_500")
    assert weighted(intake, "mathematics") == 602.1875
    assert verdict(tmp_path, intake).blocking == []


@pytest.mark.parametrize(("limits", "is_blocked"), [((), True), ((LIMITS,), False)])
def test_declared_limits_stand_in_place_of_the_suite_s(tmp_path, limits, is_blocked):
    intake = read(tmp_path, "scale_above_500", ("procedure: exam", "procedure: ege"), *limits)
    assert bool(verdict(tmp_path, intake).blocking) == is_blocked


def test_what_is_beyond_the_declared_limits_is_told_with_both_numbers(tmp_path):
    text = "ID;School;N;Mean\n1;A;30;596\n2;B;31;1200\n"
    message = told(read(tmp_path, "scale_above_500", LIMITS, data=text), "range")
    assert "«Mean» вне пределов от 400 до 800" in message
    assert "(стоит 1200): ячейки D3" in message


# One file of many years


@pytest.mark.parametrize(("year", "mean"), [(2022, 5755 / 135), (2023, 6025 / 135)])
def test_one_file_lies_in_the_folders_of_its_years(tmp_path, year, mean):
    intake = read(tmp_path, "one_file_of_many_years", year=year)
    assert checks(intake, "blocking", "warning") == set()
    assert len(intake.tables["school_results"]) == 6
    assert weighted(intake, "mathematics") == pytest.approx(mean)


def test_rows_that_two_years_take_stop_the_run(tmp_path):
    where = ('"2024"', '">= 2023"')
    message = told(read(tmp_path, "one_file_of_many_years", where), "repeated_file")
    assert "лежит в папке 2022-23 учебного года" in message
    assert "Дважды взято строк – 6 (строки 2–7)" in message


def test_without_where_the_file_is_a_repeat(tmp_path):
    where = ('    where: {Year: "2024"}\n', "")
    assert "repeated_file" in checks(read(tmp_path, "one_file_of_many_years", where), "blocking")


# Rates without counts

RATES = """\
URN,SCHNAME,PTL2
1,A,43%
2,B,57.5 %
3,C,SUPP
4,D,100%
"""
RATE = (HIDDEN, ("participant_count: TPUP, mean_score: ATT8SCR", "success_percent: PTL2"))


def indicators(tmp_path: Path, intake: Intake) -> pd.DataFrame:
    """Return the municipality's row of each indicator that has a value."""
    project = stored(tmp_path, intake)
    direction = load_direction(project, "exam_results")
    frame = compute([direction], Store(project), SchoolYear(2023))
    frame = frame[frame["unit_of_analysis"].eq("municipality") & frame["value"].notna()]
    return frame.set_index("indicator")


def test_rates_without_counts_have_no_interval(tmp_path):
    intake = read(tmp_path, "suppressed_by_a_word", *RATE, data=RATES)
    assert checks(intake, "blocking", "warning") == set()
    assert intake.tables["school_results"]["is_suppressed"].tolist() == [False, False, True, False]
    found = indicators(tmp_path, intake)
    assert set(found.index) == {"er_success_of_schools", "er_published"}
    row = found.loc["er_success_of_schools"]
    assert row["value"] == pytest.approx((0.43 + 0.575 + 1) / 3, abs=1e-9)
    assert pd.isna(row["low"]) and pd.isna(row["high"]) and row["n"] == 3
    assert found.loc["er_published", "value"] == 0.75


def test_rates_with_counts_are_weighed_and_have_an_interval(tmp_path):
    text = RATES.replace("PTL2", "PTL2,TPUP").replace("%\n", "%,20\n").replace("SUPP", "SUPP,9")
    text = text.replace("57.5 %,20", "57.5 %,40")
    both = (RATE[0], (RATE[1][0], "participant_count: TPUP, success_percent: PTL2"))
    found = indicators(tmp_path, read(tmp_path, "suppressed_by_a_word", *both, data=text))
    assert found.loc["er_success", "value"] == pytest.approx((8.6 + 23 + 20) / 80)
    assert found.loc["er_success", "n"] == 80
    assert found.loc["er_success", "low"] < found.loc["er_success", "value"]
    assert "er_success_of_schools" not in found.index


def test_mean_scores_without_counts_are_of_equal_weight(tmp_path):
    text = "URN,SCHNAME,ATT8SCR\n1,A,40\n2,B,50.5\n"
    alone = (HIDDEN, ("participant_count: TPUP, mean_score: ATT8SCR", "mean_score: ATT8SCR"))
    found = indicators(tmp_path, read(tmp_path, "suppressed_by_a_word", *alone, data=text))
    assert found.loc["er_mean_of_schools", "value"] == 45.25
    assert pd.isna(found.loc["er_mean_of_schools", "low"])
    assert "er_mean" not in found.index


def test_shares_of_one_are_not_taken_for_percents(tmp_path):
    text = "URN,SCHNAME,PTL2\n1,A,0.43\n2,B,0.575\n3,C,1\n"
    message = told(read(tmp_path, "suppressed_by_a_word", *RATE, data=text), "range")
    assert "«PTL2» объявлен процентами, а все числа в нём не больше 1" in message
    factor = ("    rows:", "    factors: {success_percent: 100}\n    rows:")
    intake = read(tmp_path / "again", "suppressed_by_a_word", *RATE, factor, data=text)
    assert checks(intake, "blocking") == set()
    assert intake.tables["school_results"]["success_percent"].tolist() == [43, 57.5, 100]


# Schools as a table of their own

REGISTER = """\
school_id,name,kind,school_type,location,vpr_login,exam_code,oo1_code,from_year,to_year,successor_id,note
s1,Север,school,,,,,,,,,
"""
SCHOOLS = """mean_score: ATT8SCR}
    words: {suppressed: [SUPP], not_entered: [NE]}
  "spine.csv":
    layout: columns
    table: schools
    school: {id: URN, name: Name, location: Town}
"""


def test_schools_come_in_a_file_of_their_own(tmp_path):
    folder = tmp_path / "project" / "data" / "raw" / "2023-24"
    folder.mkdir(parents=True)
    names = "URN,Name,Town\n100003,North,Ely\n100004,South,\n99,Other,Ely\n"
    (folder / "spine.csv").write_text(names, encoding="utf-8")
    by_id = ("school: {id: URN, name: SCHNAME}", "school: {id: URN}")
    intake = read(tmp_path, "suppressed_by_a_word", by_id, ("mean_score: ATT8SCR}", SCHOOLS))
    assert checks(intake, "blocking", "warning") == set()
    schools = intake.tables["schools"].set_index("school_id")
    assert schools.loc["100003", ["name", "location"]].tolist() == ["North", "Ely"]
    assert schools.loc["100001", "name"] == "100001"
    assert schools.loc["99", "name"] == "Other"
    assert schools.index.is_unique


def test_a_register_prevails_over_a_declared_table_of_schools(tmp_path):
    folder = tmp_path / "project" / "data" / "raw" / "2023-24"
    folder.mkdir(parents=True)
    (folder / "spine.csv").write_text("URN,Name,Town\n1,North,Ely\n", encoding="utf-8")
    (folder.parent / "schools.csv").write_text(REGISTER, encoding="utf-8")
    intake = read(tmp_path, "suppressed_by_a_word", ("mean_score: ATT8SCR}", SCHOOLS))
    assert "таблица школ из файла не взята" in told(intake, "register_prevails")


# Absence

ABSENT = (
    ("school_results", "results"),
    (", group_level: school", ""),
    ("blanks: suppressed", "words: {absent: [abs], suppressed: [s]}"),
    ("participant_count: TPUP, mean_score: ATT8SCR", "pupil_id: pupil, primary_score: score"),
)


def test_a_hidden_score_is_not_taken_for_an_absence(tmp_path):
    text = "URN,SCHNAME,pupil,score\n1,A,p1,s\n1,A,p2,ABS\n2,B,p3,9\n"
    rows = read(tmp_path, "suppressed_by_a_word", *ABSENT, data=text).tables["results"]
    assert rows["is_absent"].tolist() == [False, True, False]
    assert not set(rows["pupil_id"]) & {"p1", "p2", "p3"}


# A table that gives no indicator

COUNTS = (HIDDEN, ("participant_count: TPUP, mean_score: ATT8SCR", "success_count: N5"))


def idle(tmp_path: Path, *changes: Change, data: str) -> pd.DataFrame:
    intake = read(tmp_path, "suppressed_by_a_word", *changes, data=data)
    found = verdict(tmp_path, intake).findings
    return found[found["check"].eq("no_indicator")]


def test_a_table_without_an_indicator_says_what_it_lacks(tmp_path):
    found = idle(tmp_path, *COUNTS, data="URN,SCHNAME,N5\n1,A,10\n2,B,12\n")
    assert found["severity"].tolist() == ["blocking"]
    assert found["file"].tolist() == ["ks4.csv"]
    message = found["message"].iloc[0]
    assert "«Достигли уровня» – нет столбца: число участников (participant_count)" in message
    assert "средний балл (mean_score)" in message


def test_a_table_that_gives_an_indicator_is_not_told(tmp_path):
    changes = (COUNTS[0], (COUNTS[1][0], "success_count: N5, participant_count: N"))
    assert idle(tmp_path, *changes, data="URN,SCHNAME,N5,N\n1,A,10,20\n2,B,12,24\n").empty


def test_results_of_a_procedure_that_no_indicator_reads_are_told(tmp_path):
    directions = tmp_path / "project" / "profiles" / "zar.yml"
    text = "URN,SCHNAME,pupil,score\n1,A,p1,7\n2,B,p3,9\n"
    intake = read(tmp_path, "suppressed_by_a_word", *ABSENT, data=text)
    said = directions.read_text(encoding="utf-8")
    message = verdict(tmp_path, intake).findings["message"].str.cat()
    assert "ни одно направление профиля не читает таблицу results" in message
    assert "student_outcomes" in message
    directions.write_text(said.replace("exam_results", "student_outcomes"), encoding="utf-8")
    message = verdict(tmp_path, intake).findings["message"].str.cat()
    assert "нужно procedure: vpr, а в файле gcse" in message


BESIDE = """success_count: N5}
    words: {suppressed: [SUPP]}
  "b.csv":
    layout: columns
    table: school_results
    school: {id: URN}
    constant: {procedure: gcse, subject: mathematics, grade: 11}
    rows: [{columns: {participant_count: N, mean_score: M}}]
"""


def test_beside_a_table_that_gives_one_it_is_a_warning(tmp_path):
    folder = tmp_path / "project" / "data" / "raw" / "2023-24"
    changes = (
        ("    blanks: suppressed\n", ""),
        ("participant_count: TPUP, mean_score: ATT8SCR}", BESIDE),
    )
    read(tmp_path, "suppressed_by_a_word", *changes)
    (folder / "ks4.csv").write_text("URN,SCHNAME,N5\n1,A,10\n2,B,12\n", encoding="utf-8")
    (folder / "b.csv").write_text("URN,N,M\n1,20,40\n2,24,41\n", encoding="utf-8")
    intake = read_year(Project(tmp_path / "project", HOME), SchoolYear(2023), SECRET)
    assert checks(intake, "blocking") == set()
    found = verdict(tmp_path, intake).findings
    found = found[found["check"].eq("no_indicator")]
    assert found[["file", "severity"]].to_numpy().tolist() == [["ks4.csv", "warning"]]
