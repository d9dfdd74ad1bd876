"""The lines above a ФИС ОКО table: paper, maximum, date, tasks; and its groups."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.layouts.header_layout import HeaderRow
from msoko.ingest.sheets.cells import address, cell_number, cell_text, date_of, fold_text
from msoko.ingest.sheets.raw_book import RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, check_day

TITLE = re.compile(r"впр\s+(\d{4})\s*г?\.?\s+(.+?)\.?\s+(\d{1,2})\s+класс", re.IGNORECASE)
TASK = re.compile(r"(\S.*?)\s*\(\s*(\d{1,2})\s*б(?:алл\w*|\.)?\s*\)")
LOGIN = re.compile(r"\(\s*(edu\d{4,8})\s*\)\s*$", re.IGNORECASE)
MUNICIPALITY = re.compile(r"\(\s*(reg\d+_\w+)\s*\)\s*$", re.IGNORECASE)
MOST_HEADING_CELLS = 3
UNCHANGED = "Выгрузите отчёт заново из ФИС ОКО, не меняя строк над таблицей."


@dataclass(frozen=True)
class PaperHeading:
    """What the lines above a block say. A field that could not be read is `None`."""

    procedure: str
    subject: str | None
    grade: int | None
    max_score: float | None
    day: dt.date | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def paper(self) -> dict[str, object]:
        """Return what a block under this heading is about."""
        return {
            "procedure": self.procedure,
            "subject": self.subject,
            "grade": self.grade,
            "day": self.day,
        }

    @property
    def is_usable(self) -> bool:
        return self.subject is not None and self.grade is not None


def is_heading(row: Sequence[object]) -> bool:
    """Return whether a row may stand above a header: few cells, and no school's banner."""
    words = [fold_text(value) for value in row if value is not None]
    if any("уровень сложности" in word or "максимальный балл" in word for word in words):
        return True
    return len(words) <= MOST_HEADING_CELLS and not any("кол-во участников" in w for w in words)


def read_heading(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> PaperHeading:
    """Return what the lines above the block say, with findings about what they lack."""
    rows = place.sheet.cells[block.top : block.header]
    title, stated = _title(rows), _stated(rows)
    names = [name for name in (stated.get("предмет"), title and title[2]) if name]
    codes = {context.subjects.code(cell_text(name)) for name in names} - {None}
    subject = codes.pop() if len(codes) == 1 else None
    day = date_of(stated.get("дата"), place.book.is_1904)
    findings = check_day(place, day, context.school_year, block.top)
    for check, what, action in _lacks(title, subject, bool(codes), day):
        message = f"строка {block.top + 1}: {what}"
        cell = address(block.top, 0)
        findings.append(place.finding(check, "blocking", message, action, cell=cell))
    grade = int(title[3]) if title else None
    if grade is not None and not 1 <= grade <= 11:
        grade = None
    most = cell_number(stated.get("максимальный первичный балл"))
    return PaperHeading("vpr", subject, grade, most, day, findings)


def _lacks(
    title: re.Match[str] | None, subject: str | None, is_ambiguous: bool, day: dt.date | None
) -> Iterator[tuple[str, str, str]]:
    """Yield what the lines lack or contradict: the check, what is wrong, what to do."""
    if subject is None:
        unknown = "предмет не указан или его нет в registry/subjects.csv."
        differs = "предмет в заголовке и в строке «Предмет» различается."
        yield "subject", differs if is_ambiguous else unknown, UNCHANGED
    if title is None:
        yield "paper_title", "нет строки вида «ВПР 2025 Математика 5 класс».", UNCHANGED
    if title and day and int(title[1]) != day.year:
        what = f"в заголовке год {title[1]}, а дата – {day:%d.%m.%Y}."
        yield "paper_year", what, "Проверьте, тот ли это отчёт; исправьте через corrections.yml."


def _title(rows: Sequence[Sequence[object]]) -> re.Match[str] | None:
    for row in rows:
        for value in row:
            if isinstance(value, str) and (match := TITLE.search(cell_text(value) or "")):
                return match
    return None


def _stated(rows: Sequence[Sequence[object]]) -> dict[str, object]:
    """Return the values that stand to the right of «Предмет:», «Дата:» and the like."""
    found: dict[str, object] = {}
    for row in rows:
        present = [value for value in row if value is not None]
        if len(present) >= 2 and isinstance(present[0], str):
            found.setdefault(fold_text(present[0]), present[1])
    return found


@dataclass(frozen=True)
class TaskColumn:
    """A task column: its name, its maximum, its level."""

    column: int
    name: str
    max_score: float | None  # of some layouts it is not known
    level: str | None  # basic, advanced


LEVELS = {"б": "basic", "п": "advanced", "b": "basic"}


def task_count(row: HeaderRow) -> int:
    """Return how many labels of a header are tasks such as `1 (2б)`."""
    return sum(bool(TASK.fullmatch(cell_text(value) or "")) for value in row.sheet.cells[row.index])


def task_columns(sheet: RawSheet, block: SheetBlock) -> list[TaskColumn]:
    """Return the tasks in the header, such as `9.1 (1б)`, with the level from the row above."""
    level_row: Sequence[object] = ()
    for row in sheet.cells[block.top : block.header]:
        if any("уровень сложности" in fold_text(value) for value in row if value is not None):
            level_row = row
    found = []
    for column, value in enumerate(sheet.cells[block.header]):
        match = TASK.fullmatch(cell_text(value) or "")
        if match:
            level = LEVELS.get(fold_text(level_row[column])) if level_row else None
            found.append(TaskColumn(column, match[1], float(match[2]), level))
    return found


@dataclass(frozen=True)
class ParticipantGroup:
    """A group of participants: its level, its name without the code, its code."""

    level: str  # school, municipality, region, country
    name: str
    code: str | None


def group_of(value: object) -> ParticipantGroup | None:
    """Return the group that «Группы участников» names."""
    name = cell_text(value)
    if name is None:
        return None
    if match := LOGIN.search(name):
        return ParticipantGroup("school", name[: match.start()].strip(), match[1].lower())
    if match := MUNICIPALITY.search(name):
        return ParticipantGroup("municipality", name[: match.start()].strip(), match[1].lower())
    if fold_text(name) in ("вся выборка", "российская федерация", "россия", "рф"):
        return ParticipantGroup("country", name, None)
    return ParticipantGroup("region", name, None)
