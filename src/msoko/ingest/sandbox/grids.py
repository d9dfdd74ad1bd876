"""Bytes of one file → plain grids, in the sandboxed child only."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msoko.core.written_text import MARKS, decode_text
from msoko.ingest.sandbox import file_guard
from msoko.ingest.sandbox.archive_members import has_connections, named_members
from msoko.ingest.sandbox.disguises import declared_wide
from msoko.ingest.sandbox.file_guard import Refused, SheetFacts

WIDE_MARKS = tuple(mark for mark, _ in MARKS)
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Entry = dict[str, Any]
"""What goes back through the pipe for one file: plain types only."""


def entries(name: str, content: bytes, options: Mapping[str, str]) -> Iterator[Entry]:
    """Yield one entry per table file in `content`, itself or the members of an archive."""
    try:
        kind = file_guard.kind_of(content, options.get("encoding", ""))
        if kind != "zip":
            yield _entry(name, kind, content, options)
            return
        archive = file_guard.check_archive(content)
    except Refused as refusal:
        yield _refusal(name, content, refusal)
        return
    for shown, member in named_members(archive):
        yield _member(f"{name}/{shown}", archive, member, options)


def _member(name: str, archive: zipfile.ZipFile, member: str, options: Mapping[str, str]) -> Entry:
    content = b""
    try:
        content = file_guard.archive_part(archive, member)
        kind = file_guard.kind_of(content, options.get("encoding", ""))
        if kind == "zip":
            raise Refused("nested_archive", "архив внутри архива.", "Распакуйте внутренний архив.")
        return _entry(name, kind, content, options)
    except Refused as refusal:
        return _refusal(name, content, refusal)


def _refusal(name: str, content: bytes, refusal: Refused) -> Entry:
    return {
        "file": name,
        "sha256": file_guard.digest(content),
        "refusal": (refusal.check, refusal.message, refusal.action),
    }


def _entry(name: str, kind: str, content: bytes, options: Mapping[str, str]) -> Entry:
    if len(content) > file_guard.MAX_FILE:
        raise Refused("too_large", "файл слишком велик.", "Разделите данные на несколько файлов.")
    is_1904 = False
    if kind == "csv":
        sheets = [_read_csv(content, options)]
    else:
        facts: dict[str, SheetFacts] = {}
        if kind == "xlsx":
            facts, is_1904 = _check_workbook(content)
        elif kind == "ods":
            _check_document(content)
        sheets = list(_read_workbook(content, facts))
    return {
        "file": name,
        "sha256": file_guard.digest(content),
        "kind": kind,
        "is_1904": is_1904,
        "has_connections": kind == "xlsx" and has_connections(file_guard.check_archive(content)),
        "sheets": sheets,
    }


def _check_workbook(content: bytes) -> tuple[dict[str, SheetFacts], bool]:
    """Return what is peculiar in each sheet, by name, and whether dates count from 1904."""
    from defusedxml import ElementTree

    archive = file_guard.check_archive(content)
    file_guard.check_parts(archive)
    checked = {  # every sheet part, whether the workbook lists it or not
        name: file_guard.check_sheet(file_guard.archive_part(archive, name))
        for name in archive.namelist()
        if name.startswith("xl/worksheets/") and name.endswith(".xml")
    }
    try:
        book = ElementTree.fromstring(file_guard.archive_part(archive, "xl/workbook.xml"))
        links = ElementTree.fromstring(
            file_guard.archive_part(archive, "xl/_rels/workbook.xml.rels")
        )
    except (ElementTree.ParseError, KeyError) as error:
        raise Refused("damaged_file", "книга повреждена.", file_guard.RESAVE) from error
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    facts = {}
    for sheet in book.iter(f"{NS}sheet"):
        target = targets.get(sheet.get(REL), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path not in checked and path in archive.NameToInfo:
            checked[path] = file_guard.check_sheet(file_guard.archive_part(archive, path))
        if path in checked:
            facts[str(sheet.get("name"))] = checked[path]
    properties = book.find(f"{NS}workbookPr")
    date1904 = properties is not None and properties.get("date1904") in ("1", "true")
    return facts, date1904


def _check_document(content: bytes) -> None:
    archive = file_guard.check_archive(content)
    file_guard.check_parts(archive)
    data = file_guard.archive_part(archive, "content.xml")
    if b"table:cell-range-source" in data or b"table:table-source" in data:
        raise Refused(
            "external_links",
            "книга ссылается на другие файлы.",
            "Скопируйте значения в новую книгу без ссылок.",
        )


def _read_workbook(content: bytes, facts: Mapping[str, SheetFacts]) -> Iterator[Entry]:
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(content))
        metadata = {one.name: one for one in book.sheets_metadata}
        for name in book.sheet_names:
            hidden = metadata[name].visible != calamine.SheetVisibleEnum.Visible
            if metadata[name].typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(name)
            end = sheet.end or (0, 0)
            file_guard.check_extent(end[0] + 1, end[1] + 1)
            cells = tidy(sheet.to_python(skip_empty_area=False))
            fact = facts.get(name, SheetFacts())
            yield {
                "name": name,
                "cells": cells,
                "is_hidden": hidden,
                "hidden_rows": fact.hidden_rows,
                "error_cells": fact.error_cells,
                "empty_formulas": fact.empty_formulas,
            }
    except calamine.PasswordError as error:
        raise Refused("password", "файл защищён паролем.", "Снимите пароль.") from error
    except (calamine.CalamineError, OSError, ValueError, UnicodeDecodeError) as error:
        raise Refused(
            "damaged_file", "книга повреждена или записана не по правилам Excel.", file_guard.RESAVE
        ) from error


class _Cleaned(dict[str | float, Any]):
    """Texts and numbers as they go back: each is cleaned once, and equals share one object."""

    def __missing__(self, value: str | float) -> Any:
        cleaned: Any = value
        if not value and isinstance(value, str):
            cleaned = None
        elif isinstance(value, float) and -1e15 < value < 1e15 and value.is_integer():
            cleaned = int(value)
        self[value] = cleaned
        return cleaned


def tidy(rows: list[list[Any]]) -> list[list[Any]]:
    """Return the rectangle without its empty margin below and right.

    Empty text becomes `None`, whole floats become integers, equal texts share one object.
    """
    memo = _Cleaned()
    kept = (str, float)  # other values may equal a number, as true equals 1
    cleaned = [[memo[one] if type(one) in kept else one for one in row] for row in rows]
    while cleaned and all(value is None for value in cleaned[-1]):
        cleaned.pop()
    width = 0
    for row in cleaned:
        for index in range(len(row) - 1, width - 1, -1):
            if row[index] is not None:
                width = index + 1
                break
    return [
        row if len(row) == width else (row + [None] * (width - len(row)))[:width] for row in cleaned
    ]


def decode(content: bytes, encoding: str | None) -> str:
    """Return the text: by its byte-order mark, as declared, or as its bytes look written."""
    if encoding and not content.startswith(WIDE_MARKS):
        try:
            if declared_wide(encoding) and 0 not in content:
                raise UnicodeError  # the spaces and digits of a wide text have zero bytes
            return content.decode(encoding).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            text = None
    else:
        text = decode_text(content)
    if text is not None:
        return text
    raise Refused(
        "encoding",
        f"текст не читается в кодировке «{encoding}», объявленной в year.yml."
        if encoding
        else "кодировка текста не распознана (ожидается UTF-8 или Windows-1251), или файл оборван.",
        "Сохраните файл в UTF-8 или укажите верное encoding в year.yml.",
    )


def delimiter_of(text: str) -> str:
    """Return the separator that occurs most in the first lines; a semicolon where in doubt."""
    first, *_ = lines = text.splitlines()[:40] or [""]
    if len(first) == 5 and first.lower().startswith("sep="):  # written for Excel
        return first[4]
    head = "\n".join(lines)
    counts = {mark: head.count(mark) for mark in ";\t,"}
    best = max(counts, key=lambda mark: counts[mark])
    return ";" if counts[";"] and counts[";"] * 3 >= counts[best] else best


def _read_csv(content: bytes, options: Mapping[str, str]) -> Entry:
    text = decode(content, options.get("encoding"))
    if "\x00" in text:
        raise Refused("damaged_file", "в тексте есть нулевые байты.", "Выгрузите файл заново.")
    delimiter = options.get("delimiter") or delimiter_of(text)
    delimiter = "\t" if delimiter in ("\\t", "tab") else delimiter
    if len(delimiter) != 1 or delimiter in '\r\n"':
        raise Refused(
            "encoding",
            f"разделитель «{delimiter}», объявленный в year.yml, – не один знак.",
            'Укажите в delimiter один знак, например ";" или "tab".',
        )
    stray: list[int] = []
    try:
        rows = _split(io.StringIO(text, newline=""), delimiter)
    except csv.Error as error:
        if '"' not in text:
            raise Refused(
                "damaged_file", "строки CSV не разбираются.", "Выгрузите заново."
            ) from error
        rows = []
    if not rows or _swallowed(rows, delimiter):
        rows, stray = _line_by_line(text, delimiter)
    width = max(map(len, rows), default=0)
    cells = tidy([row + [""] * (width - len(row)) for row in rows])
    return {"name": "", "cells": cells, "stray_quotes": tuple(stray)}


def _split(
    lines: Iterable[str], delimiter: str, quoting: Any = csv.QUOTE_MINIMAL
) -> list[list[str]]:
    rows: list[list[str]] = []
    width = 0
    for row in csv.reader(lines, delimiter=delimiter, strict=False, quoting=quoting):
        width = max(width, len(row))
        rows.append(row)
        file_guard.check_extent(len(rows), width)
    return rows


def _swallowed(rows: list[list[str]], delimiter: str) -> bool:
    """Return whether a quote that is never closed has made lines of the file one cell."""
    last = rows[-1][-1] if rows and rows[-1] else ""
    if last.count(delimiter) > 2:
        return True
    return any(
        line.count(delimiter) > 2
        for row in rows
        for value in row
        if "\n" in value
        for line in value.splitlines()
    )


def _line_by_line(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Return the lines as rows, and the numbers from 1 of those whose quotes are not in pairs."""
    rows: list[list[str]] = []
    stray = []
    try:
        for number, line in enumerate(text.splitlines(), start=1):
            is_odd = line.count('"') % 2 == 1
            quoting = csv.QUOTE_NONE if is_odd else csv.QUOTE_MINIMAL
            rows += _split([line], delimiter, quoting) or [[]]
            stray += [number] if is_odd else []
            file_guard.check_extent(number, len(rows[-1]))
    except csv.Error as error:
        raise Refused(
            "damaged_file", f"строка {len(rows) + 1} CSV не разбирается.", "Выгрузите заново."
        ) from error
    return rows, stray
