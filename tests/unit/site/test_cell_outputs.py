"""What an analyst's own cell shows: tables, figures and texts of the usual libraries."""

from __future__ import annotations

import base64
from pathlib import Path

import pandas as pd
import pytest
import statsmodels.api as sm

from executed import code_cell, markdown_cell, write_notebook
from msoko.core.errors import DataRefused, UsageError
from msoko.site.rendering.html_tables import NotTables, pipe_tables
from msoko.site.rendering.notebook_markdown import read_page_markdown
from msoko.site.rendering.page_bodies import render_notebooks

SVG = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg">'
    "<metadata>2026</metadata><!-- 0.123456 --><path d='M0 0'/></svg>"
)
PLOT = "#| label: fig-own\n#| fig-cap: Доля по школам\n#| fig-alt: Все школы около 60 %\ndraw()"


def shown(tmp_path: Path, source: str, *bundles: dict[str, str]) -> str:
    """Return the markdown of a cell's outputs, its code left out."""
    cell = code_cell(source)
    cell["outputs"] = [{"output_type": "display_data", "data": bundle} for bundle in bundles]
    path = write_notebook(tmp_path / "a.ipynb", [markdown_cell("# Отчёт"), cell])
    return "\n\n".join(one for one in read_page_markdown(path).chunks if ".code-cell" not in one)


def test_a_frame_is_a_table_with_its_caption_and_russian_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"Школа": ["№ 1", "№ 2"], "Доля": [61.25, None], "Работ": [12, -3]})
    html = frame.to_html()
    text = shown(tmp_path, "#| label: tbl-own\n#| tbl-cap: Школы\nframe", {"text/html": html})
    assert text == (
        "| Школа | Доля | Работ |\n| :--- | ---: | ---: |\n"
        "| № 1 | 61,25 | 12 |\n| № 2 | – | −3 |\n\n: Школы {#tbl-own}"
    )


def test_the_index_of_a_frame_stays_where_it_says_something() -> None:
    frame = pd.DataFrame(
        [[1, 2], [3, 4]],
        index=pd.Index(["а", "б"], name="класс"),
        columns=pd.MultiIndex.from_tuples([("доля", "2024"), ("доля", "2025")]),
    )
    assert pipe_tables(frame.to_html(), "", "").splitlines()[0] == (
        "| класс | доля · 2024 | доля · 2025 |"
    )
    deep = pd.DataFrame(
        {"n": [1, 2, 3]}, index=pd.MultiIndex.from_tuples([("а", 1), ("а", 2), ("б", 1)])
    )
    assert pipe_tables(deep.to_html(), "", "").splitlines()[2:] == [
        "| а | 1 | 1 |", "| а | 2 | 2 |", "| б | 1 | 3 |",
    ]  # fmt: skip


def test_a_summary_of_statsmodels_is_its_tables() -> None:
    fitted = sm.OLS([1.0, 2.0, 4.0, 3.0], sm.add_constant([1.0, 2.0, 3.0, 4.0])).fit()
    coefficients = pipe_tables(fitted.summary().tables[1].as_html(), "", "")
    assert "| x1 | 0,8000 |" in coefficients
    assert pipe_tables(fitted.summary().as_html(), "", "").count("| :---") >= 3


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<div>слова</div>",
        "<script></script><table><tr><td>1</td></tr></table>",
        "<table><tr><td><iframe></iframe></td></tr></table>",
        "<table><tr><td>1</td></tr></table><form></form>",
        "<table></table>",
    ],
)
def test_html_that_is_no_table_is_none(html: str) -> None:
    with pytest.raises(NotTables):
        pipe_tables(html, "", "")


def test_what_a_cell_of_a_table_holds_is_text_and_no_markup() -> None:
    html = "<table><tr><td>a | b</td><td>&lt;b&gt; *c*</td><td><script>x</script></td></tr></table>"
    with pytest.raises(NotTables):
        pipe_tables(html, "", "")
    html = "<table><tr><td>a | b</td><td>&lt;b&gt; *c*</td></tr></table>"
    assert r"a \| b" in pipe_tables(html, "", "")
    assert r"\<b\> \*c\*" in pipe_tables(html, "", "")


def test_a_figure_has_its_caption_and_alternative_and_no_trace_of_the_machine(
    tmp_path: Path,
) -> None:
    axes = {"text/plain": "<Axes: xlabel='n'>"}
    path = tmp_path / "a.ipynb"
    cell = code_cell(PLOT)
    cell["outputs"] = [
        {"output_type": "execute_result", "data": axes},
        {"output_type": "display_data", "data": {"image/svg+xml": SVG, "text/plain": "<Figure>"}},
    ]
    write_notebook(path, [markdown_cell("# Отчёт"), cell])
    done = read_page_markdown(path)
    assert done.chunks[0] == "::: {.code-cell}\n```python\ndraw()\n```\n:::"
    picture = '![Доля по школам](msoko-image-1.svg){#fig-own fig-alt="Все школы около 60 %"}'
    assert [one for one in done.chunks[1:]] == [picture]
    data = base64.b64decode(done.images["msoko-image-1.svg"].partition(",")[2]).decode()
    assert data.startswith("<svg") and "<!--" not in data and "2026" not in data
    html = render_notebooks([path], "embedded")[0].html
    assert "Рисунок\N{NO-BREAK SPACE}1" in html
    assert 'alt="Все школы около 60 %"' in html


@pytest.mark.parametrize(
    ("source", "bundle", "told"),
    [
        ("draw()", {"image/svg+xml": SVG}, "ячейка 2: у рисунка нет подписи"),
        ("w", {"text/html": "<script src='x'></script>"}, "ячейка 2: результат – вставка HTML"),
        (
            "fit",
            {"text/plain": "<a.B object at 0x7f12>"},
            "результат «<a.B object» показать нельзя",
        ),
        ("ax", {"text/plain": "<Axes: >"}, "результат «<Axes: >» показать нельзя"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_cell(
    tmp_path: Path, source: str, bundle: dict[str, str], told: str
) -> None:
    with pytest.raises(DataRefused, match=told):
        shown(tmp_path, source, bundle)


def test_options_of_a_cell_hide_its_code_or_its_output(tmp_path: Path) -> None:
    assert shown(tmp_path, "#| echo: false\n1 + 1", {"text/plain": "2"}) == "```text\n2\n```"
    assert "2" not in shown(tmp_path, "#| output: false\nf()", {"text/plain": "2"})
    with pytest.raises(UsageError, match="ячейка 2: параметры ячейки"):
        shown(tmp_path, "#| fig-cap: [", {"text/plain": "2"})


def test_a_label_given_twice_is_refused(tmp_path: Path) -> None:
    cells = [code_cell(PLOT), code_cell(PLOT)]
    for cell in cells:
        cell["outputs"] = [{"output_type": "display_data", "data": {"image/svg+xml": SVG}}]
    path = write_notebook(tmp_path / "a.ipynb", [markdown_cell("# Отчёт"), *cells])
    with pytest.raises(UsageError, match=r"ячейка 3: метка «fig-own» уже дана в ячейке 2"):
        read_page_markdown(path)
