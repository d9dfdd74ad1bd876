"""The regional centre's files: sparse CSV in two encodings, and a workbook of several blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from msoko.demo.files.workbook_writer import Cell, WrittenSheet, write_workbook
from msoko.demo.papers.exam_results import EGE, OGE, Exam, ExamOutcome, examine
from msoko.demo.papers.sittings import World
from msoko.demo.population.people import identity_document, person
from msoko.demo.population.random_draws import stream
from msoko.demo.population.roster import REGION, DemoSchool

AUTHORITY = "209"
Row = list[Cell]
OGE_HEADER = (
    "№", "Код ОО", "Класс", None, "Код ППЭ", None, "Аудитория", None, "Код МСУ", None, "Фамилия",
    None, "Имя", "Отчество", "Задания с кратким ответом", None, None,
    "Задания с развёрнутым ответом", "Первичный балл", None, "Оценка",
)  # fmt: skip
BASIC_HEADER = (
    "№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Фамилия", "Имя", "Отчество", "Серия", "Номер",
    "Задания с кратким ответом", "Первичный балл", "Оценка",
)  # fmt: skip
ENGLISH_HEADER = (
    "№", "Фамилия", "", "", "Имя", "", "", "Отчество", "", "Документ", "Код ОО", "Класс",
    "Код ППЭ", "Аудитория", "", "Часть с кратким ответом", "Часть с развёрнутым ответом",
    "Устная часть", "Первичный балл устной части", "Первичный балл письм. части",
    "Первичный балл", "Тестовый балл",
)  # fmt: skip
SPARSE_HEADER = (
    "№", "Код МСУ", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Фамилия", "Имя", "Отчество",
    "Серия", "Номер", "Задания с кратким ответом", "Задания с развёрнутым ответом",
    "Первичный балл",
)  # fmt: skip
APPEAL_HEADER = (
    "№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Фамилия", "Имя", None, "Отчество", "Документ",
    "Тип апелляции / перепроверки", "Состояние", None, "Дата отправки на обработку",
    "Дата изменений", "Балл до изменения", "Текущие", None, "Разница",
)  # fmt: skip
APPEALED = ("01", "12")
FEWEST_FOR_APPEAL = 8
SOLID = ("Фамилия", "Имя")
"""The columns that no empty one follows, as in the exports."""


def write_exams(folder: Path, world: World, year: int) -> list[ExamOutcome]:
    """Write all exam files of a year and return what they hold."""
    oge = [examine(world, exam, year) for exam in OGE]
    ege = [examine(world, exam, year) for exam in EGE]
    schools = {school.school_id: school for school in world.schools}
    for outcome in filter(len, oge[:2]):
        name = f"ОГЭ {outcome.exam.title} {year + 1}.csv"
        write_lines(folder / name, sparse(outcome, schools, year), "cp1251")
    blocks = [row for outcome in filter(len, oge[2:]) for row in exam_block(outcome, schools, year)]
    title: list[Row] = [["Протокол проверки результатов"], [f"20 - {REGION}"]]
    write_workbook(
        folder / f"ОГЭ по выбору {year + 1}.xlsx", [WrittenSheet("Протокол", title + blocks)]
    )
    for outcome in filter(len, ege):
        exam = outcome.exam
        rows = (
            basic(outcome, schools, year) if exam.number == "22"
            else english(outcome, schools, year) if exam.oral
            else sparse(outcome, schools, year)
        )  # fmt: skip
        write_lines(folder / f"ege_{exam.number}_{year + 1}.csv", rows, "utf-8")
    rows = [row for outcome in ege for row in appeals(world, outcome, schools, year)]
    if rows:
        write_lines(folder / f"Апелляции ЕГЭ {year + 1}.csv", iter(rows), "cp1251")
    return oge + ege


def write_lines(path: Path, rows: Iterator[Row], encoding: str) -> None:
    text = "".join(";".join("" if c is None else str(c) for c in row) + "\r\n" for row in rows)
    path.write_bytes(text.encode(encoding))


def titled(exam: Exam, year: int) -> str:
    order = OGE.index(exam) if exam in OGE else EGE.index(exam)
    month = "06" if exam.procedure == "ege" or order < 2 else "05"
    return f"{exam.number} - {exam.title} {year + 1}.{month}.{3 + order * 2:02d}"


def sparse(outcome: ExamOutcome, schools: dict[str, DemoSchool], year: int) -> Iterator[Row]:
    """Yield a CSV with an empty column after most columns, and the footers."""
    exam = outcome.exam
    final = "Оценка" if exam.has_marks else "Балл"
    header = (*SPARSE_HEADER, final)
    title = spread([titled(exam, year)], header)
    yield [None] * 4 + title if exam.number == "12" else title
    yield spread(header, header)
    for number, row, points in outcome.numbered():
        school = schools[row.school_id]
        yield spread(
            [
                number, AUTHORITY, school.exam_code, class_name(exam, row.class_number),
                station(school), 1 + number % 15, *person(row.uid), *identity_document(row.uid),
                short_answers(exam, points), long_answers(exam, points), row.total, row.result,
            ],
            header,
        )  # fmt: skip
    means = [round(float(outcome.pupils[name].mean())) for name in ("total", "result")]
    yield spread(["Средние", *[None] * 12, *means], header)
    if not exam.has_marks:
        yield spread(["Минимальная граница", *[None] * 12, exam.minimum, None], header)
    yield spread(["Всего участников", *[None] * 12, len(outcome.pupils), None], header)


def spread(cells: Sequence[Cell], header: Sequence[Cell]) -> Row:
    """Return the cells with an empty one after each, save where the export has none."""
    row: Row = []
    for name, cell in zip(header, [*cells, *[None] * (len(header) - len(cells))], strict=True):
        row += [cell] if name in SOLID else [cell, None]
    return row


def exam_block(outcome: ExamOutcome, schools: dict[str, DemoSchool], year: int) -> Iterator[Row]:
    """Yield one exam's block of the workbook with several exams."""
    exam = outcome.exam
    yield [titled(exam, year)]
    yield []
    yield list(OGE_HEADER)
    for number, row, points in outcome.numbered():
        school = schools[row.school_id]
        surname, given, father = person(row.uid)
        yield [
            number, int(school.exam_code), class_name(exam, row.class_number), None,
            int(station(school)), None, 100 + number % 15, None, int(AUTHORITY), None, surname,
            None, given, father, short_answers(exam, points), None, None,
            long_answers(exam, points), int(row.total), None, int(row.result),
        ]  # fmt: skip
    yield ["Средние"]


def basic(outcome: ExamOutcome, schools: dict[str, DemoSchool], year: int) -> Iterator[Row]:
    """Yield mathematics of the basic level, which has marks in place of scores."""
    exam = outcome.exam
    yield [titled(exam, year), *[None] * 12]
    yield list(BASIC_HEADER)
    for number, row, points in outcome.numbered():
        school = schools[row.school_id]
        yield [
            number, school.exam_code, class_name(exam, row.class_number), station(school),
            f"{1 + number % 15:04d}", *person(row.uid), *identity_document(row.uid),
            short_answers(exam, points), row.total, row.result,
        ]  # fmt: skip
    means = [round(float(outcome.pupils[name].mean())) for name in ("total", "result")]
    yield ["Средние", *[None] * 10, *means]
    yield ["Всего участников", *[None] * 10, len(outcome.pupils), None]


def english(outcome: ExamOutcome, schools: dict[str, DemoSchool], year: int) -> Iterator[Row]:
    """Yield a foreign language: a written and an oral part in one row."""
    exam = outcome.exam
    yield [f'"{exam.title} п:{year + 1}.06.14; у:{year + 1}.06.16"', *[None] * 20]
    yield list(ENGLISH_HEADER)
    written = len(exam.short) + len(exam.long)
    for number, row, points in outcome.numbered():
        school = schools[row.school_id]
        surname, given, father = person(row.uid)
        oral = int(points[written:].sum())
        yield [
            number, surname, None, None, given, None, None, father, None,
            " ".join(identity_document(row.uid)), school.exam_code,
            class_name(exam, row.class_number),
            f"п:{station(school)} у:1081", f"п:{number % 15:04d} у:0002", None,
            short_answers(exam, points), long_answers(exam, points),
            earned(points[written:], exam.oral), oral, int(points[:written].sum()), row.total,
            row.result,
        ]  # fmt: skip


def appeals(
    world: World, outcome: ExamOutcome, schools: dict[str, DemoSchool], year: int
) -> Iterator[Row]:
    """Yield the appeals of two exams: the header has two rows, the title stands to the right."""
    exam = outcome.exam
    if exam.number not in APPEALED or len(outcome) < FEWEST_FOR_APPEAL:
        return
    yield [*[None] * 7, titled(exam, year), *[None] * 11]
    yield list(APPEAL_HEADER)
    yield [*[None] * 16, "Первичный балл", "Балл", None]
    draw = stream(world.seed, "appeals", exam.number, year)
    appealing = outcome.pupils.iloc[np.sort(draw.permutation(len(outcome))[:4])]
    for number, row in enumerate(appealing.itertuples(), 1):
        gain = int(draw.integers(1, 4)) if number == 2 else 0
        after = min(100, int(row.result) + gain)
        state = "Апелляция удовлетворена" if after > row.result else "Апелляция отклонена"
        surname, given, father = person(row.uid)
        yield [
            number, schools[row.school_id].exam_code, 11, "1003", "0002", surname, given, None,
            father, " ".join(identity_document(row.uid)), "Апелляция на результат", state, None,
            f"02.07.{year + 1} 16:55:40", f"05.07.{year + 1} 9:54:41", row.result, row.total,
            after, after - int(row.result),
        ]  # fmt: skip


def class_name(exam: Exam, number: int) -> str:
    return f"{exam.grade}{'АБВГДЕ'[int(number) - 1]}"


def station(school: DemoSchool) -> str:
    return "1003" if school.location == "urban" else "1018"


def short_answers(exam: Exam, points: np.ndarray) -> str:
    """Return the string of short answers: + and - for one point, digits for more."""
    return "".join(
        ("+" if won else "-") if most == 1 else str(int(won)) if won else "-"
        for won, most in zip(points, exam.short, strict=False)
    )


def long_answers(exam: Exam, points: np.ndarray) -> str:
    return earned(points[len(exam.short) : len(exam.short) + len(exam.long)], exam.long)


def earned(points: np.ndarray, most: Sequence[int]) -> str:
    return "".join(f"{int(won)}({top})" for won, top in zip(points, most, strict=True))
