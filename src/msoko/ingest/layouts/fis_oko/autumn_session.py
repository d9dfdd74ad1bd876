"""Papers of autumn: a session of the same school year, apart from that of spring."""

from __future__ import annotations

import datetime as dt
import re

from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.layouts.fis_oko.paper_title import BEFORE, PROGRAMME
from msoko.ingest.sheets.cells import cell_text

SPRING, AUTUMN = "vpr", "vpr_autumn"
"""Two sessions of one school year are two procedures: neither is added to the other."""
FIRST_OF_AUTUMN = 9
SAID = re.compile(r"\(?\s*\bосен\w+(?:\s+(?:сесси|этап)\w+)?\s*\)?", re.IGNORECASE)
MARKS = (SAID, PROGRAMME, BEFORE)


def declared_session(context: ReadingContext) -> str | None:
    """Return the session that year.yml names for the file, `None` where it names none."""
    declared = context.options.get("procedure")
    return str(declared) if declared in (SPRING, AUTUMN) else None


def says_autumn(value: object) -> bool:
    """Return whether words name autumn, or the programme of a class before."""
    words = cell_text(value) or ""
    return any(mark.search(words) for mark in MARKS)


def without_session(value: object) -> object:
    """Return a cell without what it says of the session: «2024 (осень)» is 2024."""
    if not isinstance(value, str) or not says_autumn(value):
        return value
    for mark in MARKS:
        value = mark.sub(" ", value)
    return re.sub(r"\s+класс\w*$|\s+г(?:од\w*|\.)$", "", " ".join(value.split()))


def is_of_autumn(day: dt.date | None, programme: int | None, grade: int) -> bool:
    """Return whether the paper is of the autumn session, which repeats the year before."""
    if day is not None and day.month >= FIRST_OF_AUTUMN:
        return True
    return programme is not None and programme != grade
