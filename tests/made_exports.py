"""Small exports in the real layouts, made row by row, for tests to keep or to break."""

from __future__ import annotations

import copy
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.year_reading import Intake, read_year

YEAR = SchoolYear(2024)
SECRET = b"a secret of the tests only"
Row = list[Any]
Rows = list[Row]

REGISTER = """\
school_id,name,kind,school_type,location,vpr_login,exam_code,oo1_code,from_year,to_year,successor_id,note
s1,МБОУ «СОШ № 1»,school,secondary,urban,edu990101,111001,1001,,,,
s2,МБОУ «СОШ № 2»,school,secondary,rural,edu990102,111002,1002,,,,
"""
FIRST, SECOND = "МБОУ «СОШ № 1»(edu990101)", "МБОУ «СОШ № 2»(edu990102)"
HEAD: Rows = [
    [None],
    [],
    ["ВПР 2025 Математика 4 класс"],
    ["Предмет:", "Математика"],
    ["Максимальный первичный балл:", 20],
    ["Дата:", "15.04.2025"],
]
PUPILS = (
    # school, code, class, variant, four tasks of 5 points, total, mark, journal
    (FIRST, 40001, 1, 1, 5, 5, 5, 5, 20, 5, 5),
    (FIRST, 40002, 1, 2, 5, "X", 3, 0, 8, 3, 4),
    (FIRST, 40003, 2, 1, 1, 1, 1, "Х", 3, 2, 3),
    (SECOND, 40001, 1, 1, 5, 5, 2, 0, 12, 4, 4),
    (SECOND, 40002, 1, "отсутствовал", None, None, None, None, None, None, 3),
    (SECOND, 40003, 1, 2, 5, 5, 1, 0, 11, 4, None),
)
F1_HEADER = [
    "ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант",
    "1 (5б)", "2 (5б)", "3 (5б)", "4 (5б)", "Первичный балл", "Отметка", "Отметка по журналу",
]  # fmt: skip


def titled(title: str) -> Rows:
    rows = copy.deepcopy(HEAD)
    rows[0] = [title]
    return rows


def f1() -> Rows:
    """Return Ф1 of two schools: header in row 8, banners in rows 9 and 13."""
    rows = [*titled("Индивидуальные результаты"),
            [None, None, "Уровень сложности задания", None, None, None, "Б", "Б", "Б", "П"],
            list(F1_HEADER)]  # fmt: skip
    for school, present in ((FIRST, 3), (SECOND, 2)):
        rows.append([f"{school} | Кол-во участников: {present}"])
        login = school[-10:-1]
        rows += [[login, "Округ", *pupil] for pupil in PUPILS if pupil[0] == school]
    return rows


def f3() -> Rows:
    """Return Ф3 that agrees with `f1`: header in row 8, groups from row 9."""
    return [
        *titled("Статистика по отметкам"),
        [],
        ["Группы участников", "Кол-во ОО", "Кол-во участников", 2, 3, 4, 5],
        ["Вся выборка", 35000, 1500000, 5, 35, 40, 20],
        ["Край", 400, 20000, 10, 40, 35, 15],
        ["Округ(reg99_m001)", 2, 5, 20, 20, 40, 20],
        [FIRST, None, 3, 33.33, 33.33, 0, 33.33],
        [SECOND, None, 2, 0, 0, 100, 0],
    ]


JOURNAL_HEADER = [
    "Группы участников",
    "Кол-во участников(всего)",
    *(
        f"{word} {tail}"
        for word in (
            "Понизили (Отметка < Отметка по журналу)",
            "Подтвердили (Отметка = Отметке по журналу)",
            "Повысили (Отметка > Отметка по журналу)",
        )
        for tail in ("%", "Кол-во участников")
    ),
]


def journal() -> Rows:
    """Return the comparison with the journal that agrees with `f1`."""
    return [
        *titled("Сравнение отметок с отметками по журналу"),
        [],
        list(JOURNAL_HEADER),
        ["Край", 1000, 30, 300, 65, 650, 5, 50],
        [FIRST, 3, 66.67, 2, 33.33, 1, 0, 0],
        [SECOND, 1, 0, 0, 100, 1, 0, 0],
    ]


def distribution() -> Rows:
    """Return the distribution of primary scores that agrees with `f1`: header in row 1."""
    scores = list(range(21))

    def shares(found: Mapping[int, str]) -> Row:
        return [found.get(score, 0) for score in scores]

    start: Row = [2025, 4, "Математика", "Округ"]
    return [
        ["Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", "Кол-во участников", *scores],
        [*start, "edu990101", FIRST[:-11], 3, *shares({3: "33,33", 8: "33,33", 20: "33,33"})],
        [*start, "edu990102", SECOND[:-11], 2, *shares({11: "50", 12: "50"})],
    ]


def tasks() -> Rows:
    """Return «Выполнение заданий»; maxima in a row of their own."""
    return [
        *titled("Выполнение заданий"),
        ["Максимальный балл", None, None, 5, 5, 5, 5],
        ["Группы участников", "Кол-во ОО", "Кол-во участников", 1, 2, 3, 4],
        ["Вся выборка", 35000, 1500000, 80, 70, 60, 50],
        [FIRST, None, 3, 73.33, 40, 60, 33.33],
    ]


def exam() -> Rows:
    """Return a protocol of ОГЭ with footers: header in row 2, participants in rows 3 and 4."""
    return [
        ["02 - Математика 2025.06.03"],
        ["№", "Код ОО", "Класс", "Фамилия", "Имя", "Отчество", "Документ",
         "Задания с кратким ответом", "Задания с развёрнутым ответом", "Первичный балл", "Оценка"],
        [1, 111001, "9А", "Абрикосова", "Ия", "Львовна", "4004 111111", "++++++++", "2(2)0(2)",
         10, 3],
        [2, 111002, "9Б", "Кедров", "Лев", "Ильич", "4004 222222", "++++++++++++", "2(2)2(2)",
         16, 4],
        ["Средние", None, None, None, None, None, None, None, None, 13, 3.5],
        ["Всего участников", None, None, None, None, None, None, 2],
    ]  # fmt: skip


def form() -> Rows:
    """Return the head of a blank collection form."""
    header = ["Код участника", "Вариант", "1 (5б)", "2 (5б)", "Порядковый номер класса",
              "Отметка за предыдущий триместр/ четверть/полугодие", "Итого баллов"]  # fmt: skip
    return [header, *([None] * 6 + [0] for _ in range(5))]


GOOD: dict[str, Callable[[], Rows]] = {
    "f1.xlsx": f1,
    "f3.xlsx": f3,
    "journal.xlsx": journal,
    "distribution.xlsx": distribution,
    "oge.csv": exam,
}


def save(path: Path, rows: Rows | Mapping[str, Rows]) -> Path:
    """Write rows (or sheets of rows) as the path's ending says: .xlsx, or .csv with `;`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        assert isinstance(rows, list)
        lines = [";".join("" if cell is None else str(cell) for cell in row) for row in rows]
        path.write_text("\r\n".join(lines), encoding="utf-8")
        return path
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in (rows if isinstance(rows, Mapping) else {"Лист": rows}).items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    book.save(path)
    return path


def project(folder: Path, register: str | None = REGISTER) -> Project:
    """Return an empty project with a register of two schools."""
    made = Project(folder, HOME)
    made.raw(YEAR).mkdir(parents=True, exist_ok=True)
    if register is not None:
        (folder / "data" / "raw" / "schools.csv").write_text(register, encoding="utf-8")
    return made


def take(
    folder: Path, files: Mapping[str, Rows | Mapping[str, Rows] | bytes], **texts: str
) -> Intake:
    """Return the intake of a project with these files.

    `texts`: `year` for year.yml, `corrections`, `crosswalk`, `register`.
    """
    made = project(folder, texts.get("register", REGISTER))
    raw = made.raw(YEAR)
    for name, content in files.items():
        if isinstance(content, bytes):
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            (raw / name).write_bytes(content)
        else:
            save(raw / name, content)
    if "year" in texts:
        (raw / "year.yml").write_text(texts["year"], encoding="utf-8")
    if "corrections" in texts:
        (raw / "corrections.yml").write_text(texts["corrections"], encoding="utf-8")
    if "crosswalk" in texts:
        (raw.parent / "crosswalk.yml").write_text(texts["crosswalk"], encoding="utf-8")
    intake = read_year(made, YEAR, SECRET)
    assert "unforeseen" not in checks(intake), "a reader failed on what it should have refused"
    return intake


def checks(intake: Intake, *severities: str) -> set[str]:
    """Return the names of the checks that spoke, of the given severities or of all."""
    found = intake.findings
    if severities:
        found = found[found["severity"].isin(severities)]
    return set(found["check"])


def values(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the places that its rows came from."""
    places = ["source_id", "source_row", "source_column"]
    return frame.drop(columns=[name for name in places if name in frame]).reset_index(drop=True)


def repacked(content: Path, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """Return a workbook's bytes with each part changed and parts added."""
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in added.items():
            new.writestr(name, data)
    return out.getvalue()


def put_in(rows: Rows, address: str, value: object) -> Rows:
    """Return the rows with one cell written anew."""
    letters, number = openpyxl.utils.cell.coordinate_from_string(address)
    rows[number - 1][openpyxl.utils.column_index_from_string(letters) - 1] = value
    return rows
