"""The account that a report gives of itself: its methods, its sources, its evidence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msoko
from msoko.core import russian
from msoko.report.block import Block, Details, Sheet, block, cell

if TYPE_CHECKING:
    from msoko.report.data.evidence import Evidence
    from msoko.report.data.judged_data import JudgedData

HASH_SHOWN = 12


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
    head = ["Файл", "Вид", "SHA-256 (начало)", "Строк"]
    sheet = Sheet(head, rows, "Исходные файлы", "", "lllr")
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
    notice = report.say("provenance.synthetic") if report.is_synthetic else None
    return block(
        facts, notice, Details("Исходные файлы и их контрольные суммы", (sheet,)), _evidence(report)
    )


def _severities(report: JudgedData) -> Counter[str]:
    """Return how many findings of each severity the direction has, or a passport's school."""
    if report.school_id:
        return Counter(one["severity"] for one in report.organisation.findings)
    return Counter(report.findings["severity"])


def _evidence(report: JudgedData) -> Details | None:
    entries = list(report.ledger.entries.values())
    if not entries:
        return None
    head = [
        "Число",
        "Что это",
        "Как получено",
        "Числитель",
        "Знаменатель",
        "n",
        "95 % интервал",
        "Источник",
    ]
    sheet = Sheet(head, [_row(one) for one in entries], "Доказательства чисел", "", "lllrrrll")
    return Details(f"Доказательства чисел: {len(entries)}", (sheet,))


def _row(one: Evidence) -> list[str]:
    rest = (one.numerator, one.denominator, one.n, one.interval)
    return [
        f"[{one.shown}]{{#e-{one.id}}}",
        cell(one.what),
        cell(one.formula or "–"),
        *(text or russian.NOTHING for text in rest),
        cell(one.source or "–"),
    ]
