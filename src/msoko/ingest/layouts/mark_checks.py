"""Marks against the scale of their paper, in every layout that holds both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from msoko.catalog.registry.mark_scales import marks_possible
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of

BINDING = ("seed", "regulation")
"""Origins of scales that nobody may depart from; others may be out of date."""
BEYOND_DOUBT = 2
"""A mark so far from its score is wrong on any scale: «2» with the score of a «4» or «5»."""


@dataclass(frozen=True)
class MarkedRows:
    """Participants whose marks are to be judged: their rows, scores, marks, and the mark's column.

    Indices are from 0 in the sheet.
    """

    index: np.ndarray
    scores: np.ndarray
    marks: np.ndarray
    column: int


def lacks_scale(
    place: SheetPlace, context: ReadingContext, subject: str, grade: int, more: str = ""
) -> Finding:
    """Return the note that marks of the paper cannot be judged."""
    paper = f"{context.subjects.name(subject)}, {grade} класс{more}"
    message = f"нет шкалы отметок ({paper}): отметки не сверены с баллами."
    action = "Впишите шкалу в registry/scales.csv, когда она будет подтверждена."
    return place.finding("no_scale", "note", message, action)


def check_marks(place: SheetPlace, scale: Any, rows: MarkedRows, action: str) -> list[Finding]:
    """Return findings on the marks that the scale does not allow for their scores."""
    lowest, highest = marks_possible(scale, rows.scores)
    is_off = ~np.isnan(rows.marks) & ((rows.marks < lowest) | (rows.marks > highest))
    gap = np.maximum(lowest - rows.marks, rows.marks - highest)
    is_wrong = is_off & ((scale.origin in BINDING) | (gap >= BEYOND_DOUBT))
    what = f"отметка не соответствует баллу по шкале ({scale.origin})"
    findings: list[Finding] = []
    for mask, severity in ((is_wrong, "set_aside"), (is_off & ~is_wrong, "warning")):
        cells = cells_of(rows.index[mask], rows.column)
        findings += place.cell_findings(
            "mark_scale", severity, what, action, cells, table="results"
        )
    return findings
