"""A passport on paper: two A4 pages for every kind of organisation, the crowded one too."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from drawn_schools import LAST, REGISTER, passport, write_years
from executed import body_of, house_wording
from msoko.site.page_composition import compose_page
from msoko.site.site_model import SiteMap

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "school_passport.ipynb"
LONG = (
    "доля участников, не достигших минимального уровня подготовки, выше предела, который "
    "объясняется численностью школы, по предмету «Русский язык» в трёх параллелях"
)
PAGE = re.compile(rb"/Type\s*/Page\b")


def executed(report, folder: Path) -> Path:
    """Return the passport's notebook with the answers of its calls, as a run leaves it."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and source.startswith("report."):
            answer = getattr(report, source.removeprefix("report.").removesuffix("()"))()
            data = answer._repr_mimebundle_()
            cell["outputs"] = [{"output_type": "execute_result", "data": data, "metadata": {}}]
    path = folder / f"{report.school_id}.ipynb"
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return path


def page_of(report, folder: Path) -> Path:
    """Write the passport's page as the site has it."""
    site = SiteMap(house_wording(), "Малый округ", "Край", str(LAST), "internal", True)
    body = body_of(executed(report, folder))
    path = folder / f"{report.school_id}.html"
    heading = f"Паспорт организации: {report.organisation.row['name']}"
    html = compose_page(body, site, f"passports/{path.name}", heading)
    path.write_text(html, encoding="utf-8")
    return path


def crowded() -> dict[str, pd.DataFrame]:
    """Return tables in which s01 has more of everything than fits."""
    advice = pd.DataFrame(
        {
            "rule": [f"r{n}" for n in range(9)],
            "finding": [f"Основание {n}: {LONG}." for n in range(9)],
            "text": [f"{LONG}; разобрать на педагогическом совете и провести повторную работу"] * 9,
        }
    ).assign(
        school_year=str(LAST), direction="talents", indicator="ta_events", recipient="school",
        school_id="s01", deadline="до 1 октября учебного года",
        expected="снижение доли не менее чем на 5 процентных пунктов в следующем году",
    )  # fmt: skip
    findings = pd.DataFrame({"message": [f"{LONG}: ячейка {n}" for n in range(9)]}).assign(
        school_year=str(LAST), check="form", severity="warning", table="monitoring",
        school_id="s01", file="Мониторинг 1 Подготовка.xlsx", sheet="Мониторинг 1 Подготовка",
        cell="K12:K40", row_count=1, action="Исправьте ячейки в форме и пришлите её заново.",
    )  # fmt: skip
    verdict = pd.DataFrame([{"school_year": str(LAST), "school_id": "s01", "p_combined": 1e-6,
                             "q_bh": 1e-5, "q_by": 1e-4, "is_flagged": True,
                             "marker_count": 22}])  # fmt: skip
    markers = pd.DataFrame({"marker": ["heaping", "break", "absence", "similarity"]}).assign(
        school_year=str(LAST), school_id="s01", subject="all", effect=0.4, p=1e-5, n=300,
        tier="informative",
    )  # fmt: skip
    return {"recommendations": advice, "findings": findings, "objectivity_schools": verdict,
            "objectivity_markers": markers}  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the pages of all drawn organisations, and of a school with more than fits."""
    folder = tmp_path_factory.mktemp("passports")
    plain, full = write_years(folder / "plain"), write_years(folder / "full", **crowded())
    found = {code: page_of(passport(plain, code), folder) for code in REGISTER["school_id"]}
    (folder / "crowded").mkdir()
    return found | {"crowded": page_of(passport(full, "s01"), folder / "crowded")}


@pytest.mark.parametrize("name", [*REGISTER["school_id"], "crowded"])
def test_a_passport_prints_on_two_pages(browser, pages, name):
    opened = browser.new_page()
    opened.goto(pages[name].as_uri())
    printed = opened.pdf(prefer_css_page_size=True)
    opened.close()
    assert 1 <= len(PAGE.findall(printed)) <= 2


def test_print_keeps_the_passport_and_leaves_the_workings(browser, pages):
    opened = browser.new_page()
    opened.goto(pages["s01"].as_uri())
    opened.emulate_media(media="print")
    for seen in (".msoko-passport-card", ".msoko-passport-position table", ".synthetic"):
        assert opened.locator(seen).first.is_visible(), seen
    for gone in ("details", ".code-cell", ".site-nav", ".toc", ".colophon", ".code-switch"):
        assert not any(one.is_visible() for one in opened.locator(gone).all()), gone
    opened.close()


@pytest.mark.parametrize("name", ["crowded", "d01", "s09"])
def test_axe_finds_no_violation(browser, pages, name):
    from axe_playwright_python.sync_playwright import Axe

    opened = browser.new_page()
    opened.goto(pages[name].as_uri())
    found = Axe().run(opened).response["violations"]
    opened.close()
    assert [one["id"] for one in found] == []


@pytest.mark.parametrize("width", [375, 1280])
def test_a_passport_does_not_scroll_sideways(browser, pages, width):
    opened = browser.new_page(viewport={"width": width, "height": 800})
    opened.goto(pages["crowded"].as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()
