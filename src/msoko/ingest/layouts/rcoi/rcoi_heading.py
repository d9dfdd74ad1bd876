"""Titles and blocks of an exam centre's table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from msoko.core.exam_sittings import (
    EARLY,
    EXAM_PROCEDURES,
    RESERVE,
    RETAKE,
    exam_year,
    sitting_of_day,
)
from msoko.core.school_year import SchoolYear
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.sheets.cells import address, cell_text, date_of, fold_text
from msoko.ingest.sheets.raw_book import RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, check_day

DATE = r"\d{4}[.\-/]\d{2}[.\-/]\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2}(?!\d))"
CODED = re.compile(rf"(\d{{1,2}})\s*[-–—]\s*(.+?)\s+({DATE})")
TWO_PARTS = re.compile(rf"(.+?)\s+п:\s*({DATE})\s*;?\s*у:\s*({DATE})")
PLAIN = re.compile(rf"(.+?)\s+({DATE})")
FOOTERS = {
    "mean": ("средние", "средний балл", "среднее"),
    "minimum": ("минимальная граница", "минимальный балл"),
    "count": ("всего участников", "всего", "итого"),
}
HEADING_CELLS = 3
SITTING_WORDS = (
    (RETAKE, r"пересда\w+|повторн\w+|дополнительн\w+ (?:период|срок|этап)\w*|осенн\w+|сентябр\w+"),
    (EARLY, r"досрочн\w+"),
    (RESERVE, r"резерв\w*"),
)
"""Words above a table that name its sitting; the first that is found holds."""
FIX = (
    "Сверьте строку с протоколом и запросите файл заново в РЦОИ; "
    "подтверждённую правку запишите в corrections.yml."
)


@dataclass(frozen=True)
class ProtocolTitle:
    """What the title line says: the subject, the day (of the written part), where it stands."""

    subject: str | None
    day: dt.date | None
    row: int
    sitting: str = ""  # early, reserve, retake; nothing of the main days
    conflict: str = ""  # Russian: how the number and the name of the subject disagree


def footer_of(row: Sequence[object]) -> str | None:
    """Return which footer a row is, by its first words: mean, minimum, count."""
    first = next((fold_text(value) for value in row if value is not None), "")
    for kind, words in FOOTERS.items():
        if first.startswith(words):
            return kind
    return None


def is_title_row(row: Sequence[object]) -> bool:
    """Return whether a row may stand above a header: few cells, and no footer."""
    filled = sum(value is not None for value in row)
    return filled <= HEADING_CELLS and footer_of(row) is None


def read_title(
    sheet: RawSheet, block: SheetBlock, context: ReadingContext, is_1904: bool
) -> ProtocolTitle:
    """Return the title above the block.

    A number is used where the name is unknown; where both are known and disagree, there is
    no subject. The sitting is what the lines call it, or else what its day says.
    """
    title = _named_title(sheet, block, context, is_1904)
    lines = sheet.cells[block.top : block.header]
    said = _said_sitting(cell_text(value) for line in lines for value in line)
    autumn = sitting_of_day(title.day) == RETAKE
    return replace(title, sitting=RETAKE if autumn else said or sitting_of_day(title.day))


def _said_sitting(words: Iterable[str | None]) -> str:
    above = fold_text(" ".join(word for word in words if word))
    for sitting, pattern in SITTING_WORDS:
        if re.search(rf"\b(?:{pattern})\b", above):
            return sitting
    return ""


def _named_title(
    sheet: RawSheet, block: SheetBlock, context: ReadingContext, is_1904: bool
) -> ProtocolTitle:
    for row in range(block.header - 1, block.top - 1, -1):
        for value in sheet.cells[row]:
            words = cell_text(value) or ""
            if match := TWO_PARTS.search(words):
                return ProtocolTitle(
                    context.subjects.code(match[1]), date_of(match[2], is_1904), row
                )
            if match := CODED.search(words):
                return _coded_title(match, context, is_1904, row)
            if match := PLAIN.search(words):
                return ProtocolTitle(
                    context.subjects.code(match[1]), date_of(match[2], is_1904), row
                )
    return ProtocolTitle(None, None, block.top)


def _coded_title(
    match: re.Match[str], context: ReadingContext, is_1904: bool, row: int
) -> ProtocolTitle:
    """Return what «01 - Русский язык 2025.05.30» says; no subject where it says two."""
    named = context.subjects.code(match[2])
    numbered = context.subjects.code_of_number(match[1])
    day = date_of(match[3], is_1904)
    if named and numbered and named != numbered:
        names = context.subjects.name
        conflict = f"номер {match[1]} – это «{names(numbered)}», а назван предмет «{names(named)}»"
        return ProtocolTitle(None, day, row, conflict=conflict)
    return ProtocolTitle(named or numbered, day, row)


def check_title(place: SheetPlace, title: ProtocolTitle, context: ReadingContext) -> list[Finding]:
    """Return blocking findings where the title lacks the subject or a day of the school year."""
    shape = "01 – Предмет ГГГГ.ММ.ДД"
    is_exam = context.options.get("procedure") in (None, *EXAM_PROCEDURES)
    year_of = exam_year if is_exam else SchoolYear.of_date
    findings = check_day(place, title.day, context.school_year, title.row, shape, year_of)
    if title.conflict:
        findings.append(
            place.finding(
                "subject",
                "blocking",
                f"строка {title.row + 1}: {title.conflict}.",
                "Уточните в РЦОИ, какой это экзамен, и исправьте строку через corrections.yml; "
                "если номер в регионе другой, впишите его в exam_code в registry/subjects.csv.",
                cell=address(title.row, 0),
            )
        )
    elif title.subject is None:
        findings.append(
            place.finding(
                "subject",
                "blocking",
                f"строка {title.row + 1}: предмет экзамена не назван или неизвестен.",
                "Над таблицей должна быть строка вида «01 - Русский язык 2025.05.30».",
                cell=address(title.row, 0),
            )
        )
    return findings
