"""What a table of groups says twice: a whole and the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from msoko.ingest.ingest_findings import Severity
from msoko.ingest.layouts.contract import ParsedBlock
from msoko.ingest.layouts.fis_oko.participant_groups import FIX, GroupRows
from msoko.ingest.sheets.cells import address
from msoko.ingest.sheets.sheet_blocks import SheetPlace

FAR = 0.1
"""A whole and its parts that differ by more than this share of the whole stop what reads them."""
SHARE_GAP = 0.2
"""Percentage points; shares printed to one decimal and weighted are off by 0.1 at most."""
WHOLES = (
    ("country", "region", "в строке всей выборки", "региона"),
    ("region", "municipality", "в строке региона", "муниципалитетов"),
)


def check_sums(
    place: SheetPlace, groups: GroupRows, parsed: ParsedBlock, shares: Sequence[str] = ()
) -> None:
    """Compare each whole with its parts: participants, and the `shares` weighted by them.

    A file may hold only some of the schools, so their sum must not exceed the municipality;
    where all are there, by «Кол-во ОО», it must equal it.
    """
    level = np.array([group.level for group in groups.groups], dtype=object)
    for whole, part, where, of_what in WHOLES:
        above, below = np.flatnonzero(level == whole), np.flatnonzero(level == part)
        if len(above) == 1 and len(below):
            _check_whole(place, groups, parsed, int(above[0]), below, False, (where, of_what))
    for municipality, schools in _schools_of(level):
        is_all = _declared(groups, municipality) == len(schools)
        said = ("в строке муниципалитета", f"его организаций ({len(schools)})")
        agrees = _check_whole(place, groups, parsed, municipality, schools, is_all, said)
        if is_all and agrees:
            _check_shares(place, groups, parsed, municipality, schools, shares)


def _schools_of(level: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each municipality with its schools: all, or those below it where there are several."""
    municipalities, schools = np.flatnonzero(level == "municipality"), level == "school"
    if len(municipalities) == 1:
        own = [np.flatnonzero(schools)]
    else:
        nearest = np.searchsorted(municipalities, np.arange(len(level)), side="right") - 1
        own = [np.flatnonzero(schools & (nearest == i)) for i in range(len(municipalities))]
    for municipality, rows in zip(municipalities, own, strict=True):
        if len(rows):
            yield int(municipality), rows


def _declared(groups: GroupRows, place: int) -> float:
    """Return how many schools a group says it has, NaN where it does not say."""
    counts = groups.values.get("school_count")
    return float("nan") if counts is None else float(counts[place])


def _check_whole(
    place: SheetPlace,
    groups: GroupRows,
    parsed: ParsedBlock,
    whole: int,
    parts: np.ndarray,
    is_all: bool,
    said: tuple[str, str],
) -> bool:
    """Tell parts that exceed their whole, or that do not make it; return whether they agree."""
    counts, column = groups.values["participant_count"], groups.columns["participant_count"]
    stated, total = int(counts[whole]), int(counts[parts].sum())
    if total == stated or (total < stated and not is_all):
        return True
    cell = address(int(groups.rows[whole]), column)
    first, last = (address(int(groups.rows[i]), column) for i in (parts[0], parts[-1]))
    where, of_what = said
    message = (
        f"{where} участников – {stated} (ячейка {cell}), а в строках {of_what} вместе – "
        f"{total} (ячейки {first}–{last})."
    )
    severity: Severity = "blocking" if abs(total - stated) > FAR * stated else "warning"
    parsed.findings.append(
        place.finding("group_sum", severity, message, FIX, cell=cell, row_count=1)
    )
    return False


def _check_shares(
    place: SheetPlace,
    groups: GroupRows,
    parsed: ParsedBlock,
    whole: int,
    parts: np.ndarray,
    shares: Sequence[str],
) -> None:
    """Tell the shares of a municipality that its schools do not make."""
    counts = groups.values["participant_count"]
    total = counts[parts].sum()
    for name in shares if total else ():
        values = groups.values[name]
        stated, made = float(values[whole]), float((values[parts] * counts[parts]).sum() / total)
        if abs(stated - made) > SHARE_GAP:
            cell = address(int(groups.rows[whole]), groups.columns[name])
            message = (
                f"доля в строке муниципалитета – {_shown(stated)} % (ячейка {cell}), "
                f"а по строкам его организаций – {_shown(made)} %."
            )
            parsed.findings.append(
                place.finding("group_sum", "warning", message, FIX, cell=cell, row_count=1)
            )


def _shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
