"""Which exam a protocol is of, by the classes of its participants or by what year.yml says."""

from __future__ import annotations

import re

import numpy as np

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.sheets.cells import addresses, cell_text
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of

CODE = re.compile(r"[0-9]{3,9}")
CLASS = re.compile(r"([0-9]{1,2})[\s\-–«\"]*[^\W\d_]{0,2}[»\"]?")
PROCEDURES = {9: "oge", 10: "oge", 11: "ege", 12: "ege"}
PAPER_GRADES = {"oge": 9, "ege": 11}


def is_code(value: object) -> bool:
    """Return whether a cell is a school's code: digits, so that no name passes for one."""
    return bool(CODE.fullmatch(cell_text(value) or ""))


def procedure_of(value: object) -> str | None:
    """Return the exam that a class such as `11Б` or 9 sits; `None` for any other words."""
    match = CLASS.fullmatch(cell_text(value) or "")
    return PROCEDURES.get(int(match[1])) if match else None


def exam_procedure(classes: np.ndarray, context: ReadingContext) -> str | None:
    """Return oge or ege by the classes, or what year.yml says; `None` where they differ."""
    declared = context.options.get("procedure")
    if declared:
        return str(declared)
    found = {procedure_of(value) for value in classes}
    return found.pop() if len(found) == 1 else None


def doubtful_exam(place: SheetPlace, cells: np.ndarray, data: np.ndarray, column: int) -> Finding:
    """Return the finding that the classes of the rows do not tell which exam they sat."""
    wrong = cells_of((row for row in data if procedure_of(cells[row, column]) is None), column)
    what = f"ячейки {addresses(wrong)}" if wrong else "классы и 9, и 11"
    return place.finding(
        "procedure",
        "blocking",
        f"по классам не понять, ОГЭ это или ЕГЭ: {what}.",
        "Исправьте класс через corrections.yml или укажите procedure в year.yml.",
        cell=addresses(wrong) or None,
    )
