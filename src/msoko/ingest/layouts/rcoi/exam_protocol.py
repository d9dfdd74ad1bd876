"""Protocols of ОГЭ and ЕГЭ: a participant's answers and scores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from msoko.ingest.layouts.contract import Desk, Reading, Recognition
from msoko.ingest.layouts.rcoi import exam_protocol_checks
from msoko.ingest.layouts.rcoi.answers import READERS, Answers, task_frame
from msoko.ingest.layouts.rcoi.participants import pseudonyms
from msoko.ingest.layouts.rcoi.rcoi_heading import Title, footer_of, is_heading, read_title
from msoko.ingest.sheets.cells import (
    address,
    addresses,
    folded,
    grid,
    letters,
    number,
    numbers,
    text,
    texts,
    whole,
)
from msoko.ingest.sheets.sheet_blocks import Block, Place, blocks, check_day, filled_rows

NEEDED = ("№", "код оо", "класс", "первичный балл")
SCORES = ("балл", "тестовый балл", "оценка")
PARTS = {
    "short": ("задания с кратким ответом", "часть с кратким ответом"),
    "long": ("задания с развернутым ответом", "часть с развернутым ответом"),
    "oral": ("устная часть", "задания устной части"),
}
CODE = re.compile(r"[0-9]{3,9}")
CLASS = re.compile(r"([0-9]{1,2})[\s\-–«\"]*[^\W\d_]{0,2}[»\"]?")
ABSENT = re.compile(r"не явил\w*|неявка|отсутств\w*|н/я")
PROCEDURES = {9: "oge", 10: "oge", 11: "ege", 12: "ege"}
PAPER_GRADES = {"oge": 9, "ege": 11}
FIX = (
    "Сверьте строку с протоколом и запросите файл заново в РЦОИ; "
    "подтверждённую правку запишите в corrections.yml."
)


@dataclass
class Rows:
    """The participants of a block. `index` is from 0 in the sheet."""

    index: np.ndarray
    primary: np.ndarray
    test: np.ndarray
    mark: np.ndarray
    is_absent: np.ndarray
    is_bad: np.ndarray
    answers: dict[str, list[Answers]]
    pupils: list[str]


def read(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return one reading per block: the tables `results` and `task_scores`."""
    return [_read_block(place, block, desk) for block in blocks(place.sheet, NEEDED, is_heading)]


def _read_block(place: Place, block: Block, desk: Desk) -> Reading:
    title = read_title(place.sheet, block, desk, place.book.is_1904)
    cells = grid(place.sheet.cells)
    body = filled_rows(cells[block.header + 1 : block.end]) + block.header + 1
    reading = Reading(block=block.number, rows_in=len(body))
    reading.findings += check_title(place, title, desk)
    data, footers = _split(place, block, cells, body, reading)
    procedure = _procedure(place, block, cells, data, desk, reading)
    reading.paper = {
        "procedure": procedure,
        "subject": title.subject,
        "grade": PAPER_GRADES.get(procedure or ""),
        "day": title.day,
    }
    if procedure is None or title.subject is None:
        reading.set_aside += [(int(row) + 1, "не известно, какой это экзамен") for row in data]
        return reading
    rows = _parse(place, block, cells, data, desk, reading)
    exam_protocol_checks.check(place, block, reading.paper, rows, footers, desk, reading)
    reading.set_aside += [
        (int(row) + 1, "в строке есть нечитаемое значение") for row in rows.index[rows.is_bad]
    ]
    _fill_tables(block, cells, rows, desk, reading)
    return reading


def check_title(place: Place, title: Title, desk: Desk) -> list:
    """Return blocking findings where the title lacks the subject or a day of the school year."""
    findings = check_day(place, title.day, desk.school_year, title.row, "01 – Предмет ГГГГ.ММ.ДД")
    if title.subject is None:
        findings.append(
            place.finding(
                "subject",
                "blocking",
                f"строка {title.row + 1}: предмет экзамена не назван или неизвестен.",
                "Над таблицей должна быть строка вида «01 - Русский язык 2025.05.30».",
                cell=address(title.row, 0),
            )
        )
    return findings


def _split(
    place: Place, block: Block, cells: np.ndarray, body: np.ndarray, reading: Reading
) -> tuple[np.ndarray, list[tuple[int, str]]]:
    """Return the rows of participants and the footers; other rows are set aside."""
    code, ordinal = block.columns["код оо"], block.columns["№"]
    data, footers = [], []
    for row in body:
        kind = footer_of(cells[row])
        if kind:
            footers.append((int(row), kind))
            reading.set_aside.append((int(row) + 1, "итоговая строка: сверена"))
        elif is_code(cells[row, code]) and number(cells[row, ordinal]) is not None:
            data.append(row)
        else:
            reading.set_aside.append((int(row) + 1, "в строке нет кода ОО или участника"))
            filled = sum(value is not None for value in cells[row])
            message = f"строка {row + 1}: нет кода ОО или участника, строка не прочитана."
            severity = "blocking" if filled > 3 else "warning"
            reading.findings.append(
                place.finding("no_code", severity, message, FIX, cell=f"A{row + 1}")
            )
    return np.array(data, dtype=int), footers


def grade_of(value: object) -> int | None:
    """Return the grade of a class such as `11Б` or 9; `None` for any other words."""
    match = CLASS.fullmatch(text(value) or "")
    return int(match[1]) if match else None


def is_code(value: object) -> bool:
    """Return whether a cell is a school's code: digits, so that no name passes for one."""
    return bool(CODE.fullmatch(text(value) or ""))


def _procedure(
    place: Place, block: Block, cells: np.ndarray, data: np.ndarray, desk: Desk, reading: Reading
) -> str | None:
    """Return oge or ege by the classes of the participants, or what year.yml says."""
    declared = desk.options.get("procedure")
    if declared:
        return str(declared)
    column = block.columns["класс"]
    grades = [grade_of(value) for value in cells[data, column]]
    found = {PROCEDURES.get(grade or 0) for grade in grades}
    if len(found) == 1 and None not in found:
        return found.pop()
    if len(data):
        wrong = [(int(row), column) for row, grade in zip(data, grades, strict=True)
                 if PROCEDURES.get(grade or 0) is None]  # fmt: skip
        what = f"ячейки {addresses(wrong)}" if wrong else "классы и 9, и 11"
        message = f"по классам не понять, ОГЭ это или ЕГЭ: {what}."
        action = "Исправьте класс через corrections.yml или укажите procedure в year.yml."
        reading.findings.append(place.finding("procedure", "blocking", message, action,
                                              cell=addresses(wrong) or None))  # fmt: skip
    else:
        message = "в блоке нет ни одного участника."
        reading.findings.append(place.finding("empty_block", "blocking", message, FIX))
    return None


def _score(
    block: Block, cells: np.ndarray, data: np.ndarray, names: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, int | None]:
    """Return the numbers of the first of `names` present, what is no number, its column."""
    column = next((block.columns[name] for name in names if name in block.columns), None)
    if column is None:
        return np.full(len(data), np.nan), np.zeros(len(data), dtype=bool), None
    values, bad = numbers(cells[data, column])
    return values, bad, column


def _parse(
    place: Place, block: Block, cells: np.ndarray, data: np.ndarray, desk: Desk, reading: Reading
) -> Rows:
    answers: dict[str, list[Answers]] = {}
    wrong: list[tuple[int, int]] = []
    for part, names in PARTS.items():
        column = next((block.columns[name] for name in names if name in block.columns), None)
        if column is None:
            continue
        answers[part] = [READERS[part](text(value)) for value in cells[data, column]]
        wrong += [(int(row), column) for row, one in zip(data, answers[part], strict=True)
                  if not one.is_readable]  # fmt: skip
    primary, bad_primary, primary_column = _score(block, cells, data, ("первичный балл",))
    test, bad_test, test_column = _score(block, cells, data, ("тестовый балл", "балл"))
    mark, bad_mark, mark_column = _score(block, cells, data, ("оценка",))
    is_absent = np.array(
        [bool(ABSENT.fullmatch(folded(value))) for value in cells[data, primary_column]], dtype=bool
    )
    blank = np.isnan(primary) & ~bad_primary
    for column in (test_column, mark_column):
        if column is not None:
            blank &= np.array([text(value) is None for value in cells[data, column]], dtype=bool)
    is_silent = np.zeros(len(data), dtype=bool)
    for i in np.flatnonzero(blank):
        is_silent[i] = not any(answers[part][i].total for part in answers)
    silent = [(int(row), primary_column) for row in data[is_silent]]
    exam_protocol_checks.say(place, silent, reading,
                    "silent_absence", "warning", "нет ни одного балла, участник учтён как "
                    "отсутствовавший")  # fmt: skip
    bad_primary = (bad_primary | np.isnan(primary)) & ~is_absent & ~is_silent
    is_bad = bad_primary | (bad_test & ~is_absent) | (bad_mark & ~is_absent)
    for mask, column in ((bad_primary, primary_column), (bad_test & ~is_absent, test_column),
                         (bad_mark & ~is_absent, mark_column)):  # fmt: skip
        wrong += [(int(row), column) for row in data[mask] if column is not None]
    exam_protocol_checks.say(place, wrong, reading, "unreadable", "blocking",
                    "значение пусто или не читается")  # fmt: skip
    is_bad |= np.isin(data, [row for row, _ in wrong])
    pupils = pseudonyms(cells, data, block.columns, desk)
    return Rows(data, primary, test, mark, is_absent | is_silent, is_bad, answers, pupils)


def _fill_tables(block: Block, cells: np.ndarray, rows: Rows, desk: Desk, reading: Reading) -> None:
    paper = {name: reading.paper[name] for name in ("procedure", "subject", "grade")}
    scale = desk.scales.find(desk.school_year, *paper.values())
    keep = np.flatnonzero(~rows.is_bad)
    columns = block.columns
    results = pd.DataFrame(
        {
            "school_code": texts(cells[rows.index[keep], columns["код оо"]]),
            "class_id": texts(cells[rows.index[keep], columns["класс"]]),
            "pupil_id": [rows.pupils[i] for i in keep],
            "primary_score": rows.primary[keep],
            "max_score": scale.max_score if scale and not scale.is_test_scale else np.nan,
            "test_score": rows.test[keep],
            "mark": whole(rows.mark[keep]),
            "is_absent": rows.is_absent[keep],
            "day": reading.paper["day"],
            "source_row": rows.index[keep] + 1,
            **paper,
        }
    )
    reading.tables = {"results": results}
    _fill_tasks(columns, rows, keep, paper, reading)
    named = {"school_id": "код оо", "class_id": "класс", "primary_score": "первичный балл",
             "mark": "оценка",
             "test_score": "тестовый балл" if "тестовый балл" in columns else "балл"}  # fmt: skip
    reading.columns = {
        "results": {name: letters(columns[label]) for name, label in named.items()
                    if label in columns}
    }  # fmt: skip


def _fill_tasks(
    columns: Mapping[str, int],
    rows: Rows,
    keep: np.ndarray,
    paper: dict[str, object],
    reading: Reading,
) -> None:
    present = [i for i in keep if not rows.is_absent[i]]
    pieces = []
    for part, answers in rows.answers.items():
        frame = task_frame(part, [answers[i] for i in present], present)
        column = next(columns[name] for name in PARTS[part] if name in columns)
        pieces.append(frame.assign(source_column=letters(column)))
    if pieces:
        tasks = pd.concat(pieces, ignore_index=True)
        order = np.argsort(tasks["row"].to_numpy(), kind="stable")
        who = tasks["row"].to_numpy()[order]
        reading.tables["task_scores"] = pd.DataFrame(
            {
                **{name: tasks[name].array.take(order) for name in tasks.columns if name != "row"},
                "pupil_id": pd.array(rows.pupils, dtype="str").take(who),
                "is_attempted": True,
                "source_row": rows.index[who] + 1,
                **paper,
            }
        )
