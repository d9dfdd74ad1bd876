"""Protocols of regional exam centres (РЦОИ): ОГЭ, ЕГЭ, appeals, known by their headers."""

from __future__ import annotations

from collections.abc import Sequence

from msoko.ingest.layouts.contract import SURE, Desk, Reading, Recognition
from msoko.ingest.layouts.rcoi import appeals, exam_protocol
from msoko.ingest.sandbox.workbook_reader import Book, Sheet
from msoko.ingest.sheets.sheet_blocks import Place

TITLES = {
    "gia_exam": "протокол ОГЭ/ЕГЭ регионального центра (РЦОИ)",
    "gia_appeals": "апелляции регионального центра (РЦОИ)",
}


def recognise(book: Book) -> list[Recognition]:
    """Return what each sheet is or nearly is."""
    found = []
    for sheet in book.sheets:
        appeal = _recognise(sheet, "gia_appeals", appeals.NEEDED, ())
        if appeal and appeal.confidence >= SURE:
            found.append(appeal)
            continue
        found += [
            one
            for one in (
                appeal,
                _recognise(sheet, "gia_exam", exam_protocol.NEEDED, exam_protocol.SCORES),
            )
            if one is not None
        ]
    return found


def read(book: Book, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the blocks of the recognised sheet."""
    sheet = next(one for one in book.sheets if one.name == recognition.sheet)
    module = appeals if recognition.layout == "gia_appeals" else exam_protocol
    return module.read(Place(book, sheet), recognition, desk)


def _recognise(
    sheet: Sheet, layout: str, needed: Sequence[str], any_of: Sequence[str]
) -> Recognition | None:
    best: tuple[float, int, dict[str, int]] = (0.0, 0, {})
    for index, have in enumerate(sheet.head):
        share = sum(label in have for label in needed) / len(needed)
        if share > best[0]:
            best = (share, index, have)
    share, index, have = best
    if share < 0.5:
        return None
    missing = tuple(label for label in needed if label not in have)
    if not missing and any_of and not any(label in have for label in any_of):
        missing = (" или ".join(any_of),)
    shown = ", ".join(label for label in have if label in {*needed, *any_of})
    return Recognition(
        layout,
        TITLES[layout],
        f"в строке {index + 1} заголовки: {shown}",
        0.95 if not missing else round(SURE * share * 0.9, 2),
        sheet.name,
        missing,
    )
