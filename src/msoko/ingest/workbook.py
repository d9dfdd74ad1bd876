"""Any received file as plain grids of cells, read behind a guard and in a child process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Cell = Any
"""`None`, `str`, `int`, `float`, `bool`, `datetime.date`, `datetime.datetime` or `datetime.time`."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as a rectangular grid: `cells[0][0]` is A1, empty cells are `None`."""

    name: str
    cells: list[list[Cell]] = field(repr=False)
    is_hidden: bool = False
    hidden_rows: tuple[int, ...] = ()  # row numbers from 1


@dataclass(frozen=True)
class Book:
    """One file: its name relative to `data/raw/<year>`, the hash of its bytes, its sheets.

    A file inside an archive is named `archive.zip/inner.xlsx`.
    """

    file: str
    kind: str  # xlsx, xls, ods, csv
    sha256: str
    sheets: tuple[Sheet, ...]
    is_1904: bool = False
