"""The key of pseudonyms: known by a mark, and written nowhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from msoko.build.graph.build_plan import BuildPlan
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.identity import pseudonyms
from msoko.ingest.identity.pseudonyms import key_mark, project_secret

YEAR = SchoolYear.parse("2024-25")
KEYS = ("the first key of two", "the second key of two")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of a municipality of its own, and a user who has no keys yet."""
    monkeypatch.delenv(pseudonyms.VARIABLE, raising=False)
    monkeypatch.setattr(pseudonyms, "_key_path", lambda name: tmp_path / "keys" / f"{name}.key")
    raw = tmp_path / "okrug" / "data" / "raw" / str(YEAR)
    raw.mkdir(parents=True)
    (raw / "year.yml").write_text("school_year: 2024-25\nmunicipality: okrug\n", encoding="utf-8")
    return Project(tmp_path / "okrug")


def test_asking_for_the_mark_makes_no_key(project: Project, tmp_path: Path) -> None:
    assert key_mark(project) == "absent"
    assert not (tmp_path / "keys").exists()


def test_the_mark_stays_with_the_key(project: Project) -> None:
    project_secret(project)
    assert key_mark(project) == key_mark(project) != "absent"


def test_another_key_has_another_mark(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = set()
    for key in KEYS:
        monkeypatch.setenv(pseudonyms.VARIABLE, key)
        marks.add(key_mark(project))
    assert len(marks) == 2


def test_the_mark_is_no_plain_digest_of_the_key(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pseudonyms.VARIABLE, KEYS[0])
    mark = key_mark(project)
    for name in sorted(hashlib.algorithms_guaranteed):
        if not name.startswith("shake"):
            assert mark not in hashlib.new(name, KEYS[0].encode()).hexdigest()


def test_tables_made_with_another_key_are_stale(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pseudonyms.VARIABLE, KEYS[0])
    plan = BuildPlan(project, "demo", "internal")
    plan.records.remember(plan.intake(YEAR), 1.0)
    assert plan.records.reasons(plan.intake(YEAR)) == []
    monkeypatch.setenv(pseudonyms.VARIABLE, KEYS[1])
    now = BuildPlan(project, "demo", "internal")
    told = [reason.text for reason in now.records.reasons(now.intake(YEAR))]
    assert told == ["сменился ключ псевдонимов учеников"]
    written = "".join(path.read_text() for path in plan.records.folder.glob("*.json"))
    assert not any(key in written for key in KEYS)
