import pytest

from msoko.site.cross_references import referred
from msoko.site.renderer_labels import labels

NUMBERS = {"fig-a": 1, "tbl-a": 2}


def cited(ids: str, written: str) -> str:
    html = f'<p>См. <span class="citation" data-cites="{ids}">{written}</span>.</p>'
    return referred(html, NUMBERS, labels())


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
    assert "<caption>Таблица\xa02. Доли</caption>" in referred(table, NUMBERS, labels())
    bare = table.replace("<caption>Доли</caption>\n", "")
    assert "\n<caption>Таблица\xa02.</caption>\n<tr>" in referred(bare, NUMBERS, labels())
    assert referred(table, {}, labels()) == table


def test_a_figure_gets_its_number_and_its_text_alternative():
    figure = (
        '<figure id="fig-a">\n<img src="a.svg" data-fig-alt="Столбцы" alt="Доли" />\n'
        '<figcaption aria-hidden="true">Доли</figcaption>\n</figure>'
    )
    assert referred(figure, NUMBERS, labels()) == (
        '<figure id="fig-a">\n<img src="a.svg" alt="Столбцы" />\n'
        "<figcaption>Рисунок\xa01. Доли</figcaption>\n</figure>"
    )
    assert "Рисунок" not in referred(figure, {}, labels())
