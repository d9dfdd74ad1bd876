"""The quality of the data, and what it means for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.ingest.ingest_findings import SEVERITIES
from msoko.report.block import Block, Details, Sheet, block, cell

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

MOST_SHOWN = 12


def data_quality(report: ReportData) -> Block:
    """Count the findings of this direction by severity, and list the gravest."""
    findings = report.findings
    if findings.empty:
        return block(report.say("quality.none"))
    counts = findings["severity"].value_counts()
    said = [
        report.say(f"quality.{name}", count=int(counts[name]))
        for name in SEVERITIES
        if name in counts
    ]
    text = report.say("quality.reading", findings=russian.listed(said))
    return block(text, _by_check(report, findings), _listed(report, findings))


def _by_check(report: ReportData, findings: pd.DataFrame) -> Sheet:
    grouped = (
        findings.groupby(["severity", "check"], sort=True)
        .agg(
            findings=("message", "size"),
            rows=("row_count", "sum"),
            action=("action", "first"),
        )
        .reset_index()
    )
    grouped["order"] = grouped["severity"].map({name: n for n, name in enumerate(SEVERITIES)})
    grouped = grouped.sort_values(["order", "findings"], ascending=[True, False], kind="stable")
    rows = [
        [
            cell(report.check_title(row.check)),
            report.say(f"severity.{row.severity}"),
            russian.figure(row.findings, "persons"),
            russian.figure(float(row.rows), "persons"),
            cell(row.action),
        ]
        for row in grouped.itertuples()
    ]
    return report.sheet(
        report.heads("check", "severity", "finding_count", "row_count", "action"),
        rows,
        report.say("quality.of_direction"),
        "findings",
        "llrrl",
    )


def _listed(report: ReportData, findings: pd.DataFrame) -> Details | None:
    if report.is_public:
        return None
    order = findings["severity"].map({name: number for number, name in enumerate(SEVERITIES)})
    first = findings.assign(order=order).sort_values(["order", "file", "cell"], kind="stable")
    rows = [
        [cell(row.file), cell(row.sheet), cell(row.cell), cell(row.message)]
        for row in first.head(MOST_SHOWN).itertuples()
    ]
    head = report.heads("file", "sheet", "cell", "finding_message")
    sheet = report.sheet(head, rows, report.say("quality.in_files"), "", "llll")
    title = report.say("quality.first_places", shown=len(rows), count=len(findings))
    return Details(title, (sheet,))
