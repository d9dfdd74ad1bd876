import os
import sys
from pathlib import Path

import pytest
import yaml

from executed import drawn_svg, markdown_cell, page_of, report_cells, write_notebook
from msoko.build.graph.build_plan import choose_renderer
from msoko.core.errors import DataRefused, UsageError
from msoko.site.rendering.notebook_markdown import read_page_markdown
from msoko.site.rendering.page_bodies import render_notebooks
from msoko.site.rendering.quarto_renderer import markdown_notebook, write_quarto_project

FAKE = Path(__file__).with_name("fake_quarto.py")


@pytest.fixture
def fake_quarto(tmp_path, monkeypatch):
    """Put the stand-in on PATH as `quarto`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "quarto"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_the_project_holds_what_quarto_needs_and_nothing_to_execute(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    page = read_page_markdown(write_notebook(tmp_path / "a.ipynb"))
    assert write_quarto_project(project, [page]) == ["report-1"]
    assert sorted(path.name for path in project.iterdir()) == [
        "_quarto.yml",
        "report-1-msoko-image-1.svg",
        "report-1.ipynb",
    ]
    settings = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))
    assert settings["project"] == {
        "type": "website",
        "output-dir": "_site",
        "render": ["report-1.ipynb"],
    }
    assert settings["lang"] == "ru"
    assert "msoko" not in settings  # words that Quarto has no use for
    assert settings["crossref"]["fig-title"] == "Рисунок"
    assert settings["format"]["html"]["html-math-method"] == "mathml"
    cells = markdown_notebook(page, "report-1")["cells"]
    assert cells[0] == {
        "cell_type": "raw",
        "id": "front",
        "metadata": {},
        "source": ["---\n", 'title: "Система оценки качества подготовки обучающихся"\n', "---"],
    }
    assert {cell["cell_type"] for cell in cells[1:]} == {"markdown"}
    text = "".join(line for cell in cells for line in cell["source"])
    assert "](report-1-msoko-image-1.svg){#fig-schools" in text
    assert "base64" not in text
    assert "school_year" not in text  # parameter cells
    assert ".callout" not in text  # Quarto's callouts need its scripts


def test_both_renderers_give_the_same_page(tmp_path, fake_quarto):
    notebook = write_notebook(tmp_path / "a.ipynb")
    by_quarto, embedded = page_of(notebook, None, "quarto"), page_of(notebook)
    assert "<dd>Quarto</dd>" in by_quarto
    assert "<dd>встроенный (pandoc)</dd>" in embedded
    assert "cdnjs" not in by_quarto
    assert drawn_svg() in by_quarto

    def bare(html: str) -> str:
        return "".join(html.replace("встроенный (pandoc)", "Quarto").split())

    assert bare(by_quarto) == bare(embedded)


def test_several_notebooks_take_one_start(tmp_path, fake_quarto):
    first = write_notebook(tmp_path / "a.ipynb")
    second = write_notebook(tmp_path / "b.ipynb", [markdown_cell("# Второй\n\nТекст.")])
    done = render_notebooks([first, second], "quarto")
    assert [entry.title for entry in done][1] == "Второй"
    assert done[1].html == "<p>Текст.</p>\n"


def test_quarto_is_chosen_where_it_is_found(fake_quarto):
    assert choose_renderer("auto") == "quarto"
    assert choose_renderer("embedded") == "embedded"


def test_quarto_asked_for_but_absent_is_refused(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert choose_renderer("auto") == "embedded"
    with pytest.raises(UsageError, match="--renderer embedded"):
        choose_renderer("quarto")


@pytest.mark.parametrize(
    ("title", "words"), [("broken", "something is wrong"), ("missing", "report-1.html")]
)
def test_quarto_s_failure_is_said_without_the_place_of_its_work(
    tmp_path, fake_quarto, title, words
):
    cells = [markdown_cell(f"# {title}\n\nТекст."), *report_cells()[1:]]
    notebook = write_notebook(tmp_path / "a.ipynb", cells)
    with pytest.raises(DataRefused, match=words) as refusal:
        render_notebooks([notebook], "quarto")
    assert "msoko-quarto-" not in str(refusal.value)
