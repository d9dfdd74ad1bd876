"""«Сравнение отметок с отметками по журналу»: who lowered, confirmed, raised, in each group."""

from __future__ import annotations

import numpy as np

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import PaperHeading
from msoko.ingest.layouts.fis_oko.participant_groups import (
    FIX,
    ROUNDING,
    GroupRows,
    check_counts,
    check_percents,
    fill_table,
    read_groups,
)
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.sheets.cells import whole
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, cells_of

CHANGES = {
    "lowered": "понизили (отметка < отметка по журналу)",
    "confirmed": "подтвердили (отметка = отметке по журналу)",
    "raised": "повысили (отметка > отметка по журналу)",
}
NEEDED = (
    "группы участников",
    "кол-во участников(всего)",
    *(f"{label} {tail}" for label in CHANGES.values() for tail in ("%", "кол-во участников")),
)


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the table `journal_comparison`."""
    return read_groups(place, NEEDED, _columns, _fill, context)


LAYOUT = HeaderLayout(
    name="vpr_journal",
    title="«Сравнение отметок с отметками по журналу»",
    needed=NEEDED,
    banner="Сравнение отметок с отметками по журналу",
    read=read,
)


def _columns(block: SheetBlock) -> dict[str, int]:
    named = {"participant_count": block.columns["кол-во участников(всего)"]}
    for name, label in CHANGES.items():
        named[f"{name}_percent"] = block.columns[f"{label} %"]
        named[f"{name}_count"] = block.columns[f"{label} кол-во участников"]
    return named


def _fill(
    place: SheetPlace,
    block: SheetBlock,
    heading: PaperHeading,
    groups: GroupRows,
    parsed: ParsedBlock,
) -> None:
    counts = [f"{name}_count" for name in CHANGES]
    check_percents(place, groups, [f"{name}_percent" for name in CHANGES], parsed)
    check_counts(place, groups, ["participant_count", *counts], parsed)
    _check_parts(place, groups, counts, parsed)
    named = {
        name: whole(values) if name.endswith("_count") else values
        for name, values in groups.values.items()
    }
    frame = groups.frame(heading, **named)
    fill_table(parsed, "journal_comparison", frame, block, groups)


def _check_parts(
    place: SheetPlace, groups: GroupRows, counts: list[str], parsed: ParsedBlock
) -> None:
    """Compare the three counts with the whole, and each share with its count."""
    total = groups.values["participant_count"]
    is_off = np.sum([groups.values[name] for name in counts], axis=0) != total
    what = "понизили + подтвердили + повысили не равно числу участников"
    cells = cells_of(groups.rows[is_off], groups.columns["participant_count"])
    parsed.findings += place.cell_findings("journal_sum", "blocking", what, FIX, cells)
    for name in CHANGES:
        exact = 100 * groups.values[f"{name}_count"] / np.where(total > 0, total, np.nan)
        is_off = np.abs(exact - groups.values[f"{name}_percent"]) > ROUNDING
        cells = cells_of(groups.rows[is_off], groups.columns[f"{name}_percent"])
        what = "доля не соответствует числу участников"
        parsed.findings += place.cell_findings("journal_percent", "blocking", what, FIX, cells)
