"""What is declared is read once for all that are forked afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko.build.kernels.preload_declarations import read_declarations, write_check_queries
from msoko.catalog import load_directions
from msoko.catalog.yaml import yaml_schema
from msoko.core.project import Project
from msoko.core.store import stored_columns
from msoko.core.tables import TABLES
from msoko.validate.suites.reconciliations import RECONCILIATIONS
from msoko.validate.suites.suite_files import read_suite
from msoko.validate.suites.suite_query import question


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


def test_what_was_remembered_is_not_read_again(root: Path) -> None:
    yaml_schema.parse.cache_clear()
    read_declarations(str(root), "demo")
    read = yaml_schema.parse.cache_info().misses
    assert read > 0
    load_directions(Project.at(root), "demo")
    assert yaml_schema.parse.cache_info().misses == read


def test_another_text_is_read_anew(root: Path) -> None:
    read_declarations(str(root), "demo")
    project = Project.at(root)
    declared = project.find("profiles", "demo.yml").read_text("utf-8")
    own = root / "profiles" / "demo.yml"
    own.parent.mkdir()
    own.write_text(declared.replace("  - talents\n", "", 1), "utf-8")
    assert "talents" not in [one.direction for one in load_directions(project, "demo")]


def test_what_is_refused_is_left_for_those_who_need_it(root: Path) -> None:
    (root / "profiles").mkdir()
    (root / "profiles" / "demo.yml").write_text("profile: [", "utf-8")
    read_declarations(str(root), "demo")
    read_declarations(str(root), "no_such_profile")


def test_a_query_that_was_remembered_is_not_written_again(root: Path) -> None:
    question.cache_clear()
    write_check_queries(str(root))
    written = question.cache_info().misses
    write_check_queries(str(root))
    assert question.cache_info().misses == written
    assert written == len(TABLES) + len(RECONCILIATIONS)


def test_a_suite_with_another_text_is_asked_anew(root: Path) -> None:
    write_check_queries(str(root))
    project = Project.at(root)
    columns = (("appeals", stored_columns("appeals")),)
    before = question(read_suite(project, "appeals"), columns, None)
    text = project.find("expectations", "appeals.json").read_text("utf-8")
    own = root / "expectations" / "appeals.json"
    own.parent.mkdir()
    own.write_text(text.replace("[a-z]", "[a-y]"), "utf-8")
    after = question(read_suite(project, "appeals"), columns, None)
    assert "[a-y]" in str(after.suite.config)
    assert after is not before


def test_a_suite_that_is_refused_is_left_for_those_who_check(root: Path) -> None:
    (root / "expectations").mkdir()
    (root / "expectations" / "results.json").write_text("{", "utf-8")
    write_check_queries(str(root))
