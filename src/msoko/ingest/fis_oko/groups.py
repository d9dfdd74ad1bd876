"""Tables whose rows are groups of participants: Ф3, comparison with the journal, tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from msoko.ingest.cells import address, addresses, folded, grid, letters, numbers, text
from msoko.ingest.findings import Finding
from msoko.ingest.fis_oko.heading import (
    Block,
    Heading,
    Place,
    blocks,
    filled_rows,
    group_of,
    read_heading,
    tasks_of,
)
from msoko.ingest.layouts import Desk, Reading, Recognition

MARK_LABELS = ("2", "3", "4", "5")
MARKS_NEEDED = ("группы участников", "кол-во участников", *MARK_LABELS)
LOWERED = "понизили (отметка < отметка по журналу)"
CONFIRMED = "подтвердили (отметка = отметке по журналу)"
RAISED = "повысили (отметка > отметка по журналу)"
JOURNAL_NEEDED = (
    "группы участников",
    "кол-во участников(всего)",
    *(f"{word} {tail}" for word in (LOWERED, CONFIRMED, RAISED)
      for tail in ("%", "кол-во участников")),
)  # fmt: skip
TASKS_NEEDED = ("группы участников", "кол-во участников")
ROUNDING = 0.1
"""Four shares printed to two decimals miss 100 by 0.02; some exports print one decimal."""
FIX = "Выгрузите отчёт заново из ФИС ОКО; подтверждённую правку запишите в corrections.yml."
Fill = Callable[[Place, Block, Heading, "Groups", Reading], None]


class Groups:
    """The rows of a block: their groups and the numbers of named columns."""

    def __init__(self, place: Place, block: Block, columns: dict[str, int], reading: Reading):
        cells = grid(place.sheet.cells)
        body = filled_rows(cells[block.header + 1 : block.end]) + block.header + 1
        reading.rows_in = len(body)
        first = block.columns["группы участников"]
        is_group = np.array([self._is_group(cells[row], first, columns) for row in body], bool)
        self._set_aside(place, cells, body[~is_group], reading)
        self.rows = body[is_group]
        self.columns = columns
        self.cells = cells
        self.groups = [group_of(cells[row, first]) for row in self.rows]
        self.values: dict[str, np.ndarray] = {}
        wrong = []
        for name, column in columns.items():
            self.values[name], bad = numbers(cells[self.rows, column])
            if name != "school_count":
                bad = bad | np.isnan(self.values[name])
            wrong += [(int(row), column) for row in self.rows[bad]]
        if wrong:
            reading.findings.append(
                place.finding("unreadable", "blocking",
                              f"значение пусто или не число: ячейки {addresses(wrong)}.", FIX,
                              cell=addresses(wrong), row_count=len({row for row, _ in wrong}))
            )  # fmt: skip
            self._drop({row for row, _ in wrong}, reading)

    @staticmethod
    def _is_group(row: np.ndarray, first: int, columns: dict[str, int]) -> bool:
        words = folded(row[first])
        if not words or words.startswith(("максимальный балл", "макс. балл")):
            return False
        return any(row[column] is not None for column in columns.values())

    def _set_aside(
        self, place: Place, cells: np.ndarray, others: np.ndarray, reading: Reading
    ) -> None:
        for row in others:
            words = [text(value) for value in cells[row] if value is not None]
            if any("балл" in folded(word) for word in words):
                reading.set_aside.append((int(row) + 1, "строка максимальных баллов: учтена"))
                continue
            reading.set_aside.append((int(row) + 1, "в строке нет группы участников или чисел"))
            severity = "blocking" if len(words) > 2 else "warning"
            message = f"строка {row + 1}: не названа группа участников, строка не прочитана."
            reading.findings.append(
                place.finding("no_group", severity, message, FIX, cell=f"A{row + 1}")
            )

    def _drop(self, rows: set[int], reading: Reading) -> None:
        keep = np.array([int(row) not in rows for row in self.rows], dtype=bool)
        reading.set_aside += [
            (row + 1, "в строке есть нечитаемое значение") for row in sorted(rows)
        ]
        self.rows = self.rows[keep]
        self.groups = [group for group, kept in zip(self.groups, keep, strict=True) if kept]
        self.values = {name: value[keep] for name, value in self.values.items()}

    def frame(self, heading: Heading) -> pd.DataFrame:
        """Return one row per group with the columns that all group tables share."""
        return pd.DataFrame(
            {
                "procedure": "vpr",
                "subject": heading.subject,
                "grade": heading.grade,
                "group_level": [group.level for group in self.groups],
                "group_name": [group.name for group in self.groups],
                "school_code": [
                    group.code if group.level == "school" else None for group in self.groups
                ],
                "school_name": [
                    group.name if group.level == "school" else None for group in self.groups
                ],
                "source_row": self.rows + 1,
            }
        )


def whole(values: np.ndarray) -> Any:
    """Return counts as nullable integers."""
    return pd.array(values, dtype="Float64").round().astype("Int64")


def check_counts(place: Place, groups: Groups, names: Sequence[str]) -> list[Finding]:
    """Return findings for counts that are negative or not whole."""
    wrong = [
        (int(row), groups.columns[name])
        for name in names
        for row in groups.rows[
            (groups.values[name] < 0) | (groups.values[name] != np.floor(groups.values[name]))
        ]
        if not np.isnan(groups.values[name][list(groups.rows).index(row)])
    ]
    return _wrong(place, wrong, "count_range", "число участников или ОО отрицательно или дробно")


def check_percents(place: Place, groups: Groups, names: Sequence[str]) -> list[Finding]:
    """Return findings for shares outside 0–100 and for rows whose shares do not make 100."""
    outside = [
        (int(row), groups.columns[name])
        for name in names
        for row in groups.rows[(groups.values[name] < 0) | (groups.values[name] > 100)]
    ]
    findings = _wrong(place, outside, "percent_range", "доля вне пределов от 0 до 100 %")
    total = np.sum([groups.values[name] for name in names], axis=0)
    gap = np.abs(total - 100)
    first = groups.columns[names[0]]
    for mask, severity in ((gap > 1, "blocking"), ((gap > ROUNDING) & (gap <= 1), "warning")):
        cells = [(int(row), first) for row in groups.rows[mask]]
        findings += _wrong(place, cells, "percent_sum", "доли в строке не дают 100 %", severity)
    return findings


def _wrong(
    place: Place, cells: list[tuple[int, int]], check: str, what: str, severity: str = "blocking"
) -> list[Finding]:
    if not cells:
        return []
    shown = addresses(cells)
    count = len({row for row, _ in cells})
    return [place.finding(check, severity, f"{what}: ячейки {shown}.", FIX,
                          cell=shown, row_count=count)]  # fmt: skip


def check_names(place: Place, groups: Groups, block: Block) -> list[Finding]:
    """Return a finding for each group that stands twice."""
    seen: dict[tuple[str, str], int] = {}
    findings = []
    column = block.columns["группы участников"]
    for row, group in zip(groups.rows, groups.groups, strict=True):
        key = (group.level, group.code or folded(group.name))
        if key in seen:
            message = f"группа повторяется: строки {seen[key] + 1} и {row + 1}."
            findings.append(place.finding("repeated_group", "blocking", message, FIX,
                                          cell=address(int(row), column)))  # fmt: skip
        seen.setdefault(key, int(row))
    return findings


def _read(
    place: Place,
    needed: Sequence[str],
    columns_of: Callable[[Block], dict[str, int]],
    fill: Fill,
    desk: Desk,
) -> list[Reading]:
    readings = []
    for block in blocks(place.sheet, needed):
        heading = read_heading(place, block, desk)
        reading = Reading(block=block.number, findings=list(heading.findings))
        reading.paper = {"procedure": "vpr", "subject": heading.subject, "grade": heading.grade,
                         "day": heading.day}  # fmt: skip
        groups = Groups(place, block, columns_of(block), reading)
        if heading.is_usable:
            reading.findings += check_names(place, groups, block)
            fill(place, block, heading, groups, reading)
        else:
            why = "не известно, какая это работа"
            reading.set_aside += [(int(row) + 1, why) for row in groups.rows]
        readings.append(reading)
    return readings


def read_marks(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the readings of Ф3: the table `mark_shares`."""

    def columns(block: Block) -> dict[str, int]:
        named = {f"share_{mark}_percent": block.columns[mark] for mark in MARK_LABELS}
        named["participant_count"] = block.columns["кол-во участников"]
        if "кол-во оо" in block.columns:
            named["school_count"] = block.columns["кол-во оо"]
        return named

    return _read(place, MARKS_NEEDED, columns, _fill_marks, desk)


def _fill_marks(
    place: Place, block: Block, heading: Heading, groups: Groups, reading: Reading
) -> None:
    shares = [f"share_{mark}_percent" for mark in MARK_LABELS]
    counts = [name for name in groups.columns if name.endswith("_count")]
    reading.findings += check_percents(place, groups, shares)
    reading.findings += check_counts(place, groups, counts)
    frame = groups.frame(heading)
    for name in counts:
        frame[name] = whole(groups.values[name])
    for name in shares:
        frame[name] = groups.values[name]
    _finish(reading, "mark_shares", frame, block, groups)


def _finish(
    reading: Reading, table: str, frame: pd.DataFrame, block: Block, groups: Groups
) -> None:
    named = {name: letters(column) for name, column in groups.columns.items() if name in frame}
    named["group_name"] = letters(block.columns["группы участников"])
    reading.tables = {table: frame}
    reading.columns = {table: named}


def read_journal(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the readings of the journal comparison: the table `journal_comparison`."""

    def columns(block: Block) -> dict[str, int]:
        named = {"participant_count": block.columns["кол-во участников(всего)"]}
        for name, label in (("lowered", LOWERED), ("confirmed", CONFIRMED), ("raised", RAISED)):
            named[f"{name}_percent"] = block.columns[f"{label} %"]
            named[f"{name}_count"] = block.columns[f"{label} кол-во участников"]
        return named

    return _read(place, JOURNAL_NEEDED, columns, _fill_journal, desk)


def _fill_journal(
    place: Place, block: Block, heading: Heading, groups: Groups, reading: Reading
) -> None:
    sides = ("lowered", "confirmed", "raised")
    counts = [f"{side}_count" for side in sides]
    reading.findings += check_percents(place, groups, [f"{side}_percent" for side in sides])
    reading.findings += check_counts(place, groups, ["participant_count", *counts])
    total = groups.values["participant_count"]
    parts = np.sum([groups.values[name] for name in counts], axis=0)
    column = groups.columns["participant_count"]
    cells = [(int(row), column) for row in groups.rows[parts != total]]
    what = "понизили + подтвердили + повысили не равно числу участников"
    reading.findings += _wrong(place, cells, "journal_sum", what)
    for side in sides:
        exact = 100 * groups.values[f"{side}_count"] / np.where(total > 0, total, np.nan)
        off = np.abs(exact - groups.values[f"{side}_percent"]) > ROUNDING
        cells = [(int(row), groups.columns[f"{side}_percent"]) for row in groups.rows[off]]
        what = "доля не соответствует числу участников"
        reading.findings += _wrong(place, cells, "journal_percent", what)
    frame = groups.frame(heading)
    for name, values in groups.values.items():
        frame[name] = whole(values) if name.endswith("_count") else values
    _finish(reading, "journal_comparison", frame, block, groups)


def read_tasks(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the readings of «Выполнение заданий»: the table `task_performance`.

    The layout is `unverified`: no real export of it was seen. Maxima stand in the
    header, `1 (2б)`, or in a row «Максимальный балл» above or below plain numbers.
    """
    return _read(place, TASKS_NEEDED, _task_columns, _fill_tasks, desk)


def _task_columns(block: Block) -> dict[str, int]:
    named = {"participant_count": block.columns["кол-во участников"]}
    if "кол-во оо" in block.columns:
        named["school_count"] = block.columns["кол-во оо"]
    last = max(named.values())
    for label, column in block.columns.items():
        if column > last:
            named[f"task {label}"] = column
    return named


def _fill_tasks(
    place: Place, block: Block, heading: Heading, groups: Groups, reading: Reading
) -> None:
    declared = {task.column: task for task in tasks_of(place.sheet, block)}
    maxima = _maxima_row(place, block)
    names = [name for name in groups.columns if name.startswith("task ")]
    outside = [
        (int(row), groups.columns[name])
        for name in names
        for row in groups.rows[(groups.values[name] < 0) | (groups.values[name] > 100)]
    ]
    reading.findings += _wrong(place, outside, "percent_range", "доля вне пределов от 0 до 100 %")
    base = groups.frame(heading).assign(participant_count=whole(groups.values["participant_count"]))
    pieces = []
    for name in names:
        column = groups.columns[name]
        task = declared.get(column)
        most = task.max_score if task else maxima.get(column)
        pieces.append(
            base.assign(
                task=task.name if task else text(place.sheet.cells[block.header][column]),
                level=task.level if task else None,
                max_score=most,
                performance_percent=groups.values[name],
                source_column=letters(column),
            )
        )
    frame = pd.concat(pieces, ignore_index=True) if pieces else base.iloc[:0]
    frame = frame.sort_values("source_row", kind="stable").reset_index(drop=True)
    _finish(reading, "task_performance", frame, block, groups)


def _maxima_row(place: Place, block: Block) -> dict[int, float]:
    """Return task maxima by column from a row «Максимальный балл», empty where there is none."""
    rows = (
        place.sheet.cells[block.top : block.header]
        + place.sheet.cells[block.header + 1 : block.header + 2]
    )
    for row in rows:
        if any(folded(value).startswith(("максимальный балл", "макс. балл")) for value in row
               if value is not None):  # fmt: skip
            return {
                column: float(value)
                for column, value in enumerate(row)
                if isinstance(value, (int, float)) and not isinstance(value, bool)
            }
    return {}
