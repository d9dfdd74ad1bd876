"""Results that year.yml declares by columns: who was absent, and marks against their scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.layouts.mark_checks import MarkedRows, check_marks, lacks_scale
from msoko.ingest.sheets.sheet_blocks import SheetPlace

OUTCOMES = ("primary_score", "test_score", "mark")
PAPER = ("procedure", "subject", "grade", "max_score")


def without_result(frame: pd.DataFrame) -> np.ndarray:
    """Return who has neither score nor mark; nobody, where the file gives neither."""
    given = [name for name in OUTCOMES if name in frame]
    return frame[given].isna().all(axis=1).to_numpy(bool) if given else np.zeros(len(frame), bool)


def declared_marks(
    place: SheetPlace, context: ReadingContext, frame: pd.DataFrame, column: int, action: str
) -> list[Finding]:
    """Return the findings on marks that the scales of their papers do not allow.

    `column` is the mark's. A paper whose maximum is not said has no scale, and an unknown
    subject is told by itself.
    """
    if any(name not in frame for name in (*PAPER, "primary_score")):
        return []
    findings: list[Finding] = []
    known = frame[frame["subject"].map(context.subjects.knows).astype(bool)]
    for (procedure, subject, grade, most), rows in known.groupby(list(PAPER), sort=False):
        scale = context.scales.find(context.school_year, procedure, subject, int(grade), most)
        if scale is None or not scale.gives_marks:
            more = f", максимум {most:g}"
            findings.append(lacks_scale(place, context, subject, int(grade), more))
            continue
        good = rows[rows["primary_score"].notna()]
        marked = MarkedRows(
            good["source_row"].to_numpy(int) - 1,
            good["primary_score"].to_numpy(float),
            good["mark"].to_numpy(float),
            column,
        )
        findings += check_marks(place, scale, marked, action)
    return findings
