"""What a notebook asks is read off it without running it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from msoko.catalog.directions.notebook_outline import load_analysis
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project
from msoko.report import Report


def notebook(root: Path, *cells: tuple[str, str, str]) -> Project:
    """Write notebooks/own.ipynb of (id, kind, source) and return its project."""
    made = [{"id": name, "cell_type": kind, "source": text} for name, kind, text in cells]
    (root / "notebooks").mkdir()
    (root / "notebooks" / "own.ipynb").write_text(json.dumps({"cells": made}), "utf-8")
    return Project(root)


def test_questions_between_analysis_and_recommendations_are_taken(tmp_path: Path) -> None:
    project = notebook(
        tmp_path,
        ("summary", "markdown", "Главное?"),
        ("summary-answer", "code", 'report.summary("a", "b")'),
        ("analysis", "markdown", "## Анализ\n\nСначала уровень."),
        ("level", "markdown", "### Уровень\n\nКаков он?"),
        ("level-answer", "code", 'report.level("a")'),
        ("level-reading", "markdown", "Читать осторожно."),
        ("recommendations", "markdown", "## Кому?"),
        ("recommendations-answer", "code", "report.recommendations()"),
    )
    found = load_analysis(project, "own")
    assert found.summary == ("a", "b")
    assert found.opening.startswith("## Анализ")
    assert [one.call for one in found.questions] == [("level", ("a",))]
    assert (found.questions[0].words, found.questions[0].reading) == (
        "### Уровень\n\nКаков он?",
        "Читать осторожно.",
    )


@pytest.mark.parametrize(
    "source", ["import os", "other.level('a')", "report.level(code)", "report.level(by=1)", "1 +"]
)
def test_a_cell_that_is_no_plain_call_is_no_question(tmp_path: Path, source: str) -> None:
    project = notebook(
        tmp_path,
        ("analysis", "markdown", "## Анализ"),
        ("q", "markdown", "Каков?"),
        ("q-answer", "code", source),
    )
    assert load_analysis(project, "own").questions == ()


def test_a_missing_or_broken_notebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"notebooks/objectivety\.ipynb.*«objectivity»"):
        load_analysis(Project(HOME), "objectivety")
    project = notebook(tmp_path)
    (tmp_path / "notebooks" / "own.ipynb").write_text("{", "utf-8")
    with pytest.raises(UsageError, match="не блокнот"):
        load_analysis(project, "own")


@pytest.mark.parametrize(
    "path", sorted((HOME / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_every_question_of_the_house_is_one_that_a_report_answers(path: Path) -> None:
    found = load_analysis(Project(HOME), path.stem)
    assert [one.method for one in found.questions if not hasattr(Report, one.method)] == []


def test_objectivity_asks_for_the_verdict_and_its_grounds() -> None:
    found = load_analysis(Project(HOME), "objectivity")
    asked = [one.method for one in found.questions]
    assert asked[:3] == ["objectivity", "score_distribution", "journal"]
    assert "ob_flagged" in found.summary
