import os

import pytest

from executed import write_notebook, write_page

PAGE_SECONDS = 0.3
"""What a page may take; issue 6."""


def test_a_page_is_whole_and_self_contained(tmp_path):
    body = write_page(write_notebook(tmp_path / "a.ipynb"), tmp_path / "a.html", "embedded")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.startswith('<!DOCTYPE html>\n<html lang="ru">')
    assert text.endswith("</html>\n")
    assert text.count("data:image/svg+xml;base64,") == 1
    assert "msoko-image" not in text
    assert body.renderer == "embedded"


def test_the_page_names_its_renderer_and_provenance(tmp_path):
    write_page(write_notebook(tmp_path / "a.ipynb"), tmp_path / "a.html", "embedded")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<dt>Способ вывода</dt><dd>встроенный (pandoc)</dd>" in text
    assert "<dt>Версия</dt><dd>0.1.0</dd>" in text


def processor_seconds() -> float:
    """Return what this process and pandoc have used; other programs do not count."""
    return sum(os.times()[:4])


def test_a_page_takes_less_than_a_third_of_a_second(tmp_path):
    notebook = write_notebook(tmp_path / "a.ipynb")
    used = []
    for _ in range(3):
        start = processor_seconds()
        write_page(notebook, tmp_path / "a.html", "embedded")
        used.append(processor_seconds() - start)
    assert min(used) < PAGE_SECONDS


@pytest.mark.parametrize("edition", ["public", "internal"])
def test_only_the_internal_edition_asks_not_to_be_indexed(tmp_path, edition):
    write_page(write_notebook(tmp_path / "a.ipynb"), tmp_path / "a.html", "embedded", edition)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert ("noindex" in text) == (edition == "internal")
