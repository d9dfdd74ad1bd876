"""The register that joins a pupil's codes: VPR codes change every year, exams have documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msoko.ingest.layouts.contract import SURE, Desk, Reading, Recognition
from msoko.ingest.layouts.rcoi.participants import document_key
from msoko.ingest.sandbox.workbook_reader import Book
from msoko.ingest.sheets.cells import addresses, folded, grid, texts
from msoko.ingest.sheets.sheet_blocks import Block, Place, blocks, filled_rows

LAYOUT = "pupil_links"
TITLE = "«Связь кодов участников»"
NEEDED = ("единый код ученика", "учебный год", "процедура", "класс", "код оо", "код участника",
          "документ")  # fmt: skip
FIX = "Исправьте строку в файле связи кодов."
Links = dict[tuple[str, ...], str]


class Row(NamedTuple):
    """The words of a row of the register, in the order of `NEEDED`."""

    pupil: str | None
    year: str | None
    procedure: str | None
    grade: str | None
    login: str | None
    code: str | None
    document: str | None


def recognise(book: Book) -> list[Recognition]:
    """Return the sheets that are a register of links, or nearly so."""
    found = []
    for sheet in book.sheets:
        for index, have in enumerate(sheet.head):
            share = sum(label in have for label in NEEDED) / len(NEEDED)
            if share < 0.6:
                continue
            missing = tuple(label for label in NEEDED if label not in have)
            sure = 0.95 if not missing else round(SURE * share * 0.9, 2)
            reason = f"в строке {index + 1} заголовки: {', '.join(NEEDED[:3])}"
            found.append(Recognition(LAYOUT, TITLE, reason, sure, sheet.name, missing))
            break
    return found


def read(book: Book, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return what the register's rows became; the links themselves are read by `read_links`."""
    sheet = next(one for one in book.sheets if one.name == recognition.sheet)
    place = Place(book, sheet)
    return [_read_block(place, block, desk)[1] for block in blocks(sheet, NEEDED, is_title)]


def read_links(book: Book, recognition: Recognition, desk: Desk) -> Links:
    """Return the links of the sheet: a key's parts → the key of its person. Held in memory only."""
    sheet = next(one for one in book.sheets if one.name == recognition.sheet)
    found: Links = {}
    for block in blocks(sheet, NEEDED, is_title):
        found.update(_read_block(Place(book, sheet), block, desk)[0])
    return found


def _read_block(place: Place, block: Block, desk: Desk) -> tuple[Links, Reading]:
    cells = grid(place.sheet.cells)
    body = filled_rows(cells[block.header + 1 : block.end]) + block.header + 1
    reading = Reading(block=block.number, rows_in=len(body), paper={"links": True})
    columns = [texts(cells[body, block.columns[label]]) for label in NEEDED]
    links: Links = {}
    wrong, clashing, others = [], [], []
    year = str(desk.school_year)
    for row, values in zip(body.tolist(), zip(*columns, strict=True), strict=True):
        one = Row(*values)
        person, key = _person(one), _key(one)
        if one.year != year:
            others.append((row, block.columns["учебный год"]))
        elif key is None:
            wrong.append((row, block.columns["код участника"]))
        elif links.setdefault(key, person) != person:
            clashing.append((row, block.columns["единый код ученика"]))
        reading.set_aside.append((row + 1, "связь кодов: использована и не хранится"))
    for cells_, check, severity, what in (
        (wrong, "link_key", "blocking", "в строке нет кода участника с кодом ОО или документа"),
        (clashing, "link_clash", "blocking", "один и тот же код связан с двумя учениками"),
        (others, "other_year", "warning", "строка относится к другому учебному году"),
    ):
        if cells_:
            shown = addresses(cells_)
            reading.findings.append(place.finding(check, severity, f"{what}: ячейки {shown}.", FIX,
                                                  cell=shown, row_count=len(cells_)))  # fmt: skip
    return links, reading


def _person(row: Row) -> str:
    return row.pupil or f"document {document_key(row.document or '')}"


def _key(row: Row) -> tuple[str, ...] | None:
    if folded(row.procedure) == "впр":
        if not (row.login and row.grade and row.code):
            return None
        return ("vpr", row.login.lower(), row.grade, row.code)
    document = document_key(row.document or "")
    return ("document", document) if document else None


def is_title(row: Sequence[object]) -> bool:
    """Return whether a row may stand above the header."""
    return sum(value is not None for value in row) <= 2
