"""Findings that come of one cause, as one: a misspelt word, a shifted heading, an unknown school.

The table `findings` keeps each; people are told the first, its places, and how many there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msoko.validate.concerned_directions import NOBODY
from msoko.validate.findings.source_cells import cells_named

MOST_ALIKE = 4
"""So many findings alike are told each on its own; more are one."""
PLACES_NAMED = 3
CELLS = re.compile(r":? (?:ячейк\w|строк\w)\b.*$", re.DOTALL)
PARTS = re.compile(r"«[^»]*»|\([^)]*\)|\b(?:edu|sch)?\d[\d.,:–-]*\b|\b[A-Z]{1,3}\d+\b")
Finding = Mapping[str, Any]


@dataclass(frozen=True)
class FoldedFinding:
    """One cause: its findings, the first of which tells it."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def count(self) -> int:
        return len(self.findings)

    @property
    def row_count(self) -> int:
        return sum(int(one["row_count"] or 0) for one in self.findings)

    @property
    def message(self) -> str:
        """The words of the first; of several, without its cells and with their number."""
        first = str(self.first["message"])
        if self.count == 1:
            return first
        text = CELLS.sub("", first).rstrip(".: ") or first.rstrip(".")
        is_one_kind = len({one["check"] for one in self.findings}) == 1
        what = "таких замечаний" if is_one_kind else "всех замечаний к этому файлу"
        return f"{text} ({what} – {self.count})."

    @property
    def places(self) -> str:
        """The first places, and how many more there are."""
        sheets = {(one["file"], one["sheet"]) for one in self.findings}
        is_one = len(sheets) == 1 and self.count > 1
        shown = cells_named_of if is_one else place_of
        found = list(dict.fromkeys(filter(None, map(shown, self.findings))))
        rest = len(found) - PLACES_NAMED
        listed = "; ".join(found[:PLACES_NAMED]) + (f" и ещё {rest}" if rest > 0 else "")
        sheet = place_of({**self.first, "cell": ""}) if is_one else ""
        return ", ".join(part for part in (sheet, listed) if part)

    @property
    def line(self) -> str:
        """Where, what, what to do."""
        text = f"{self.message} {self.first['action'] or ''}".strip()
        return f"{self.places}: {text}" if self.places else text


def place_of(finding: Finding) -> str:
    """Return the file, the sheet and the cells of a finding, unless its message names these."""
    cell = str(finding["cell"] or "")
    is_named = cell and re.search(rf"(?<!\w){re.escape(cell)}(?!\w)", str(finding["message"]))
    sheet = f"лист «{finding['sheet']}»" if finding["sheet"] else ""
    parts = (finding["file"] or "", sheet, "" if is_named else cells_named(cell))
    return ", ".join(part for part in parts if part)


def cells_named_of(finding: Finding) -> str:
    """Return the cells of a finding as a sentence names them."""
    return cells_named(finding["cell"])


def folded(findings: Iterable[Finding]) -> list[FoldedFinding]:
    """Return the findings with those of one cause as one, in the order of the first.

    One cause is what one check says in the same words of many places; then what it says in
    like words of many names and numbers; then what many checks say of one file.
    """
    causes = [(one,) for one in findings]
    for key in (_said, _said_alike, _of_one_file):
        causes = _joined(causes, key)
    return [FoldedFinding(one) for one in causes]


def _joined(
    causes: Sequence[tuple[Finding, ...]], key: Callable[[Finding], Hashable]
) -> list[tuple[Finding, ...]]:
    """Return the causes with more than a few of one key as one."""
    groups: dict[Hashable, list[tuple[Finding, ...]]] = {}
    for one in causes:
        groups.setdefault(key(one[0]) or id(one), []).append(one)
    joined: list[tuple[Finding, ...]] = []
    for one in causes:
        group = groups.get(key(one[0]) or id(one), [])
        if len(group) <= MOST_ALIKE:
            joined.append(one)
        elif group[0] is one:
            joined.append(tuple(finding for part in group for finding in part))
    return joined


def _said(finding: Finding) -> Hashable:
    words = CELLS.sub("", str(finding["message"]))
    return (finding["severity"], finding["check"], words, finding["action"], _concerned(finding))


def _said_alike(finding: Finding) -> Hashable:
    words = PARTS.sub("…", CELLS.sub("", str(finding["message"])))
    head = words.partition(": ")[0].partition(". ")[0]
    return (finding["severity"], finding["check"], head, _concerned(finding))


def _of_one_file(finding: Finding) -> Hashable:
    return finding["file"] and (finding["severity"], finding["file"], _concerned(finding))


def _concerned(finding: Finding) -> bool:
    """Return whether anyone is known to need the file; what nobody needs is told apart."""
    return finding.get("directions") != NOBODY
