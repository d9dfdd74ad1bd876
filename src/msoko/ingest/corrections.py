"""`corrections.yml`: corrections of raw values, each of which must find what it expects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from msoko.catalog.yaml.declaration_lines import DeclarationLine
from msoko.catalog.yaml.yaml_schema import load
from msoko.core.errors import UsageError
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sandbox.file_guard import column_number
from msoko.ingest.sheets.cells import address, cell_number, cell_text, header_label, header_labels
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.year_file import matches

FIX = "Исправьте запись в corrections.yml или удалите её, если файл уже заменён."


@dataclass(frozen=True)
class Correction:
    """One correction: which cell, what stands there, what should, why, who, since when.

    The cell is named by `cell`, or by `match` (a header label → the row's value)
    and `column` (a header label).
    """

    file: str
    expected: str
    value: str
    reason: str
    author: str
    status: Literal["confirmed", "proposed", "rejected"]
    sheet: str | None = None
    cell: str | None = None
    match: Mapping[str, str] = field(default_factory=dict)
    column: str | None = None
    date: dt.date | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


def load_corrections(path: Path, shown: str) -> tuple[Correction, ...]:
    """Return the register, empty where there is no file. Raises `UsageError` for a bad entry."""
    if not path.exists():
        return ()
    found = load(path, tuple[Correction, ...], shown)  # type: ignore[arg-type]
    for one in found:
        if bool(one.cell) == bool(one.match and one.column):
            raise UsageError(f"{one.place}: укажите либо cell, либо match вместе с column.")
    return found


class CorrectionRegister:
    """Applies corrections to books as they are opened, and remembers which found their cell."""

    def __init__(self, corrections: Sequence[Correction]) -> None:
        self.corrections = [one for one in corrections if one.status == "confirmed"]
        self.waiting = [one for one in corrections if one.status == "proposed"]
        self.used: set[int] = set()
        self.findings: list[Finding] = []

    def apply(self, book: RawBook) -> RawBook:
        """Return the book with its corrections made; the raw file is never touched."""
        for number_, one in enumerate(self.corrections):
            if matches(book.file, one.file):
                self.used.add(number_)
                book = self._correct(book, one)
        return book

    def _correct(self, book: RawBook, one: Correction) -> RawBook:
        sheets = [sheet for sheet in book.sheets if one.sheet in (None, sheet.name)]
        if len(sheets) != 1:
            self._refuse(
                one, f"листов «{one.sheet or 'любой'}» в файле – {len(sheets)}, нужен один"
            )
            return book
        sheet = sheets[0]
        cells = _cells(sheet, one)
        if len(cells) != 1:
            self._refuse(one, f"подходящих ячеек – {len(cells)}, нужна ровно одна")
            return book
        row, column = cells[0]
        if not _same(sheet.cells[row][column], one.expected):
            self._refuse(one, f"в ячейке {address(row, column)} стоит не то, что в expected")
            return book
        rows = list(sheet.cells)
        rows[row] = [*rows[row][:column], _typed(one.value), *rows[row][column + 1 :]]
        self.findings.append(
            Finding("correction", "note", f"{one.place}: исправлено по реестру: {one.reason}",
                    file=book.file, sheet=sheet.name, cell=address(row, column), row_count=1)
        )  # fmt: skip
        fixed = replace(sheet, cells=rows)
        return replace(book, sheets=tuple(fixed if s is sheet else s for s in book.sheets))

    def _refuse(self, one: Correction, what: str) -> None:
        self.findings.append(
            Finding("correction", "blocking", f"{one.place}: {what}.", FIX, file=one.file,
                    sheet=one.sheet, cell=one.cell)
        )  # fmt: skip

    def finish(self) -> list[Finding]:
        """Return all findings, also of corrections that no file answered to."""
        for number_, one in enumerate(self.corrections):
            if number_ not in self.used:
                self._refuse(one, f"нет файла «{one.file}»")
        for one in self.waiting:
            self.findings.append(
                Finding("correction", "warning", f"{one.place}: правка предложена, не применена.",
                        "Подтвердите её (status: confirmed) или отклоните (rejected).",
                        file=one.file, sheet=one.sheet, cell=one.cell)
            )  # fmt: skip
        return self.findings


def _cells(sheet: RawSheet, one: Correction) -> list[tuple[int, int]]:
    """Return the cells that the correction names, as indices from 0."""
    if one.cell:
        letters = one.cell.rstrip("0123456789")
        digits = one.cell[len(letters) :]
        if not letters.isascii() or not letters.isalpha() or not digits:
            return []
        row, column = int(digits) - 1, column_number(letters) - 1
        inside = 0 <= row < len(sheet.cells) and column < len(sheet.cells[row])
        return [(row, column)] if inside else []
    wanted = {header_label(name): value for name, value in one.match.items()}
    target = header_label(one.column)
    found: list[tuple[int, int]] = []
    columns: dict[str, int] = {}
    for index, row in enumerate(sheet.cells):
        have = header_labels(row) if any(isinstance(value, str) for value in row) else {}
        if target in have and wanted.keys() <= have.keys():
            columns = have
        elif columns and all(_same(row[columns[name]], value) for name, value in wanted.items()):
            found.append((index, columns[target]))
    return found


def _same(cell: object, expected: str) -> bool:
    """Return whether a cell holds the expected value; `4`, `4.0` and `4,0` are one number."""
    shown = cell_text(cell) or ""
    one, other = cell_number(cell), cell_number(expected)
    if one is not None and other is not None:
        return one == other
    return shown == (cell_text(expected) or "")


def _typed(value: str) -> object:
    found = cell_number(value)
    if found is None:
        return cell_text(value)
    return int(found) if found == int(found) else found
