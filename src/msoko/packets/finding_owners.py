"""Whose a finding is, where the finding itself does not say."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLACED = ["file", "sheet", "source_row", "school_id"]
AREA = re.compile(
    r"\b(?P<letter>[A-Z]{1,3})(?P<first>\d{1,7})(?::[A-Z]{1,3}(?P<last>\d{1,7}))?\b"
    r"|\b(?P<top>\d{1,7}):(?P<bottom>\d{1,7})\b"
)


@dataclass(frozen=True)
class Area:
    """Cells as a finding writes them: `K12`, `K12:K40`, or `12:40` for whole rows."""

    text: str
    letter: str
    first: int
    last: int


def areas(cell: str | None) -> list[Area]:
    """Return the areas that a finding lists: `K12, K15:K20 и ещё 3` gives two."""
    found = []
    for match in AREA.finditer(cell or ""):
        first = int(match["first"] or match["top"])
        last = int(match["last"] or match["bottom"] or first)
        found.append(Area(match[0], match["letter"] or "", first, last))
    return found


class FindingOwners:
    """The schools of all rows that became rows of tables.

    `placed`: file, sheet, row and school of each, as the columns `PLACED` of tables have them.
    """

    def __init__(self, placed: Iterable[Sequence[Any]]) -> None:
        sheets: dict[tuple[str, str], dict[int, str]] = {}
        schools: dict[str, set[str]] = {}
        for file, sheet, row, school_id in placed:
            if isinstance(school_id, str):
                key = (file, sheet if isinstance(sheet, str) else "")
                sheets.setdefault(key, {}).setdefault(row, school_id)
                schools.setdefault(file, set()).add(school_id)
        self.sheets = {key: _Sheet(rows) for key, rows in sheets.items()}
        self.only = {file: found.pop() for file, found in schools.items() if len(found) == 1}

    def split(self, finding: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the finding once for each school that it is about, each with its own cells.

        A finding about a whole file belongs to the only school in it. The readers name
        up to a dozen cells in one finding; a school gets those in its rows.
        """
        if finding["school_id"]:
            yield dict(finding)
            return
        sheet = self.sheets.get((finding["file"], finding["sheet"] or ""))
        listed = areas(finding["cell"])
        if sheet is None or not listed:
            yield {**finding, "school_id": self.only.get(finding["file"])}
            return
        by_school: dict[str | None, list[str]] = {}
        for area in listed:
            by_school.setdefault(sheet.school(area.first), []).append(area.text)
        for school, own in by_school.items():
            cells = ", ".join(own)
            message = finding["message"].replace(finding["cell"], cells)
            yield {**finding, "school_id": school, "cell": cells, "message": message}


class _Sheet:
    def __init__(self, schools: Mapping[int, str]) -> None:
        self.rows = sorted(schools)
        self.schools = [schools[row] for row in self.rows]

    def school(self, row: int) -> str | None:
        """Return whose a row is; one that was set aside belongs to the school on both sides."""
        place = bisect_left(self.rows, row)
        if place < len(self.rows) and self.rows[place] == row:
            return self.schools[place]
        around = set(self.schools[max(place - 1, 0) : place + 1])
        return around.pop() if len(around) == 1 and place > 0 else None
