"""Tables as an Excel workbook: typed values with units, no formula, equal bytes for equal text."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Font, PatternFill

from msoko.core import russian

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | dt.date | None
LONGEST_TITLE = 31
"""Excel's limit for the name of a sheet."""
HEADER_ROW = 3
WIDEST = 60
WRAPPED = Alignment(wrap_text=True, vertical="top")
FORMATS = {"percent": "0.0%", "score": "0.00", "points": "0.0", "persons": "#,##0",
           "pieces": "#,##0", "date": "DD.MM.YYYY", "q": "0.000"}  # fmt: skip


@dataclass(frozen=True)
class Amount:
    """A number and the unit that its cell shows it in; shares are kept as 0–1."""

    value: float | None
    unit: str


@dataclass(frozen=True)
class Tab:
    """A sheet: what it holds in a sentence, its columns, its rows, and what it says without any."""

    title: str
    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value | Amount]]
    without_rows: str = ""


def workbook(tabs: Sequence[Tab]) -> bytes:
    """Return the tabs as a workbook; a tab without rows says so after its note."""
    from openpyxl import Workbook

    from msoko.ingest.layouts.forms.form_workbook import save

    made = Workbook()
    made.remove(made.active)
    for tab in tabs:
        _fill(made.create_sheet(tab.title[:LONGEST_TITLE]), tab)
    held = io.BytesIO()
    save(made, held)
    return held.getvalue()


def _fill(sheet: Worksheet, tab: Tab) -> None:
    from openpyxl.utils import get_column_letter

    _put(sheet, 1, 1, tab.note if tab.rows else f"{tab.note} {tab.without_rows}".strip())
    sheet["A1"].font = Font(italic=True)
    for column, name in enumerate(tab.head, 1):
        _put(sheet, HEADER_ROW, column, name)
        cell = sheet.cell(HEADER_ROW, column)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF4")
        cell.alignment = WRAPPED
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _width(tab, column - 1)
    for number, row in enumerate(tab.rows, HEADER_ROW + 1):
        for column, value in enumerate(row, 1):
            _put(sheet, number, column, value)
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 2)
    last = f"{get_column_letter(len(tab.head))}{HEADER_ROW + len(tab.rows)}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _width(tab: Tab, place: int) -> int:
    texts = [row[place] for row in tab.rows if isinstance(row[place], str)]
    longest = max((len(text) for text in texts), default=0)
    return max(12, min(WIDEST, longest + 2))


def _put(sheet: Worksheet, row: int, column: int, value: Value | Amount) -> None:
    """Write a value as what it is: a text that begins with = stays a text, an absence is empty."""
    amount = value if isinstance(value, Amount) else None
    plain = amount.value if amount else value
    if plain is None or plain != plain:
        return
    cell = sheet.cell(row, column)
    # the last digits of a sum of products are the processor's own
    cell.value = float(f"{plain:.12g}") if isinstance(plain, float) else plain
    if isinstance(plain, str):
        cell.data_type = "s"
        if plain[:1] in "=+-@":
            cell.quotePrefix = True
        if len(plain) > WIDEST and row > HEADER_ROW:
            cell.alignment = WRAPPED
    elif amount:
        cell.number_format = FORMATS.get(amount.unit, "General")
    elif isinstance(plain, dt.date):
        cell.number_format = FORMATS["date"]


def unit_name(unit: str) -> str:
    """Return a unit as the column of units names it."""
    return russian.UNIT_NAMES[unit]
