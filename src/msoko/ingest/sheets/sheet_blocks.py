"""Tables within a sheet: where each begins, and findings that name their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from msoko.core.school_year import SchoolYear
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sheets.cells import (
    address,
    addresses,
    cell_text,
    cell_texts,
    fold_text,
    header_label,
    header_labels,
)
from msoko.ingest.sheets.raw_book import RawBook, RawSheet


@dataclass(frozen=True)
class SheetPlace:
    """Where findings of a sheet are: its file and its name."""

    book: RawBook
    sheet: RawSheet

    def finding(
        self, check: str, severity: str, message: str, action: str = "", **more: object
    ) -> Finding:
        """Return a finding in this sheet."""
        where = {"file": self.book.file, "sheet": self.sheet.name}
        return Finding(check, severity, message, action, **{**where, **more})  # type: ignore[arg-type]

    def cell_findings(
        self,
        check: str,
        severity: str,
        what: str,
        action: str,
        cells: Sequence[tuple[int, int]],
        **more: object,
    ) -> list[Finding]:
        """Return one finding that names the cells (indices from 0), none where there are none.

        With the severity `set_aside` the rows of the cells are taken out of the tables.
        """
        if not cells:
            return []
        shown = addresses(cells)
        rows = tuple(sorted({int(row) + 1 for row, _ in cells}))
        message = f"{what}: ячейки {shown}."
        more = {"cell": shown, "row_count": len(rows), "rows": rows, **more}
        return [self.finding(check, severity, message, action, **more)]


class AmbiguousHeading(LookupError):
    """A reader asked for a heading that stands over several columns of different content."""

    def __init__(self, title: str, cells: Sequence[str]) -> None:
        super().__init__(title)
        self.title, self.cells = title, tuple(cells)


class BlockColumns(dict[str, int]):
    """Folded header label → column; a label of columns that differ is refused when asked for.

    A heading may be repeated where no reader looks, over an empty column, or over a copy.
    """

    def __init__(self, cells: Sequence[Sequence[object]], header: int, end: int) -> None:
        super().__init__(header_labels(cells[header]))
        self._header, self._row = header, cells[header]
        self._rows = cells[header + 1 : end]
        self._meant: dict[str, list[int]] = {}
        for column, value in enumerate(self._row):
            label = header_label(value) if value is not None else ""
            if label:
                self._meant.setdefault(label, []).append(column)

    def __getitem__(self, label: str) -> int:
        found = self._meant[label]
        return found[0] if len(found) == 1 else self._only(label, found)

    def _only(self, label: str, found: Sequence[int]) -> int:
        """Return the one column that a repeated label means."""
        exact = [column for column in found if fold_text(self._row[column]) == label]
        contents: dict[tuple[str | None, ...], int] = {}
        for column in exact or found:
            words = tuple(cell_texts([row[column] for row in self._rows]))
            if any(words):
                contents.setdefault(words, column)
        if len(contents) > 1:
            places = [address(self._header, column) for column in contents.values()]
            raise AmbiguousHeading(cell_text(self._row[found[0]]) or label, places)
        return next(iter(contents.values()), found[0])


@dataclass(frozen=True)
class SheetBlock:
    """One table in a sheet; rows and columns are indices from 0, `end` is exclusive."""

    number: int
    top: int
    header: int
    end: int
    columns: Mapping[str, int]  # folded header label → column


def header_rows(cells: Sequence[Sequence[object]], needed: Sequence[str]) -> list[int]:
    """Return the rows that hold all `needed` labels (folded)."""
    wanted, key = set(needed), needed[0]
    other: set[str] = set()  # texts known not to be the first label
    found = []
    for index, row in enumerate(cells):
        for value in row:
            if value.__class__ is not str or value in other:
                continue
            if header_label(value) != key:
                other.add(value)
            elif wanted <= set(header_labels(row)):
                found.append(index)
                break
    return found


def find_blocks(
    sheet: RawSheet, needed: Sequence[str], is_heading: Callable[[Sequence[object]], bool]
) -> list[SheetBlock]:
    """Return the blocks of a sheet: each header that holds all `needed` labels starts one.

    A block begins with the rows above its header for which `is_heading` holds.
    """
    headers = header_rows(sheet.cells, needed)
    tops = []
    for position, header in enumerate(headers):
        floor = headers[position - 1] + 1 if position else 0
        top = header
        while top > floor and is_heading(sheet.cells[top - 1]):
            top -= 1
        tops.append(top)
    ends = [*tops[1:], len(sheet.cells)][: len(headers)]
    return [
        SheetBlock(position + 1, top, header, end, BlockColumns(sheet.cells, header, end))
        for position, (top, header, end) in enumerate(zip(tops, headers, ends, strict=True))
    ]


def filled_rows(cells: np.ndarray) -> np.ndarray:
    """Return the indices of rows that hold anything."""
    return np.flatnonzero((cells != np.array(None, dtype=object)).any(axis=1))


def body_rows(cells: np.ndarray, block: SheetBlock) -> np.ndarray:
    """Return the indices of the block's filled rows below its header."""
    return filled_rows(cells[block.header + 1 : block.end]) + block.header + 1


def cells_of(rows: Iterable[int], column: int) -> list[tuple[int, int]]:
    """Return the cells of the rows in one column, as indices from 0."""
    return [(int(row), column) for row in rows]


def check_day(
    place: SheetPlace,
    day: dt.date | None,
    year: SchoolYear,
    row: int,
    word: str = "Дата",
    year_of: Callable[[dt.date], SchoolYear] = SchoolYear.of_date,
) -> list[Finding]:
    """Return a blocking finding where the paper's day is missing or of another school year.

    `year_of` says which year a day belongs to: an exam of autumn repeats the year before.
    """
    if day is None:
        return [
            place.finding(
                "paper_date",
                "blocking",
                f"не найдена дата работы («{word}»): нельзя проверить учебный год.",
                "Выгрузите отчёт заново, не меняя строк над таблицей.",
                cell=address(row, 0),
            )
        ]
    own = year_of(day)
    if own == year:
        return []
    retake = " (осенью пересдают экзамены прошедшего года)" if own.ends < day else ""
    return [
        place.finding(
            "paper_date",
            "blocking",
            f"дата работы {day:%d.%m.%Y} не относится к {year} учебному году, это {own}{retake}.",
            f"Переложите файл в data/raw/{own} или выгрузите нужный год.",
            cell=address(row, 0),
        )
    ]
