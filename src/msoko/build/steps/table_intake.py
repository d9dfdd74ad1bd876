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
from msoko.ingest.year_reading import read_year


def read_received(project: Project, year: SchoolYear, findings_copy: Path) -> Mapping[str, Any]:
    """Read the year's raw files and write its tables; return the facts of the step.

    The readers' findings are kept apart too: checks add theirs to the table, and must
    find it as the readers left it when they run again.
    """
    intake = read_year(project, year, project_secret(project))
    store = Store(project)
    with store.replacing(year) as writer:
        for name, frame in intake.tables.items():
            if name != "findings":
                writer.write(name, frame)
        writer.write("findings", intake.findings)
    write_bytes(findings_copy, store.path(year, "findings").read_bytes())
    rows = {name: len(frame) for name, frame in intake.tables.items()}
    return {"rows": rows, "schools": schools_of(project, year)}


def restore_findings(project: Project, year: SchoolYear, findings_copy: Path) -> None:
    """Put the readers' findings back in place of those that checks have added to."""
    write_bytes(Store(project).path(year, "findings"), findings_copy.read_bytes())
