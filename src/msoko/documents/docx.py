"""A paper as a Word file, laid out as ГОСТ Р 7.0.97-2016 wants official papers.

Times New Roman; margins 30, 10, 20 and 20 mm; pages numbered from the second at the middle of
the upper margin. Headings are real ones and heads of tables are marked, so that the file can
be read aloud. Equal papers give equal bytes: no time and no user gets into the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from msoko.core.office_archive import printable, remove_times
from msoko.documents.official_paper import Grid, Kind, Paper, Sides, Text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
BODY, TABLE, NOTE = 13, 11, 12
"""Sizes in points: of the text, of tables, of notes and the mark of use."""
LEFT_CM, RIGHT_CM, UPPER_CM, LOWER_CM = 3.0, 1.0, 2.0, 2.0
PAGE_CM = (21.0, 29.7)
INDENT_CM = 1.25
STYLES: dict[Kind, str] = {"title": "Title", "label": "Heading 2"}
BLACK = "000000"
LONGEST_TITLE = 255
"""The format's limit: an extract to several schools is called by all their names."""


def docx(paper: Paper) -> bytes:
    """Return the paper as the bytes of a .docx file, the same for the same paper."""
    from docx import Document

    document = Document()
    _prepare(document, paper.title)
    for part in paper.parts:
        if isinstance(part, Text):
            _paragraph(document, part)
        elif isinstance(part, Sides):
            _sides(document, part)
        elif isinstance(part, Grid):
            _grid(document, part)
        else:
            _landscape(document)
    stream = BytesIO()
    document.save(stream)
    return remove_times(stream.getvalue())


def _prepare(document: Document, title: str) -> None:
    properties = document.core_properties
    properties.title = printable(title)[:LONGEST_TITLE]
    properties.author = properties.last_modified_by = "msoko"
    properties.language, properties.comments = "ru-RU", ""
    _set_defaults(document)
    for name in ("Normal", "Title", "Heading 2"):
        _set_style(document, name)
    section = document.sections[0]
    _set_page(section, *PAGE_CM)
    section.different_first_page_header_footer = True
    _number_pages(section)


def _set_defaults(document: Document) -> None:
    """Say the font, its size and the language for all text; not every reader asks styles."""
    from docx.oxml.ns import qn

    properties = document.styles.element.find(f"{qn('w:docDefaults')}//{qn('w:rPr')}")
    _say_font(properties)


def _say_font(properties: Any) -> None:
    """Write font, size and language into run properties, in place of the template's own."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    for name in ("rFonts", "sz", "szCs", "lang"):
        for old in properties.findall(qn(f"w:{name}")):
            properties.remove(old)
    slots = " ".join(f'w:{slot}="{FONT}"' for slot in ("ascii", "hAnsi", "cs", "eastAsia"))
    properties.insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} {slots}/>"))
    for name, value in (("sz", BODY * 2), ("szCs", BODY * 2), ("lang", "ru-RU")):
        properties.append(parse_xml(f'<w:{name} {nsdecls("w")} w:val="{value}"/>'))


def _set_style(document: Document, name: str) -> None:
    """Give a style of the template the look of official papers: black, with no rule under it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style = document.styles[name]
    style.font.color.rgb = RGBColor.from_string(BLACK)
    style.font.bold = name != "Normal"
    _say_font(style.element.get_or_add_rPr())
    for part in (
        style.element.find(qn("w:link")),
        style.element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}"),
    ):
        if part is not None:
            part.getparent().remove(part)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(0 if name == "Normal" else 6), Pt(4)
    layout.line_spacing = 1.0
    if name == "Title":
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_page(section: Section, width_cm: float, height_cm: float) -> None:
    from docx.shared import Cm

    section.page_width, section.page_height = Cm(width_cm), Cm(height_cm)
    section.left_margin, section.right_margin = Cm(LEFT_CM), Cm(RIGHT_CM)
    section.top_margin, section.bottom_margin = Cm(UPPER_CM), Cm(LOWER_CM)
    section.header_distance = Cm(1.0)


def _number_pages(section: Section) -> None:
    """Put the page's number at the middle of the upper margin."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(field))


def _paragraph(document: Document, part: Text) -> None:
    from docx.shared import Pt

    made = document.add_paragraph(style=STYLES.get(part.kind))
    run = made.add_run(printable(part.text))
    if part.kind == "note" or part.kind == "right":
        run.font.size = Pt(NOTE)
    run.italic = True if part.kind == "note" else None
    _lay_out(made, part)


def _lay_out(made: Paragraph, part: Text) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    layout = made.paragraph_format
    layout.keep_with_next = part.keeps or None
    if part.kind in ("body", "item"):
        layout.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        layout.first_line_indent = Cm(INDENT_CM)
    elif part.kind == "right":
        layout.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif part.kind == "center":
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _sides(document: Document, part: Sides) -> None:
    """Write one line in two cells without lines around them: tabs move with the font."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    table = document.add_table(rows=1, cols=2)
    width = int(_text_width(document.sections[-1]) / 2)
    for cell, text in zip(table.rows[0].cells, (part.left, part.right), strict=True):
        cell.width = width
        made = cell.paragraphs[0]
        made.add_run(printable(text))
        made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(6)
    made.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _text_width(section: Section) -> Any:
    return section.page_width - section.left_margin - section.right_margin


def _grid(document: Document, part: Grid) -> None:
    from docx.shared import Emu, Pt

    if part.caption:
        caption = document.add_paragraph()
        caption.add_run(printable(part.caption)).font.size = Pt(NOTE)
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before = Pt(6)
    table = document.add_table(rows=1, cols=len(part.head), style="Table Grid")
    table.autofit = False
    width = _text_width(document.sections[-1])
    widths = [Emu(int(width * share)) for share in part.widths]
    _fill(table.rows[0].cells, part.head, widths, is_head=True)
    _mark_head(table)
    for row in part.rows:
        _fill(table.add_row().cells, row, widths)
    for column, each in zip(table.columns, widths, strict=True):
        column.width = each
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(
    cells: Sequence[_Cell], texts: Sequence[str], widths: Sequence[Any], *, is_head: bool = False
) -> None:
    """Write a row; a line break in a text begins a paragraph of its own."""
    from docx.shared import Pt

    for cell, text, width in zip(cells, texts, widths, strict=True):
        cell.width = width
        for place, line in enumerate(printable(text).split("\n")):
            made = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            made.paragraph_format.space_after = Pt(2)
            run = made.add_run(line)
            run.font.size, run.bold = Pt(TABLE), is_head or None


def _mark_head(table: Table) -> None:
    """Mark the first row as a head: repeated on every page, and read aloud as one."""
    from docx.oxml import OxmlElement

    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _landscape(document: Document) -> None:
    """Begin a section that lies on its side; the binding margin stays at the left."""
    from docx.enum.section import WD_ORIENT, WD_SECTION

    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    _set_page(section, *reversed(PAGE_CM))
    section.different_first_page_header_footer = False
