"""Protocols of ОГЭ and ЕГЭ: a participant's answers and scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.core.exam_sittings import main_procedure
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.layouts.rcoi.answers import task_frame
from msoko.ingest.layouts.rcoi.exam_kind import (
    PAPER_GRADES,
    doubtful_exam,
    exam_procedure,
    is_code,
    sitting_findings,
)
from msoko.ingest.layouts.rcoi.exam_protocol_checks import ProtocolChecks
from msoko.ingest.layouts.rcoi.plus_worth import settle_pluses
from msoko.ingest.layouts.rcoi.protocol_rows import PARTS, ProtocolRows, first_of, parse_protocol
from msoko.ingest.layouts.rcoi.rcoi_heading import (
    FIX,
    ProtocolTitle,
    check_title,
    footer_of,
    is_title_row,
    read_title,
)
from msoko.ingest.sheets.cells import cell_number, cell_texts, grid, letters, whole
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, body_rows, find_blocks

NEEDED = ("№", "код оо", "класс", "первичный балл")
SCORES = ("балл", "тестовый балл", "оценка")


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the tables `results` and `task_scores`."""
    return [
        _read_block(place, block, context)
        for block in find_blocks(place.sheet, NEEDED, is_title_row)
    ]


LAYOUT = HeaderLayout(
    name="gia_exam",
    title="протокол ОГЭ/ЕГЭ регионального центра (РЦОИ)",
    needed=NEEDED,
    any_of=SCORES,
    against=("балл до изменения",),
    read=read,
)


def _read_block(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> ParsedBlock:
    title = read_title(place.sheet, block, context, place.book.is_1904)
    cells = grid(place.sheet.cells)
    body = body_rows(cells, block)
    parsed = ParsedBlock(block=block.number, rows_in=len(body))
    parsed.findings += check_title(place, title, context)
    data, footers = _split(place, block, cells, body, parsed)
    procedure = _procedure(place, block, cells, data, title, context, parsed)
    exam = main_procedure(procedure)
    parsed.findings += sitting_findings(place, title, procedure)
    parsed.paper = {
        "procedure": procedure,
        "subject": title.subject,
        "grade": PAPER_GRADES.get(exam),
        "day": title.day,
    }
    if procedure is None or title.subject is None:
        parsed.reject(data, "не известно, какой это экзамен")
        return parsed
    if not footers and first_of(block.columns, PARTS["oral"]) is None:
        # a protocol with an oral part comes without footers
        last = int(body[-1]) + 1
        parsed.paper |= {"lacks_footers": True, "participants": len(data), "last_row": last}
    rows = parse_protocol(place, block, cells, data, context, parsed)
    paper = (exam, title.subject, parsed.paper["grade"])
    plus = settle_pluses(rows, context.task_maxima, context.school_year, paper)
    ProtocolChecks(place, block, rows, parsed).check(context, footers, plus)
    parsed.reject(rows.index[rows.is_bad], "в строке есть нечитаемое значение")
    _fill_tables(block, cells, rows, context, parsed)
    return parsed


def _split(
    place: SheetPlace, block: SheetBlock, cells: np.ndarray, body: np.ndarray, parsed: ParsedBlock
) -> tuple[np.ndarray, list[tuple[int, str]]]:
    """Return the rows of participants and the footers; other rows are set aside."""
    code, ordinal = block.columns["код оо"], block.columns["№"]
    data, footers = [], []
    for row in body:
        kind = footer_of(cells[row])
        if kind:
            footers.append((int(row), kind))
            parsed.reject([row], "итоговая строка: сверена")
        elif is_code(cells[row, code]) and cell_number(cells[row, ordinal]) is not None:
            data.append(row)
        else:
            parsed.reject([row], "в строке нет кода ОО или участника")
            filled = sum(value is not None for value in cells[row])
            message = f"строка {row + 1}: нет кода ОО или участника, строка не прочитана."
            severity = "set_aside" if filled > 3 else "warning"
            parsed.findings.append(
                place.finding("no_code", severity, message, FIX, table="results",
                              cell=f"A{row + 1}", row_count=1, rows=(int(row) + 1,))
            )  # fmt: skip
    return np.array(data, dtype=int), footers


def _procedure(
    place: SheetPlace,
    block: SheetBlock,
    cells: np.ndarray,
    data: np.ndarray,
    title: ProtocolTitle,
    context: ReadingContext,
    parsed: ParsedBlock,
) -> str | None:
    """Return the exam and its sitting, `None` with a finding where it cannot be told."""
    column = block.columns["класс"]
    procedure = exam_procedure(cells[data, column], title, context)
    if procedure is None and len(data):
        parsed.findings.append(doubtful_exam(place, cells, data, column))
    elif procedure is None:
        message = "в блоке нет ни одного участника."
        parsed.findings.append(place.finding("empty_block", "blocking", message, FIX))
    return procedure


def _fill_tables(
    block: SheetBlock,
    cells: np.ndarray,
    rows: ProtocolRows,
    context: ReadingContext,
    parsed: ParsedBlock,
) -> None:
    paper = {name: parsed.paper[name] for name in ("procedure", "subject", "grade")}
    exam = main_procedure(paper["procedure"])
    scale = context.scales.find(context.school_year, exam, paper["subject"], paper["grade"])
    keep = np.flatnonzero(~rows.is_bad)
    columns = block.columns
    results = pd.DataFrame(
        {
            "school_code": cell_texts(cells[rows.index[keep], columns["код оо"]]),
            "class_id": cell_texts(cells[rows.index[keep], columns["класс"]]),
            "pupil_id": [rows.pupils[i] for i in keep],
            "primary_score": rows.primary[keep],
            "max_score": scale.max_score if scale and not scale.is_test_scale else np.nan,
            "test_score": rows.test[keep],
            "mark": whole(rows.mark[keep]),
            "is_absent": rows.is_absent[keep],
            "day": parsed.paper["day"],
            "source_row": rows.index[keep] + 1,
            **paper,
        }
    )
    parsed.tables = {"results": results}
    _fill_tasks(columns, rows, keep, paper, parsed)
    parsed.columns = {"results": _source_columns(columns)}


def _source_columns(columns: Mapping[str, int]) -> dict[str, str]:
    named = {
        "school_id": "код оо",
        "class_id": "класс",
        "primary_score": "первичный балл",
        "mark": "оценка",
        "test_score": "тестовый балл" if "тестовый балл" in columns else "балл",
    }
    return {name: letters(columns[label]) for name, label in named.items() if label in columns}


def _fill_tasks(
    columns: Mapping[str, int],
    rows: ProtocolRows,
    keep: np.ndarray,
    paper: dict[str, object],
    parsed: ParsedBlock,
) -> None:
    present = [i for i in keep if not rows.is_absent[i]]
    pieces = []
    for part, answers in rows.answers.items():
        frame = task_frame(part, [answers[i] for i in present], present)
        column = first_of(columns, PARTS[part])
        pieces.append(frame.assign(source_column=letters(column)))
    if pieces:
        tasks = pd.concat(pieces, ignore_index=True)
        order = np.argsort(tasks["row"].to_numpy(), kind="stable")
        who = tasks["row"].to_numpy()[order]
        parsed.tables["task_scores"] = pd.DataFrame(
            {
                **{name: tasks[name].array.take(order) for name in tasks.columns if name != "row"},
                "pupil_id": pd.array(rows.pupils, dtype="str").take(who),
                "is_attempted": True,
                "source_row": rows.index[who] + 1,
                **paper,
            }
        )
