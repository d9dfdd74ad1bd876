"""Which exam and which sitting a protocol is of: its classes, its title, or year.yml say it."""

from __future__ import annotations

import re

import numpy as np

from msoko.core.exam_sittings import EXAMS, RETAKE, SITTINGS, sitting_of_day
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.layouts.rcoi.rcoi_heading import ProtocolTitle
from msoko.ingest.sheets.cells import address, addresses, cell_text
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of

CODE = re.compile(r"[0-9]{3,9}")
CLASS = re.compile(r"([0-9]{1,2})[\s\-–«\"]*[^\W\d_]{0,2}[»\"]?")
PROCEDURES = {9: "oge", 10: "oge", 11: "ege", 12: "ege"}
PAPER_GRADES = {"oge": 9, "ege": 11}
SAID = {"early": "досрочный период", "reserve": "резервные сроки", "retake": "пересдача"}


def is_code(value: object) -> bool:
    """Return whether a cell is a school's code: digits, so that no name passes for one."""
    return bool(CODE.fullmatch(cell_text(value) or ""))


def procedure_of(value: object) -> str | None:
    """Return the exam that a class such as `11Б` or 9 sits; `None` for any other words."""
    match = CLASS.fullmatch(cell_text(value) or "")
    return PROCEDURES.get(int(match[1])) if match else None


def exam_procedure(
    classes: np.ndarray, title: ProtocolTitle, context: ReadingContext
) -> str | None:
    """Return the exam by its classes, with its sitting, or what year.yml says.

    `None` where classes differ. An exam of autumn is a retake even where year.yml names the
    exam alone; of other days that means the main sitting.
    """
    declared = context.options.get("procedure")
    found = {procedure_of(value) for value in classes}
    exam = str(declared) if declared else found.pop() if len(found) == 1 else None
    sitting = title.sitting if declared is None or title.sitting == RETAKE else ""
    return f"{exam}_{sitting}" if exam in EXAMS and sitting else exam


def sitting_findings(
    place: SheetPlace, title: ProtocolTitle, procedure: str | None
) -> list[Finding]:
    """Return the note that a protocol is kept apart from the main sitting."""
    exam, _, sitting = (procedure or "").partition("_")
    if exam not in EXAMS or sitting not in SITTINGS:
        return []
    when = f" от {title.day:%d.%m.%Y}" if title.day else ""
    message = (
        f"строка {title.row + 1}: протокол{when} – {SAID[sitting]}: результаты учтены отдельно и "
        "с основным сроком экзамена не складываются."
    )
    action = "Делать ничего не нужно."
    if sitting_of_day(title.day) != RETAKE:
        action = f"Если это основной срок, укажите procedure: {exam} в year.yml."
    return [place.finding("exam_sitting", "note", message, action, cell=address(title.row, 0))]


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
