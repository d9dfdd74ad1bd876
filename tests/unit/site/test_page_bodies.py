"""The body of a page is kept and composed as if it had just been rendered."""

from __future__ import annotations

from pathlib import Path

import pytest

from executed import markdown_cell, site_map, write_notebook, write_page
from msoko.core.errors import UsageError
from msoko.site.page_bodies import fragments, keep, kept, written
from msoko.site.page_composition import composed
from msoko.site.site_model import MarkdownPage


def test_a_kept_body_gives_the_same_page(tmp_path: Path):
    notebook = write_notebook(tmp_path / "a.ipynb")
    write_page(notebook, tmp_path / "at-once.html", "embedded")
    keep(fragments([notebook], "embedded")[0], tmp_path / "pages" / "a.json")
    later = composed(kept(tmp_path / "pages" / "a.json"), site_map(), "at-once.html")
    assert later == (tmp_path / "at-once.html").read_text(encoding="utf-8")


def test_equal_notebooks_give_equal_bodies(tmp_path: Path):
    notebook = write_notebook(tmp_path / "a.ipynb")
    for name in ("one", "two"):
        keep(fragments([notebook], "embedded")[0], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_reference_that_leads_nowhere_is_refused_before_anything_is_kept(tmp_path: Path):
    cells = [markdown_cell("# Отчёт\n\nСм. [число](#e-absent).")]
    notebook = write_notebook(tmp_path / "a.ipynb", cells)
    with pytest.raises(UsageError, match="#e-absent"):
        fragments([notebook], "embedded")


def test_what_people_wrote_has_a_body_too():
    body = written(MarkdownPage("method.html", "Методика", "## Доли\n\nТекст."))
    assert (body.title, [one.text for one in body.contents]) == ("Методика", ["Доли"])
    assert "Текст." in body.html
