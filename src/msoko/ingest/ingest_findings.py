"""What is wrong or doubtful in the raw files, one finding at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Literal

import pandas as pd

from msoko.core.tables import TABLES

CAUSES = ("repeated_file", "repeated_block")
"""Checks that may explain many others: they are said first."""
SEVERITIES = ("blocking", "set_aside", "warning", "note")
"""The gravest first. What each stops is told in docs/decisions/0022-what-a-finding-stops.md."""
Severity = Literal["blocking", "set_aside", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One finding: where, what is wrong, what to do. `message` and `action` are Russian.

    A message never quotes the value of a cell that may hold a name or a document.
    `rows` are the sheet's rows from 1 that a finding of severity `set_aside` takes out.
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
    rows: tuple[int, ...] = field(default=(), compare=False, repr=False)


def findings_frame(findings: Iterable[Finding], school_year: str) -> pd.DataFrame:
    """Return the table `findings`, blocking first, then causes, then by file, sheet and cell."""
    columns = list(TABLES["findings"].columns)
    frame = pd.DataFrame([asdict(one) for one in findings], columns=columns)
    frame["school_year"] = school_year
    order = frame["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    is_effect = ~frame["check"].isin(CAUSES)
    is_effect &= ~frame["directions"].eq("–").fillna(False)
    frame = frame.assign(order=order, is_effect=is_effect).sort_values(
        ["order", "is_effect", "file", "sheet", "check", "cell", "message"],
        kind="stable",
        na_position="first",
    )
    return frame[columns].drop_duplicates().reset_index(drop=True)


def findings_of(frame: pd.DataFrame) -> list[Finding]:
    """Return the findings in the rows of the table."""
    plain = frame.drop(columns="school_year").astype(object)
    return [Finding(**row) for row in plain.where(plain.notna(), None).to_dict("records")]
