"""A year's tables checked, its findings beside those of the readers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msoko.build.steps.table_intake import restore_findings
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.validate import check_year


def check_tables(
    project: Project, year: SchoolYear, findings_copy: Path, validator: str
) -> Mapping[str, Any]:
    """Check the year's tables; return the facts of the step."""
    restore_findings(project, year, findings_copy)
    verdict = check_year(project, year, validator)
    return {
        "blocking": verdict.blocking,
        "directions_blocked": verdict.directions_blocked,
        "unplaced": verdict.unplaced,
    }
