"""What is wrong or doubtful in the raw files, one finding at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd

from msoko.core.tables import TABLES

CAUSES = ("repeated_file", "repeated_block")
"""Checks that may explain many others: they are said first."""
Severity = Literal["blocking", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One finding: where, what is wrong, what to do. `message` and `action` are Russian.

    A message never quotes the value of a cell that may hold a name or a document.
    """

    check: str
    severity: Severity
    message: str
    action: str = ""
    table: str | None = None
    school_id: str | None = None
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    row_count: int | None = None
    directions: str | None = None


def findings_frame(findings: Iterable[Finding], school_year: str) -> pd.DataFrame:
    """Return the table `findings`, blocking first, then causes, then by file, sheet and cell."""
    columns = list(TABLES["findings"].columns)
    frame = pd.DataFrame([asdict(one) for one in findings], columns=columns)
    frame["school_year"] = school_year
    order = frame["severity"].map({"blocking": 0, "warning": 1, "note": 2})
    is_effect = ~frame["check"].isin(CAUSES)
    frame = frame.assign(order=order, is_effect=is_effect).sort_values(
        ["order", "is_effect", "file", "sheet", "check", "cell", "message"],
        kind="stable",
        na_position="first",
    )
    return frame[columns].drop_duplicates().reset_index(drop=True)
