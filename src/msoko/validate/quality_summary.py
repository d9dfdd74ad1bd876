"""What the data-quality report says, as tables: pure functions over a year's own tables.

Columns have English names; words for people come from registry/wording_checks.yml.
Nothing here reads a file or rounds a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from msoko.validate.findings.check_wording import Wording

SEVERITIES = ("blocking", "warning", "note")
FINDING_COLUMNS = [
    "severity", "check", "title", "school_id", "file", "sheet", "cell", "row_count",
    "message", "action",
]  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """The content of the data-quality report of one year."""

    arrived: pd.DataFrame
    refused: pd.DataFrame
    reconciliation: pd.DataFrame
    checks: pd.DataFrame
    findings: pd.DataFrame
    meaning: pd.DataFrame


def quality(
    sources: pd.DataFrame,
    set_aside: pd.DataFrame,
    findings: pd.DataFrame,
    directions: Sequence[str],
    words: Wording,
) -> Quality:
    """Return all of the report's content for the tables of one year."""
    return Quality(
        arrived=arrived(sources),
        refused=refused(sources, set_aside, findings),
        reconciliation=row_reconciliation(sources),
        checks=findings_by_check(findings, words),
        findings=listed_findings(findings, words),
        meaning=meaning(findings, directions),
    )


def arrived(sources: pd.DataFrame) -> pd.DataFrame:
    """Return one row per sheet: `file, sheet, layout, reason, confidence, block_count, rows_in`.

    `confidence` (0–1) is that of the least certain block.
    """
    sheets = sources.assign(sheet=sources["sheet"].fillna(""))
    grouped = sheets.groupby(["file", "sheet", "layout"], sort=True, as_index=False)
    return grouped.agg(
        reason=("reason", "first"),
        confidence=("confidence", "min"),
        block_count=("block", "size"),
        rows_in=("rows_in", "sum"),
    )


def refused(sources: pd.DataFrame, set_aside: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Return `file, reason, row_count`: files with nothing read, then rows set aside.

    A file counts as refused where a blocking finding names it and no block of it was
    read; its `row_count` is missing, for nobody could count its rows.
    """
    blocking = findings[(findings["severity"] == "blocking") & findings["file"].notna()]
    unread = blocking[~blocking["file"].isin(sources["file"])]
    files = unread[["file", "message"]].rename(columns={"message": "reason"}).drop_duplicates()
    file = set_aside["source_id"].map(sources.set_index("source_id")["file"])
    rows = set_aside.assign(file=file).groupby(["file", "reason"], sort=True).size()
    counted = rows.rename("row_count").reset_index()
    whole = files.sort_values(["file", "reason"]).assign(row_count=pd.NA)
    return pd.concat([whole, counted], ignore_index=True).astype({"row_count": "Int64"})


def row_reconciliation(sources: pd.DataFrame) -> pd.DataFrame:
    """Return, by layout, `rows_in, rows_kept, rows_set_aside, rows_lost`, and the total last.

    `rows_lost` is what the other three leave over; anything but 0 is a defect. The
    total's `layout` is missing.
    """
    counts = ["rows_in", "rows_kept", "rows_set_aside"]
    by_layout = sources.groupby("layout", sort=True)[counts].sum().reset_index()
    total = pd.DataFrame([{"layout": None, **sources[counts].sum()}])
    table = pd.concat([by_layout, total], ignore_index=True)
    lost = table["rows_in"] - table["rows_kept"] - table["rows_set_aside"]
    return table.assign(rows_lost=lost)


def findings_by_check(findings: pd.DataFrame, words: Wording) -> pd.DataFrame:
    """Return one row per check: `severity, check, title, finding_count, school_count, action`."""
    grouped = findings.groupby(["severity", "check"], sort=True, as_index=False)
    table = grouped.agg(
        finding_count=("message", "size"),
        school_count=("school_id", "nunique"),
        action=("action", "first"),
    )
    return _gravest_first(table.assign(title=table["check"].map(words.title)))[
        ["severity", "check", "title", "finding_count", "school_count", "action"]
    ]


def listed_findings(findings: pd.DataFrame, words: Wording) -> pd.DataFrame:
    """Return every finding with its source cell and what to do, the gravest first."""
    titled = findings.assign(title=findings["check"].map(words.title))
    return _gravest_first(titled)[FINDING_COLUMNS]


def meaning(findings: pd.DataFrame, directions: Sequence[str]) -> pd.DataFrame:
    """Return, by direction, the number of findings of each severity and `consequence`.

    `consequence`: `not_built`, `built_with_reservation`, `unaffected`. A finding that
    names no direction concerns every one.
    """
    named = findings["directions"].fillna("").str.split()
    rows = []
    for direction in directions:
        is_mine = np.array([not codes or direction in codes for codes in named], dtype=bool)
        mine = findings[is_mine]
        counts = {name: int((mine["severity"] == name).sum()) for name in SEVERITIES}
        rows.append({"direction": direction, **counts, "consequence": _consequence(counts)})
    return pd.DataFrame(rows, columns=["direction", *SEVERITIES, "consequence"])


def _consequence(counts: Mapping[str, int]) -> str:
    if counts["blocking"]:
        return "not_built"
    return "built_with_reservation" if counts["warning"] else "unaffected"


def _gravest_first(table: pd.DataFrame) -> pd.DataFrame:
    order = table["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    keys = [name for name in ("check", "file", "sheet", "cell") if name in table]
    ordered = table.assign(order=order).sort_values(
        ["order", *keys], kind="stable", na_position="first"
    )
    return ordered.drop(columns="order").reset_index(drop=True)
