"""A year's raw files become its tables, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msoko.build.graph.planned_schools import schools_of
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.core.whole_files import write_bytes
from msoko.ingest.identity.pseudonyms import project_secret
from msoko.ingest.ingest_findings import findings_frame, findings_of
from msoko.ingest.year_reading import read_year
from msoko.validate.rows_set_aside import set_rows_aside


def read_received(project: Project, year: SchoolYear, findings_copy: Path) -> Mapping[str, Any]:
    """Read the year's raw files and write its tables; return the facts of the step.

    Rows that no reader could judge are set aside before anything is written of them. These
    findings are kept apart too: checks add theirs to the table, and must
    find it as the readers left it when they run again.
    """
    intake = read_year(project, year, project_secret(project))
    tables, told = set_rows_aside(project, year, intake.tables)
    findings = findings_frame([*findings_of(intake.findings), *told], str(year))
    store = Store(project)
    with store.replacing(year) as writer:
        for name, frame in tables.items():
            if name != "findings":
                writer.write(name, frame)
        writer.write("findings", findings)
    write_bytes(findings_copy, store.path(year, "findings").read_bytes())
    rows = {name: len(frame) for name, frame in tables.items()}
    return {"rows": rows, "schools": schools_of(project, year)}


def restore_findings(project: Project, year: SchoolYear, findings_copy: Path) -> None:
    """Put the readers' findings back in place of those that checks have added to."""
    write_bytes(Store(project).path(year, "findings"), findings_copy.read_bytes())
