import pytest

from msoko.site.rendering.cross_references import number_labels, resolve_references
from msoko.site.rendering.renderer_labels import load_labels

NUMBERS = {"fig-a": 1, "tbl-a": 2}


def test_figures_and_tables_are_numbered_apart_in_reading_order():
    markdown = "![a](x){#fig-b}\n\n: a {#tbl-a}\n\n![b](x){.wide #fig-a}\n\n@fig-c"
    assert number_labels(markdown) == {"fig-b": 1, "tbl-a": 1, "fig-a": 2}


def cited(ids: str, written: str) -> str:
    html = f'<p>См. <span class="citation" data-cites="{ids}">{written}</span>.</p>'
    return resolve_references(html, NUMBERS, load_labels())


@pytest.mark.parametrize(
    ("ids", "written", "shown"),
    [
        ("fig-a", "@fig-a", '<a href="#fig-a" class="quarto-xref">рис.\xa01</a>'),
        ("Fig-a", "@Fig-a", '<a href="#fig-a" class="quarto-xref">Рис.\xa01</a>'),
        ("fig-a", "[-@fig-a]", '<a href="#fig-a" class="quarto-xref">1</a>'),
        (
            "tbl-a",
            "[таблицу @tbl-a, внизу]",
            '<a href="#tbl-a" class="quarto-xref">таблицу\xa02</a>',
        ),
        (
            "fig-a tbl-a",
            "[A &amp; B @fig-a; &quot;C&quot; @tbl-a]",
            '<a href="#fig-a" class="quarto-xref">A &amp; B\xa01</a>, '
            '<a href="#tbl-a" class="quarto-xref">&quot;C&quot;\xa02</a>',
        ),
        ("tbl-b", "@tbl-b", "<strong>?@tbl-b</strong>"),
        (
            "fig-a tbl-a",
            "[@fig-a; -@tbl-a]",
            '<a href="#fig-a" class="quarto-xref">рис.\xa01</a>, '
            '<a href="#tbl-a" class="quarto-xref">2</a>',
        ),
        (
            "fig-a tbl-a",
            "[; здесь @fig-a; @tbl-a]",
            '<a href="#fig-a" class="quarto-xref">рис.\xa01</a>, '
            '<a href="#tbl-a" class="quarto-xref">табл.\xa02</a>',
        ),
    ],
)
def test_a_reference_is_written_as_quarto_writes_it(ids, written, shown):
    assert cited(ids, written) == f"<p>См. {shown}.</p>"


@pytest.mark.parametrize(("ids", "written"), [("ivanov", "@ivanov"), ("x fig-a", "[@x; @fig-a]")])
def test_what_refers_to_something_else_stays(ids, written):
    assert f">{written}</span>" in cited(ids, written)


def test_a_caption_is_numbered_where_it_has_a_label():
    table = '<table id="tbl-a">\n<caption>Доли</caption>\n<tr><td>1</td></tr></table>'
    assert "<caption>Таблица\xa02. Доли</caption>" in resolve_references(
        table, NUMBERS, load_labels()
    )
    bare = table.replace("<caption>Доли</caption>\n", "")
    assert "\n<caption>Таблица\xa02.</caption>\n<tr>" in resolve_references(
        bare, NUMBERS, load_labels()
    )
    assert resolve_references(table, {}, load_labels()) == table


def test_a_figure_gets_its_number_and_its_text_alternative():
    figure = (
        '<figure id="fig-a">\n<img src="a.svg" data-fig-alt="Столбцы" alt="Доли" />\n'
        '<figcaption aria-hidden="true">Доли</figcaption>\n</figure>'
    )
    assert resolve_references(figure, NUMBERS, load_labels()) == (
        '<figure id="fig-a">\n<img src="a.svg" alt="Столбцы" />\n'
        "<figcaption>Рисунок\xa01. Доли</figcaption>\n</figure>"
    )
    assert "Рисунок" not in resolve_references(figure, {}, load_labels())
