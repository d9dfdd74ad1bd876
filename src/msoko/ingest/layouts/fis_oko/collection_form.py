"""«Форма сбора»: what a school fills in, often sent in place of Ф1. Known, and refused."""

from __future__ import annotations

from msoko.ingest.layouts.contract import Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import TASK
from msoko.ingest.sandbox.workbook_reader import Sheet
from msoko.ingest.sheets.cells import text

NEEDED = ("код участника", "вариант", "порядковый номер класса", "итого баллов")
RESULTS = ("первичный балл", "отметка", "отметка по журналу")
"""What a form cannot have: marks are given by ФИС ОКО, after the form is loaded."""
HEADER_WITHIN = 10


def recognise(sheet: Sheet) -> Recognition | None:
    """Return the recognition of a form, blank or filled, whose `refusal` says what to send."""
    for index, have in enumerate(sheet.head[:HEADER_WITHIN]):
        missing = [label for label in NEEDED if label not in have]
        if len(missing) > 1 or "код участника" not in have:
            continue
        if not any(TASK.fullmatch(text(value) or "") for value in sheet.cells[index]):
            continue
        if any(label in have for label in RESULTS):
            continue
        code = have["код участника"]
        filled = sum(line[code] is not None for line in sheet.cells[index + 1 :])
        state = f"заполнена, участников – {filled}" if filled else "пустая"
        return Recognition(
            "vpr_collection_form",
            "форма сбора результатов ВПР",
            f"в строке {index + 1} заголовки формы сбора ({state}), отметок нет",
            0.95,
            sheet.name,
            refusal=(
                f"это форма сбора результатов ({state}), а не отчёт «Индивидуальные результаты»: "
                "в ней нет ни отметок, ни подтверждённых баллов. Выгрузите Ф1 из ФИС ОКО."
            ),
        )
    return None
