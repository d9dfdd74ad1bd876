from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from msoko.catalog import load_profile
from msoko.catalog.registry import registry_words
from msoko.core.project import Project

PROFILE = """
profile: small
name: {nominative: Округ, genitive: Округа, prepositional: Округе}
region: {nominative: Край, genitive: Края, prepositional: Крае}
department: {nominative: Отдел, genitive: Отдела, prepositional: Отделе}
methodical_service: {nominative: Центр, genitive: Центра, prepositional: Центре}
directions: [exam_results]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project with wording of its own, to be edited while this process lives."""
    for folder in ("data/raw", "profiles"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "profiles" / "small.yml").write_text(PROFILE, encoding="utf-8")
    shutil.copytree(Project.at(None).home / "registry", tmp_path / "registry")
    return Project(tmp_path)


def edit(path: Path, old: str, new: str) -> None:
    """Put other words of the same length, and leave the file as old as it was."""
    before = path.stat()
    text = path.read_text(encoding="utf-8")
    assert old in text and len(old.encode()) == len(new.encode())
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_edited_sentence_is_read_anew(project: Project):
    profile = load_profile(project, "small")
    assert registry_words.load_wording(project, profile)["column"]["school"] == "Школа"
    edit(project.root / "registry" / "wording_tables.yml", "school: Школа", "school: Лицей")
    assert registry_words.load_wording(project, profile)["column"]["school"] == "Лицей"


def test_edited_words_of_markers_and_checks_are_read_anew(project: Project):
    markers = registry_words.load_objectivity(project)
    assert markers.title("journal") == "Расхождение с журналом"
    path = project.root / "registry" / "wording_objectivity.yml"
    edit(path, "title: Расхождение с журналом", "title: Разногласие с журналом")
    assert registry_words.load_objectivity(project).title("journal") == "Разногласие с журналом"
