"""Reconciliations within a block of Ф1: sums, ranges, scale, repeats, declared counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from msoko.catalog.registry.mark_scales import marks_possible
from msoko.ingest.layouts.contract import Desk, Reading
from msoko.ingest.layouts.fis_oko.fis_oko_heading import Heading, Task
from msoko.ingest.layouts.fis_oko.individual_rows import FIX, Rows, say
from msoko.ingest.sheets.cells import stood_before
from msoko.ingest.sheets.sheet_blocks import Place


def check_rows(
    place: Place,
    columns: Mapping[str, int],
    heading: Heading,
    tasks: list[Task],
    rows: Rows,
    desk: Desk,
    reading: Reading,
) -> None:
    """Add findings: points outside the task, sums, marks, repeated participants."""
    most = np.array([task.max_score for task in tasks])
    outside = (rows.points < 0) | (rows.points > most) | (rows.points != np.floor(rows.points))
    outside &= ~np.isnan(rows.points) & ~rows.is_bad[:, None]
    wrong = [(int(rows.index[r]), tasks[c].column) for r, c in np.argwhere(outside)]
    say(place, wrong, "points_range", "балл за задание вне пределов от 0 до максимума", reading)
    good = ~rows.is_bad & ~rows.is_absent
    differs = good & (np.nansum(rows.points, axis=1) != rows.total)
    say(
        place,
        [(int(row), columns["первичный балл"]) for row in rows.index[differs]],
        "task_sum",
        "первичный балл не равен сумме баллов за задания",
        reading,
    )
    _check_marks(place, columns, rows, good, reading)
    _check_scale(place, columns, heading, rows, good, desk, reading)
    _check_repeated(place, columns, rows, reading)


def _check_marks(
    place: Place, columns: Mapping[str, int], rows: Rows, good: np.ndarray, reading: Reading
) -> None:
    for name, marks, low in (("отметка", rows.mark, 2), ("отметка по журналу", rows.journal, 1)):
        strange = ~np.isnan(marks) & ~np.isin(marks, range(low, 6)) & ~rows.is_bad
        say(
            place,
            [(int(row), columns[name]) for row in rows.index[strange]],
            "mark_range",
            f"отметка вне пределов от {low} до 5",
            reading,
        )
        rows.is_bad = rows.is_bad | strange
    unmarked = good & np.isnan(rows.mark)
    say(
        place,
        [(int(row), columns["отметка"]) for row in rows.index[unmarked]],
        "no_mark",
        "у участника есть баллы, но нет отметки",
        reading,
        "warning",
    )


def _check_scale(
    place: Place,
    columns: Mapping[str, int],
    heading: Heading,
    rows: Rows,
    good: np.ndarray,
    desk: Desk,
    reading: Reading,
) -> None:
    scale = desk.scales.find(
        desk.school_year, "vpr", heading.subject, heading.grade, heading.max_score
    )
    if scale is None or not scale.gives_marks:
        message = (
            f"нет шкалы отметок ({desk.subjects.name(heading.subject)}, {heading.grade} класс, "
            f"максимум {heading.max_score or 0:g}): отметки не сверены с баллами."
        )
        action = "Впишите шкалу в registry/scales.csv, когда она будет подтверждена."
        reading.findings.append(place.finding("no_scale", "note", message, action))
        return
    lowest, highest = marks_possible(scale, rows.total)
    off = good & ~np.isnan(rows.mark) & ((rows.mark < lowest) | (rows.mark > highest))
    severity = "blocking" if scale.origin in ("seed", "regulation") else "warning"
    what = f"отметка не соответствует баллу по шкале ({scale.origin})"
    say(
        place,
        [(int(row), columns["отметка"]) for row in rows.index[off]],
        "mark_scale",
        what,
        reading,
        severity,
    )


def _check_repeated(place: Place, columns: Mapping[str, int], rows: Rows, reading: Reading) -> None:
    repeated = stood_before(zip(rows.login, rows.code, strict=True)) & ~rows.is_bad
    say(
        place,
        [(int(row), columns["код участника"]) for row in rows.index[repeated]],
        "repeated_participant",
        "код участника повторяется в одной школе",
        reading,
    )
    rows.is_bad = rows.is_bad | repeated


def check_banners(
    place: Place, banners: list[tuple[int, str, int]], rows: Rows, reading: Reading
) -> None:
    """Compare the declared count of each banner with the participants below it.

    Exports differ in whether the absent are counted, so either count will do.
    """
    if not banners and len(rows.index):
        message = "нет строк школ с числом участников: полноту выгрузки сверить не с чем."
        reading.findings.append(place.finding("no_banner", "warning", message, FIX))
    if banners and len(rows.index) and rows.index[0] < banners[0][0]:
        message = f"строка {rows.index[0] + 1}: участники стоят выше первой строки школы."
        reading.findings.append(place.finding("banner_order", "blocking", message, FIX))
    ends = [*(row for row, _, _ in banners[1:]), np.inf][: len(banners)]
    logins = np.array([login or "" for login in rows.login], dtype=object)
    for (row, login, declared), end in zip(banners, ends, strict=True):
        below = (rows.index > row) & (rows.index < end)
        present = int((below & ~rows.is_absent).sum())
        if declared not in (present, int(below.sum())):
            cell = f"A{row + 1}"
            message = f"ячейка {cell}: объявлено участников – {declared}, в таблице – {present}."
            reading.findings.append(
                place.finding("declared_count", "blocking", message, FIX, table="results",
                              cell=cell, row_count=abs(declared - present))
            )  # fmt: skip
        strangers = below & (logins != login)
        say(
            place,
            [(int(r), 0) for r in rows.index[strangers]],
            "banner_login",
            f"логин не той школы, под строкой которой ({login}) стоит участник",
            reading,
        )
