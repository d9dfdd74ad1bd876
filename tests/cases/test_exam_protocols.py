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


HEAD = "school_id,name,kind,school_type,location,vpr_login,exam_code,oo1_code,from_year,to_year,successor_id,note"  # noqa: E501
REGISTER = "\n".join([
    HEAD,
    "s003,МАОУ «Гимназия № 3 г. Вереснинска»,school,secondary,urban,,2949,99120003,,,,",
    "s004,МБОУ «СОШ № 4 г. Вереснинска»,school,secondary,urban,,2950,99120004,,,,",
    "s012,МБОУ «Ольшанцевская СОШ»,school,secondary,rural,,2951,99120012,,,,",
])  # fmt: skip


def hostile(folder: Path, name: str, **texts: str) -> Intake:
    content = (CASES / "hostile" / name).read_bytes()
    return take(folder, {name: content}, register=REGISTER, **texts)


def test_a_protocol_without_its_footers_may_be_cut(tmp_path):
    intake = hostile(tmp_path, "01_oge_cut_at_line_end.csv")
    assert len(intake.tables["results"]) == 10
    assert "прочитано участников – 10" in told(intake, "no_footer")


def test_the_other_obligatory_exam_says_how_many_there_should_be(tmp_path):
    russian = protocol([("+-++", "2(2)", 5, 3)] * 30)
    russian[0] = ["01 - Русский язык 2025.06.10"]
    cut = (CASES / "hostile" / "01_oge_cut_at_line_end.csv").read_bytes()
    intake = take(tmp_path, {"русский.csv": russian, "математика.csv": cut})
    assert "прочитано участников – 10; «Русский язык» в этом году – 30" in told(intake, "no_footer")


def test_a_stray_quote_swallows_no_lines(tmp_path):
    intake = hostile(tmp_path, "02_oge_stray_quote.csv")
    assert len(intake.tables["results"]) == 10
    assert "(3)" in told(intake, "stray_quote")
    assert "объявлено участников – 238, в таблице – 10" in told(intake, "footer")


def test_two_stray_quotes_swallow_no_lines_between_them(tmp_path):
    content = (CASES / "hostile" / "01_oge_cut_at_line_end.csv").read_text(encoding="cp1251")
    lines = content.splitlines()
    for row in (3, 6):
        cells = lines[row].split(";")
        cells[12] = f'"{cells[12]}'
        lines[row] = ";".join(cells)
    intake = take(tmp_path, {"х.csv": "\n".join(lines).encode("cp1251")}, register=REGISTER)
    assert len(intake.tables["results"]) == 10
    assert "(4, 7)" in told(intake, "stray_quote")


def test_a_code_and_a_name_of_two_schools_are_refused(tmp_path):
    intake = hostile(tmp_path, "04_context_codes_swapped_names_stay.xlsx")
    found = intake.findings[intake.findings["check"] == "school_names_disagree"]
    assert found["cell"].tolist() == ["A7, B7", "A8, B8"]
    assert set(intake.tables["monitoring"]["school_id"]) == {"s012"}
    assert intake.tables["set_aside"]["source_row"].tolist() == [7, 8]


def test_a_number_and_a_name_of_two_subjects_are_refused(tmp_path):
    intake = hostile(tmp_path, "10_oge_code01_name_math.csv")
    assert "номер 01 – это «Русский язык», а назван предмет «Математика»" in told(intake, "subject")
    assert "results" not in intake.tables


def test_a_return_for_an_unknown_measure_is_named_with_the_nearest(tmp_path):
    year = "school_year: 2024-25\nmunicipality: demo\n"
    intake = hostile(tmp_path, "08_return_unknown_measure.xlsx", year=year)
    found = intake.findings[intake.findings["check"] == "unknown_measure"]
    assert found["cell"].tolist() == ["A7"]
    assert "пункта «9.9.9» в дорожной карте нет; ближайший – «" in told(intake, "unknown_measure")


def renamed() -> list[list[object]]:
    rows = exam()
    rows[1] = ["Итоговый балл" if one == "Первичный балл" else one for one in rows[1]]
    rows[1] = [
        "Ответы в краткой форме" if one == "Задания с кратким ответом" else one for one in rows[1]
    ]
    return rows


def test_headings_are_declared_in_year_yml(tmp_path):
    year = (
        "school_year: 2024-25\nfiles:\n  '*.csv':\n    aliases:\n"
        "      Итоговый балл: Первичный балл\n"
        "      Ответы в краткой форме: Задания с кратким ответом\n"
        "      Оценка за работу: Оценка\n"
    )
    intake = take(tmp_path, {"х.csv": renamed()}, year=year)
    assert intake.tables["results"]["primary_score"].tolist() == [10, 16]
    assert "1" in set(intake.tables["task_scores"]["task"])
    assert "«Оценка за работу»" in told(intake, "absent_heading")


def test_a_heading_that_is_not_known_is_asked_for_with_the_entry_to_write(tmp_path):
    intake = take(tmp_path, {"х.csv": renamed()})
    assert "aliases: {Заголовок файла: первичный балл}" in told(intake, "unknown_layout")
