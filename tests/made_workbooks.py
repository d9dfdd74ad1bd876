"""Minimal .xls and .ods files, byte by byte: no library here writes them."""

from __future__ import annotations

import io
import struct
import zipfile
from html import escape
from typing import Any

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def sheet_stream(rows: list[list[Any]]) -> bytes:
    """Return a BIFF8 sheet: numbers and texts, empty cells left out."""
    out = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            place = struct.pack("<HHH", r, c, 0)
            if isinstance(value, (int, float)):
                out += record(0x203, place + struct.pack("<d", value))
            elif value is not None:
                out += record(0x204, place + wide(value))
    return out + record(0x0A, b"")


def xls(rows: list[list[Any]], name: str = "Лист") -> bytes:
    """Return an Excel 97 workbook of one sheet."""
    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    size = len(start) + 4 + 6 + len(title) + 4
    bound = record(0x85, struct.pack("<IH", size, 0) + title)
    stream = start + bound + record(0x0A, b"") + sheet_stream(rows)
    stream += b"\x00" * (max(4096, -(-len(stream) // SECTOR) * SECTOR) - len(stream))
    return compound(stream)


def compound(stream: bytes) -> bytes:
    """Return an OLE2 file that holds `stream` under the name «Workbook»."""
    count = len(stream) // SECTOR
    fats = -(-(count + 2) // 127)
    table = [FAT] * fats + [END]  # the allocation table, then the directory
    first = fats + 1
    table += [first + i + 1 for i in range(count - 1)] + [END]
    table += [FREE] * (fats * 128 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, fats, fats, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(fats), *[FREE] * (109 - fats))
    root = entry("Root Entry", 5, END, 0, child=1)
    book = entry("Workbook", 2, first, len(stream))
    blank = b"\x00" * 68 + struct.pack("<III", FREE, FREE, FREE) + b"\x00" * 48
    return header + struct.pack(f"<{len(table)}I", *table) + root + book + blank * 2 + stream


def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    out = text.ljust(64, b"\x00") + struct.pack("<HBB", len(text), kind, 1)
    out += struct.pack("<III", FREE, FREE, child) + b"\x00" * 36
    return out + struct.pack("<IQ", start, size)


def ods(rows: list[list[Any]], name: str = "Лист", tail: str = "") -> bytes:
    """Return an OpenDocument workbook of one sheet, with `tail` after its rows."""
    lines = ""
    for row in rows:
        cells = ""
        for value in row:
            if value is None:
                cells += "<table:table-cell/>"
            elif isinstance(value, (int, float)):
                cells += (
                    f'<table:table-cell office:value-type="float" office:value="{value}">'
                    f"<text:p>{value}</text:p></table:table-cell>"
                )
            else:
                cells += (
                    '<table:table-cell office:value-type="string">'
                    f"<text:p>{escape(value)}</text:p></table:table-cell>"
                )
        lines += f"<table:table-row>{cells or '<table:table-cell/>'}</table:table-row>"
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0" '
        f'xmlns:text="{space}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(name)}">{lines}{tail}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{space}manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return out.getvalue()
