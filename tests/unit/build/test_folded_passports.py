"""A report that takes in a folded direction is stale when that direction's files change."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko.build.graph.build_plan import BuildPlan
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

YEAR = SchoolYear.parse("2024-25")


@pytest.mark.parametrize(
    ("municipality", "report", "has_objectivity"),
    [
        ("kerch", "student_outcomes", True),
        ("kerch", "low_results", False),
        ("spirovo", "student_outcomes", False),
    ],
)
def test_the_folded_notebook_and_declaration_are_parts_of_the_report(
    tmp_path: Path, municipality: str, report: str, has_objectivity: bool
) -> None:
    (tmp_path / "data" / "raw" / str(YEAR)).mkdir(parents=True)
    step = BuildPlan(Project(tmp_path), municipality, "internal").report(YEAR, report)
    named = {Path(name).name for kind, name in step.parts if kind in ("notebook", "declaration")}
    assert f"{report}.ipynb" in named
    assert ({"objectivity.ipynb", "objectivity.yml"} <= named) is has_objectivity
