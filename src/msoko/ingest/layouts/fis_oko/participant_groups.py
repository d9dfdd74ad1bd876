"""Rows that are groups of participants: their numbers, and checks that all such tables share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.fis_oko.fis_oko_heading import (
    PaperHeading,
    is_heading,
    read_heading,
)
from msoko.ingest.layouts.fis_oko.group_levels import UNKNOWN, participant_group, settled_levels
from msoko.ingest.sheets.cells import (
    address,
    addresses,
    cell_numbers,
    cell_text,
    fold_text,
    grid,
    letters,
)
from msoko.ingest.sheets.sheet_blocks import (
    SheetBlock,
    SheetPlace,
    body_rows,
    cells_of,
    find_blocks,
)

GROUP_COLUMN = "группы участников"
MOST_SHOWN = 5
ROUNDING = 0.1
"""Four shares printed to two decimals miss 100 by 0.02; some exports print one decimal."""
FIX = "Выгрузите отчёт заново из ФИС ОКО; подтверждённую правку запишите в corrections.yml."
NO_KIND = "не ясно, что это за группа: ни в один итог не вошла"
UNREADABLE = "в строке есть нечитаемое значение"
OUT_OF_LIMITS = "в строке есть число вне допустимых пределов"
Fill = Callable[[SheetPlace, SheetBlock, PaperHeading, "GroupRows", ParsedBlock], None]


class GroupRows:
    """The rows of a block: their groups and the numbers of named columns."""

    def __init__(
        self,
        place: SheetPlace,
        block: SheetBlock,
        columns: dict[str, int],
        parsed: ParsedBlock,
        logins: Collection[str] = (),
    ) -> None:
        cells = grid(place.sheet.cells)
        body = body_rows(cells, block)
        parsed.rows_in = len(body)
        first = block.columns[GROUP_COLUMN]
        is_group = np.array([self._is_group(cells[row], first, columns) for row in body], bool)
        self._reject_others(place, cells, body[~is_group], parsed)
        self.rows = body[is_group]
        self.columns = columns
        self.groups = [participant_group(cells[row, first], logins) for row in self.rows]
        self.values: dict[str, np.ndarray] = {}
        wrong = []
        for name, column in columns.items():
            self.values[name], bad = cell_numbers(cells[self.rows, column])
            if name != "school_count":
                bad = bad | np.isnan(self.values[name])
            wrong += cells_of(self.rows[bad], column)
        what = "значение пусто или не число"
        parsed.findings += place.cell_findings("unreadable", "set_aside", what, FIX, wrong)
        self.drop([row for row, _ in wrong], UNREADABLE, parsed)
        self._settle(place, first, parsed)

    def _settle(self, place: SheetPlace, column: int, parsed: ParsedBlock) -> None:
        """Give each group its level, and set aside the rows whose level nobody can tell."""
        counts = self.values["participant_count"]
        levels = settled_levels([group.level for group in self.groups], counts)
        self.groups = [
            replace(group, level=level) for group, level in zip(self.groups, levels, strict=True)
        ]
        strange = [i for i, level in enumerate(levels) if level == UNKNOWN]
        parsed.findings += unknown_groups(
            place,
            cells_of(self.rows[strange], column),
            [self.groups[i].name for i in strange],
            [self.groups[i].code for i in strange],
            counts[strange],
        )
        self.drop([int(self.rows[i]) for i in strange], NO_KIND, parsed)

    @staticmethod
    def _is_group(row: np.ndarray, first: int, columns: dict[str, int]) -> bool:
        words = fold_text(row[first])
        if not words or words.startswith(("максимальный балл", "макс. балл")):
            return False
        return any(row[column] is not None for column in columns.values())

    @staticmethod
    def _reject_others(
        place: SheetPlace, cells: np.ndarray, others: np.ndarray, parsed: ParsedBlock
    ) -> None:
        for row in others:
            words = [cell_text(value) for value in cells[row] if value is not None]
            if any("балл" in fold_text(word) for word in words):
                parsed.reject([row], "строка максимальных баллов: учтена")
                continue
            parsed.reject([row], "в строке нет группы участников или чисел")
            severity = "set_aside" if len(words) > 2 else "warning"
            message = f"строка {row + 1}: не названа группа участников, строка не прочитана."
            parsed.findings.append(
                place.finding("no_group", severity, message, FIX, cell=f"A{row + 1}",
                              row_count=1, rows=(int(row) + 1,))
            )  # fmt: skip

    def drop(self, rows: Sequence[int], reason: str, parsed: ParsedBlock) -> None:
        """Set rows of the sheet aside: their groups are no longer here."""
        if not rows:
            return
        dropped = {int(row) for row in rows}
        keep = np.array([int(row) not in dropped for row in self.rows], dtype=bool)
        parsed.reject(sorted(dropped), reason)
        self.rows = self.rows[keep]
        self.groups = [group for group, is_kept in zip(self.groups, keep, strict=True) if is_kept]
        self.values = {name: value[keep] for name, value in self.values.items()}

    def frame(self, heading: PaperHeading, **more: object) -> pd.DataFrame:
        """Return one row per group with the columns that all group tables share, and `more`."""
        schools = [group if group.level == "school" else None for group in self.groups]
        return pd.DataFrame(
            {
                "procedure": heading.procedure,
                "subject": heading.subject,
                "grade": heading.grade,
                "group_level": [group.level for group in self.groups],
                "group_name": [group.name for group in self.groups],
                "school_code": [school and school.code for school in schools],
                "school_name": [school and school.name for school in schools],
                "source_row": self.rows + 1,
                **more,
            }
        )


def unknown_groups(
    place: SheetPlace,
    cells: Sequence[tuple[int, int]],
    names: Sequence[str],
    codes: Sequence[str | None],
    counts: np.ndarray,
) -> list[Finding]:
    """Return the warning on rows that are neither region, municipality nor a known school."""
    if not cells:
        return []
    shown = [
        f"«{name}»{f' ({code})' if code else ''} в {address(*cell)}, участников – {count:g}"
        for cell, name, code, count in zip(cells, names, codes, counts, strict=True)
    ]
    more = f" и ещё {len(shown) - MOST_SHOWN}" if len(shown) > MOST_SHOWN else ""
    message = (
        "не ясно, регион это, муниципалитет или организация: "
        f"{'; '.join(shown[:MOST_SHOWN])}{more}. Строки отложены и ни в один итог не вошли."
    )
    action = (
        "Если это организация, впишите её логин в data/raw/schools.csv (столбец vpr_login); "
        "если часть региона – делать ничего не нужно."
    )
    return [
        place.finding("group_kind", "warning", message, action, cell=addresses(cells),
                      row_count=len(cells))
    ]  # fmt: skip


def check_counts(
    place: SheetPlace, groups: GroupRows, names: Sequence[str], parsed: ParsedBlock
) -> None:
    """Set aside rows with a count that is negative or not whole, and tell the cells."""
    what = "число участников или ОО отрицательно или дробно"
    wrong = []
    for name in names:
        values = groups.values[name]
        is_off = (values < 0) | (~np.isnan(values) & (values != np.floor(values)))
        wrong += cells_of(groups.rows[is_off], groups.columns[name])
    parsed.findings += place.cell_findings("count_range", "set_aside", what, FIX, wrong)
    groups.drop([row for row, _ in wrong], OUT_OF_LIMITS, parsed)


def check_limits(
    place: SheetPlace, groups: GroupRows, names: Sequence[str], parsed: ParsedBlock
) -> None:
    """Set aside rows with a share outside 0–100, and tell the cells."""
    wrong = []
    for name in names:
        values = groups.values[name]
        wrong += cells_of(groups.rows[(values < 0) | (values > 100)], groups.columns[name])
    what = "доля вне пределов от 0 до 100 %"
    parsed.findings += place.cell_findings("percent_range", "set_aside", what, FIX, wrong)
    groups.drop([row for row, _ in wrong], OUT_OF_LIMITS, parsed)


def check_percents(
    place: SheetPlace,
    groups: GroupRows,
    names: Sequence[str],
    parsed: ParsedBlock,
    sizes: Callable[[], np.ndarray] | None = None,
) -> None:
    """Check the limits of shares, and tell the rows whose shares do not make 100.

    `sizes`: how many participants the shares are of, by default all; of nobody there are none.
    """
    check_limits(place, groups, names, parsed)
    total = np.sum([groups.values[name] for name in names], axis=0)
    of_whom = groups.values["participant_count"] if sizes is None else sizes()
    gap = np.where((of_whom == 0) & (total == 0), 0, np.abs(total - 100))
    allowed = max(ROUNDING, len(names) * printed_step(groups, names) / 2)
    first = groups.columns[names[0]]
    far = max(1.0, allowed)
    for mask, severity in ((gap > far, "set_aside"), ((gap > allowed) & (gap <= far), "warning")):
        cells = cells_of(groups.rows[mask], first)
        what = "доли в строке не дают 100 %"
        parsed.findings += place.cell_findings("percent_sum", severity, what, FIX, cells)


def printed_step(groups: GroupRows, names: Sequence[str]) -> float:
    """Return the step of the printed shares: 0.01, 0.1 or, where all are whole numbers, 1."""
    values = np.concatenate([groups.values[name] for name in names])
    for step in (1.0, 0.1):
        if np.allclose(values / step, np.round(values / step), rtol=0, atol=1e-6):
            return step
    return 0.01


def check_names(
    place: SheetPlace, groups: GroupRows, block: SheetBlock, parsed: ParsedBlock
) -> None:
    """Tell each group that stands twice, and set its second row aside."""
    first: dict[tuple[str, str], int] = {}
    column = block.columns[GROUP_COLUMN]
    repeated = []
    for row, group in zip(map(int, groups.rows), groups.groups, strict=True):
        before = first.setdefault((group.level, group.code or fold_text(group.name)), row)
        if before != row:
            repeated.append(row)
            message = f"группа повторяется: строки {before + 1} и {row + 1}."
            parsed.findings.append(
                place.finding("repeated_group", "set_aside", message, FIX,
                              cell=address(row, column), row_count=1, rows=(row + 1,))
            )  # fmt: skip
    groups.drop(repeated, "группа повторяется", parsed)


def read_groups(
    place: SheetPlace,
    needed: Sequence[str],
    columns_of: Callable[[SheetBlock], dict[str, int]],
    fill: Fill,
    context: ReadingContext,
) -> list[ParsedBlock]:
    """Return the blocks of the sheet; `fill` turns the groups of a block into a table."""
    parsed_blocks = []
    for block in find_blocks(place.sheet, needed, is_heading):
        heading = read_heading(place, block, context)
        parsed = ParsedBlock(
            block=block.number, findings=list(heading.findings), paper=heading.paper
        )
        groups = GroupRows(place, block, columns_of(block), parsed, context.logins)
        if heading.is_usable:
            check_names(place, groups, block, parsed)
            fill(place, block, heading, groups, parsed)
        else:
            parsed.reject(groups.rows, "не известно, какая это работа")
        parsed_blocks.append(parsed)
    return parsed_blocks


def fill_table(
    parsed: ParsedBlock, table: str, frame: pd.DataFrame, block: SheetBlock, groups: GroupRows
) -> None:
    """Give the block its table, and where the table's columns stood."""
    named = {name: letters(column) for name, column in groups.columns.items() if name in frame}
    named["group_name"] = letters(block.columns[GROUP_COLUMN])
    parsed.tables = {table: frame}
    parsed.columns = {table: named}
