"""The register that joins a pupil's codes: VPR codes change every year, exams have documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.layouts.rcoi.participants import document_key
from msoko.ingest.sheets.cells import cell_texts, fold_text, grid
from msoko.ingest.sheets.sheet_blocks import (
    SheetBlock,
    SheetPlace,
    body_rows,
    cells_of,
    find_blocks,
)

NEEDED = ("единый код ученика", "учебный год", "процедура", "класс", "код оо", "код участника",
          "документ")  # fmt: skip
FIX = "Исправьте строку в файле связи кодов."
KEYLESS = "в строке нет кода участника с кодом ОО или документа"
CLASHING = "один и тот же код связан с двумя учениками"
OTHER_YEAR = "строка относится к другому учебному году"
Links = dict[tuple[str, ...], str]


class LinkRow(NamedTuple):
    """The words of a row of the register, in the order of `NEEDED`."""

    pupil: str | None
    year: str | None
    procedure: str | None
    grade: str | None
    login: str | None
    code: str | None
    document: str | None


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return what the register's rows became; the links themselves are read by `read_links`."""
    return [parsed for _, parsed in _read_sheet(place, context)]


LAYOUT = HeaderLayout(
    name="pupil_links",
    title="«Связь кодов участников»",
    needed=NEEDED,
    like=0.6,
    shown=3,
    read=read,
)


def read_links(place: SheetPlace, context: ReadingContext) -> Links:
    """Return the links of the sheet: a key's parts → the key of its person. Held in memory only."""
    found: Links = {}
    for links, _ in _read_sheet(place, context):
        found.update(links)
    return found


def _read_sheet(place: SheetPlace, context: ReadingContext) -> list[tuple[Links, ParsedBlock]]:
    return [
        _read_block(place, block, context) for block in find_blocks(place.sheet, NEEDED, is_title)
    ]


def _read_block(
    place: SheetPlace, block: SheetBlock, context: ReadingContext
) -> tuple[Links, ParsedBlock]:
    cells = grid(place.sheet.cells)
    body = body_rows(cells, block)
    parsed = ParsedBlock(block=block.number, rows_in=len(body), paper={"links": True})
    columns = [cell_texts(cells[body, block.columns[label]]) for label in NEEDED]
    links: Links = {}
    keyless, clashing, others = [], [], []
    year = str(context.school_year)
    for row, values in zip(body.tolist(), zip(*columns, strict=True), strict=True):
        link = LinkRow(*values)
        person, key = _person(link), _key(link)
        if link.year != year:
            others.append(row)
        elif key is None:
            keyless.append(row)
        elif links.setdefault(key, person) != person:
            clashing.append(row)
    parsed.reject(body, "связь кодов: использована и не хранится")
    for rows, label, check, severity, what in (
        (keyless, "код участника", "link_key", "set_aside", KEYLESS),
        (clashing, "единый код ученика", "link_clash", "set_aside", CLASHING),
        (others, "учебный год", "other_year", "warning", OTHER_YEAR),
    ):
        wrong = cells_of(rows, block.columns[label])
        parsed.findings += place.cell_findings(check, severity, what, FIX, wrong)
    return links, parsed


def _person(row: LinkRow) -> str:
    return row.pupil or f"document {document_key(row.document or '')}"


def _key(row: LinkRow) -> tuple[str, ...] | None:
    if fold_text(row.procedure) == "впр":
        if not (row.login and row.grade and row.code):
            return None
        return ("vpr", row.login.lower(), row.grade, row.code)
    document = document_key(row.document or "")
    return ("document", document) if document else None


def is_title(row: Sequence[object]) -> bool:
    """Return whether a row may stand above the header."""
    return sum(value is not None for value in row) <= 2
