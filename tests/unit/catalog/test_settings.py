"""`msoko.yml`: the project's own, else the house's, else the usual settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko.catalog import load_settings
from msoko.core.errors import UsageError
from msoko.core.project import Project


def project(tmp_path: Path, own: str = "", house: str = "") -> Project:
    for name, text in (("own", own), ("house", house)):
        (tmp_path / name).mkdir()
        if text:
            (tmp_path / name / "msoko.yml").write_text(text, encoding="utf-8")
    return Project(tmp_path / "own", tmp_path / "house")


def test_the_usual_engine_is_duckdb(tmp_path: Path) -> None:
    assert load_settings(project(tmp_path)).engine == "duckdb"


def test_a_project_without_settings_takes_those_of_the_house(tmp_path: Path) -> None:
    assert load_settings(project(tmp_path, house="engine: spark")).engine == "spark"


def test_a_projects_own_settings_come_first(tmp_path: Path) -> None:
    asked = project(tmp_path, own="engine: spark://hub:7077", house="engine: spark")
    assert load_settings(asked).engine == "spark://hub:7077"


def test_a_misspelt_key_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="msoko.yml, строка 1.*engine"):
        load_settings(project(tmp_path, own="engines: spark"))
