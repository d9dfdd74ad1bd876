"""Registries are read in two layers: the project's own lines, then the house's."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko.catalog import load_thresholds
from msoko.catalog.registry.mark_scales import COLUMNS, Scales
from msoko.catalog.registry.registry_words import load_subject_names
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.identity.subject_names import Subjects

YEAR = SchoolYear(2024)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    return folder


def test_an_own_scale_joins_the_houses(registry: Path):
    line = "*,oge,chemistry,9,40,10;21;31,,regulation,письмо"
    (registry / "scales.csv").write_text(f"{','.join(COLUMNS)}\n{line}\n", encoding="utf-8")
    scales = Scales.load(Project(registry.parent))
    own = scales.find(YEAR, "oge", "chemistry", 9)
    assert own is not None and own.cuts == (10, 21, 31)
    house = Scales.load(Project(HOME)).find(YEAR, "vpr", "russian", 4)
    assert house is not None and scales.find(YEAR, "vpr", "russian", 4) == house


def test_an_own_scale_goes_before_the_houses_of_the_same_paper(registry: Path):
    line = "*,vpr,russian,4,38,1;2;3,,regulation,приказ"
    (registry / "scales.csv").write_text(f"{','.join(COLUMNS)}\n{line}\n", encoding="utf-8")
    found = Scales.load(Project(registry.parent)).find(YEAR, "vpr", "russian", 4)
    assert found is not None and found.cuts == (1, 2, 3)


def test_an_own_subject_joins_the_houses_and_renames_one(registry: Path):
    head = "subject,name,short_name,vpr_code,exam_code,oral_exam_code,aliases"
    lines = [head, "tatar,Татарский язык,татар.,ТА,,,", "russian,Родной русский,русс.,РУ,1,,"]
    (registry / "subjects.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    names = load_subject_names(Project(registry.parent))
    assert (names["tatar"], names["russian"]) == ("Татарский язык", "Родной русский")
    assert names["mathematics"] == load_subject_names(Project(HOME))["mathematics"]
    assert Subjects.load(Project(registry.parent)).code("татарский язык") == "tatar"


def test_an_own_threshold_replaces_one_and_leaves_the_rest(registry: Path):
    text = """thresholds:
  - code: low_results_share
    title: Доля
    value: 0.25
    unit: share
    origin: practice
    source: решение департамента
"""
    (registry / "thresholds.yml").write_text(text, encoding="utf-8")
    own, house = load_thresholds(Project(registry.parent)), load_thresholds(Project(HOME))
    assert own["low_results_share"].value == 0.25
    assert set(own) == set(house)
    assert own["low_results_procedures"] == house["low_results_procedures"]
