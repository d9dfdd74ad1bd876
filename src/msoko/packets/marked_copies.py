"""A school's copy of a workbook, built anew: its own rows, cells marked, a comment in each.

Nothing is taken over but values: no formulas, macros, links, hidden sheets or
properties of the file can travel. Rows keep their numbers, so the protocol's cell
addresses hold; rows of others are empty and hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from msoko.core.office_archive import neutral, printable, remove_times
from msoko.ingest.sheets.raw_book import RawBook
from msoko.packets.finding_owners import areas
from msoko.packets.packet_contents import Packet, SheetShare

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LOGIN = re.compile(r"(?:edu|sch)\d{6}", re.IGNORECASE)
FILLS = {"blocking": "F8CBAD", "set_aside": "F4B183", "warning": "FFE699", "note": "DDEBF7"}
GRAVEST = tuple(FILLS)
SAFE_HEADINGS = ("год", "муниципалитет", "название оо", "оо", "код организации", "организация")
"""Columns that no table keeps and that never hold a person."""

AUTHOR = "msoko"
WIDEST = 40
SHEET_NAME_LIMIT = 31


def marked_copy(book: RawBook, packet: Packet, file: str, severities: Mapping[str, str]) -> bytes:
    """Return the copy of `file` as the bytes of an .xlsx file, the same for the same input.

    Findings without a cell are in the protocol alone.
    """
    from openpyxl import Workbook

    copy = Workbook()
    copy.remove(copy.active)
    grids = {sheet.name or "": sheet.cells for sheet in book.sheets}
    for share in packet.files[file]:
        grid = grids.get(share.sheet, [])
        shown = _shown_rows(grid, share, packet)
        own = [
            one
            for one in packet.findings
            if one["file"] == file and (one["sheet"] or "") == share.sheet
        ]
        sheet = copy.create_sheet(_sheet_name(share.sheet))
        _fill(sheet, grid, share, shown)
        _mark(sheet, share, shown, own, severities)
    copy.properties.creator = AUTHOR
    stream = BytesIO()
    copy.save(stream)
    return remove_times(stream.getvalue())


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:SHEET_NAME_LIMIT].strip("'") or "Лист"


def _shown_rows(
    grid: Sequence[Sequence[Any]], share: SheetShare, packet: Packet
) -> dict[int, bool]:
    """Return the rows that the copy shows: whether all of the row, or the allowed columns.

    Headings are shown whole unless they name a school, as banners do. A row that was
    set aside is shown where it names this school and no other.
    """
    shown: dict[int, bool] = {}
    for number, cells in enumerate(grid, start=1):
        texts = [cell.lower() for cell in cells if isinstance(cell, str)]
        logins = {login for text in texts for login in LOGIN.findall(text)}
        is_strange = not logins <= packet.names or any(
            stranger in text for text in texts for stranger in packet.strangers
        )
        is_named = any(name in text for text in texts for name in packet.names)
        if number in share.own_rows:
            shown[number] = False
        elif number in share.heading_rows and not is_strange:
            shown[number] = True
        elif number in share.aside_rows and is_named and not is_strange:
            shown[number] = False
    return shown


def _fill(
    sheet: Worksheet,
    grid: Sequence[Sequence[Any]],
    share: SheetShare,
    shown: Mapping[int, bool],
) -> None:
    """Write the shown rows, hide the others."""
    allowed = _allowed(grid, share)
    widths: dict[int, int] = {}
    for number, cells in enumerate(grid, start=1):
        if number not in shown:
            sheet.row_dimensions[number].hidden = True
            continue
        for index in range(len(cells)) if shown[number] else allowed:
            if index < len(cells):
                _write(sheet, number, index + 1, cells[index])
                if not shown[number]:
                    widths[index] = max(widths.get(index, 8), len(str(cells[index] or "")) + 2)
    for index, width in widths.items():
        sheet.column_dimensions[_letter(index)].width = min(width, WIDEST)


def _allowed(grid: Sequence[Sequence[Any]], share: SheetShare) -> list[int]:
    """Return the columns, from 0, that hold what tables hold, or what `SAFE_HEADINGS` names."""
    from openpyxl.utils import column_index_from_string

    headings = [cells for number, cells in enumerate(grid, 1) if number in share.heading_rows]
    safe = {
        index
        for cells in headings
        for index, cell in enumerate(cells)
        if isinstance(cell, str) and cell.strip().lower() in SAFE_HEADINGS
    }
    return sorted(safe | {column_index_from_string(letter) - 1 for letter in share.columns})


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(index + 1)


def _write(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = neutral(value)
        cell.data_type = "s"  # openpyxl takes a text for a formula by its first character
    else:
        cell.value = value


def _mark(
    sheet: Worksheet,
    share: SheetShare,
    shown: Mapping[int, bool],
    findings: Iterable[Mapping[str, Any]],
    severities: Mapping[str, str],
) -> None:
    """Fill each cell in question by the gravest of its findings, and say them in a comment."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    by_cell: dict[str, list[Mapping[str, Any]]] = {}
    for finding in findings:
        for address in _cells(finding["cell"], share, shown):
            by_cell.setdefault(address, []).append(finding)
    for address, several in by_cell.items():
        worst = min((one["severity"] for one in several), key=GRAVEST.index)
        cell = sheet[address]
        cell.fill = PatternFill("solid", start_color=FILLS[worst])
        lines = [
            f"{severities[one['severity']]}: {one['message']} {one['action']}" for one in several
        ]
        cell.comment = Comment(
            printable("\n".join(dict.fromkeys(lines))), AUTHOR, height=160, width=320
        )


def _cells(area: str | None, share: SheetShare, shown: Mapping[int, bool]) -> Iterable[str]:
    """Yield the school's own cells in `K12`, `K12:K40` or `12:40`, in order.

    Of a whole row, the first column that the copy shows stands for it.
    """
    for one in areas(area):
        letter = one.letter or (share.columns[0] if share.columns else "A")
        for row in range(one.first, one.last + 1):
            if row in shown:
                yield f"{letter}{row}"
