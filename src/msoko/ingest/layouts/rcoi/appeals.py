"""Appeals against exam results: a table with a header of two rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from msoko.ingest.layouts.contract import Desk, Reading, Recognition
from msoko.ingest.layouts.rcoi.exam_protocol import (
    PAPER_GRADES,
    PROCEDURES,
    check_title,
    grade_of,
    is_code,
)
from msoko.ingest.layouts.rcoi.exam_protocol_checks import FIX, say
from msoko.ingest.layouts.rcoi.participants import pseudonyms
from msoko.ingest.layouts.rcoi.rcoi_heading import is_heading, read_title
from msoko.ingest.sheets.cells import folded, grid, letters, numbers, text, texts
from msoko.ingest.sheets.sheet_blocks import Block, Place, blocks, filled_rows

NEEDED = ("№", "код оо", "класс", "состояние", "балл до изменения", "разница")

STATES = ("апелляц", "удовлетвор", "отклон", "рассм", "обработ", "отозв", "перепровер")


def read(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return one reading per block: the table `appeals`."""
    return [_read_block(place, block, desk) for block in blocks(place.sheet, NEEDED, is_heading)]


def _read_block(place: Place, block: Block, desk: Desk) -> Reading:
    title = read_title(place.sheet, block, desk, place.book.is_1904)
    cells = grid(place.sheet.cells)
    body = filled_rows(cells[block.header + 1 : block.end]) + block.header + 1
    reading = Reading(block=block.number, rows_in=len(body))
    reading.findings += check_title(place, title, desk)
    code = block.columns["код оо"]
    has_code = np.array([is_code(value) for value in cells[body, code]], dtype=bool)
    for row in body[~has_code]:
        reading.set_aside.append((int(row) + 1, "вторая строка заголовка или сноска"))
        if row > block.header + 1 and sum(value is not None for value in cells[row]) > 3:
            message = f"строка {row + 1}: нет кода ОО, апелляция не прочитана."
            reading.findings.append(
                place.finding("no_code", "blocking", message, FIX, cell=f"A{row + 1}")
            )
    data = body[has_code]
    grades = {grade_of(value) for value in cells[data, block.columns["класс"]]}
    procedures = {PROCEDURES.get(grade or 0) for grade in grades}
    procedure = desk.options.get("procedure") or (
        procedures.pop() if len(procedures) == 1 else None
    )
    reading.paper = {
        "procedure": procedure,
        "subject": title.subject,
        "grade": PAPER_GRADES.get(procedure or ""),
        "day": title.day,
    }
    if procedure is None or title.subject is None:
        reading.set_aside += [(int(row) + 1, "не известно, какой это экзамен") for row in data]
        if procedure is None:
            message = "по классам не понять, ОГЭ это или ЕГЭ."
            action = "Укажите procedure в year.yml."
            reading.findings.append(place.finding("procedure", "blocking", message, action))
        return reading
    _fill(place, block, cells, data, desk, reading)
    return reading


def _fill(
    place: Place, block: Block, cells: np.ndarray, data: np.ndarray, desk: Desk, reading: Reading
) -> None:
    columns = block.columns
    after_column = _after_column(cells, block)
    before, bad_before = numbers(cells[data, columns["балл до изменения"]])
    after, bad_after = numbers(cells[data, after_column])
    change, bad_change = numbers(cells[data, columns["разница"]])
    bad = bad_before | bad_after | bad_change | np.isnan(before) | np.isnan(after)
    say(place, [(int(row), columns["балл до изменения"]) for row in data[bad]], reading,
        "unreadable", "blocking", "балл апелляции пуст или не читается")  # fmt: skip
    off = ~bad & ~np.isnan(change) & (before + change != after)
    what = "балл до изменения и разница не дают нынешнего балла"
    cells_off = [(int(row), columns["разница"]) for row in data[off]]
    say(place, cells_off, reading, "appeal_sum", "blocking", what)
    reading.set_aside += [(int(row) + 1, "балл апелляции не читается") for row in data[bad]]
    keep = data[~bad]
    paper = {name: reading.paper[name] for name in ("procedure", "subject", "grade")}
    reading.tables = {
        "appeals": pd.DataFrame(
            {
                "school_code": texts(cells[keep, columns["код оо"]]),
                "pupil_id": pseudonyms(cells, keep, columns, desk),
                "status": [known_status(one) for one in cells[keep, columns["состояние"]]],
                "score_before": before[~bad],
                "score_after": after[~bad],
                "source_row": keep + 1,
            }
        ).assign(**paper)
    }
    reading.columns = {
        "appeals": {
            "school_id": letters(columns["код оо"]),
            "status": letters(columns["состояние"]),
            "score_before": letters(columns["балл до изменения"]),
            "score_after": letters(after_column),
        }
    }


def known_status(value: object) -> str | None:
    """Return the state of an appeal; words that are no state may be a name, and are dropped."""
    state = text(value)
    return state if any(word in folded(value) for word in STATES) else None


def _after_column(cells: np.ndarray, block: Block) -> int:
    """Return the column of the present score on the scale that «до изменения» is on.

    The second header row says «Первичный балл» and «Балл» (or «Оценка») under «Текущие».
    """
    if block.header + 1 < len(cells):
        for column, value in enumerate(cells[block.header + 1]):
            if folded(value) in ("балл", "тестовый балл", "оценка"):
                return column
    return block.columns["разница"] - 1
