"""Passports on the site: their list, their addresses, what is kept of those not built."""

from __future__ import annotations

from pathlib import Path

from executed import QUALITY, build_site, site_map
from msoko.site.passport_pages import passport_list_page
from msoko.site.rendering.page_bodies import render_markdown_page
from msoko.site.site_model import PASSPORTS, PassportPage


def one(school_id: str, name: str, **facts: object) -> PassportPage:
    given = {"is_preschool": False, "body": render_markdown_page(QUALITY)} | facts
    return PassportPage(school_id, name, **given)


def test_schools_are_listed_by_name_with_numbers_as_numbers():
    listed = [one("s10", "СОШ № 10"), one("s09", "СОШ № 9"), one("g01", "Гимназия")]
    page = passport_list_page(listed, [], site_map())
    assert [page.index(f"{name}</a>") for name in ("Гимназия", "№ 9", "№ 10")] == sorted(
        page.index(f"{name}</a>") for name in ("Гимназия", "№ 9", "№ 10")
    )


def test_preschools_stand_apart_and_names_are_escaped():
    listed = [one("d01", "Сад «Ёж & <К>»", is_preschool=True), one("s01", "СОШ")]
    page = passport_list_page(listed, [], site_map())
    assert page.index(">Школы<") < page.index(">Дошкольные организации<")
    assert "Ёж &amp; &lt;К&gt;" in page


def test_what_was_not_built_says_why_and_keeps_its_page(tmp_path: Path):
    build_site([], tmp_path / "site", passports=(one("s01", "СОШ № 1"),))
    before = (tmp_path / "site" / "passports" / "s01.html").read_text(encoding="utf-8")
    refused = tuple(one(code, code, body=None, reason="Потому.") for code in ("s01", "s02"))
    build_site([], tmp_path / "site", passports=refused)
    page = (tmp_path / "site" / PASSPORTS).read_text(encoding="utf-8")
    assert "Показан прежний паспорт. Потому." in page
    assert "Паспорт не построен. Потому." in page
    assert ("passports/s01.html" in page, "passports/s02.html" in page) == (True, False)
    assert (tmp_path / "site" / "passports" / "s01.html").read_text(encoding="utf-8") == before


def test_a_passport_is_headed_by_its_organisation_and_listed_in_the_menu(tmp_path: Path):
    build_site([], tmp_path / "site", passports=(one("s01", "СОШ № 1"),))
    page = (tmp_path / "site" / "passports" / "s01.html").read_text(encoding="utf-8")
    assert "<h1>Паспорт организации: СОШ № 1</h1>" in page
    assert f'<a href="../{PASSPORTS}">Паспорта школ</a>' in page


def test_a_site_without_passports_has_no_entry_in_the_menu(tmp_path: Path):
    build_site([], tmp_path / "site")
    assert PASSPORTS not in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "site" / PASSPORTS).exists()
