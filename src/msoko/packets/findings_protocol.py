"""The protocol of a school's packet as a Word document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from msoko.core.office_archive import printable, remove_times
from msoko.packets.packet_contents import Packet
from msoko.validate.findings.check_wording import CheckWording
from msoko.validate.findings.folded_findings import FoldedFinding, folded, place_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

HEADERS = ("№", "Где", "Что не так", "Важность", "Что сделать")
WIDTHS_CM = (1.0, 5.0, 8.0, 3.2, 8.5)
MOST_LISTED = 300
"""Findings beyond this number are counted, not listed: nobody works through more by hand."""


def protocol(
    packet: Packet,
    words: CheckWording,
    school_year: str,
    copies: Mapping[str, str],
    is_synthetic: bool,
) -> bytes:
    """Return the protocol as the bytes of a .docx file, the same for the same input.

    `copies`: file of the year's folder → name of its marked copy in the packet.
    """
    from docx import Document

    document = Document()
    _prepare(document, packet, school_year)
    document.add_heading("Протокол проверки данных", level=1)
    for line in _opening(packet, words, school_year, is_synthetic):
        document.add_paragraph(printable(line))
    document.add_heading("Замечания", level=2)
    causes = folded(packet.findings)
    _table(document, causes[:MOST_LISTED], words)
    rest = sum(cause.count for cause in causes[MOST_LISTED:])
    if rest > 0:
        document.add_paragraph(f"Ещё замечаний: {rest}. Они отмечены в приложенных копиях файлов.")
    document.add_heading("Что вернуть", level=2)
    for line in _closing(copies):
        document.add_paragraph(printable(line))
    stream = BytesIO()
    document.save(stream)
    return remove_times(stream.getvalue())


def _prepare(document: Document, packet: Packet, school_year: str) -> None:
    """Set the language, the properties and a landscape page: five columns need the width."""
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    properties = document.core_properties
    properties.title = f"Протокол проверки данных: {packet.name}, {school_year}"
    properties.author = properties.last_modified_by = "msoko"
    properties.language, properties.comments = "ru-RU", ""
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Sans", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ru-RU")
    style.element.get_or_add_rPr().append(language)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)


def _opening(
    packet: Packet, words: CheckWording, school_year: str, is_synthetic: bool
) -> Sequence[str]:
    counts = {
        name: sum(one["severity"] == name for one in packet.findings) for name in words.severities
    }
    by_severity = "; ".join(
        f"{words.severities[name].lower()} – {number}" for name, number in counts.items() if number
    )
    lines = [
        f"{packet.name}. Учебный год: {school_year}.",
        f"Замечаний: {len(packet.findings)} ({by_severity}).",
    ]
    if is_synthetic:
        lines.append("Организация и данные вымышлены: это демонстрация программы.")
    return lines


def _table(document: Document, causes: Sequence[FoldedFinding], words: CheckWording) -> None:
    from docx.shared import Cm

    table = document.add_table(rows=1, cols=len(HEADERS), style="Table Grid")
    table.autofit = False
    _write_row(table, 0, HEADERS)
    _repeat_head(table)
    for number, cause in enumerate(causes, start=1):
        finding = cause.first
        table.add_row()
        severity = words.severities[finding["severity"]]
        action = finding["action"] or "–"
        message = cause.message[:1].upper() + cause.message[1:]
        _write_row(table, number, (number, _where(cause), message, severity, action))
    for column, width in zip(table.columns, WIDTHS_CM, strict=True):
        for cell in column.cells:
            cell.width = Cm(width)


def _write_row(table: Table, row: int, values: Sequence[Any]) -> None:
    for cell, value in zip(table.rows[row].cells, values, strict=True):
        cell.text = printable(str(value))
        if row == 0:
            cell.paragraphs[0].runs[0].bold = True


def _repeat_head(table: Table) -> None:
    """Mark the first row as a heading: repeated on every page, and read aloud as one."""
    from docx.oxml import OxmlElement

    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _where(cause: FoldedFinding) -> str:
    """Return where a cause shows: a protocol names the cells even where the message does."""
    if not cause.first["file"]:
        return "Данные школы в целом"
    if cause.count > 1:
        return cause.places
    return place_of({**cause.first, "message": ""})


def _closing(copies: Mapping[str, str]) -> Sequence[str]:
    if not copies:
        return ["К этим замечаниям нет файла для исправления: ответьте письмом."]
    return [
        "Исправьте файлы у себя и пришлите их заново. Ячейки, к которым относятся замечания, "
        "выделены в приложенных копиях, и к каждой есть примечание. В копии оставлены только "
        "строки вашей организации; номера строк и столбцов те же, что в проверенном файле.",
        *(f"{file} – копия «{copy}»." for file, copy in copies.items()),
    ]
