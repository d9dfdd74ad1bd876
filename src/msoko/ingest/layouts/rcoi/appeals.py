"""Appeals against exam results: a table with a header of two rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.core.exam_sittings import main_procedure
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.layouts.rcoi.exam_kind import PAPER_GRADES, exam_procedure, is_code
from msoko.ingest.layouts.rcoi.participants import pseudonyms
from msoko.ingest.layouts.rcoi.rcoi_heading import FIX, check_title, is_title_row, read_title
from msoko.ingest.sheets.cells import cell_numbers, cell_text, cell_texts, fold_text, grid, letters
from msoko.ingest.sheets.sheet_blocks import (
    SheetBlock,
    SheetPlace,
    body_rows,
    cells_of,
    find_blocks,
)

NEEDED = ("№", "код оо", "класс", "состояние", "балл до изменения", "разница")

STATES = ("апелляц", "удовлетвор", "отклон", "рассм", "обработ", "отозв", "перепровер")


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the table `appeals`."""
    return [
        _read_block(place, block, context)
        for block in find_blocks(place.sheet, NEEDED, is_title_row)
    ]


LAYOUT = HeaderLayout(
    name="gia_appeals",
    title="апелляции регионального центра (РЦОИ)",
    needed=NEEDED,
    read=read,
)


def _read_block(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> ParsedBlock:
    title = read_title(place.sheet, block, context, place.book.is_1904)
    cells = grid(place.sheet.cells)
    body = body_rows(cells, block)
    parsed = ParsedBlock(block=block.number, rows_in=len(body))
    parsed.findings += check_title(place, title, context)
    data = _appeal_rows(place, block, cells, body, parsed)
    procedure = exam_procedure(cells[data, block.columns["класс"]], title, context)
    parsed.paper = {
        "procedure": procedure,
        "subject": title.subject,
        "grade": PAPER_GRADES.get(main_procedure(procedure)),
        "day": title.day,
    }
    if procedure is None:
        message = "по классам не понять, ОГЭ это или ЕГЭ."
        action = "Укажите procedure в year.yml."
        parsed.findings.append(place.finding("procedure", "blocking", message, action))
    if procedure is None or title.subject is None:
        parsed.reject(data, "не известно, какой это экзамен")
        return parsed
    _fill(place, block, cells, data, context, parsed)
    return parsed


def _appeal_rows(
    place: SheetPlace, block: SheetBlock, cells: np.ndarray, body: np.ndarray, parsed: ParsedBlock
) -> np.ndarray:
    """Return the rows that name a school; the others are set aside."""
    code = block.columns["код оо"]
    has_code = np.array([is_code(value) for value in cells[body, code]], dtype=bool)
    parsed.reject(body[~has_code], "вторая строка заголовка или сноска")
    for row in body[~has_code]:
        if row > block.header + 1 and sum(value is not None for value in cells[row]) > 3:
            message = f"строка {row + 1}: нет кода ОО, апелляция не прочитана."
            parsed.findings.append(
                place.finding("no_code", "set_aside", message, FIX, table="appeals",
                              cell=f"A{row + 1}", row_count=1, rows=(int(row) + 1,))
            )  # fmt: skip
    return body[has_code]


def _fill(
    place: SheetPlace,
    block: SheetBlock,
    cells: np.ndarray,
    data: np.ndarray,
    context: ReadingContext,
    parsed: ParsedBlock,
) -> None:
    columns = block.columns
    after_column = _after_column(cells, block)
    before, bad_before = cell_numbers(cells[data, columns["балл до изменения"]])
    after, bad_after = cell_numbers(cells[data, after_column])
    change, bad_change = cell_numbers(cells[data, columns["разница"]])
    bad = bad_before | bad_after | bad_change | np.isnan(before) | np.isnan(after)
    off = ~bad & ~np.isnan(change) & (before + change != after)
    for check, mask, label, what in (
        ("unreadable", bad, "балл до изменения", "балл апелляции пуст или не читается"),
        ("appeal_sum", off, "разница", "балл до изменения и разница не дают нынешнего балла"),
    ):
        wrong = cells_of(data[mask], columns[label])
        parsed.findings += place.cell_findings(
            check, "set_aside", what, FIX, wrong, table="appeals"
        )
    parsed.reject(data[bad], "балл апелляции не читается")
    keep = data[~bad]
    appeals = pd.DataFrame(
        {
            "school_code": cell_texts(cells[keep, columns["код оо"]]),
            "pupil_id": pseudonyms(cells, keep, columns, context),
            "status": [known_status(state) for state in cells[keep, columns["состояние"]]],
            "score_before": before[~bad],
            "score_after": after[~bad],
            "source_row": keep + 1,
        }
    )
    paper = {name: parsed.paper[name] for name in ("procedure", "subject", "grade")}
    parsed.tables = {"appeals": appeals.assign(**paper)}
    parsed.columns = {"appeals": _source_columns(columns, after_column)}


def _source_columns(columns: Mapping[str, int], after_column: int) -> dict[str, str]:
    named = {
        "school_id": columns["код оо"],
        "status": columns["состояние"],
        "score_before": columns["балл до изменения"],
        "score_after": after_column,
    }
    return {name: letters(column) for name, column in named.items()}


def known_status(value: object) -> str | None:
    """Return the state of an appeal; words that are no state may be a name, and are dropped."""
    state = cell_text(value)
    return state if any(word in fold_text(value) for word in STATES) else None


def _after_column(cells: np.ndarray, block: SheetBlock) -> int:
    """Return the column of the present score on the scale that «до изменения» is on.

    The second header row says «Первичный балл» and «Балл» (or «Оценка») under «Текущие».
    """
    if block.header + 1 < len(cells):
        for column, value in enumerate(cells[block.header + 1]):
            if fold_text(value) in ("балл", "тестовый балл", "оценка"):
                return column
    return block.columns["разница"] - 1
