"""What a declaration takes of a file: equal files are a repeat where it is taken twice."""

from __future__ import annotations

from collections.abc import Hashable

from msoko.ingest.layouts.file_entry import COLUMNS, FileEntry
from msoko.ingest.layouts.header_columns import HeaderColumns
from msoko.ingest.layouts.row_choice import chosen
from msoko.ingest.sheets.cells import grid
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import filled_rows

Taken = frozenset[tuple[str, int, Hashable]]
"""A sheet, a row from 1, and the columns that become columns of a table."""


def taken(book: RawBook, entry: FileEntry) -> Taken | None:
    """Return what the entry takes of the book; None for all of it."""
    if entry.layout != COLUMNS:
        return None
    found: set[tuple[str, int, Hashable]] = set()
    for sheet in book.sheets:
        if sheet.is_hidden or not sheet.cells or entry.sheet not in (None, sheet.name):
            continue
        sets = _sets(sheet, entry)
        if sets is None:
            return None
        found |= sets
    return frozenset(found)


def _sets(sheet: RawSheet, entry: FileEntry) -> set[tuple[str, int, Hashable]] | None:
    headings = HeaderColumns(sheet.cells, entry.header_row - 1, entry.header_rows)
    named = [*entry.where, *(title for rows in entry.row_sets for title in rows.columns.values())]
    if any(True for name in named for _ in headings.faults(name)):
        return None
    cells = grid(sheet.cells)
    first = entry.header_row - 1 + entry.header_rows
    body = filled_rows(cells[first:]) + first
    for name, asked in entry.where.items():
        body = body[chosen(asked, cells[body, headings.column(name)])]
    columns = [
        (entry.table, tuple(sorted(headings.column(title) for title in rows.columns.values())))
        for rows in entry.row_sets
    ]
    return {(sheet.name, int(row) + 1, one) for row in body for one in columns}


def twice(first: Taken | None, second: Taken | None) -> str | None:
    """Return which rows both take, as messages say it; None where they share nothing.

    An empty text: all of the file is taken by one of them.
    """
    if first is None or second is None:
        return ""
    rows = sorted({row for _, row, _ in first & second})
    if not rows:
        return None
    shown = f"{rows[0]}–{rows[-1]}" if len(rows) > 1 else f"{rows[0]}"
    return f" Дважды взято строк – {len(rows)} (строки {shown})."
