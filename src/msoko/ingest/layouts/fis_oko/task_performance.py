"""«Выполнение заданий»: the share of points that a group won in each task."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import (
    PaperHeading,
    TaskColumn,
    task_columns,
    task_count,
    unknown_levels,
)
from msoko.ingest.layouts.fis_oko.group_sums import check_sums
from msoko.ingest.layouts.fis_oko.participant_groups import (
    GroupRows,
    check_limits,
    fill_table,
    read_groups,
)
from msoko.ingest.layouts.header_layout import HeaderLayout, HeaderNote, HeaderRow
from msoko.ingest.sheets.cells import cell_text, fold_text, letters, whole
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace

NEEDED = ("группы участников", "кол-во участников")


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the table `task_performance`.

    The layout is `unverified`: no real export of it was seen. Maxima stand in the
    header, `1 (2б)`, or in a row «Максимальный балл» above or below plain numbers.
    """
    return read_groups(place, NEEDED, _task_columns, _fill_tasks, context)


def _look(row: HeaderRow) -> HeaderNote | None:
    """Return the note where columns are tasks, not marks (Ф3) and not the journal comparison."""
    count = task_count(row)
    if count:
        return HeaderNote(reason=f"; заданий – {count}")
    has_plain = "1" in row.labels and not any("журнал" in label for label in row.labels)
    return HeaderNote() if has_plain else None


LAYOUT = HeaderLayout(
    name="vpr_tasks",
    title="«Выполнение заданий»",
    needed=NEEDED,
    banner="Выполнение заданий",
    look=_look,
    read=read,
)


def _task_columns(block: SheetBlock) -> dict[str, int]:
    named = {"participant_count": block.columns["кол-во участников"]}
    if "кол-во оо" in block.columns:
        named["school_count"] = block.columns["кол-во оо"]
    last = max(named.values())
    for label, column in block.columns.items():
        if column > last:
            named[f"task {label}"] = column
    return named


def _fill_tasks(
    place: SheetPlace,
    block: SheetBlock,
    heading: PaperHeading,
    groups: GroupRows,
    parsed: ParsedBlock,
) -> None:
    declared = {task.column: task for task in task_columns(place.sheet, block)}
    maxima = _maxima_row(place, block)
    names = [name for name in groups.columns if name.startswith("task ")]
    parsed.findings += unknown_levels(place, block, list(declared.values()))
    check_limits(place, groups, names, parsed)
    check_sums(place, groups, parsed, names)
    header = place.sheet.cells[block.header]
    tasks = [
        declared.get(column)
        or TaskColumn(column, cell_text(header[column]) or "", maxima.get(column), None)
        for column in map(groups.columns.get, names)
    ]
    frame = _long(groups.frame(heading), groups, tasks, names)
    fill_table(parsed, "task_performance", frame, block, groups)


def _long(
    base: pd.DataFrame, groups: GroupRows, tasks: Sequence[TaskColumn], names: Sequence[str]
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


def _maxima_row(place: SheetPlace, block: SheetBlock) -> dict[int, float]:
    """Return task maxima by column from a row «Максимальный балл», empty where there is none."""
    rows = (
        place.sheet.cells[block.top : block.header]
        + place.sheet.cells[block.header + 1 : block.header + 2]
    )
    for row in rows:
        if any(fold_text(value).startswith(("максимальный балл", "макс. балл")) for value in row
               if value is not None):  # fmt: skip
            return {
                column: float(value)
                for column, value in enumerate(row)
                if isinstance(value, (int, float)) and not isinstance(value, bool)
            }
    return {}
