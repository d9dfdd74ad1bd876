"""A received file once it is opened: its sheets as plain grids of cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from msoko.ingest.sheets.cells import Cell, header_labels

HEAD = 60
"""A header stands in the first rows; a title block of more is not known."""


@dataclass(frozen=True)
class RawSheet:
    """One sheet as a rectangular grid: `cells[0][0]` is A1, empty cells are `None`."""

    name: str
    cells: list[list[Cell]] = field(repr=False)
    is_hidden: bool = False
    hidden_rows: tuple[int, ...] = ()  # row numbers from 1
    error_cells: tuple[str, ...] = ()  # #N/A and the like; empty in `cells`
    stray_quotes: tuple[int, ...] = ()  # row numbers from 1 with a quote that is never closed
    empty_formulas: tuple[str, ...] = ()  # formulas that were never computed

    @cached_property
    def head(self) -> list[dict[str, int]]:
        """Return the labels of each of the first rows, where a header may stand."""
        return [header_labels(row) for row in self.cells[:HEAD]]


@dataclass(frozen=True)
class RawBook:
    """One file: its name relative to `data/raw/<year>`, the hash of its bytes, its sheets.

    A file inside an archive is named `archive.zip/inner.xlsx`.
    """

    file: str
    kind: str  # xlsx, xls, ods, csv
    sha256: str
    sheets: tuple[RawSheet, ...]
    is_1904: bool = False
    has_connections: bool = False  # values of other data, as they were when it was saved

    def sheet(self, name: str) -> RawSheet:
        """Return the sheet of that name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)
