"""The comparison with the journal as it was until 2021: a group's line, and its parts below it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import is_heading, read_heading
from msoko.ingest.layouts.fis_oko.group_levels import participant_group
from msoko.ingest.layouts.fis_oko.journal_comparisons import CHANGES, fill_comparison
from msoko.ingest.layouts.fis_oko.participant_groups import (
    FIX,
    GROUP_COLUMN,
    UNREADABLE,
    GroupRows,
    check_names,
)
from msoko.ingest.layouts.header_layout import HeaderLayout, HeaderNote, HeaderRow
from msoko.ingest.sheets.cells import cell_number, fold_text, grid
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, body_rows, find_blocks

NEEDED = (GROUP_COLUMN, "кол-во участников", "%")
PARTS = {"пониз": "lowered", "подтверд": "confirmed", "повыс": "raised", "всего": "participant"}
"""How the lines of a group begin."""
COUNTED = "строка части группы: учтена в строке группы"
NO_GROUP = "в строке нет ни группы участников, ни части сравнения"


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the table `journal_comparison`."""
    return [
        _read_block(place, block, context)
        for block in find_blocks(place.sheet, NEEDED, _is_above_header)
    ]


def _look(row: HeaderRow) -> HeaderNote | None:
    """Return the note where lines below the header are parts of the comparison."""
    first = row.labels.get(GROUP_COLUMN, 0)
    lines = row.sheet.cells[row.index + 1 :]
    is_compared = any(_part(line, first) in CHANGES for line in lines)
    return HeaderNote(reason="; сравнение с журналом по строкам") if is_compared else None


LAYOUT = HeaderLayout(
    name="vpr_journal_rows",
    title="«Сравнение отметок с отметками по журналу» прежних лет",
    needed=NEEDED,
    banner="Сравнение отметок с отметками по журналу",
    look=_look,
    read=read,
)


class StackedGroups(GroupRows):
    """The groups of a block in which each group has a line of its own and lines of its parts."""

    def __init__(
        self, place: SheetPlace, block: SheetBlock, parsed: ParsedBlock, context: ReadingContext
    ) -> None:
        cells = grid(place.sheet.cells)
        body = body_rows(cells, block)
        parsed.rows_in = len(body)
        first = block.columns[GROUP_COLUMN]
        count, share = block.columns["кол-во участников"], block.columns["%"]
        self.columns = {
            "participant_count": count,
            **{f"{name}_count": count for name in CHANGES},
            **{f"{name}_percent": share for name in CHANGES},
        }
        found: dict[int, dict[str, float | None]] = {}
        group = None
        for row in map(int, body):
            part = _part(cells[row], first)
            if part is None and participant_group(cells[row, first], context.logins) is not None:
                group = row
                found[row] = {}
            elif part is None or group is None:
                parsed.reject([row], NO_GROUP)
            else:
                found[group][f"{part}_count"] = cell_number(cells[row, count])
                if part in CHANGES:
                    found[group][f"{part}_percent"] = cell_number(cells[row, share])
                parsed.reject([row], COUNTED)
        self._fill(place, cells, first, found, parsed, context)

    def _fill(
        self,
        place: SheetPlace,
        cells: np.ndarray,
        first: int,
        found: dict[int, dict[str, float | None]],
        parsed: ParsedBlock,
        context: ReadingContext,
    ) -> None:
        """Take the groups that have all three parts; tell the others by their cell."""
        counts = [f"{name}_count" for name in CHANGES]
        for values in found.values():
            parts = [values.get(name) for name in counts]
            if values.get("participant_count") is None and None not in parts:
                values["participant_count"] = float(sum(one or 0 for one in parts))
        self.rows = np.array(list(found), dtype=int)
        self.groups = [
            group
            for row in found
            if (group := participant_group(cells[row, first], context.logins))
        ]
        self.values = {
            name: np.array(
                [np.nan if one.get(name) is None else one[name] for one in found.values()], float
            )
            for name in self.columns
        }
        lacks = np.isnan(np.array(list(self.values.values()))).any(axis=0)
        rows = [int(row) for row in self.rows[lacks]]
        what = "у группы нет чисел или долей понизивших, подтвердивших и повысивших"
        wrong = [(row, first) for row in rows]
        parsed.findings += place.cell_findings("unreadable", "set_aside", what, FIX, wrong)
        self.drop(rows, UNREADABLE, parsed)
        self._settle(place, first, parsed)


def _part(line: Sequence[object] | np.ndarray, first: int) -> str | None:
    """Return which part of a group a line is, `None` where it is none."""
    words = fold_text(line[first]) if first < len(line) else ""  # type: ignore[arg-type]
    return next((part for start, part in PARTS.items() if words.startswith(start)), None)


def _is_above_header(row: Sequence[object]) -> bool:
    return is_heading(row) and not any(_part(row, column) for column in range(len(row)))


def _read_block(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> ParsedBlock:
    heading = read_heading(place, block, context)
    parsed = ParsedBlock(block=block.number, findings=list(heading.findings), paper=heading.paper)
    groups = StackedGroups(place, block, parsed, context)
    if heading.is_usable:
        check_names(place, groups, block, parsed)
        fill_comparison(place, block, heading, groups, parsed)
    else:
        parsed.reject(groups.rows, "не известно, какая это работа")
    return parsed
