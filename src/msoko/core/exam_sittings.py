"""The sittings of an exam: each besides the main one is a procedure of its own.

`oge` and `ege` are results of the main days. Who sat early, on a reserve day or once more in
autumn has results of `oge_early`, `oge_reserve`, `oge_retake`: nothing is overwritten, and no
indicator of the main sitting counts them.
"""

from __future__ import annotations

import datetime as dt

from msoko.core.school_year import SchoolYear

EXAMS = ("oge", "ege")
EARLY, RESERVE, RETAKE = "early", "reserve", "retake"
SITTINGS = (EARLY, RESERVE, RETAKE)
EXAM_PROCEDURES = (*EXAMS, *(f"{exam}_{sitting}" for exam in EXAMS for sitting in SITTINGS))
MONTHS = {3: EARLY, 4: EARLY, 9: RETAKE, 10: RETAKE}
"""Months in which no exam of the main sitting is held."""


def main_procedure(procedure: str | None) -> str:
    """Return the exam that a sitting is of; any other procedure is its own."""
    return (procedure or "").partition("_")[0] if procedure in EXAM_PROCEDURES else procedure or ""


def sitting_of_day(day: dt.date | None) -> str:
    """Return the sitting that a day belongs to; nothing where it may be the main one."""
    return MONTHS.get(day.month, "") if day else ""


def exam_year(day: dt.date) -> SchoolYear:
    """Return the school year whose exams a day belongs to: a retake repeats the year before."""
    year = SchoolYear.of_date(day)
    return year.shifted(-1) if sitting_of_day(day) == RETAKE else year
