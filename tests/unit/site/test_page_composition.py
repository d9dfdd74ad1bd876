import os

import pytest

from executed import page_of, site_map, write_notebook
from msoko.site.page_composition import lift_addresses

PAGE_SECONDS = 0.3
"""What a page may take; issue 6."""


def test_a_page_is_whole_and_self_contained(tmp_path):
    text = page_of(write_notebook(tmp_path / "a.ipynb"))
    assert text.startswith('<!DOCTYPE html>\n<html lang="ru">')
    assert text.endswith("</html>\n")
    assert text.count("data:image/svg+xml;base64,") == 1
    assert "msoko-image" not in text


def test_the_page_names_its_renderer_and_provenance(tmp_path):
    text = page_of(write_notebook(tmp_path / "a.ipynb"))
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
        page_of(notebook)
        used.append(processor_seconds() - start)
    assert min(used) < PAGE_SECONDS


@pytest.mark.parametrize("edition", ["public", "internal"])
def test_only_the_internal_edition_asks_not_to_be_indexed(tmp_path, edition):
    text = page_of(write_notebook(tmp_path / "a.ipynb"), site_map(edition))
    assert ("noindex" in text) == (edition == "internal")


@pytest.mark.parametrize(
    ("href", "lifted"),
    [
        ("talents.html", "../talents.html"),
        ("method.html#shares", "../method.html#shares"),
        ("passports/s02.html", "../passports/s02.html"),
        ("#e-1", "#e-1"),
        ("https://example.org/", "https://example.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("/top.html", "/top.html"),
        ("../up.html", "../up.html"),
    ],
)
def test_addresses_within_the_site_are_led_up(href: str, lifted: str):
    html = f'<a class="x" href="{href}">а</a> data-href="talents.html"'
    expected = html.replace(f' href="{href}"', f' href="{lifted}"')
    assert lift_addresses(html, "passports/s01.html") == expected
    assert lift_addresses(html, "talents.html") == html
