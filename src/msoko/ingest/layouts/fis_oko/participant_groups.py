"""Rows that are groups of participants: their numbers, and checks that all such tables share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import Desk, Reading
from msoko.ingest.layouts.fis_oko.fis_oko_heading import Heading, group_of, is_heading, read_heading
from msoko.ingest.sheets.cells import address, folded, grid, letters, numbers, text
from msoko.ingest.sheets.sheet_blocks import Block, Place, blocks, filled_rows

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
            what = "значение пусто или не число"
            reading.findings += place.cells("unreadable", "blocking", what, FIX, wrong)
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

    def frame(self, heading: Heading, **more: object) -> pd.DataFrame:
        """Return one row per group with the columns that all group tables share, and `more`."""
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
                **more,
            }
        )


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
    return place.cells(
        "count_range", "blocking", "число участников или ОО отрицательно или дробно", FIX, wrong
    )


def check_percents(place: Place, groups: Groups, names: Sequence[str]) -> list[Finding]:
    """Return findings for shares outside 0–100 and for rows whose shares do not make 100."""
    outside = [
        (int(row), groups.columns[name])
        for name in names
        for row in groups.rows[(groups.values[name] < 0) | (groups.values[name] > 100)]
    ]
    findings = place.cells(
        "percent_range", "blocking", "доля вне пределов от 0 до 100 %", FIX, outside
    )
    total = np.sum([groups.values[name] for name in names], axis=0)
    gap = np.abs(total - 100)
    first = groups.columns[names[0]]
    for mask, severity in ((gap > 1, "blocking"), ((gap > ROUNDING) & (gap <= 1), "warning")):
        cells = [(int(row), first) for row in groups.rows[mask]]
        findings += place.cells("percent_sum", severity, "доли в строке не дают 100 %", FIX, cells)
    return findings


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


def read_groups(
    place: Place,
    needed: Sequence[str],
    columns_of: Callable[[Block], dict[str, int]],
    fill: Fill,
    desk: Desk,
) -> list[Reading]:
    """Return one reading per block; `fill` turns the groups of a block into a table."""
    readings = []
    for block in blocks(place.sheet, needed, is_heading):
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


def finish(reading: Reading, table: str, frame: pd.DataFrame, block: Block, groups: Groups) -> None:
    """Put the table, and where its columns stood, into the reading."""
    named = {name: letters(column) for name, column in groups.columns.items() if name in frame}
    named["group_name"] = letters(block.columns["группы участников"])
    reading.tables = {table: frame}
    reading.columns = {table: named}
