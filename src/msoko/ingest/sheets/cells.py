"""Single cells and columns of cells: text, numbers, dates, addresses."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pandas.arrays import IntegerArray

Cell = Any
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
CROSS = frozenset("XxХх")
"""`X` of the forms, Latin and Cyrillic: the task was not attempted."""
EPOCHS = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control signs, soft hyphens, direction marks, zero-width signs, byte-order marks."""


def letters(index: int) -> str:
    """Return the letters of the column at `index` from 0: A, B, … AA."""
    name, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Return a cell's address from its indices from 0: `address(9, 1)` is B10."""
    return f"{letters(column)}{row + 1}"


def addresses(cells: Iterable[tuple[int, int]], most: int = 12) -> str:
    """Return addresses separated by commas, at most `most` of them, then «и ещё N»."""
    found = [address(row, column) for row, column in cells]
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" и ещё {rest}" if rest > 0 else "")


def _space(match: re.Match[str]) -> str:
    return " " if match[0] in "\t\n\r\x85" else ""


def cell_text(value: Cell) -> str | None:
    """Return the cell as clean text, `None` where nothing is left.

    Invisible marks (direction, zero width, byte order) go, every kind of space
    becomes one plain space, whole numbers lose their `.0`.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float):
        return None if value != value else f"{value:.15g}"
    if isinstance(value, str):
        return value if value.isascii() and value.isalnum() else _cleaned(str(value))
    return str(value)


MEMORY = 1 << 14
"""Words kept cleaned: names, headers and marks stand in a year's files by the thousand."""


@lru_cache(MEMORY, typed=True)  # typed: 1, 1.0 and True are one key, but not one text
def fold_text(value: Cell) -> str:
    """Return the text as headers and names are compared: lower case, one space, ё as е."""
    return (cell_text(value) or "").lower().replace("ё", "е").strip(" :.")


@lru_cache(MEMORY)
def _cleaned(value: str) -> str | None:
    return " ".join(INVISIBLE.sub(_space, value).split()) or None


ALIASES = {
    "№ п/п": "№",
    "п/п": "№",
    "код школы": "код оо",
    "код оу": "код оо",
    "код образовательной организации": "код оо",
    "балл (100)": "балл",
    "тест. балл": "тестовый балл",
}
"""Other words of exam centres for the same header (`unverified`: common, not read off a file)."""


def header_label(value: Cell) -> str:
    """Return a header's folded text under its usual word, empty where there is none."""
    word = fold_text(value)
    return ALIASES.get(word, word)


def header_labels(row: Sequence[Cell]) -> dict[str, int]:
    """Return the labels of a row by column; the first of equals wins."""
    found: dict[str, int] = {}
    for column, value in enumerate(row):
        word = header_label(value) if value is not None else ""
        if word:
            found.setdefault(word, column)
    return found


def cell_texts(values: Sequence[Cell]) -> list[str | None]:
    """Return each cell as clean text; equal cells are cleaned once."""
    memo: dict[Any, str | None] = {}
    out = []
    for value in values:
        key = (type(value), value)
        if key not in memo:
            memo[key] = cell_text(value)
        out.append(memo[key])
    return out


def stood_before(keys: Iterable[Hashable]) -> np.ndarray:
    """Return where a key equals an earlier one."""
    first: dict[Hashable, int] = {}
    places = [first.setdefault(key, place) for place, key in enumerate(keys)]
    return np.array(places, dtype=int) != np.arange(len(places))


def cell_numbers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cells as floats, and where a non-blank cell is no number.

    Decimal comma or point. «NaN», «inf», exponents, booleans and dates are no
    numbers: a score is never guessed from them.
    """
    flat = values.ravel()
    out = np.full(flat.shape, np.nan)
    bad = np.zeros(flat.shape, dtype=bool)
    plain = np.array([type(value) in (int, float) for value in flat], dtype=bool)
    out[plain] = flat[plain].astype(float)
    bad[plain] = ~np.isfinite(out[plain])
    filled = np.array([value is not None for value in flat], dtype=bool)
    for index in np.flatnonzero(~plain & filled):
        value = flat[index]
        shown = cell_text(value) if isinstance(value, str) else ""
        if shown is None:
            continue
        compact = shown.replace(" ", "")
        if NUMBER.fullmatch(compact):
            out[index] = float(compact.replace(",", "."))
        else:
            bad[index] = True
    out[bad] = np.nan
    return out.reshape(values.shape), bad.reshape(values.shape)


def whole(values: np.ndarray) -> IntegerArray:
    """Return numbers as nullable integers, each the nearest; missing where they are NaN."""
    from pandas.arrays import IntegerArray

    is_missing = np.isnan(values)
    return IntegerArray(np.rint(np.where(is_missing, 0, values)).astype("int64"), is_missing)


def crosses(values: np.ndarray) -> np.ndarray:
    """Return where a cell is `X`, Latin or Cyrillic, of either case."""
    flat = values.ravel()
    found = np.array([isinstance(value, str) for value in flat], dtype=bool)
    for index in np.flatnonzero(found):
        found[index] = (cell_text(flat[index]) or "") in CROSS
    return found.reshape(values.shape)


def cell_number(value: Cell) -> float | None:
    """Return one cell as a number, `None` where it is blank or none; as `cell_numbers` does."""
    if type(value) in (int, float):
        return float(value) if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    compact = (cell_text(value) or "").replace(" ", "")
    return float(compact.replace(",", ".")) if NUMBER.fullmatch(compact) else None


DATE_TEXT = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})|(\d{4})[.\-/](\d{1,2})[.\-/](\d{1,2})"
    r"|(?<![\d./-])(\d{1,2})[./](\d{1,2})[./](\d\d)(?![./]?\d)"
)
CENTURY = 30
"""As in Excel, `29` is 2029 and `30` is 1930."""


def date_of(value: Cell, is_1904: bool = False) -> dt.date | None:
    """Return the day in a cell: a date, `20.04.2026`, `20/04/26`, `2026.04.20`, Excel's number.

    Of days and months with slashes the day comes first, as it does in Russian.
    A bare number counts from the workbook's own epoch, 1900 or 1904.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 15000 < value < 80000:
        return EPOCHS[is_1904] + dt.timedelta(days=int(value))
    match = DATE_TEXT.search(cell_text(value) or "")
    if not match:
        return None
    if match[9]:
        day, month, year = int(match[7]), int(match[8]), int(match[9])
        year += 2000 if year < CENTURY else 1900
    elif match[3]:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
    else:
        day, month, year = int(match[6]), int(match[5]), int(match[4])
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def grid(cells: Sequence[Sequence[Cell]]) -> np.ndarray:
    """Return the rectangle of cells as an array of objects, rows × columns."""
    width = len(cells[0]) if cells else 0
    out = np.empty((len(cells), width), dtype=object)
    if width:
        out[:] = cells
    return out
