"""A lean writer of .xlsx files whose bytes depend on the cells alone."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | int | float | None
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the earliest that a ZIP can hold."""
SHEET_NAME_LIMIT = 31
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass
class WrittenSheet:
    """A sheet's rows from the first one, and the ranges that are merged."""

    name: str
    rows: Iterable[Sequence[Cell]]
    merged: Sequence[str] = field(default_factory=tuple)


def write_workbook(path: Path, sheets: Sequence[WrittenSheet]) -> None:
    """Write the sheets; a name longer than 31 characters is cut, as exports cut it.

    Written by hand because openpyxl is ten times slower and stamps the time of saving.
    """
    texts: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{i}.xml": _sheet(s, texts) for i, s in enumerate(sheets, 1)}
    names = [sheet.name[:SHEET_NAME_LIMIT] for sheet in sheets]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in (
            _frame(names) | parts | {"xl/sharedStrings.xml": _texts(texts)}
        ).items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)


@cache
def column_letters(index: int) -> str:
    """Return the letters of a column counted from 0: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet(sheet: WrittenSheet, texts: dict[str, int]) -> str:
    lines = [f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>']
    for number, row in enumerate(sheet.rows, 1):
        cells = [
            _cell(f"{column_letters(index)}{number}", value, texts)
            for index, value in enumerate(row)
            if value is not None
        ]
        if cells:
            lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    lines.append("</sheetData>")
    if sheet.merged:
        ranges = "".join(f'<mergeCell ref="{area}"/>' for area in sheet.merged)
        lines.append(f'<mergeCells count="{len(sheet.merged)}">{ranges}</mergeCells>')
    lines.append("</worksheet>")
    return "".join(lines)


def _cell(place: str, value: Cell, texts: dict[str, int]) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _texts(texts: dict[str, int]) -> str:
    items = "".join(
        f'<si><t xml:space="preserve">{escape(UNPRINTABLE.sub("", text))}</t></si>'
        for text in texts
    )
    return f'{HEAD}<sst xmlns="{MAIN}" uniqueCount="{len(texts)}">{items}</sst>'


def _frame(names: Sequence[str]) -> dict[str, str]:
    """Return the parts of the package that hold no cells."""
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{i}" r:id="rId{i}"/>'
        for i, name in enumerate(names, 1)
    )
    return {
        "[Content_Types].xml": _content_types(len(names)),
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _links(len(names)),
        "xl/styles.xml": HEAD + STYLES,
    }


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill '
    'patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _content_types(count: int) -> str:
    parts = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    parts |= {f"worksheets/sheet{i}": "worksheet" for i in range(1, count + 1)}
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{OFFICE}.{kind}+xml"/>'
        for part, kind in parts.items()
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _links(count: int) -> str:
    parts = {f"worksheets/sheet{i}": "worksheet" for i in range(1, count + 1)}
    parts |= {"sharedStrings": "sharedStrings", "styles": "styles"}
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{LINKS}/{kind}" Target="{part}.xml"/>'
        for i, (part, kind) in enumerate(parts.items(), 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
