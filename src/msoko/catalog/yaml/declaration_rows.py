"""The rows of a CSV that people keep, as they or Excel saved it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

from msoko.catalog.yaml.declaration_lines import DeclarationLine, suggestion
from msoko.core.errors import UsageError
from msoko.core.written_text import read_written_text

DELIMITERS = ",;\t"
Row = dict[str, str]


def read_rows(
    path: Path, shown: str, columns: Sequence[str], *, has_others: bool = False
) -> list[tuple[Row, DeclarationLine]]:
    """Return the filled rows by column, each with its line; cells are stripped, absent ones empty.

    The encoding is found out; the header tells what parts the cells: comma, semicolon, tab.
    Refused are an absent, repeated or (unless `has_others`) unknown column, a row with more
    cells than columns, and quotes that do not close.
    """
    return parse_rows(read_written_text(path, shown), shown, columns, has_others=has_others)


def parse_rows(
    text: str, shown: str, columns: Sequence[str], *, has_others: bool = False
) -> list[tuple[Row, DeclarationLine]]:
    """Return the rows written in `text`; see `read_rows`."""
    delimiter, text, skipped = _delimiter(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[Row, DeclarationLine]] = []
    header: list[str] = []
    try:
        for cells in reader:
            place = DeclarationLine(shown, reader.line_num + skipped)
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not header:
                header = _header(cells, columns, place, has_others)
                continue
            rows.append((_row(header, cells, place), place))
    except csv.Error:
        place = DeclarationLine(shown, reader.line_num + skipped)
        raise UsageError(
            f"{place}: строка не разобрана: кавычки не закрыты или стоят внутри текста. Текст в "
            "кавычках пишется целиком, кавычка внутри него – дважды."
        ) from None
    if not header:
        raise UsageError(f"{shown}: файл пуст. Нужны столбцы {', '.join(columns)}.")
    return rows


def number_of(text: str, name: str, kind: Callable[[str], float] = float) -> float:
    """Return a number that people wrote: decimal comma or point, any space between thousands.

    Raises `ValueError` with the column and the text.
    """
    compact = "".join(text.split()).replace(",", ".")
    try:
        value = kind(compact)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in compact:
        raise ValueError(f"{name}: «{text}» – не число")
    return value


def _delimiter(text: str, columns: Sequence[str]) -> tuple[str, str, int]:
    """Return what parts the cells, the text without Excel's `sep=` line, and the lines skipped."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.rstrip("\r\n")) == 5:
        return first.rstrip("\r\n")[4], rest, 1
    header = next((line for line in text.splitlines() if line.strip(" \t,;")), "")

    def known(mark: str) -> tuple[int, int]:
        cells = [cell.strip(' "') for cell in header.split(mark)]
        return len(set(columns) & set(cells)), len(cells)

    return max(DELIMITERS, key=known), text, 0


def _header(
    cells: list[str], columns: Sequence[str], place: DeclarationLine, has_others: bool
) -> list[str]:
    absent = [column for column in columns if column not in cells]
    for column in filter(None, cells):  # Excel also writes the empty columns at the right
        if column not in columns and (absent or not has_others):
            near = suggestion(column, absent or columns)
            if not has_others or near.startswith("Возможно"):
                raise UsageError(f"{place}: неизвестный столбец «{column}». {near}")
    if absent:
        raise UsageError(f"{place}: нет столбцов {', '.join(absent)}. Допишите их.")
    for column in columns:
        if cells.count(column) > 1:
            raise UsageError(f"{place}: столбец «{column}» повторён. Оставьте один.")
    return cells


def _row(header: list[str], cells: list[str], place: DeclarationLine) -> Row:
    pairs = list(zip_longest(header, cells))
    if len(cells) > len(header) or any(cell for name, cell in pairs if not name):
        raise UsageError(
            f"{place}: ячеек больше, чем столбцов. Текст, в котором есть разделитель, "
            "заключите в кавычки."
        )
    return {name: cell or "" for name, cell in pairs if name}
