"""Ф3 «Статистика по отметкам» and the comparison of marks with the journal."""

from __future__ import annotations

import numpy as np

from msoko.ingest.layouts.contract import Desk, Reading, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import Heading
from msoko.ingest.layouts.fis_oko.participant_groups import (
    FIX,
    ROUNDING,
    Groups,
    check_counts,
    check_percents,
    finish,
    read_groups,
)
from msoko.ingest.sheets.cells import whole
from msoko.ingest.sheets.sheet_blocks import Block, Place

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


def read_marks(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the readings of Ф3: the table `mark_shares`."""

    def columns(block: Block) -> dict[str, int]:
        named = {f"share_{mark}_percent": block.columns[mark] for mark in MARK_LABELS}
        named["participant_count"] = block.columns["кол-во участников"]
        if "кол-во оо" in block.columns:
            named["school_count"] = block.columns["кол-во оо"]
        return named

    return read_groups(place, MARKS_NEEDED, columns, _fill_marks, desk)


def _fill_marks(
    place: Place, block: Block, heading: Heading, groups: Groups, reading: Reading
) -> None:
    shares = [f"share_{mark}_percent" for mark in MARK_LABELS]
    counts = [name for name in groups.columns if name.endswith("_count")]
    reading.findings += check_percents(place, groups, shares)
    reading.findings += check_counts(place, groups, counts)
    named = {name: whole(groups.values[name]) for name in counts}
    frame = groups.frame(heading, **named, **{name: groups.values[name] for name in shares})
    finish(reading, "mark_shares", frame, block, groups)


def read_journal(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the readings of the journal comparison: the table `journal_comparison`."""

    def columns(block: Block) -> dict[str, int]:
        named = {"participant_count": block.columns["кол-во участников(всего)"]}
        for name, label in (("lowered", LOWERED), ("confirmed", CONFIRMED), ("raised", RAISED)):
            named[f"{name}_percent"] = block.columns[f"{label} %"]
            named[f"{name}_count"] = block.columns[f"{label} кол-во участников"]
        return named

    return read_groups(place, JOURNAL_NEEDED, columns, _fill_journal, desk)


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
    reading.findings += place.cells("journal_sum", "blocking", what, FIX, cells)
    for side in sides:
        exact = 100 * groups.values[f"{side}_count"] / np.where(total > 0, total, np.nan)
        off = np.abs(exact - groups.values[f"{side}_percent"]) > ROUNDING
        cells = [(int(row), groups.columns[f"{side}_percent"]) for row in groups.rows[off]]
        what = "доля не соответствует числу участников"
        reading.findings += place.cells("journal_percent", "blocking", what, FIX, cells)
    named = {
        name: whole(values) if name.endswith("_count") else values
        for name, values in groups.values.items()
    }
    frame = groups.frame(heading, **named)
    finish(reading, "journal_comparison", frame, block, groups)
