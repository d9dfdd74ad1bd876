"""Layouts that are known by the labels of their header row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from msoko.ingest.layouts.contract import SURE, ParsedBlock, ReadingContext, Recognition
from msoko.ingest.sheets.cells import fold_text
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetPlace

MOST_SHOWN = 6
"""So many labels are named as the reason for a recognition."""


class HeaderRow(NamedTuple):
    """A row that may be a header: its index from 0, and its labels by column."""

    sheet: RawSheet
    index: int
    labels: Mapping[str, int]


class HeaderNote(NamedTuple):
    """What a layout's own look at a header row adds: what is missing, what speaks for it."""

    missing: tuple[str, ...] = ()
    reason: str = ""


def nothing_more(row: HeaderRow) -> HeaderNote:
    return HeaderNote()


@dataclass(frozen=True)
class HeaderLayout:
    """A layout whose table stands under a row of known labels.

    `needed` labels are written as `msoko.ingest.sheets.cells.label` gives them: lower
    case, one space, ё as е. A sheet that has half of them or more is nearly this layout.
    """

    name: str
    title: str  # Russian
    needed: tuple[str, ...]
    read: Callable[[SheetPlace, Recognition, ReadingContext], list[ParsedBlock]]
    any_of: tuple[str, ...] = ()  # at least one of these is needed too
    against: tuple[str, ...] = ()  # labels of another layout whose header holds this one's
    banner: str = ""  # a line above the header that makes the recognition surer
    look: Callable[[HeaderRow], HeaderNote | None] = nothing_more  # None: another layout after all
    like: float = 0.5  # a sheet with a smaller share of the needed labels is not even like it
    shown: int = MOST_SHOWN

    def recognise(self, book: RawBook) -> Iterable[Recognition]:
        """Return what each sheet is, where it is this layout or nearly is."""
        found = (self._recognise_sheet(sheet) for sheet in book.sheets)
        return [recognition for recognition in found if recognition is not None]

    def _recognise_sheet(self, sheet: RawSheet) -> Recognition | None:
        row = self._best_row(sheet)
        if row is None or not self._is_named(row) or not self._excludes_others(row):
            return None
        note = self.look(row)
        if note is None:
            return None
        missing = self._missing(row, note)
        share = self._share(row.labels)
        is_titled = bool(self.banner) and has_line_above(row, self.banner)
        plain = 0.9 + 0.1 * is_titled if self.banner else 0.95
        confidence = plain if not missing else SURE * share * 0.9
        # never other words of the row: they may be names
        shown = [label for label in (*self.needed, *self.any_of) if label in row.labels]
        reason = f"в строке {row.index + 1} заголовки: {', '.join(shown[: self.shown])}"
        return Recognition(
            self.name,
            self.title,
            reason + note.reason,
            round(confidence, 2),
            sheet.name,
            missing,
        )

    def _best_row(self, sheet: RawSheet) -> HeaderRow | None:
        """Return the first of the rows that have the most of the needed labels."""
        shares = [self._share(labels) for labels in sheet.head]
        best = max(shares, default=0.0)
        if best < self.like:
            return None
        index = shares.index(best)
        return HeaderRow(sheet, index, sheet.head[index])

    def _share(self, labels: Mapping[str, int]) -> float:
        return len(labels.keys() & self.needed) / len(self.needed)

    def _is_named(self, row: HeaderRow) -> bool:
        """Return whether half of the worded labels are there: digits alone may be data."""
        words = [label for label in self.needed if not label.isdecimal()]
        return sum(label in row.labels for label in words) * 2 >= len(words)

    def _excludes_others(self, row: HeaderRow) -> bool:
        """Return whether a row that has all labels has none that speaks against the layout."""
        is_whole = self._share(row.labels) == 1
        return not (is_whole and any(label in row.labels for label in self.against))

    def _missing(self, row: HeaderRow, note: HeaderNote) -> tuple[str, ...]:
        missing = tuple(label for label in self.needed if label not in row.labels)
        if missing:
            return missing
        if self.any_of and not any(label in row.labels for label in self.any_of):
            return (" или ".join(self.any_of),)
        return note.missing


def has_line_above(row: HeaderRow, words: str) -> bool:
    """Return whether a cell above the header holds the words."""
    wanted = fold_text(words)
    return any(
        wanted in fold_text(value)
        for line in row.sheet.cells[: row.index]
        for value in line
        if isinstance(value, str)
    )
