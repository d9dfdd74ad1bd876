"""What the columns of a sheet nobody knows hold: kinds of values, keys, people's names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msoko.ingest.identity.personal_values import (
    GIVEN,
    holds_names,
    is_personal_heading,
    is_personal_value,
)
from msoko.ingest.sheets.cells import Cell, cell_number, cell_text, date_of, letters
from msoko.ingest.sheets.raw_book import HEAD, RawSheet

ColumnKind = Literal["empty", "personal", "number", "date", "text"]
LEAST_FILLED = 0.5
"""A header names at least this share of the sheet's columns."""
MOST_OF = 0.9
"""A column is of a kind where this share of its values is."""
MOST_WORDS = 5
MOST_DIFFERENT = 20
"""Words of a column are shown where there are no more different ones, and they repeat."""

LONGEST_NUMBER = 10**9
"""A larger whole number is no count: it may be somebody's document, telephone or account."""


@dataclass(frozen=True)
class SheetColumn:
    """One column below the header; `low` and `high` of numbers, `words` the most frequent.

    Of a personal column neither values nor words are kept, whatever they are.
    """

    letter: str
    title: str
    kind: ColumnKind
    filled: int
    different: int
    empty_share: float
    low: float | None = None
    high: float | None = None
    are_whole: bool = False
    words: tuple[str, ...] = ()

    @property
    def is_key(self) -> bool:
        """Whether each row has its own value."""
        return self.filled > 1 and self.different == self.filled and not self.empty_share


def header_of(sheet: RawSheet) -> int | None:
    """Return the row, from 0, that seems to be the header: the first that is mostly words.

    One that names a person is a row of data: the sheet has no header.
    """
    width = max((len(row) for row in sheet.cells), default=0)
    for index, row in enumerate(sheet.cells[:HEAD]):
        words = [text for value in row if (text := cell_text(value)) and cell_number(value) is None]
        if words and len(words) >= LEAST_FILLED * width and len(set(words)) == len(words):
            return None if any(map(_names_somebody, words)) else index
    return None


def _names_somebody(text: str) -> bool:
    return is_personal_value(text) or not GIVEN.isdisjoint(text.lower().split())


def sheet_columns(sheet: RawSheet, header: int, is_1904: bool) -> list[SheetColumn]:
    """Return the columns with a heading, from the left."""
    body = [row for row in sheet.cells[header + 1 :] if any(value is not None for value in row)]
    return [
        _column(place, title, [row[place] for row in body], is_1904)
        for place, value in enumerate(sheet.cells[header])
        if (title := cell_text(value))
    ]


def _column(place: int, title: str, values: Sequence[Cell], is_1904: bool) -> SheetColumn:
    texts = [text for value in values if (text := cell_text(value))]
    empty = 1 - len(texts) / len(values) if values else 1.0
    found = (letters(place), title)
    counts = (len(texts), len(set(texts)), empty)
    if not texts:
        return SheetColumn(*found, "empty", *counts)
    if is_personal_heading(title) or holds_names(texts):
        return SheetColumn(*found, "personal", *counts)
    numbers = [number for value in values if (number := cell_number(value)) is not None]
    if len(numbers) >= MOST_OF * len(texts):
        are_whole = all(number % 1 == 0 for number in numbers)
        if are_whole and max(map(abs, numbers)) >= LONGEST_NUMBER:
            return SheetColumn(*found, "number", *counts, are_whole=True)
        return SheetColumn(*found, "number", *counts, min(numbers), max(numbers), are_whole)
    days = [value for value in values if value is not None and date_of(value, is_1904)]
    if len(days) >= MOST_OF * len(texts):
        return SheetColumn(*found, "date", *counts)
    often = Counter(texts).most_common(MOST_WORDS)
    is_list = len(set(texts)) <= MOST_DIFFERENT and often[0][1] > 1
    words = tuple(sorted(word for word, _ in often if not _names_somebody(word)))
    words = words if is_list else ()
    return SheetColumn(*found, "text", *counts, words=words)
