"""Exports of ФИС ОКО on the all-Russian tests (ВПР), known by their header rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msoko.ingest.layouts.contract import SURE, Desk, Reading, Recognition
from msoko.ingest.layouts.fis_oko import (
    collection_form,
    distribution,
    group_tables,
    individual_results,
    task_performance,
)
from msoko.ingest.layouts.fis_oko.fis_oko_heading import TASK
from msoko.ingest.sandbox.workbook_reader import Book, Sheet
from msoko.ingest.sheets.cells import folded, text
from msoko.ingest.sheets.sheet_blocks import Place


@dataclass(frozen=True)
class Layout:
    """One layout: the labels its header needs, a label that would speak against it, its reader."""

    code: str
    title: str
    needed: tuple[str, ...]
    needs_tasks: bool
    against: tuple[str, ...]
    read: Callable[[Place, Recognition, Desk], list[Reading]]


LAYOUTS = (
    Layout("vpr_f1", "Ф1 «Индивидуальные результаты»", individual_results.NEEDED, True, (),
           individual_results.read),
    Layout("vpr_f3", "Ф3 «Статистика по отметкам»", group_tables.MARKS_NEEDED, False, ("1", "6"),
           group_tables.read_marks),
    Layout("vpr_journal", "«Сравнение отметок с отметками по журналу»", group_tables.JOURNAL_NEEDED,
           False, (), group_tables.read_journal),
    Layout("vpr_distribution", "«Распределение первичных баллов»", distribution.NEEDED, False, (),
           distribution.read),
    Layout("vpr_tasks", "«Выполнение заданий»", task_performance.NEEDED, False, (),
           task_performance.read),
)  # fmt: skip


def recognise(book: Book) -> list[Recognition]:
    """Return what each visible sheet is or nearly is."""
    found = []
    for sheet in book.sheets:
        form = collection_form.recognise(sheet)
        if form is not None:
            found.append(form)
            continue
        found += [one for layout in LAYOUTS if (one := _recognise(sheet, layout)) is not None]
    return found


def read(book: Book, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the blocks of the recognised sheet."""
    layout = next(one for one in LAYOUTS if one.code == recognition.layout)
    sheet = next(one for one in book.sheets if one.name == recognition.sheet)
    return layout.read(Place(book, sheet), recognition, desk)


def _recognise(sheet: Sheet, layout: Layout) -> Recognition | None:
    """Return how well the best row of the sheet serves as the layout's header."""
    best: tuple[float, int, dict[str, int]] = (0.0, 0, {})
    for index, have in enumerate(sheet.head):
        share = sum(label in have for label in layout.needed) / len(layout.needed)
        if share > best[0]:
            best = (share, index, have)
    share, index, have = best
    if share < 0.5 or not _is_named(layout, have):
        return None
    if share == 1 and any(label in have for label in layout.against):
        return None
    missing = tuple(label for label in layout.needed if label not in have)
    tasks = _task_count(sheet, index)
    if layout.needs_tasks and not tasks and not missing:
        missing = ("задания вида «1 (2б)»",)
    if layout.code == "vpr_tasks" and not _is_tasks_header(have, tasks):
        return None
    titled = _has_title(sheet, index, layout.title)
    confidence = (0.9 + 0.1 * titled) if not missing else SURE * share * 0.9
    shown = [label for label in layout.needed if label in have]  # never other words of the row
    reason = f"в строке {index + 1} заголовки: {', '.join(shown[:6])}"
    if tasks:
        reason += f"; заданий – {tasks}"
    return Recognition(layout.code, layout.title, reason, round(confidence, 2), sheet.name, missing)


def _is_named(layout: Layout, have: dict[str, int]) -> bool:
    """Return whether half of the worded labels are there: digits alone may be data."""
    words = [label for label in layout.needed if not label.isdecimal()]
    return sum(label in have for label in words) * 2 >= len(words)


def _is_tasks_header(have: dict[str, int], tasks: int) -> bool:
    """Return whether columns are tasks, not marks (Ф3) and not the journal comparison."""
    if tasks:
        return True
    plain = [label for label in have if label.isdecimal()]
    return "1" in plain and not any("журнал" in label for label in have)


def _task_count(sheet: Sheet, index: int) -> int:
    return sum(bool(TASK.fullmatch(text(value) or "")) for value in sheet.cells[index])


def _has_title(sheet: Sheet, index: int, title: str) -> bool:
    word = folded(title[title.index("«") + 1 : title.index("»")])
    return any(
        word in folded(value)
        for row in sheet.cells[:index]
        for value in row
        if isinstance(value, str)
    )
