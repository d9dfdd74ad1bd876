"""Passports on the site: their list, their addresses, what is kept of those not built."""

from __future__ import annotations

from pathlib import Path

import pytest

from executed import site_map
from msoko.site import passport_pages
from msoko.site.site_model import PASSPORTS, Passport


def one(school_id: str, name: str, **facts: object) -> Passport:
    given = {"is_preschool": False, "notebook": Path("x.ipynb")} | facts
    return Passport(school_id, name, **given)


@pytest.mark.parametrize(
    ("href", "led"),
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
def test_addresses_within_the_site_are_led_up(href: str, led: str):
    html = f'<a class="x" href="{href}">а</a> data-href="talents.html"'
    expected = html.replace(f' href="{href}"', f' href="{led}"')
    assert passport_pages.lead_up(html, "passports/s01.html") == expected
    assert passport_pages.lead_up(html, "talents.html") == html


def test_schools_are_listed_by_name_with_numbers_as_numbers():
    listed = [one("s10", "СОШ № 10"), one("s09", "СОШ № 9"), one("g01", "Гимназия")]
    page = passport_pages.list_page(listed, [], site_map())
    assert [page.index(f"{name}</a>") for name in ("Гимназия", "№ 9", "№ 10")] == sorted(
        page.index(f"{name}</a>") for name in ("Гимназия", "№ 9", "№ 10")
    )


def test_preschools_stand_apart_and_names_are_escaped():
    listed = [one("d01", "Сад «Ёж & <К>»", is_preschool=True), one("s01", "СОШ")]
    page = passport_pages.list_page(listed, [], site_map())
    assert page.index(">Школы<") < page.index(">Дошкольные организации<")
    assert "Ёж &amp; &lt;К&gt;" in page


def test_what_was_not_built_says_why_and_keeps_its_page(tmp_path: Path):
    (tmp_path / "passports").mkdir()
    (tmp_path / "passports/s01.html").write_text("")
    refused = [one(code, code, notebook=None, reason="Потому.") for code in ("s01", "s02")]
    old = passport_pages.kept(refused, tmp_path)
    assert [passport.school_id for passport in old] == ["s01"]
    page = passport_pages.list_page(refused, old, site_map())
    assert "Показан прежний паспорт. Потому." in page
    assert "Паспорт не построен. Потому." in page
    assert ("passports/s01.html" in page, "passports/s02.html" in page) == (True, False)


def test_a_site_without_passports_has_no_entry_in_the_menu():
    assert passport_pages.menu([]) == []
    assert [link.href for link in passport_pages.menu([one("s01", "СОШ")])] == [PASSPORTS]
