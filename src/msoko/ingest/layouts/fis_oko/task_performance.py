"""«Выполнение заданий»: the share of points that a group won in each task."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from msoko.ingest.layouts.contract import Desk, Reading, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import Heading, Task, tasks_of
from msoko.ingest.layouts.fis_oko.participant_groups import FIX, Groups, finish, read_groups
from msoko.ingest.sheets.cells import folded, letters, text, whole
from msoko.ingest.sheets.sheet_blocks import Block, Place

NEEDED = ("группы участников", "кол-во участников")


def read(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the readings of «Выполнение заданий»: the table `task_performance`.

    The layout is `unverified`: no real export of it was seen. Maxima stand in the
    header, `1 (2б)`, or in a row «Максимальный балл» above or below plain numbers.
    """
    return read_groups(place, NEEDED, _task_columns, _fill_tasks, desk)


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
    reading.findings += place.cells(
        "percent_range", "blocking", "доля вне пределов от 0 до 100 %", FIX, outside
    )
    header = place.sheet.cells[block.header]
    tasks = [
        declared.get(column) or Task(column, text(header[column]) or "", maxima.get(column), None)
        for column in map(groups.columns.get, names)
    ]
    frame = _long(groups.frame(heading), groups, tasks, names)
    finish(reading, "task_performance", frame, block, groups)


def _long(
    base: pd.DataFrame, groups: Groups, tasks: Sequence[Task], names: Sequence[str]
) -> pd.DataFrame:
    """Return a row per group and task, group after group."""
    group = np.repeat(np.arange(len(base)), len(tasks))
    each = np.tile(np.arange(len(tasks)), len(base))
    return pd.DataFrame(
        {
            **{name: base[name].array.take(group) for name in base.columns},
            "participant_count": whole(groups.values["participant_count"]).take(group),
            "task": pd.array([task.name for task in tasks], dtype="str").take(each),
            "level": pd.array([task.level for task in tasks], dtype="str").take(each),
            "max_score": np.array([task.max_score for task in tasks], dtype=float)[each],
            "source_column": pd.array([letters(one.column) for one in tasks], "str").take(each),
            "performance_percent": np.array([groups.values[name] for name in names]).T.ravel(),
        }
    )


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
