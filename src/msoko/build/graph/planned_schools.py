"""The schools of a year as a plan needs them: which passports there are to be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store

SPELT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The ids that may name a file; any other is a blocking finding of the checks."""


@dataclass(frozen=True)
class PlannedSchool:
    """A school or preschool of the year's table."""

    school_id: str
    name: str
    is_preschool: bool


def schools_of(project: Project, year: SchoolYear) -> list[list[str]]:
    """Return id, name and kind of each school in the year's table, by id.

    Plain lists: a plan keeps them in the record of the reading, so that it need not
    open a table to know what there is to build.
    """
    rows = Store(project).read("schools", [year], ["school_id", "name", "kind"]).fillna("")
    listed = sorted(rows.astype(str).itertuples(index=False, name=None))
    return [list(row) for row in listed if SPELT.fullmatch(row[0])]


def registered_schools(project: Project, year: SchoolYear) -> list[str]:
    """Return the ids that the register gives the year; none where there is no readable register.

    It is there before anything is read, and no year has schools beside it.
    """
    from msoko.ingest.identity.crosswalk import Crosswalk  # rare: only where a school is named

    try:
        crosswalk = Crosswalk.load(project, year)
    except (MsokoError, OSError, UnicodeError):  # the reading of the year says what is wrong
        return []
    return sorted({line.school_id for line in crosswalk.lines if line.holds(year)})


def schools_from_facts(facts: list[list[str]]) -> tuple[PlannedSchool, ...]:
    """Return the schools of such a record."""
    return tuple(
        PlannedSchool(code, name or code, kind == "preschool") for code, name, kind in facts
    )
