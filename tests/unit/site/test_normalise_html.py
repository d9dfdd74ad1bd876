import re

import pytest

from executed import figure_block, table_block
from msoko.core.errors import UsageError
from msoko.report.block import Details, Sheet
from msoko.site.rendering.embedded_renderer import render_markdown
from msoko.site.rendering.normalise_html import NormalisedHtml, normalise_html
from msoko.site.rendering.notebook_markdown import extract_images, flatten_callouts
from msoko.site.rendering.page_outline import OutlineEntry
from msoko.site.rendering.renderer_labels import load_labels


def normalised(markdown: str) -> NormalisedHtml:
    fragment = render_markdown(flatten_callouts(extract_images(markdown, {})), load_labels())
    return normalise_html(fragment, load_labels(), "p")


def html(markdown: str) -> str:
    return normalised(markdown).html


def test_figures_and_tables_are_numbered_apart_in_reading_order():
    text = html(
        "@tbl-a, @fig-b и @Fig-a.\n\n"
        + figure_block("a")
        + "\n\n"
        + table_block("a")
        + "\n\n"
        + figure_block("b", "Вторая")
    )
    assert '<a href="#tbl-a">табл.\xa01</a>, <a href="#fig-b">рис.\xa02</a>' in text
    assert '<a href="#fig-a">Рис.\xa01</a>' in text
    assert '<span class="number">Рисунок\xa02.</span> Вторая</figcaption>' in text
    assert '<span class="number">Таблица\xa01.</span> Доли по школам' in text


def test_what_has_no_label_has_no_number():
    text = html("| a | b |\n|:--|--:|\n| x | 1 |\n\n: Просто таблица")
    assert "Таблица" not in text
    assert "Просто таблица" in text


def test_a_group_of_references_is_parted_by_commas():
    text = html(f"[@fig-a; @tbl-a]\n\n{figure_block('a')}\n\n{table_block('a')}")
    assert '<a href="#fig-a">рис.\xa01</a>, <a href="#tbl-a">табл.\xa01</a>' in text


@pytest.mark.parametrize(
    ("markdown", "dead"),
    [
        ("См. @fig-none.", "fig-none"),
        ("См. @tbl-none.", "tbl-none"),
        ("Доля [87,3 %](#e-none).", "#e-none"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(markdown, dead):
    with pytest.raises(UsageError, match=f"ссылки никуда не ведут: {dead}"):
        html(markdown)


def test_the_picture_s_text_is_its_alternative_not_its_caption():
    text = html(figure_block("a"))
    assert 'alt="Столбцы: доля по четырём школам."' in text
    assert "aria-hidden" not in text


def test_tables_scroll_in_a_named_region_with_scopes():
    text = html(table_block("a", columns=2))
    assert 'tabindex="0"' in text and 'aria-labelledby="tbl-a-caption"' in text
    assert text.count('scope="col"') == 3
    assert text.count('scope="row"') == 4
    assert '<td class="num">70,0</td>' in text
    assert "style=" not in text


def test_an_empty_corner_of_a_table_is_no_header():
    text = html("|  | b |\n|:--|--:|\n| x | 1 |")
    assert "<td></td>" in text
    assert text.count('scope="col"') == 1


def test_a_table_without_number_has_a_name_for_the_screen_reader():
    assert 'aria-label="Таблица без номера 1"' in html("| a | b |\n|:--|--:|\n| x | 1 |")


def test_a_collapsed_callout_is_details_with_its_title():
    text = html('::: {.callout-note collapse="true" title="Данные «А»"}\nтекст\n:::')
    assert "<summary>Данные «А»</summary>" in text
    assert text.startswith('<details class="fold fold-note">')


def test_an_open_callout_keeps_its_title_and_kind():
    text = html('::: {.callout-warning title="Осторожно"}\nтекст\n:::')
    assert '<div class="notice notice-warning">' in text
    assert '<p class="notice-title">Осторожно</p>' in text


def test_formulas_are_mathml_without_an_outside_name():
    text = html("$\\hat p = \\frac{k}{n}$")
    assert "<mfrac>" in text
    assert "http" not in text


def test_names_of_schools_do_not_become_markup():
    text = html("| Школа \\*№ 1\\* \\<b\\> | 1 |\n|:--|--:|\n| x | 1 |")
    assert "Школа *№ 1* &lt;b&gt;" in text


def test_contents_hold_two_levels_with_their_anchors():
    done = normalised("## Раз\n\n### Два\n\n#### Три\n")
    assert done.contents == (OutlineEntry(2, "раз", "Раз"), OutlineEntry(3, "два", "Два"))


def test_sections_of_one_name_have_anchors_of_their_own():
    done = normalised("## Раздел\n\nТекст.\n\n## Раздел\n\nТекст.")
    assert [entry.anchor for entry in done.contents] == ["раздел", "раздел-1"]


def test_a_fold_without_a_title_says_what_it_is_for():
    text = html('::: {.callout-note collapse="true"}\nтекст\n:::')
    assert "<summary>Подробнее</summary>" in text


def test_html_in_a_report_is_text_not_markup():
    assert "&lt;script&gt;" in html("Школа <script>alert(1)</script>")


def test_the_question_of_a_section_is_told_from_its_answer():
    text = html("## Цели\n\nРади чего?\n\nЧто дальше?\n\n## Итог\n\nОтвет.")
    assert text.count('<p class="question">') == 1
    assert '<p class="question">Ради чего?</p>' in text


def test_a_school_year_in_a_head_is_not_broken_at_its_hyphen():
    text = html("| Показатель | 2024-25 |\n|:--|--:|\n| x | 1 |")
    assert '<th scope="col" class="num year">2024-25</th>' in text


def test_a_row_with_one_filled_cell_heads_a_group_of_its_own():
    text = html(
        "| a | b | c |\n|:--|--:|--:|\n| x | 1 | 2 |\n| **Группа** | | |\n| y | 3 | 4 |\n"
        "| **Ещё** | | |\n\n: Таблица"
    )
    assert text.count("<tbody>") == 3
    assert '<th scope="rowgroup" colspan="3"><strong>Группа</strong></th>' in text
    first, second, third = re.findall(r"<tbody>(.*?)</tbody>", text, re.S)
    assert "rowgroup" not in first and ">y<" in second and third.count("<tr") == 1


def test_an_empty_cell_among_two_or_beside_others_is_no_group():
    pair = html("| a | b |\n|:--|--:|\n| x | |\n\n: Таблица")
    partly = html("| a | b | c |\n|:--|--:|--:|\n| x | | 2 |\n\n: Таблица")
    assert "rowgroup" not in pair + partly


def test_what_a_section_is_in_print_is_kept_and_other_classes_are_not():
    text = html("## Раздел {.sheet .own .strange}\n\nТекст.")
    assert 'class="level2 sheet own"' in text and "strange" not in text


def test_a_list_that_paper_must_hold_is_told_from_one_that_it_may_leave_out():
    printed = Details("Сроки", (Sheet(["а"], [["б"]], "Список"),), is_printed=True).markdown()
    left_out = Details("Сроки", (Sheet(["а"], [["б"]], "Список"),)).markdown()
    assert '<details class="fold fold-tip">' in html(printed)
    assert '<details class="fold fold-note">' in html(left_out)
