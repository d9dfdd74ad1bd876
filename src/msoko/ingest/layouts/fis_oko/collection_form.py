"""«Форма сбора»: what a school fills in, often sent in place of Ф1. Known, and refused."""

from __future__ import annotations

from collections.abc import Iterable

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import task_count
from msoko.ingest.layouts.header_layout import HeaderRow
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetPlace

NEEDED = ("код участника", "вариант", "порядковый номер класса", "итого баллов")
RESULTS = ("первичный балл", "отметка", "отметка по журналу")
"""What a form cannot have: marks are given by ФИС ОКО, after the form is loaded."""
HEADER_WITHIN = 10
REFUSAL = (
    "а не отчёт «Индивидуальные результаты»: в ней нет ни отметок, ни подтверждённых баллов. "
    "Выгрузите Ф1 из ФИС ОКО."
)


class CollectionForm:
    """A layout that is known and never read."""

    name = "vpr_collection_form"
    title = "форма сбора результатов ВПР"

    def recognise(self, book: RawBook) -> Iterable[Recognition]:
        """Return the forms, blank or filled; their `refusal` says what to send instead."""
        found = (self._recognise_sheet(sheet) for sheet in book.sheets)
        return [recognition for recognition in found if recognition is not None]

    def read(
        self, place: SheetPlace, recognition: Recognition, context: ReadingContext
    ) -> list[ParsedBlock]:
        """Return nothing: a form is refused before it comes to reading."""
        return []

    def _recognise_sheet(self, sheet: RawSheet) -> Recognition | None:
        for index, labels in enumerate(sheet.head[:HEADER_WITHIN]):
            if not _is_form(HeaderRow(sheet, index, labels)):
                continue
            code = labels["код участника"]
            filled = sum(line[code] is not None for line in sheet.cells[index + 1 :])
            state = f"заполнена, участников – {filled}" if filled else "пустая"
            return Recognition(
                self.name,
                self.title,
                f"в строке {index + 1} заголовки формы сбора ({state}), отметок нет",
                0.95,
                sheet.name,
                refusal=f"это форма сбора результатов ({state}), {REFUSAL}",
            )
        return None


LAYOUT = CollectionForm()


def _is_form(row: HeaderRow) -> bool:
    """Return whether a row is the header of a form: one label may lack, marks may not be there."""
    missing = [label for label in NEEDED if label not in row.labels]
    if len(missing) > 1 or "код участника" in missing or not task_count(row):
        return False
    return not any(label in row.labels for label in RESULTS)
