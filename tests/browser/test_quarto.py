"""Runs only where a real Quarto is installed."""

import shutil

import pytest

from executed import body_of, write_notebook

pytestmark = [
    pytest.mark.quarto,
    pytest.mark.skipif(not shutil.which("quarto"), reason="quarto is not on PATH"),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    notebook = write_notebook(folder / "a.ipynb")
    return {renderer: body_of(notebook, renderer) for renderer in ("quarto", "embedded")}


def test_quarto_numbers_and_labels_as_the_embedded_renderer_does(pages):
    from lxml import html

    def captions(renderer: str) -> list[str]:
        root = html.fragment_fromstring(pages[renderer].html, create_parent="div")
        found = root.xpath(".//figcaption|.//caption|.//a[starts-with(@href, '#')]")
        return [" ".join(element.text_content().split()) for element in found]

    assert captions("quarto") == captions("embedded")


def test_quarto_gives_the_same_text_and_contents(pages):
    from lxml import html

    def text(renderer: str) -> str:
        root = html.fragment_fromstring(pages[renderer].html, create_parent="div")
        return " ".join(root.text_content().split())

    assert text("quarto") == text("embedded")
    assert pages["quarto"].contents == pages["embedded"].contents


def test_quarto_leaves_no_outside_address(pages):
    assert "http" not in pages["quarto"].html
