"""Files beside pages: linked from the page of their name, guarded, kept with a kept page."""

import re

import pytest

from executed import build_site, reports
from msoko.core.errors import DataRefused
from msoko.disclosure.leaks import Guard
from msoko.documents.xlsx import Tab, workbook
from msoko.site.attachments import Attachment
from msoko.site.site_model import RefusedReport

TABLES = Attachment("student_outcomes.xlsx", "Таблицы в Excel", b"PK tables")


def test_a_file_lies_beside_its_page_which_alone_links_it(tmp_path):
    out = tmp_path / "internal"
    build_site(reports(tmp_path / "executed"), out, attachments=(TABLES,))
    assert (out / TABLES.href).read_bytes() == TABLES.content
    link = '<a href="student_outcomes.xlsx" download>Таблицы в Excel</a>'
    linking = [path.name for path in out.glob("*.html") if link in path.read_text("utf-8")]
    assert linking == ["student_outcomes.html"]


def tables_with(*cells: str) -> Attachment:
    tab = Tab("Лист", "Что на листе.", ["Показатель"], [[cell] for cell in cells])
    return Attachment("student_outcomes.xlsx", "Таблицы в Excel", workbook([tab]))


def test_a_login_in_a_file_stops_the_public_edition(tmp_path):
    made, tables = reports(tmp_path / "executed"), tables_with("Логин edu990001")
    with pytest.raises(
        DataRefused, match=re.escape("student_outcomes.xlsx, лист «Лист», строка 4: логин")
    ):
        build_site(made, tmp_path / "public", edition="public", attachments=(tables,))
    assert not (tmp_path / "public").exists()


def test_a_kept_file_is_searched_for_what_is_forbidden_since(tmp_path):
    made, out = reports(tmp_path / "executed"), tmp_path / "public"
    tables = tables_with("Школа № 17")
    build_site(made, out, edition="public", attachments=(tables,))
    gone = next(one for one in made if one.direction == "student_outcomes")
    refused = RefusedReport(gone.direction, gone.number, gone.title, gone.mechanism, "Нет данных.")
    rest = [one for one in made if one is not gone]
    facts = {"refused": (refused,), "guard": Guard(forbidden=("Школа № 17",))}
    with pytest.raises(
        DataRefused, match=re.escape("student_outcomes.xlsx, лист «Лист», строка 4: запрещённый")
    ):
        build_site(rest, out, edition="public", **facts)
    assert (out / tables.href).read_bytes() == tables.content


def test_a_kept_page_keeps_its_file(tmp_path):
    made, out = reports(tmp_path / "executed"), tmp_path / "internal"
    build_site(made, out, attachments=(TABLES,))
    gone = next(one for one in made if one.direction == "student_outcomes")
    refused = RefusedReport(gone.direction, gone.number, gone.title, gone.mechanism, "Нет данных.")
    rest = [one for one in made if one is not gone]
    build_site(rest, out, refused=(refused,))
    assert (out / TABLES.href).read_bytes() == TABLES.content
    assert (out / "student_outcomes.html").exists()


def test_a_page_of_no_direction_is_in_the_menu_and_on_the_index(tmp_path):
    made, out = reports(tmp_path / "executed"), tmp_path / "internal"
    page, rest = made[0], made[1:]
    build_site(rest, out, overall=(page,))
    assert (out / page.href).exists()
    for text in (path.read_text("utf-8") for path in out.glob("*.html")):
        assert f'href="{page.href}"' in text
    assert page.purpose in (out / "index.html").read_text("utf-8")
