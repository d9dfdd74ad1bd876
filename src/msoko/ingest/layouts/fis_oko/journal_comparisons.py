"""«Сравнение отметок с отметками по журналу»: who lowered, confirmed, raised, in each group."""

from __future__ import annotations

import numpy as np

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import PaperHeading
from msoko.ingest.layouts.fis_oko.group_sums import check_sums
from msoko.ingest.layouts.fis_oko.participant_groups import (
    FIX,
    MOST_SHOWN,
    ROUNDING,
    GroupRows,
    check_counts,
    check_percents,
    fill_table,
    printed_step,
    read_groups,
)
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.sheets.cells import address, addresses, whole
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, cells_of

CHANGES = {
    "lowered": "понизили (отметка < отметка по журналу)",
    "confirmed": "подтвердили (отметка = отметке по журналу)",
    "raised": "повысили (отметка > отметка по журналу)",
}
FEW = 0.1
"""A larger share without a mark in the journal is worth a look."""
NEEDED = (
    "группы участников",
    "кол-во участников(всего)",
    *(f"{label} {tail}" for label in CHANGES.values() for tail in ("%", "кол-во участников")),
)


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the table `journal_comparison`."""
    return read_groups(place, NEEDED, _columns, fill_comparison, context)


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


def fill_comparison(
    place: SheetPlace,
    block: SheetBlock,
    heading: PaperHeading,
    groups: GroupRows,
    parsed: ParsedBlock,
) -> None:
    counts = [f"{name}_count" for name in CHANGES]
    check_counts(place, groups, ["participant_count", *counts], parsed)

    def compared() -> np.ndarray:
        return np.sum([groups.values[name] for name in counts], axis=0)

    check_percents(place, groups, [f"{name}_percent" for name in CHANGES], parsed, compared)
    check_sums(place, groups, parsed)
    _check_whole(place, groups, compared(), parsed)
    _check_shares(place, groups, compared(), parsed)
    named = {
        name: whole(values) if name.endswith("_count") else values
        for name, values in groups.values.items()
    }
    # shares are of those with a mark in the journal, and so is the number they are of
    named["participant_count"] = whole(compared())
    frame = groups.frame(heading, **named)
    fill_table(parsed, "journal_comparison", frame, block, groups)


def _check_whole(
    place: SheetPlace, groups: GroupRows, compared: np.ndarray, parsed: ParsedBlock
) -> None:
    """Compare the three counts with the whole: some participants have no mark in the journal."""
    total = groups.values["participant_count"]
    column = groups.columns["participant_count"]
    for row, parts, stated in zip(groups.rows, compared, total, strict=True):
        cell = address(int(row), column)
        if parts > stated:
            message = (
                f"части больше целого: понизили, подтвердили и повысили вместе {parts:g}, "
                f"а участников всего – {stated:g} (ячейка {cell})."
            )
            parsed.findings.append(
                place.finding("journal_sum", "set_aside", message, FIX, cell=cell, row_count=1,
                              rows=(int(row) + 1,))
            )  # fmt: skip
    without = total - compared
    for mask, severity in (
        ((without > 0) & (without <= FEW * total), "note"),
        (without > FEW * total, "warning"),
    ):
        if mask.any():
            parsed.findings.append(_without_mark(place, groups, mask, compared, severity))


def _without_mark(
    place: SheetPlace, groups: GroupRows, mask: np.ndarray, compared: np.ndarray, severity: str
) -> Finding:
    """Return what is said of the participants without a mark in the journal."""
    total, column = groups.values["participant_count"], groups.columns["participant_count"]
    shown = [
        f"{address(int(row), column)} – {all_ - parts:g} из {all_:g}"
        for row, parts, all_ in zip(groups.rows[mask], compared[mask], total[mask], strict=True)
    ]
    more = f" и ещё {len(shown) - MOST_SHOWN}" if len(shown) > MOST_SHOWN else ""
    return place.finding(
        "journal_unmarked",
        severity,
        f"нет отметки в журнале: {'; '.join(shown[:MOST_SHOWN])}{more}. Доли считаются от тех, "
        "у кого она есть, как и в самом отчёте.",
        "Если их много, сверьте, у всех ли классов введены отметки по журналу."
        if severity == "warning"
        else "Делать ничего не нужно.",
        cell=addresses(cells_of(groups.rows[mask], column)),
        row_count=int(mask.sum()),
    )


def _check_shares(
    place: SheetPlace, groups: GroupRows, compared: np.ndarray, parsed: ParsedBlock
) -> None:
    """Compare each share with its count; what is printed is rounded, or cut off."""
    names = [f"{name}_percent" for name in CHANGES]
    allowed = max(ROUNDING, printed_step(groups, names))
    for name in CHANGES:
        exact = 100 * groups.values[f"{name}_count"] / np.where(compared > 0, compared, np.nan)
        is_off = np.abs(exact - groups.values[f"{name}_percent"]) > allowed
        cells = cells_of(groups.rows[is_off], groups.columns[f"{name}_percent"])
        what = "доля не соответствует числу участников с отметкой в журнале"
        parsed.findings += place.cell_findings("journal_percent", "set_aside", what, FIX, cells)
