"""Headings that year.yml calls by the words a layout knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sheets.cells import Cell, fold_text
from msoko.ingest.sheets.raw_book import RawBook


def with_known_headings(book: RawBook, aliases: Mapping[str, str]) -> RawBook:
    """Return the book whose cells that say a declared heading say the layout's own words."""
    if not aliases:
        return book
    words = {fold_text(own): known for own, known in aliases.items()}

    def renamed(value: Cell) -> Cell:
        return words.get(fold_text(value), value) if isinstance(value, str) else value

    sheets = tuple(
        replace(sheet, cells=[[renamed(value) for value in row] for row in sheet.cells])
        for sheet in book.sheets
    )
    return replace(book, sheets=sheets)


def absent_headings(book: RawBook, aliases: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a warning for each declared heading that no cell of the book says."""
    if not aliases:
        return
    said = {fold_text(v) for s in book.sheets for row in s.cells for v in row if isinstance(v, str)}
    for own in aliases:
        if fold_text(own) not in said:
            yield Finding(
                "absent_heading", "warning", f"заголовка «{own}» из aliases в файле нет.",
                "Исправьте aliases в year.yml.", file=book.file,
            )  # fmt: skip
