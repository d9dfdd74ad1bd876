"""The lines above a ФИС ОКО table: paper, maximum, date, tasks; and its groups."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.layouts.fis_oko.autumn_session import (
    AUTUMN,
    SPRING,
    declared_session,
    is_of_autumn,
)
from msoko.ingest.layouts.fis_oko.paper_title import PaperTitle, find_title
from msoko.ingest.layouts.header_layout import HeaderRow
from msoko.ingest.sheets.cells import address, cell_number, cell_text, date_of, fold_text
from msoko.ingest.sheets.raw_book import RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, check_day

TASK = re.compile(r"(\S.*?)\s*\(\s*(\d{1,2})\s*б(?:алл\w*|\.)?\s*\)")
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
    programme: int | None = None  # the class whose programme the paper is of
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

    @property
    def scale_grade(self) -> int:
        """Return the class whose scale the paper has: that of its programme."""
        return self.programme or self.grade or 0


def is_heading(row: Sequence[object]) -> bool:
    """Return whether a row may stand above a header: few cells, and no school's banner."""
    words = [fold_text(value) for value in row if value is not None]
    if any("уровень сложности" in word or "максимальный балл" in word for word in words):
        return True
    return len(words) <= MOST_HEADING_CELLS and not any("кол-во участников" in w for w in words)


def read_heading(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> PaperHeading:
    """Return what the lines above the block say, with findings about what they lack."""
    rows = place.sheet.cells[block.top : block.header]
    title, stated = find_title(value for row in rows for value in row), _stated(rows)
    names = [name for name in (stated.get("предмет"), title and title.subject) if name]
    codes = {context.subjects.code(cell_text(name)) for name in names} - {None}
    subject = codes.pop() if len(codes) == 1 else None
    day = date_of(stated.get("дата"), place.book.is_1904)
    findings = check_day(place, day, context.school_year, block.top)
    grade, what = _grade(title, stated)
    cell = address(block.top, 0)
    for check, wrong, action in (*_lacks(title, subject, bool(codes), day), *what):
        message = f"строка {block.top + 1}: {wrong}"
        findings.append(place.finding(check, "blocking", message, action, cell=cell))
    programme = title.programme if title else None
    is_autumn = bool(grade) and is_of_autumn(day, programme, grade or 0)
    procedure = declared_session(context) or (AUTUMN if is_autumn else SPRING)
    if grade and procedure == AUTUMN:
        findings.append(_autumn_finding(place, block, day, programme, grade))
    most = cell_number(stated.get("максимальный первичный балл"))
    return PaperHeading(procedure, subject, grade, most, day, programme, findings)


def _grade(
    title: PaperTitle | None, stated: Mapping[str, object]
) -> tuple[int | None, list[tuple[str, str, str]]]:
    """Return the class that wrote, and what is wrong where title and lines do not name one."""
    if title is None:
        return None, []
    words = cell_text(stated.get("класс") or stated.get("параллель")) or ""
    line = re.match(r"\d{1,2}(?!\d)", words)
    named = {*title.grades, *([int(line[0])] if line else [])}
    if len(named) > 1:
        shown = " и ".join(map(str, sorted(named)))
        what = f"не ясно, какой класс писал работу: названы {shown} классы."
        return None, [("paper_title", what, UNCHANGED)]
    grade = next(iter(named), None)
    if grade is None or not 1 <= grade <= 11:
        what = "в строке вида «ВПР 2025 Математика 5 класс» не назван класс."
        return None, [("paper_title", what, UNCHANGED)]
    return grade, []


def _autumn_finding(
    place: SheetPlace,
    block: SheetBlock,
    day: dt.date | None,
    programme: int | None,
    grade: int,
) -> Finding:
    """Return the note that a paper is kept apart from those of spring."""
    more = f", по программе {programme} класса" if programme else ""
    when = f" от {day:%d.%m.%Y}" if day else ""
    return place.finding(
        "autumn_session",
        "note",
        f"строка {block.top + 1}: осенняя работа{when} ({grade} класс{more}) учтена отдельной "
        "сессией и с весенними ВПР этого учебного года не складывается.",
        "Делать ничего не нужно.",
        cell=address(block.top, 0),
    )


def _lacks(
    title: PaperTitle | None, subject: str | None, is_ambiguous: bool, day: dt.date | None
) -> Iterator[tuple[str, str, str]]:
    """Yield what the lines lack or contradict: the check, what is wrong, what to do."""
    if subject is None:
        unknown = "предмет не указан или его нет в registry/subjects.csv."
        differs = "предмет в заголовке и в строке «Предмет» различается."
        yield "subject", differs if is_ambiguous else unknown, UNCHANGED
    if title is None:
        yield "paper_title", "нет строки вида «ВПР 2025 Математика 5 класс».", UNCHANGED
    if title and title.years and day and day.year not in title.years:
        what = f"в заголовке год {title.years[0]}, а дата – {day:%d.%m.%Y}."
        yield "paper_year", what, "Проверьте, тот ли это отчёт; исправьте через corrections.yml."


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
    level: str | None  # basic, advanced, high


LEVELS = {
    "б": "basic", "базовый": "basic",
    "п": "advanced", "повышенный": "advanced",
    "в": "high", "высокий": "high",
}  # fmt: skip
"""Papers of 2026 have tasks of the level «В», high."""


def task_count(row: HeaderRow) -> int:
    """Return how many labels of a header are tasks such as `1 (2б)`."""
    return sum(bool(TASK.fullmatch(cell_text(value) or "")) for value in row.sheet.cells[row.index])


def task_columns(sheet: RawSheet, block: SheetBlock) -> list[TaskColumn]:
    """Return the tasks in the header, such as `9.1 (1б)`, with the level from the row above."""
    row = level_row(sheet, block)
    words = [fold_text(value) for value in sheet.cells[row]] if row is not None else []
    # a Latin B is a «В» where «Б» stands beside it
    levels = {**LEVELS, "b": "high" if "б" in words else "basic"}
    found = []
    for column, value in enumerate(sheet.cells[block.header]):
        match = TASK.fullmatch(cell_text(value) or "")
        if match:
            level = levels.get(words[column]) if column < len(words) else None
            found.append(TaskColumn(column, match[1], float(match[2]), level))
    return found


def level_row(sheet: RawSheet, block: SheetBlock) -> int | None:
    """Return the row that names the levels of tasks, `None` where there is none."""
    found = None
    for index in range(block.top, block.header):
        row = sheet.cells[index]
        if any("уровень сложности" in fold_text(value) for value in row if value is not None):
            found = index
    return found


def unknown_levels(place: SheetPlace, block: SheetBlock, tasks: list[TaskColumn]) -> list[Finding]:
    """Return a warning on the tasks whose level is a word that nobody knows."""
    row = level_row(place.sheet, block)
    if row is None:
        return []
    line = place.sheet.cells[row]
    strange = [
        task.column
        for task in tasks
        if task.level is None and task.column < len(line) and cell_text(line[task.column])
    ]
    words = dict.fromkeys(f"«{cell_text(line[column])}»" for column in strange)
    what = f"незнакомый уровень сложности ({', '.join(words)}): задания учтены без уровня"
    action = "Известны уровни Б, П и В. Сверьте строку с ФИС ОКО; о новом уровне сообщите нам."
    cells = [(row, column) for column in strange]
    return place.cell_findings("task_level", "warning", what, action, cells, table="task_scores")
