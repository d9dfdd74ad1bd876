"""Ф3 «Статистика по отметкам»: the shares of marks in each group."""

from __future__ import annotations

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import PaperHeading
from msoko.ingest.layouts.fis_oko.group_sums import check_sums
from msoko.ingest.layouts.fis_oko.participant_groups import (
    GroupRows,
    check_counts,
    check_percents,
    fill_table,
    read_groups,
)
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.sheets.cells import whole
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace

MARKS = ("2", "3", "4", "5")
NEEDED = ("группы участников", "кол-во участников", *MARKS)


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the table `mark_shares`."""
    return read_groups(place, NEEDED, _columns, _fill, context)


LAYOUT = HeaderLayout(
    name="vpr_f3",
    title="Ф3 «Статистика по отметкам»",
    needed=NEEDED,
    against=("1", "6"),
    banner="Статистика по отметкам",
    read=read,
)


def _columns(block: SheetBlock) -> dict[str, int]:
    named = {f"share_{mark}_percent": block.columns[mark] for mark in MARKS}
    named["participant_count"] = block.columns["кол-во участников"]
    if "кол-во оо" in block.columns:
        named["school_count"] = block.columns["кол-во оо"]
    return named


def _fill(
    place: SheetPlace,
    block: SheetBlock,
    heading: PaperHeading,
    groups: GroupRows,
    parsed: ParsedBlock,
) -> None:
    shares = [f"share_{mark}_percent" for mark in MARKS]
    counts = [name for name in groups.columns if name.endswith("_count")]
    check_percents(place, groups, shares, parsed)
    check_counts(place, groups, counts, parsed)
    check_sums(place, groups, parsed, shares)
    named = {name: whole(groups.values[name]) for name in counts}
    frame = groups.frame(heading, **named, **{name: groups.values[name] for name in shares})
    fill_table(parsed, "mark_shares", frame, block, groups)
