"""A year's raw files become its tables, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def take_in(project: Project, year: SchoolYear, findings_copy: Path) -> dict[str, int]:
    """Read the year's raw files, write its tables, and return their numbers of rows.

    The readers' findings are kept apart too: checks add theirs to the table, and must
    find it as the readers left it when they run again.
    """
    from msoko.ingest.identity.pseudonyms import project_secret
    from msoko.ingest.year_reading import read_year

    intake = read_year(project, year, project_secret(project))
    with Store(project).replacing(year) as writer:
        for name, frame in intake.tables.items():
            if name != "findings":
                writer.write(name, frame)
        writer.write("findings", intake.findings)
    _keep(intake.findings, findings_copy)
    return {name: len(frame) for name, frame in intake.tables.items()}


def restore_findings(project: Project, year: SchoolYear, findings_copy: Path) -> None:
    """Put the readers' findings back in place of those that checks have added to."""
    import shutil

    target = Store(project).path(year, "findings")
    fresh = target.with_name(f".{target.name}.new")
    shutil.copyfile(findings_copy, fresh)
    fresh.replace(target)


def _keep(found: pd.DataFrame, copy: Path) -> None:
    from msoko.core.store import Writer

    holder = copy.parent / ".new"
    holder.mkdir(parents=True, exist_ok=True)
    Writer(holder).write("findings", found)
    (holder / "findings.parquet").replace(copy)
    holder.rmdir()
