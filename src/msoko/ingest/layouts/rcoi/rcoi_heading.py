"""Titles and blocks of an exam centre's table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from msoko.ingest.layouts.contract import Desk
from msoko.ingest.sandbox.workbook_reader import Sheet
from msoko.ingest.sheets.cells import date_of, folded, text
from msoko.ingest.sheets.sheet_blocks import Block

DATE = r"\d{4}[.\-]\d{2}[.\-]\d{2}|\d{2}\.\d{2}\.\d{4}"
CODED = re.compile(rf"(\d{{1,2}})\s*[-–—]\s*(.+?)\s+({DATE})")
TWO_PARTS = re.compile(rf"(.+?)\s+п:\s*({DATE})\s*;?\s*у:\s*({DATE})")
PLAIN = re.compile(rf"(.+?)\s+({DATE})")
FOOTERS = {
    "mean": ("средние", "средний балл", "среднее"),
    "minimum": ("минимальная граница", "минимальный балл"),
    "count": ("всего участников", "всего", "итого"),
}
HEADING_CELLS = 3


@dataclass(frozen=True)
class Title:
    """What the title line says: the subject, the day (of the written part), where it stands."""

    subject: str | None
    day: dt.date | None
    row: int


def footer_of(row: Sequence[object]) -> str | None:
    """Return which footer a row is, by its first words: mean, minimum, count."""
    first = next((folded(value) for value in row if value is not None), "")
    for kind, words in FOOTERS.items():
        if first.startswith(words):
            return kind
    return None


def is_heading(row: Sequence[object]) -> bool:
    """Return whether a row may stand above a header: few cells, and no footer."""
    filled = sum(value is not None for value in row)
    return filled <= HEADING_CELLS and footer_of(row) is None


def read_title(sheet: Sheet, block: Block, desk: Desk, is_1904: bool) -> Title:
    """Return the title above the block. The subject's name decides, its number only helps.

    Sources disagree on the numbers of some subjects, so they are used where the
    name is unknown.
    """
    for row in range(block.header - 1, block.top - 1, -1):
        for value in sheet.cells[row]:
            words = text(value) or ""
            if match := TWO_PARTS.search(words):
                return Title(desk.subjects.code(match[1]), date_of(match[2], is_1904), row)
            if match := CODED.search(words):
                subject = desk.subjects.code(match[2]) or desk.subjects.code_of_number(match[1])
                return Title(subject, date_of(match[3], is_1904), row)
            if match := PLAIN.search(words):
                return Title(desk.subjects.code(match[1]), date_of(match[2], is_1904), row)
    return Title(None, None, block.top)
