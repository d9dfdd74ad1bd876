"""The annual summary on paper: four pages, each of one section, at the fullest it may be."""

import json
import re
from pathlib import Path

import pytest

from executed import (
    body_of,
    build_site,
    code_cell,
    markdown_cell,
    reports,
    write_notebook,
)
from msoko.report.block import Sheet
from msoko.report.sections.pages import year_matters, year_summary
from msoko.site.site_model import ReportPage

pytestmark = pytest.mark.browser

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "annual_summary.ipynb"
DIRECTIONS = 9
SECTIONS = {
    "key-figures": "Главные показатели",
    "changes": "Что изменилось",
    "risks": "Риски",
    "decisions": "Решения и их результат",
}


def words(letters: int) -> str:
    """Return a text of so many letters in words of usual length."""
    return ("показатель качества образования в школах округа " * 9)[:letters].strip()


def figures() -> str:
    head = ["Показатель", "2023-24", "2024-25", "95 % интервал", "n", "За год", "Цель"]
    row = [words(30), "92,6\xa0%", "94,1\xa0%", "от\xa093,5 до\xa094,5\xa0%", "12\xa0931",
           "↑\xa0улучшение", "70,0\xa0%, сказать нельзя"]  # fmt: skip
    group = [f"**{words(26)}**", *[""] * 6]
    rows = [group, *[row] * year_summary.FIGURES] * DIRECTIONS
    return words(300) + "\n\n" + Sheet(head, rows, "Главные", "year-figures", "lrrlrll").markdown()


def changes() -> str:
    head = ["Показатель", "2023-24", "2024-25", "Изменение", "95 % интервал", "Школ"]
    row = [f"{words(110)} ({words(26)})", "92,6\xa0%", "94,1\xa0%", "↑\xa0+14,1\xa0п.\xa0п.",
           "от\xa0+10,3 до\xa0+17,8\xa0п.\xa0п.", "121"]  # fmt: skip
    rows = [["**Стало хуже**", *[""] * 5], *[row] * year_summary.MOST_CHANGES]
    sheet = Sheet(head, rows, "Изменения", "year-changes", "lrrrlr")
    return f"{words(400)}\n\n{sheet.markdown()}"


def risks() -> str:
    head = ["Направление", "Ухудшений", "Цель не достигнута", "Оснований", "Организаций"]
    sheet = Sheet(head, [[words(28), "1", "целей нет", "12", "6"]] * DIRECTIONS, "Основания",
                  "year-risks")  # fmt: skip
    worded = "\n".join([f"- **{words(20)}.** {words(230)}"] * year_matters.MOST_WORDED)
    names = "; ".join([words(60)] * year_matters.MOST_NAMED)
    return f"{words(250)}\n\n{sheet.markdown()}\n\n{words(60)}:\n\n{worded}\n\n{names}"


def decisions() -> str:
    text = words(year_matters.ROOM)
    effects = Sheet(
        ["Решение", "Показатель", "Ожидалось", "Изменилось", "95 % интервал", "Школ", "Вывод"],
        [[text, words(24), "+2,0\xa0п.\xa0п.", "+1,2\xa0п.\xa0п.",
          "от\xa0−0,7 до\xa0+3,0\xa0п.\xa0п.", "21", "сказать нельзя: школ мало"]]
        * year_matters.MOST_EFFECTS,
        "Решения", "year-effects", "llrrlrl",
    )  # fmt: skip
    taken = Sheet(["Решение", "Направление", "Адресат", "Срок"],
                  [[text, words(24), words(30), "до 1 октября 2025 года"]]
                  * year_matters.MOST_DECISIONS,
                  "Решения года", "year-decisions", "llll")  # fmt: skip
    proposed = Sheet(["Пункт", "Мероприятие дорожной карты", "Оснований"],
                     [["1.1.20", text, "11"]] * year_matters.MOST_DECISIONS,
                     "Предложения", "year-proposed", "llr")  # fmt: skip
    sheets = (effects.markdown(), taken.markdown(), words(160), proposed.markdown())
    return "\n\n".join((words(300), *sheets))


ANSWERS = {"key-figures": figures, "changes": changes, "risks": risks, "decisions": decisions}


def summary(tmp_path: Path, own: str) -> Path:
    """Return the page of the house's own notebook with the fullest answers it can have."""
    cells = []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        text, place = "".join(cell["source"]), cell["id"].removesuffix("-answer")
        if cell["cell_type"] == "markdown":
            cells.append(markdown_cell(text))
        elif place in ANSWERS:
            cells.append(code_cell(text, ANSWERS[place]()))
        elif place == "own":
            cells.append(code_cell(text, own))
    notebook = write_notebook(tmp_path / "annual_summary.ipynb", cells)
    page = ReportPage("annual_summary", 91, "Сводка за год", "system", body_of(notebook))
    build_site([*reports(tmp_path / "executed"), page], tmp_path / "site")
    return tmp_path / "site" / "annual_summary.html"


@pytest.fixture
def printed(browser, tmp_path):
    """Return a function that builds the summary and counts the pages of its print."""
    views = []

    def show(own: str = "Документ своих показателей не называет."):
        view = browser.new_page()
        views.append(view)
        view.goto(summary(tmp_path, own).as_uri())
        pdf = view.pdf(format="A4", prefer_css_page_size=True)
        return view, len(re.findall(rb"/Type\s*/Page\b", pdf))

    yield show
    for view in views:
        view.close()


def test_the_fullest_summary_prints_on_four_pages_and_no_section_shares_one(printed):
    view, pages = printed()
    view.emulate_media(media="print")
    begun = view.evaluate(
        """[...document.querySelectorAll('section.sheet')]
        .filter(one => getComputedStyle(one).display !== 'none')
        .map(one => [one.querySelector('h2').textContent, getComputedStyle(one).breakBefore])"""
    )
    # Three breaks make four pages; were any section longer than its page, there would be more.
    breaks = ("auto", "page", "page", "page")
    assert [tuple(one) for one in begun] == list(zip(SECTIONS.values(), breaks, strict=True))
    assert pages == len(SECTIONS)


def test_blocks_of_the_document_follow_on_a_page_of_their_own(printed):
    sheet = Sheet(["Показатель", "2024-25"], [["Строка", "1"]], "Раздел", "own-b-1")
    _, pages = printed(f"### Показатели раздела\n\n{sheet.markdown()}")
    assert pages == len(SECTIONS) + 1


def test_a_row_that_names_a_group_heads_its_rows(printed):
    view, _ = printed()
    heads = view.locator("#tbl-year-figures th[scope=rowgroup]")
    assert heads.count() == DIRECTIONS and heads.first.get_attribute("colspan") == "7"
    assert view.locator("#tbl-year-figures tbody").count() == DIRECTIONS
    assert view.locator("#tbl-year-figures tbody").first.locator("tr").count() == 4
