"""The account that a report gives of itself: its methods, its sources, its evidence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msoko
from msoko.core import russian
from msoko.report.block import Block, Details, block, cell

if TYPE_CHECKING:
    from msoko.report.data.evidence import Evidence
    from msoko.report.data.judged_data import JudgedData

HASH_SHOWN = 12
FILES_NAMED = 3


def method(report: JudgedData) -> Block:
    """Explain how the numbers are made, and list the limits that the direction declares."""
    limits = [f"- {cell(limit)}" for limit in report.direction.limits]
    return block(
        report.say("method.intervals"),
        report.say("method.changes"),
        report.say("method.schools"),
        report.say("method.limits") if limits else None,
        "\n".join(limits) if limits else None,
        report.say("method.more"),
    )


def provenance(report: JudgedData) -> Block:
    """Name year, profile, version, raw files and checks, and lay out the evidence."""
    files: dict[str, list[dict[str, Any]]] = {}
    for row in report.store.records("sources", [report.year]):
        files.setdefault(row["file"], []).append(row)
    rows = [
        [
            f"№ {number}" if report.is_public else cell(file),
            cell(found[0]["layout"]),
            f"`{found[0]['sha256'][:HASH_SHOWN]}`",
            russian.figure(sum(row["rows_in"] or 0 for row in found), "persons"),
        ]
        for number, (file, found) in enumerate(sorted(files.items()), start=1)
    ]
    head = report.heads("file", "kind", "digest", "row_count")
    sheet = report.sheet(head, rows, report.say("provenance.files"), "", "lllr")
    counts = _severities(report)
    facts = report.say(
        "passport.provenance" if report.school_id else "provenance.facts",
        year=report.year,
        profile=report.profile.profile,
        municipality=report.profile.name.nominative,
        version=msoko.__version__,
        edition=report.say(f"edition.{report.edition}"),
        files=len(files),
        blocking=int(counts.get("blocking", 0)),
        warnings=int(counts.get("warning", 0)),
    )
    lost = None if report.school_id else _rows_lost(report)
    notice = report.say("provenance.synthetic") if report.is_synthetic else None
    files_folded = Details(report.say("provenance.files_folded"), (sheet,))
    return block(facts, lost, notice, files_folded, _evidence(report))


def _rows_lost(report: JudgedData) -> str | None:
    """Say how many rows of the direction's files were set aside for faults, and where."""
    grave = report.findings[report.findings["severity"] == "set_aside"]
    sources = report.store.read("sources", [report.year])
    own = sources[sources["file"].isin(grave["file"].dropna())]
    aside = report.store.read("set_aside", [report.year])
    lost = aside[aside["source_id"].isin(own["source_id"]) & aside["is_lost"].fillna(False)]
    if lost.empty:
        return None
    files = sorted(own.loc[own["source_id"].isin(lost["source_id"]), "file"].unique())
    if report.is_public:  # a school's file may bear the school's name
        return report.say("intake.lost_public", count=len(lost), files=len(files))
    names = [cell(file) for file in files[:FILES_NAMED]]
    more = len(files) > FILES_NAMED
    return report.say("intake.lost", count=len(lost), files=len(files), names=names, more=more)


def _severities(report: JudgedData) -> Counter[str]:
    """Return how many findings of each severity the direction has, or a passport's school."""
    if report.school_id:
        return Counter(one["severity"] for one in report.organisation.findings)
    return Counter(report.findings["severity"])


def _evidence(report: JudgedData) -> Details | None:
    entries = list(report.ledger.entries.values())
    if not entries:
        return None
    columns = ("number", "what", "formula", "numerator", "denominator", "n", "interval", "source")
    rows, caption = [_row(one) for one in entries], report.say("provenance.evidence")
    sheet = report.sheet(report.heads(*columns), rows, caption, "", "lllrrrll")
    return Details(report.say("provenance.evidence_folded", count=len(entries)), (sheet,))


def _row(one: Evidence) -> list[str]:
    rest = (one.numerator, one.denominator, one.n, one.interval)
    return [
        f"[{one.shown}]{{#e-{one.id}}}",
        cell(one.what),
        cell(one.formula or "–"),
        *(text or russian.NOTHING for text in rest),
        cell(one.source or "–"),
    ]
