"""What year.yml declares: a slip is named with the nearest, nothing is dropped in silence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made_exports import SECRET, checks
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.year_reading import Intake, read_year

CASES = Path(__file__).parent.parent / "data" / "cases"
YEAR = SchoolYear(2024)
Change = tuple[str, str]


def read(tmp_path: Path, case: str, *changes: Change, data: bytes | None = None) -> Intake:
    """Return the intake of a copy of the case, with words of its year.yml changed."""
    root = Path(shutil.copytree(CASES / case, tmp_path / "project"))
    folder = root / "data" / "raw" / str(YEAR)
    declared = folder / "year.yml"
    text = declared.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    declared.write_text(text, encoding="utf-8")
    if data is not None:
        next(folder.glob("*.csv")).write_bytes(data)
    return read_year(Project(root, HOME), YEAR, SECRET)


def told(intake: Intake, check: str) -> str:
    """Return the messages of a check in one text."""
    found = intake.findings[intake.findings["check"] == check]
    return "\n".join(found["message"] + " " + found["action"])


def test_a_file_with_two_entries_is_refused_with_both(tmp_path):
    intake = read(tmp_path, "two_entries_for_one_file")
    assert checks(intake) == {"two_entries"}
    message = told(intake, "two_entries")
    assert "«итоги.csv» (" in message and "строка 5); «*.csv» (" in message
    assert "строка 13)" in message
    assert "перечислите их в rows одной записи" in message
    assert intake.is_blocked
    assert "school_results" not in intake.tables


def test_both_sets_of_rows_are_read_as_advised(tmp_path):
    second = (
        '  "*.csv":\n    layout: columns\n    table: school_results\n    delimiter: ";"\n'
        "    school: {code: Логин}\n"
        "    constant: {procedure: ege, subject: mathematics, grade: 11, group_level: school}\n"
        "    rows:\n"
    )
    intake = read(
        tmp_path,
        "two_entries_for_one_file",
        (second, ""),
        ("procedure: ege, subject: russian,", "procedure: ege,"),
        ("- columns: {mean_score: Р",
         "- constant: {subject: russian}\n        columns: {mean_score: Р"),
        ("- columns: {mean_score: М",
         "- constant: {subject: mathematics}\n        columns: {mean_score: М"),
    )  # fmt: skip
    assert not intake.is_blocked
    table = intake.tables["school_results"]
    maths = table[table["subject"] == "mathematics"]
    weighted = (maths["mean_score"] * maths["participant_count"]).sum()
    assert weighted / maths["participant_count"].sum() == pytest.approx(47.6)


def test_entries_that_say_the_same_are_no_fault(tmp_path):
    root = Path(shutil.copytree(CASES / "where_matches_nothing", tmp_path / "project"))
    (root / "data" / "raw" / str(YEAR) / "year.yml").write_text(
        "school_year: 2024-25\nfiles:\n"
        "  '*.csv': {layout: ignore, reason: черновики}\n"
        "  итоги*: {layout: ignore, reason: итоги прошлого}\n",
        encoding="utf-8",
    )
    assert checks(read_year(Project(root, HOME), YEAR, SECRET)) == {"ignored_file"}


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("итог.csv", "Возможно, имелось в виду «итоги.csv»."),
        ("Итоги.CSV", "Возможно, имелось в виду «итоги.csv»."),
        ("итоги.xlsx", "Возможно, имелось в виду «итоги.csv»."),
        ("data/raw/2024-25/итоги.csv", "Возможно, имелось в виду «итоги.csv»."),
        ("оценки за год.ods", "В папке есть: «итоги.csv»."),
        ("year.yml", "Файл «year.yml» есть, но такие файлы данными не считаются."),
    ],
)
def test_an_entry_of_no_file_is_told_with_the_nearest(tmp_path, pattern, words):
    intake = read(tmp_path, "where_matches_nothing", ('"итоги.csv"', f'"{pattern}"'))
    assert "pattern" in checks(intake, "blocking")
    assert f"строка 5: для «{pattern}» файлов нет. {words}" in told(intake, "pattern")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ('{Год: "2052"}', "Год = 2052; в файле есть: 2025."),
        ('{Логин: "edu990109"}', "Логин = edu990109; в файле есть: edu990102, edu990101."),
        ('{Год: "2052", N: "25"}', "Год = 2052, N = 25; в файле есть в столбце «Год»: 2025."),
        ('{Балл: "61", N: "25"}', "каждое значение в файле есть, но вместе они не встречаются."),
    ],
)
def test_where_that_takes_no_row_says_what_there_is(tmp_path, where, words):
    intake = read(tmp_path, "where_matches_nothing", ('{Год: "2052"}', where))
    assert checks(intake) == {"declared_where"}
    message = told(intake, "declared_where")
    assert f"строка 5: ни одна строка не отобрана условием where: {where[1:4]}" in message
    assert words in message
    assert intake.tables["sources"][["rows_in", "rows_set_aside"]].values.tolist() == [[2, 2]]


def test_where_names_no_person(tmp_path):
    years = "".join(f"edu990102;{year};57;25\n" for year in (2021, 2022, 2023))
    data = f"Логин;Год;Балл;N\nedu990101;Образцов Пётр;61;20\n{years}"
    intake = read(tmp_path, "where_matches_nothing", data=data.encode())
    assert "в файле есть: разных значений – 4" in told(intake, "declared_where")
    assert not intake.findings["message"].str.contains("Образцов").any()


@pytest.mark.parametrize("year", ["2025.0", "2025,0", " 2025 "])
def test_where_takes_the_same_number_written_otherwise(tmp_path, year):
    data = f"Логин;Год;Балл;N\nedu990101;{year};61;20\nedu990102;2024;57;25\n"
    change = ('"2052"', '"2025"')
    intake = read(tmp_path, "where_matches_nothing", change, data=data.encode())
    assert list(intake.tables["school_results"]["mean_score"]) == [61]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("Логин;Год;Балл;N\n", "под строкой заголовка нет ни одной строки"),
        ("Логин;Год;Балл;N\n;;;\n", "под строкой заголовка нет ни одной строки"),
        ("\n", "нет ни одной заполненной ячейки"),
    ],
)
def test_a_declared_table_without_rows_is_told(tmp_path, data, words):
    intake = read(tmp_path, "where_matches_nothing", data=data.encode())
    assert "".join(intake.findings["severity"]) == "blocking"
    assert words in told(intake, "declared_rows") or "empty_file" in checks(intake)


def test_a_table_whose_rows_are_all_set_aside_is_told(tmp_path):
    data = "Логин;Год;Балл;N\nedu990101;2052;61;20\nedu990101;2052;57;25\n"
    intake = read(tmp_path, "where_matches_nothing", data=data.encode())
    assert checks(intake) == {"repeated_school"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("form: oo_1", "form: oo_1"), "формы «oo_1» нет в registry/forms.yml. Возможно, "
                                       "имелось в виду «oo1»."),
        (("form: oo_1", "form: оо1"), "имелось в виду «oo1»"),  # Cyrillic letters
        (("form: oo_1", "form: ОО-1"), "имелось в виду «oo1»"),
        (("form: oo_1", "form: oo1"), "показателя «pupils_totl» нет в форме «oo1». Возможно, "
                                      "имелось в виду «pupils_total»."),
        (("item: pupils_totl", "item: Всего обучающихся"), "имелось в виду «pupils_total»"),
        (("pupils_totl", "pupils_total, subject: matematics"), "столбца «subject»"),
        (("{value: Учеников}", "{value: Ученики}"), "имелось в виду «Учеников»"),
        (("{value: Учеников}", "{value: Класс}"), "В файле есть: Логин, Учеников."),
        (("{value: Учеников}", "{valeu: Учеников}"), "имелось в виду «value»"),
        (("table: monitoring", "table: monitorings"), "имелось в виду «monitoring»"),
        (("table: monitoring", "table: indicators"), "нет таблицы «indicators»"),
        (("{code: Логин}", "{code: логины}"), "имелось в виду «Логин»"),
    ],
)  # fmt: skip
def test_a_misspelt_word_is_named_with_the_nearest(tmp_path, change, words):
    intake = read(tmp_path, "misspelt_form_and_item", change)
    assert "declared_columns" in checks(intake, "blocking")
    assert words in told(intake, "declared_columns")
    assert "строка 5" in told(intake, "declared_columns")
    assert "monitoring" not in intake.tables


RIGHT = ("form: oo_1, item: pupils_totl", "form: oo1, item: pupils_total")


def test_right_words_are_read(tmp_path):
    intake = read(tmp_path, "misspelt_form_and_item", RIGHT)
    assert checks(intake) == set()
    assert list(intake.tables["monitoring"]["value"]) == [512, 388]


def test_a_misspelt_word_of_a_column_is_named_with_its_cell(tmp_path):
    data = "Логин;Что;Учеников\nedu990101;pupils_totl;512\nedu990102;pupils_total;388\n"
    intake = read(
        tmp_path,
        "misspelt_form_and_item",
        ("form: oo_1, item: pupils_totl", "form: oo1"),
        ("{value: Учеников}", "{item: Что, value: Учеников}"),
        data=data.encode(),
    )
    assert checks(intake) == {"declared_words"}
    message = told(intake, "declared_words")
    assert "«pupils_totl» нет в форме «oo1». Возможно, имелось в виду «pupils_total»" in message
    assert "ячейки B2" in message
    assert list(intake.tables["monitoring"]["value"]) == [388]


def test_a_name_in_the_place_of_a_subject_is_not_quoted(tmp_path):
    rows = "".join(f"edu99010{n};{word};9;3\n" for n, word in ((2, "x1"), (3, "x2"), (4, "x3")))
    data = f"Логин;Код;Балл;Отметка\nedu990101;Образцов Пётр Сергеевич;9;3\n{rows}"
    intake = read(
        tmp_path,
        "declared_results",
        ("subject: mathematics, ", ""),
        ("{pupil_id: Код, ", "{subject: Код, "),
        data=data.encode(),
    )
    assert "предмета (фамилия и имя) нет в registry/subjects.csv" in told(intake, "declared_words")
    assert not intake.findings["message"].str.contains("Образцов").any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("subject: mathematics", "subject: matematics"), "имелось в виду «mathematics»"),
        (("subject: mathematics", "subject: Математика"), "имелось в виду «mathematics»"),
        (("procedure: diagnostic", "procedure: diagnostics"), "имелось в виду «diagnostic»"),
        (('is_absent: "нет"', "is_absent: никто"), "«is_absent: никто» – ожидается да или нет"),
        (("grade: 9", "grade: 9.5"), "«grade: 9.5» – не целое число"),
        (("    delimiter:", "    header_row: 9\n    delimiter:"), "строка 9 пуста"),
    ],
)
def test_a_constant_that_cannot_be_is_told(tmp_path, change, words):
    intake = read(tmp_path, "declared_results", change)
    assert words in told(intake, "declared_columns")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("    delimiter:", "    procedure: oge\n    delimiter:"), "процедуру пишут в constant"),
        (("    delimiter:", "    header_row: 0\n    delimiter:"), "начиная с 1"),
        (("files:", "expected: {rows: {result: 4}}\nfiles:"), "«results»"),
        (("    layout: columns\n", ""), "table, rows, school, constant – только для columns"),
    ],
)
def test_a_key_that_would_be_dropped_is_refused(tmp_path, change, words):
    intake = read(tmp_path, "declared_results", change)
    assert words in told(intake, "declaration")


@pytest.mark.parametrize("sheet", ["Лист2", "Лист1"])
def test_an_absent_sheet_is_told(tmp_path, sheet):
    import openpyxl

    root = Path(shutil.copytree(CASES / "declared_results", tmp_path / "project"))
    folder = root / "data" / "raw" / str(YEAR)
    rows = [line.split(";") for line in (folder / "ДКР.csv").read_text("utf-8").splitlines()]
    book = openpyxl.Workbook()
    book.active.title = "Лист 1"
    for row in rows:
        book.active.append(row)
    book.save(folder / "ДКР.xlsx")
    (folder / "ДКР.csv").unlink()
    text = (folder / "year.yml").read_text("utf-8").replace("ДКР.csv", "ДКР.xlsx")
    text = text.replace('    delimiter: ";"\n', f"    sheet: {sheet}\n")
    (folder / "year.yml").write_text(text, encoding="utf-8")
    intake = read_year(Project(root, HOME), YEAR, SECRET)
    assert f"листа «{sheet}» нет. Возможно, имелось в виду «Лист 1»." in told(
        intake, "declared_rows"
    )
    assert intake.is_blocked


def test_results_may_be_declared(tmp_path):
    intake = read(tmp_path, "declared_results")
    assert checks(intake) == {"no_scale"}
    table = intake.tables["results"]
    assert list(table["mark"]) == [3, 4, 5, 3]
    assert list(table["primary_score"]) == [9, 10, 11, 12]
    assert list(table["school_id"]) == ["s001", "s002", "s003", "s004"]
    assert not table["is_absent"].any()


CLASS = "Логин;Код;Балл;Отметка\nedu990101;k1;9;3\nedu990101;k2;;\nedu990101;k3;25;5\n"


def test_pupils_of_one_school_are_told_apart(tmp_path):
    changes = [(', is_absent: "нет"', ""), ("    rows:", "    blanks: suppressed\n    rows:")]
    intake = read(tmp_path, "declared_results", *changes, data=CLASS.encode())
    assert not intake.is_blocked
    table = intake.tables["results"]
    assert list(table["school_id"]) == ["s001"] * 3
    assert list(table["is_absent"]) == [False, True, False]


def test_a_pupil_twice_in_one_school_is_refused_without_the_name(tmp_path):
    data = CLASS.replace("k2;;", "k1;8;3")
    intake = read(tmp_path, "declared_results", data=data.encode())
    assert "школа и «Код» повторяются в нескольких строках" in told(intake, "repeated_school")
    assert "k1" not in told(intake, "repeated_school")
    assert intake.findings.set_index("check").loc["repeated_school", "cell"] == "A2, A3"


def test_two_classes_of_a_school_may_come_in_two_files(tmp_path):
    read(tmp_path, "declared_results")
    folder = tmp_path / "project" / "data" / "raw" / "2024-25"
    (folder / "ДКР 9Б.csv").write_text(
        "Логин;Код;Балл;Отметка\nedu990101;k900;7;3\n", encoding="utf-8"
    )
    text = (folder / "year.yml").read_text("utf-8").replace('"ДКР.csv"', '"ДКР*.csv"')
    (folder / "year.yml").write_text(text, encoding="utf-8")
    intake = read_year(Project(tmp_path / "project", HOME), YEAR, SECRET)
    assert not intake.is_blocked
    assert len(intake.tables["results"]) == 5


def test_declared_marks_are_judged_by_the_scale(tmp_path):
    # ОГЭ in mathematics, 31 points: «3» from 8, «4» from 15, «5» from 22
    data = "Логин;Код;Балл;Отметка\nedu990101;k1;9;3\nedu990102;k2;16;5\nedu990103;k3;24;5\n"
    intake = read(
        tmp_path,
        "declared_results",
        ("procedure: diagnostic", "procedure: oge"),
        ("max_score: 20", "max_score: 31"),
        data=data.encode(),
    )
    assert checks(intake) == {"mark_scale"}
    assert "ячейки D3" in told(intake, "mark_scale")


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--school", "s0001"), "«s0001». Возможно, имелось в виду «s001»."),
        (("--school", "s001", "--school", "школа"), "data/raw/schools.csv."),
        (("-d", "low_result"), "«low_result». Возможно, имелось в виду «low_results»."),
        (("-d", "objectivity", "--school", "s009", "--no-site"), "нет организации с кодом «s009»."),
    ],
)  # fmt: skip
def test_an_unknown_school_or_direction_is_refused_before_anything_is_made(
    tmp_path, capsys, words, refusal
):
    from msoko.cli import main

    root = Path(shutil.copytree(CASES / "declared_results", tmp_path / "project"))
    before = sorted(path for path in root.rglob("*") if path.is_file())
    with pytest.raises(SystemExit) as left:
        main(["build", "2024-25", "--project", str(root), *words])
    assert left.value.code == 2
    assert refusal in capsys.readouterr().err
    left_behind = {path for path in root.rglob("*") if path.is_file()} - set(before)
    assert not [path for path in left_behind if path.suffix in (".parquet", ".html", ".ipynb")]


def test_a_closed_school_is_not_of_the_year(tmp_path):
    from msoko.build.graph.planned_schools import registered_schools

    root = Path(shutil.copytree(CASES / "declared_results", tmp_path / "project"))
    register = root / "data" / "raw" / "schools.csv"
    text = register.read_text("utf-8").replace("99120003,,,,", "99120003,,2022-23,s001,")
    register.write_text(text, encoding="utf-8")
    known = registered_schools(Project(root, HOME), YEAR)
    assert known == ["s001", "s002", "s004"]
    register.unlink()
    assert registered_schools(Project(root, HOME), YEAR) == []


def test_members_of_an_archive_answer_to_their_own_entries(tmp_path):
    import zipfile

    root = Path(shutil.copytree(CASES / "declared_results", tmp_path / "project"))
    folder = root / "data" / "raw" / str(YEAR)
    with zipfile.ZipFile(folder / "всё.zip", "w") as archive:
        archive.write(folder / "ДКР.csv", "ДКР.csv")
    (folder / "ДКР.csv").unlink()
    text = (folder / "year.yml").read_text("utf-8")
    (folder / "year.yml").write_text(text.replace('"ДКР.csv"', '"всё.zip/ДКР.csv"'), "utf-8")
    intake = read_year(Project(root, HOME), YEAR, SECRET)
    assert list(intake.tables["results"]["mark"]) == [3, 4, 5, 3]
    (folder / "year.yml").write_text(text.replace('"ДКР.csv"', '"всё.zip/ДРК.csv"'), "utf-8")
    intake = read_year(Project(root, HOME), YEAR, SECRET)
    assert "имелось в виду «всё.zip/ДКР.csv»" in told(intake, "pattern")
    both = text + text[text.index('  "ДКР.csv"') :].replace('"ДКР.csv"', '"*/ДКР.csv"')
    both = both.replace("diagnostic", "rehearsal", 1)
    (folder / "year.yml").write_text(both.replace('"ДКР.csv"', '"всё.zip/ДКР.csv"', 1), "utf-8")
    intake = read_year(Project(root, HOME), YEAR, SECRET)
    assert checks(intake) == {"two_entries"}


def test_a_declared_layout_that_no_sheet_has_is_told(tmp_path):
    from made_exports import f1, take

    text = "school_year: 2024-25\nfiles:\n  Ф3.xlsx: {layout: vpr_f3}\n"
    intake = take(tmp_path, {"Ф3.xlsx": f1()}, year=text)
    assert "declared_layout" in checks(intake, "warning")
    assert "объявлен layout «vpr_f3», а по содержанию это" in told(intake, "declared_layout")


@pytest.mark.parametrize(("word", "value"), [("да", True), ("НЕТ", False), ("1", True)])
def test_truth_may_stand_in_a_column(tmp_path, word, value):
    data = f"Логин;Код;Балл;Отметка\nedu990101;k1;9;{word}\nedu990102;k2;8;возможно\n"
    intake = read(
        tmp_path,
        "declared_results",
        (', is_absent: "нет"', ""),
        ("mark: Отметка", "is_absent: Отметка"),
        data=data.encode(),
    )
    assert list(intake.tables["results"]["is_absent"]) == [value]
    assert "значение пусто или не «да» и не «нет»: ячейки D3" in told(intake, "unreadable")
