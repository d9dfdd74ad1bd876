"""The data-quality page: what arrived, what was refused, what is wrong, what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.core import russian
from msoko.ingest.ingest_findings import SEVERITIES
from msoko.report.block import Block, Details, Sheet, block, cell
from msoko.validate.findings.folded_findings import folded

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

MOST_LISTED = 200
"""More findings of one severity than this are counted by check, and the first are listed."""


def arrived(report: ReportData) -> Block:
    """List the files with what each was recognised as, why and how surely."""
    sources = report.store.read("sources", [report.year])
    if sources.empty:
        return block(report.say("intake.nothing"))
    files = sources.groupby("file", sort=True).agg(
        layout=("layout", "first"),
        reason=("reason", "first"),
        confidence=("confidence", "min"),
        blocks=("source_id", "size"),
        rows=("rows_in", "sum"),
    )
    rows = [
        [
            cell(file),
            report.layout_title(row.layout),
            cell(row.reason),
            russian.decimal(100 * row.confidence, 0),
            russian.figure(row.blocks, "persons"),
            russian.figure(row.rows, "persons"),
        ]
        for file, row in zip(files.index, files.itertuples(), strict=True)
    ]
    columns = ("file", "kind", "recognised_by", "confidence", "block_count", "row_count")
    kinds = sources["layout"].nunique()
    text = report.say(
        "intake.arrived", files=len(files), kinds=kinds, rows=int(sources["rows_in"].sum())
    )
    caption = report.say("intake.files", year=report.year)
    sheet = report.sheet(report.heads(*columns), rows, caption, "files", "lllrrr")
    if report.is_public:  # a school's file may bear the school's name
        return block(text, _by_layout(report, sources))
    named = report.say("intake.files_by_name", count=len(rows))
    return block(text, _by_layout(report, sources), Details(named, (sheet,)))


def _by_layout(report: ReportData, sources: pd.DataFrame) -> Sheet:
    kinds = sources.groupby("layout", sort=True).agg(
        files=("file", "nunique"),
        rows_in=("rows_in", "sum"),
        kept=("rows_kept", "sum"),
        aside=("rows_set_aside", "sum"),
    )
    rows = [
        [report.layout_title(layout), *(russian.figure(float(n), "persons") for n in row)]
        for layout, row in zip(kinds.index, kinds.to_numpy(), strict=True)
    ]
    columns = ("data_kind", "file_count", "rows_received", "rows_kept", "rows_set_aside")
    caption = report.say("intake.reconciliation")
    return report.sheet(report.heads(*columns), rows, caption, "reconciliation")


def set_aside(report: ReportData) -> Block:
    """Count the rows set aside by reason and file, and list what was refused whole."""
    rows = report.store.read("set_aside", [report.year])
    sources = report.store.read("sources", [report.year]).set_index("source_id")
    if rows.empty:
        return block(report.say("intake.none_aside"))
    files = rows["source_id"].map(sources["file"])
    counts = rows.assign(file=files).groupby(["reason", "file"], sort=True).size()
    by_reason = rows.groupby("reason", sort=True).size().sort_values(ascending=False, kind="stable")
    reasons = report.sheet(
        report.heads("reason", "row_count"),
        [[cell(reason), russian.figure(float(n), "persons")] for reason, n in by_reason.items()],
        report.say("intake.aside_by_reason"),
        "aside",
    )
    listed = report.sheet(
        report.heads("reason", "file", "row_count"),
        [
            [cell(reason), cell(file), russian.figure(float(n), "persons")]
            for (reason, file), n in counts.items()
        ],
        report.say("intake.aside_by_file"),
        "",
        "llr",
    )
    by_file = None if report.is_public else Details(report.say("intake.by_file"), (listed,))
    return block(report.say("intake.aside", count=len(rows)), reasons, by_file)


def findings(report: ReportData) -> Block:
    """List all findings, the gravest first; where there are many, count them by check."""
    rows = report.store.read("findings", [report.year])
    if rows.empty:
        return block(report.say("quality.none_at_all"))
    counts = rows["severity"].value_counts()
    said = [
        report.say(f"quality.{name}", count=int(counts[name]))
        for name in SEVERITIES
        if name in counts
    ]
    parts: list[Block] = []
    for severity in SEVERITIES:
        found = rows[rows["severity"] == severity]
        if len(found):
            parts.append(_severity(report, severity, found))
    text = report.say("quality.all", findings=russian.listed(said))
    return Block((*block(text).parts, *(part for one in parts for part in one.parts)))


def _severity(report: ReportData, severity: str, found: pd.DataFrame) -> Block:
    ordered = found.sort_values(["check", "file", "cell", "message"], kind="stable")
    counts = ordered.groupby("check", sort=True).agg(
        n=("message", "size"), rows=("row_count", "sum"), action=("action", "first")
    )
    rows = [
        [
            cell(report.check_title(check)),
            russian.figure(row.n, "persons"),
            russian.figure(float(row.rows), "persons"),
            cell(row.action),
        ]
        for check, row in zip(counts.index, counts.itertuples(), strict=True)
    ]
    title = report.say(f"severity.{severity}s").capitalize()
    table = report.sheet(
        report.heads("check", "finding_count", "row_count", "action"),
        rows,
        report.say("quality.by_check", title=title),
        f"findings-{severity}",
        "lrrl",
    )
    if report.is_public:
        return block(table)
    causes = folded(ordered.astype(object).where(ordered.notna(), None).to_dict("records"))
    listed = [
        [cell(one["file"]), cell(one["sheet"]), cell(one["cell"]), cell(cause.message)]
        for cause, one in ((cause, cause.first) for cause in causes[:MOST_LISTED])
    ]
    head = report.heads("file", "sheet", "cell", "finding_message")
    details = report.sheet(head, listed, title, "", "llll")
    shown = sum(cause.count for cause in causes[:MOST_LISTED])
    places = report.say("quality.places", shown=shown, count=len(ordered))
    return block(table, Details(places, (details,)))


def drift(report: ReportData) -> Block:
    """List the findings that compare this year with last."""
    rows = report.store.read("findings", [report.year])
    found = rows[rows["check"].fillna("").str.endswith("_by_year")]
    if found.empty:
        return block(report.say("quality.no_drift"))
    shown = [
        [cell(report.check_title(row.check)), cell(row.message), cell(row.action)]
        for row in found.sort_values(["check", "message"], kind="stable").itertuples()
    ]
    if report.is_public:
        return block(report.say("quality.drift", count=len(found)))
    sheet = report.sheet(
        report.heads("check", "what_changed", "action"),
        shown,
        report.say("quality.drift_caption", year=report.year, last=report.year.shifted(-1)),
        "drift",
        "lll",
    )
    return block(
        report.say("quality.drift", count=len(found)),
        sheet if len(shown) <= 15 else Details(report.say("quality.drift_folded"), (sheet,)),
    )


def meaning(report: ReportData) -> Block:
    """Count findings for each direction, and say what follows."""
    rows = report.store.read("findings", [report.year])
    shown = [one for one in SEVERITIES if one != "set_aside" or (rows["severity"] == one).any()]
    concerned = rows["directions"].fillna("").str.split()
    table = []
    for direction in report.directions:
        concerns = [not codes or direction.direction in codes for codes in concerned]
        mine = rows[np.array(concerns, bool)]
        counts = mine["severity"].value_counts()
        worst = next((name for name in SEVERITIES if name in counts), "none")
        table.append(
            [
                cell(direction.short_title or direction.title),
                *(russian.figure(counts.get(name, 0), "persons") for name in shown),
                report.say(f"meaning.{worst}"),
            ]
        )
    columns = ("error_count", "set_aside_count", "warning_count", "remark_count")
    named = dict(zip(SEVERITIES, report.heads(*columns), strict=True))
    [first, last] = report.heads("report", "meaning")
    head = [first, *(named[name] for name in shown), last]
    lines = f"l{'r' * len(shown)}l"
    return block(report.sheet(head, table, report.say("meaning.caption"), "meaning", lines))
