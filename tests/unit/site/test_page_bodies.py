"""The body of a page is saved and composed as if it had just been rendered."""

from __future__ import annotations

from pathlib import Path

import pytest

from executed import body_of, markdown_cell, page_of, site_map, write_notebook
from msoko.core.errors import UsageError
from msoko.site.page_composition import compose_page
from msoko.site.rendering.page_bodies import (
    MarkdownPage,
    load_body,
    render_markdown_page,
    save_body,
)


def test_a_saved_body_gives_the_same_page(tmp_path: Path):
    notebook = write_notebook(tmp_path / "a.ipynb")
    save_body(body_of(notebook), tmp_path / "pages" / "a.json")
    later = compose_page(load_body(tmp_path / "pages" / "a.json"), site_map(), "a.html")
    assert later == page_of(notebook)


def test_equal_notebooks_give_equal_bodies(tmp_path: Path):
    notebook = write_notebook(tmp_path / "a.ipynb")
    for name in ("one", "two"):
        save_body(body_of(notebook), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_reference_that_leads_nowhere_is_refused_before_anything_is_saved(tmp_path: Path):
    cells = [markdown_cell("# Отчёт\n\nСм. [число](#e-absent).")]
    notebook = write_notebook(tmp_path / "a.ipynb", cells)
    with pytest.raises(UsageError, match="#e-absent"):
        body_of(notebook)


def test_what_people_wrote_has_a_body_too():
    body = render_markdown_page(MarkdownPage("method.html", "Методика", "## Доли\n\nТекст."))
    assert (body.title, [one.text for one in body.contents]) == ("Методика", ["Доли"])
    assert "Текст." in body.html
