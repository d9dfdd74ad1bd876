import re
from html.parser import HTMLParser

import pytest

from executed import body_of, build_site, code_cell, markdown_cell, reports, write_notebook
from msoko.core.errors import DataRefused
from msoko.disclosure.leaks import Guard
from msoko.site.attachments import KeyFigure
from msoko.site.site_model import RefusedReport, ReportPage

OUTSIDE = re.compile(r"(?:src|href|action|data|poster)=[\"'](?!#|data:|[\w.-]+\.html)")


def pages(folder) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build_site(reports(folder / "executed"), folder / "internal")
    return pages(folder / "internal")


def test_the_site_holds_every_page(site):
    assert list(site) == [
        "index.html",
        "low_results.html",
        "method.html",
        "objectivity.html",
        "quality.html",
        "student_outcomes.html",
    ]


def test_no_page_names_an_outside_address(site):
    for name, text in site.items():
        assert not OUTSIDE.findall(text), name
        assert not re.search(r"https?://|@import|url\((?!data:)", text), name


def test_every_link_between_pages_leads_somewhere(site):
    for name, text in site.items():
        for target, anchor in re.findall(r'href="([\w.]*\.html)?(#[^"]+)?"', text):
            page = site[target or name]
            if anchor:
                assert f'id="{anchor[1:]}"' in page, (name, target, anchor)


def test_every_page_says_that_data_are_synthetic_and_which_edition_it_is(site):
    for name, text in site.items():
        assert '<p class="synthetic"><strong>Синтетические данные.</strong>' in text, name
        assert "Служебная редакция" in text, name
        assert '<html lang="ru">' in text, name


def test_real_data_carry_no_synthetic_banner(tmp_path):
    made = reports(tmp_path / "executed")[:1]
    build_site(made, tmp_path / "public", is_synthetic=False, edition="public")
    for text in pages(tmp_path / "public").values():
        assert "интетическ" not in text
        assert "Открытая редакция" in text


def test_headings_do_not_skip_a_level(site):
    class Levels(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[int] = []

        def handle_starttag(self, tag, attrs):
            if re.fullmatch("h[1-6]", tag):
                self.found.append(int(tag[1]))

    for name, text in site.items():
        levels = Levels()
        levels.feed(text)
        assert levels.found[0] == 1 and levels.found.count(1) == 1, name
        steps = zip(levels.found, levels.found[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (name, levels.found)


def test_the_index_shows_figures_with_their_change(site):
    text = site["index.html"]
    assert "87,3 %" in text and "+2,1 п. п. к прошлому году" in text
    assert "(улучшение)" in text and "(ухудшение)" in text
    assert "несопоставимо: изменён порядок проверки" in text


def test_directions_stand_under_their_mechanism_in_order(site):
    text = site["index.html"]
    places = [
        text.index(words)
        for words in (
            "Механизмы управления качеством образовательных результатов",
            "Направление 1",
            "Направление 2",
            "Система оценки в целом",
            "Направление 3",
        )
    ]
    assert places == sorted(places)


def test_reports_name_their_neighbours(site):
    assert "Следующее направление" in site["student_outcomes.html"]
    assert "Предыдущее направление" not in site["student_outcomes.html"]
    assert "Предыдущее направление" in site["objectivity.html"]


def test_the_same_input_gives_the_same_bytes(tmp_path, site):
    build_site(reports(tmp_path / "executed"), tmp_path / "again")
    assert pages(tmp_path / "again") == site


def test_texts_of_people_are_escaped(tmp_path):
    figure = KeyFigure("<b>Школа</b> & Ко", "<1 %")
    build_site([], tmp_path / "site", key_figures=(figure,))
    assert "&lt;b&gt;Школа&lt;/b&gt; &amp; Ко" in pages(tmp_path / "site")["index.html"]


@pytest.fixture
def released(tmp_path):
    build_site(reports(tmp_path / "executed"), tmp_path / "public", edition="public")
    return pages(tmp_path / "public")


def leaking(folder, text: str) -> list[ReportPage]:
    cells = [markdown_cell("# Отчёт"), code_cell("report.table()", text)]
    notebook = write_notebook(folder / "leak.ipynb", cells)
    return [ReportPage("leak", 1, "Отчёт", "results", body_of(notebook))]


def test_a_leak_stops_the_public_edition_and_the_old_one_stays(tmp_path, released):
    with pytest.raises(DataRefused, match="leak.html, раздел «Отчёт»: логин организации «e…1»"):
        build_site(leaking(tmp_path, "Школа edu990001"), tmp_path / "public", edition="public")
    assert pages(tmp_path / "public") == released
    assert sorted(path.name for path in tmp_path.iterdir()) == ["executed", "leak.ipynb", "public"]


def test_forbidden_texts_of_the_caller_stop_it_too(tmp_path):
    made, facts = (
        leaking(tmp_path, "В школе Школа № 17"),
        {"guard": Guard(forbidden=("Школа № 17",))},
    )
    with pytest.raises(DataRefused, match="запрещённый текст «Ш…а № …»"):
        build_site(made, tmp_path / "public", edition="public", **facts)


def test_the_internal_edition_may_name_what_the_public_may_not(tmp_path):
    build_site(leaking(tmp_path, "Школа edu990001"), tmp_path / "internal")
    assert "edu990001" in pages(tmp_path / "internal")["leak.html"]


def refused(name: str = "low_results") -> RefusedReport:
    return RefusedReport(name, 2, "Школы с низкими результатами", "results", "Нет файла Ф1.")


def test_a_refused_direction_keeps_its_last_page_and_the_index_says_so(tmp_path, released):
    rest = [report for report in reports(tmp_path / "executed") if report.number != 2]
    build_site(rest, tmp_path / "public", edition="public", refused=(refused(),))
    now = pages(tmp_path / "public")
    assert now["low_results.html"] == released["low_results.html"]
    assert "Показан прежний отчёт.</strong> Нет файла Ф1." in now["index.html"]


def refused_page(name: str = "summary", title: str = "Сводка") -> RefusedReport:
    return RefusedReport(
        name, 91, title, "system", "Нет файла Ф1.", purpose="Итоги одной страницей"
    )


def test_a_refused_page_of_no_direction_stays_with_its_files_and_in_the_menu(tmp_path, released):
    for name in ("summary.html", "summary.xlsx", "summary2.html"):
        (tmp_path / "public" / name).write_text(name, encoding="utf-8")
    made = reports(tmp_path / "executed")
    build_site(made, tmp_path / "public", edition="public", refused_pages=(refused_page(),))
    now = pages(tmp_path / "public")
    assert (now["summary.html"], now["summary.xlsx"]) == ("summary.html", "summary.xlsx")
    assert "summary2.html" not in now
    assert "Показан прежний отчёт.</strong> Нет файла Ф1." in now["index.html"]
    assert 'href="summary.html"' in now["student_outcomes.html"]


def test_a_refused_page_that_never_was_there_has_its_reason_and_no_link(tmp_path):
    build_site(reports(tmp_path / "executed"), tmp_path / "site", refused_pages=(refused_page(),))
    now = pages(tmp_path / "site")
    assert "Отчёт не построен.</strong> Нет файла Ф1." in now["index.html"]
    assert not [name for name, text in now.items() if "summary.html" in text]


def test_a_refused_page_of_data_quality_keeps_the_last_one(tmp_path, released):
    facts = {"quality": None, "refused_pages": (refused_page("quality", "Качество данных"),)}
    build_site(reports(tmp_path / "executed"), tmp_path / "public", edition="public", **facts)
    now = pages(tmp_path / "public")
    assert now["quality.html"] == released["quality.html"]
    assert now["index.html"].count('href="quality.html"') == 2  # the menu and its card


def test_a_refused_page_of_data_quality_that_never_was_there_has_no_link(tmp_path):
    facts = {"quality": None, "refused_pages": (refused_page("quality", "Качество данных"),)}
    build_site(reports(tmp_path / "executed"), tmp_path / "site", **facts)
    now = pages(tmp_path / "site")
    assert "Отчёт не построен.</strong> Нет файла Ф1." in now["index.html"]
    assert not [name for name, text in now.items() if "quality.html" in text]


def test_a_refused_direction_without_a_last_page_has_no_link(tmp_path):
    build_site([], tmp_path / "site", refused=(refused(),))
    text = pages(tmp_path / "site")["index.html"]
    assert "Отчёт не построен.</strong> Нет файла Ф1." in text
    assert "low_results.html" not in text


def test_a_page_bears_the_municipality_s_own_name_of_its_direction(tmp_path):
    notebook = write_notebook(tmp_path / "low.ipynb", [markdown_cell("# Название блокнота")])
    body = body_of(notebook)
    own = ReportPage("low", 1, "Коротко", "results", body, heading="Как назвал приказ")
    build_site([own], tmp_path / "internal")
    page = pages(tmp_path / "internal")["low.html"]
    assert "<h1>Как назвал приказ</h1>" in page
    assert "Название блокнота" not in page
