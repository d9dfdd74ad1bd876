"""What a passport depends on beyond the tables: who joined whom stands in the register alone."""

from pathlib import Path

from tiny import SCHOOL, write_passport, write_tiny

from msoko.build.graph.build_plan import BuildPlan
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

REGISTER = ("raw", "data/raw/schools.csv")


def parts_of(root: Path, report: str) -> dict:
    return dict(
        BuildPlan(Project.at(root), "tiny", "internal").report(SchoolYear(2023), report).parts
    )


def test_a_passport_is_stale_when_the_register_changes(tmp_path: Path):
    write_tiny(tmp_path, codes=("first", "second", "third"))
    write_passport(tmp_path, SCHOOL)
    before = parts_of(tmp_path, "school_passport:A1")[REGISTER]
    (tmp_path / "data/raw/schools.csv").write_text("school_id,name\nA1,A1\n", encoding="utf-8")
    assert parts_of(tmp_path, "school_passport:A1")[REGISTER] != before


def test_a_report_of_a_direction_is_not(tmp_path: Path):
    write_tiny(tmp_path, codes=("first", "second", "third"))
    assert REGISTER not in parts_of(tmp_path, "first")
