"""A paper as a Word file: the layout of official papers, the same bytes every time."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from msoko.documents.docx import docx
from msoko.documents.official_paper import Grid, Landscape, Paper, Sides, Text

PAPER = Paper(
    "Протокол № 1",
    [
        Text("Для служебного пользования", "right"),
        Text("ПРОТОКОЛ", "title"),
        Sides("22 августа 2025 г.", "№ 1"),
        Text("1. СЛУШАЛИ:", "label", keeps=True),
        Text("О результатах.", "item"),
        Landscape(),
        Grid(["№", "Основание"], [["1", "раз\nдва"], ["2", "=1+1\x07"]], (0.2, 0.8), "Таблица"),
    ],
)


@pytest.fixture
def opened():
    return Document(BytesIO(docx(PAPER)))


def test_title_longer_than_the_format_holds_is_cut():
    said = Document(BytesIO(docx(Paper("Выписка: " + "школа " * 100, [])))).core_properties.title
    assert len(said) == 255 and said.startswith("Выписка: школа ")


def test_equal_papers_give_equal_bytes_without_times_and_users():
    content = docx(PAPER)
    assert content == docx(PAPER)
    assert docx(Paper("Протокол № 2", PAPER.parts)) != content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "2000-01-01T00:00:00Z" in core and "<dc:creator>msoko</dc:creator>" in core
    assert "<dc:title>Протокол № 1</dc:title>" in core and "<dc:language>ru-RU" in core


def test_page_has_the_margins_and_the_font_of_official_papers(opened):
    page = opened.sections[0]
    margins = (page.left_margin, page.right_margin, page.top_margin, page.bottom_margin)
    assert [round(one.mm) for one in margins] == [30, 10, 20, 20]
    assert [round(one.mm) for one in (page.page_width, page.page_height)] == [210, 297]
    for style in (opened.styles["Normal"], opened.styles["Title"], opened.styles["Heading 2"]):
        fonts = style.element.rPr.find(qn("w:rFonts"))
        assert set(fonts.attrib.values()) == {"Times New Roman"}, style.name
        assert (style.font.size.pt, str(style.font.color.rgb)) == (13, "000000")
        assert style.element.rPr.find(qn("w:lang")).get(qn("w:val")) == "ru-RU"
    defaults = opened.styles.element.find(f"{qn('w:docDefaults')}//{qn('w:rFonts')}")
    assert set(defaults.attrib.values()) == {"Times New Roman"}


def test_pages_are_numbered_from_the_second_at_the_middle_of_the_upper_margin(opened):
    first, annex = opened.sections
    assert (
        first.different_first_page_header_footer
        and first.first_page_header.paragraphs[0].text == ""
    )
    head = first.header.paragraphs[0]
    assert head.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert head._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
    assert annex.header.is_linked_to_previous and not annex.different_first_page_header_footer


def test_headings_are_headings_and_stay_with_what_follows(opened):
    by_text = {one.text: one for one in opened.paragraphs}
    assert by_text["ПРОТОКОЛ"].style.name == "Title"
    assert by_text["1. СЛУШАЛИ:"].style.name == "Heading 2"
    assert by_text["1. СЛУШАЛИ:"].paragraph_format.keep_with_next
    assert by_text["О результатах."].alignment == WD_ALIGN_PARAGRAPH.JUSTIFY


def test_annex_lies_on_its_side_and_its_table_repeats_its_head(opened):
    page = opened.sections[1]
    assert page.orientation == WD_ORIENT.LANDSCAPE and page.page_width > page.page_height
    sides, table = opened.tables
    assert [cell.text for cell in sides.rows[0].cells] == ["22 августа 2025 г.", "№ 1"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["№", "Основание"], ["1", "раз\nдва"], ["2", "=1+1"]
    ]  # fmt: skip
