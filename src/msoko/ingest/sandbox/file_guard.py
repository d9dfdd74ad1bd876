"""What a file must not hold before anyone parses it.

Pure standard library over bytes: it runs in the sandboxed child, before the
parser does. A far cell makes a parser reserve the whole rectangle up to it, and
a kilobyte of archive unpacks to gigabytes, so sizes and cell references are
checked first.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from msoko.core.written_text import wide_encoding
from msoko.ingest.sandbox.disguises import beginning, declared_wide, disguise_of

MIB = 1024 * 1024
MAX_FILE = 96 * MIB
MAX_UNPACKED = 256 * MIB
MAX_ENTRIES = 2000
MAX_RATIO = 300
"""Real workbooks pack 10–60 times; a part above a mebibyte that packs better is a bomb."""
MAX_CELLS = 3_000_000
MAX_COLUMNS = 1_000
MAX_ROWS = 500_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Refused(Exception):
    """The file is not to be parsed; the text says why and what to do, in Russian."""

    def __init__(self, check: str, message: str, action: str) -> None:
        super().__init__(message)
        self.check, self.message, self.action = check, message, action


class SheetFacts(NamedTuple):
    """What the parser would not tell about a sheet of an .xlsx."""

    hidden_rows: tuple[int, ...] = ()
    error_cells: tuple[str, ...] = ()
    empty_formulas: tuple[str, ...] = ()


RESAVE = "Откройте файл в Excel, сохраните как «Книга Excel (.xlsx)» и положите вместо этого."


def kind_of(content: bytes, encoding: str = "") -> str:
    """Return xlsx, ods, zip, xls or csv, from the content alone; refuse anything else.

    `encoding`: what year.yml declares; a text may hold zero bytes where it is a wide one.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise Refused("empty_file", "файл пуст.", "Выгрузите файл заново.")
    if content[:4] == b"PK\x03\x04" or content[:4] == b"PK\x05\x06":
        return _kind_of_archive(content)
    if content[:8] == OLE:
        return _kind_of_compound(content)
    wide = declared_wide(encoding) or wide_encoding(content)
    head = beginning(content, wide)
    disguise = disguise_of(head)
    if disguise:
        raise Refused("disguised_file", f"это {disguise} под видом таблицы.", RESAVE)
    if head.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"rar!", b"7z\xbc\xaf")):
        raise Refused(
            "unknown_kind",
            "это не таблица (документ, рисунок или архив, отличный от ZIP).",
            "Уберите файл из папки или укажите для него в year.yml «layout: ignore».",
        )
    if not wide and b"\x00" in content[:65536]:
        raise Refused(
            "unknown_kind",
            "это двоичный файл неизвестного вида или обрывок файла.",
            "Выгрузите файл заново в виде .xlsx или .csv.",
        )
    return "csv"


def _open_archive(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(
            "damaged_file",
            "файл повреждён или загружен не до конца.",
            "Скачайте или выгрузите файл заново.",
        ) from error


def _kind_of_archive(content: bytes) -> str:
    names = set(_open_archive(content).namelist())
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Refused("unknown_kind", "двоичная книга .xlsb не читается.", RESAVE)
    if "content.xml" in names:
        return "ods"
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise Refused(
            "unknown_kind",
            "это документ Word или PowerPoint, а не таблица.",
            "Уберите файл из папки или укажите для него в year.yml «layout: ignore».",
        )
    return "zip"


def _kind_of_compound(content: bytes) -> str:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise Refused("password", "файл защищён паролем.", "Снимите пароль и сохраните заново.")
    if holds("_VBA_PROJECT"):
        raise Refused("macros", "в книге есть макросы.", RESAVE)
    if not (holds("Workbook") or holds("RawBook")):
        raise Refused("unknown_kind", "это не книга Excel.", RESAVE)
    return "xls"


def check_archive(content: bytes) -> zipfile.ZipFile:
    """Return the opened archive whose sizes and names are safe."""
    archive = _open_archive(content)
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(one.file_size for one in entries) > MAX_UNPACKED:
        raise Refused(
            "archive_bomb",
            f"содержимое распаковывается больше чем в {MAX_UNPACKED // MIB} МиБ "
            f"или состоит более чем из {MAX_ENTRIES} частей.",
            "Разделите данные на несколько файлов; если они невелики, выгрузите файл заново.",
        )
    for entry in entries:
        _check_entry(entry)
    return archive


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", entry.filename):
        raise Refused(
            "archive_path",
            "в архиве есть имя, которое ведёт за пределы папки.",
            "Не открывайте этот архив; запросите файл заново у отправителя.",
        )
    if entry.flag_bits & 1:
        raise Refused("password", "архив защищён паролем.", "Снимите пароль и сохраните заново.")
    if entry.file_size > MIB and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise Refused(
            "archive_bomb",
            "часть файла сжата неправдоподобно сильно (похоже на «архивную бомбу»).",
            "Запросите файл заново у отправителя.",
        )


def archive_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one part of the archive, whose bytes agree with the declared size and checksum."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise Refused(
            "damaged_file",
            "файл повреждён или загружен не до конца.",
            "Скачайте или выгрузите файл заново.",
        ) from error


def check_xml(data: bytes) -> None:
    """Refuse XML that declares entities or hides from the checks in another encoding."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:64]:
        raise Refused("xml_encoding", "внутренний XML записан в необычной кодировке.", RESAVE)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused(
            "xml_entities",
            "внутри файла объявлены сущности XML; такие файлы Excel не создаёт.",
            "Не открывайте файл; запросите его заново у отправителя.",
        )


FOREIGN = (
    ("vbaproject", "macros", "в книге есть макросы."),
    ("xl/macrosheets/", "macros", "в книге есть макросы."),
    ("basic/script", "macros", "в книге есть макросы."),
    ("xl/externallinks/", "external_links", "книга ссылается на другие файлы."),
    ("xl/activex/", "macros", "в книге есть элементы ActiveX."),
    ("xl/embeddings/", "embedded_object", "в книгу вложены другие документы."),
)


def check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse macros, links to other files and embedded documents, and check every XML part."""
    for name in archive.namelist():
        for mark, check, message in FOREIGN:
            if mark in name.lower():
                raise Refused(check, message, "Скопируйте значения в новую книгу без них.")
        if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/sheet"):
            check_xml(archive_part(archive, name))


NEAR_REFERENCE = re.compile(rb'<c r="([A-Z]{1,3})\d{1,4}"')
OTHER_CELLS = (b"<c\t", b"<c\n", b"<c\r", b":c ", b":c\t", b":c\n", b":c\r")
"""How a cell begins where it does not begin with `<c `."""
NEAR_ROW = 9999
"""The last row that a near reference may name."""
ANY_REFERENCE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]{1,9})(\d{1,12})")
ERROR_MARKS = (b'"e"', b"'e'")
FORMULA_MARK = re.compile(rb"[<:]f[\s/>]")
HIDDEN_ROW = re.compile(
    rb"<(?:\w+:)?row\s(?=[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'])[^>]*\br\s*=\s*[\"'](\d+)[\"']"
)
ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\bt\s*=\s*[\"']e[\"'])[^>]*\br\s*=\s*[\"']([A-Z]+\d+)[\"']"
)
EMPTY_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Z]+\d+)[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f\s*>)\s*"
    rb"(?:<(?:\w+:)?v(?:\s[^>]*)?(?:/>|>\s*</(?:\w+:)?v\s*>)\s*)?</(?:\w+:)?c\s*>"
)
"""A cell with a formula and no value, its attributes in any order."""


def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _far_corner(data: bytes) -> tuple[int, int]:
    """Return a row and a column beyond which no cell of the sheet claims to stand.

    They are the greatest that are claimed, or, where that is told at a glance, near enough to
    the first cell to be let pass.
    """
    letters = NEAR_REFERENCE.findall(data)
    is_plain = not any(start in data for start in OTHER_CELLS)
    if is_plain and len(letters) == data.count(b"<c "):
        column = _greatest_column(letters)
        if column * NEAR_ROW <= MAX_CELLS:
            return NEAR_ROW, column
    found = ANY_REFERENCE.findall(data)
    row = max(map(int, {row for _, row in found}), default=0)
    return row, _greatest_column(letters for letters, _ in found)


def _greatest_column(references: Iterable[bytes]) -> int:
    return max((column_number(letters.decode()) for letters in set(references)), default=0)


def check_sheet(data: bytes) -> SheetFacts:
    """Return what is peculiar in a sheet's XML; refuse one that claims too large a rectangle."""
    check_xml(data)
    rows, columns = _far_corner(data)
    check_extent(rows, columns)
    # most sheets lack these marks, and to look for one takes a fraction of a search by pattern
    hidden = HIDDEN_ROW.findall(data) if b"hidden" in data else []
    errors = ERROR_CELL.findall(data) if any(mark in data for mark in ERROR_MARKS) else []
    formulas = EMPTY_FORMULA.findall(data) if _holds_formula(data) else []
    return SheetFacts(
        hidden_rows=tuple(int(row) for row in hidden),
        error_cells=tuple(cell.decode() for cell in errors),
        empty_formulas=tuple(cell.decode() for cell in formulas),
    )


def _holds_formula(data: bytes) -> bool:
    return (b"<f" in data or b":f" in data) and bool(FORMULA_MARK.search(data))


def check_extent(rows: int, columns: int) -> None:
    """Refuse a rectangle that no return of a school or region can need."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise Refused(
            "too_large",
            f"лист занимает {rows} строк и {columns} столбцов – больше, чем бывает в выгрузках.",
            "Удалите лишние ячейки справа и снизу от таблицы и сохраните файл заново.",
        )


def digest(content: bytes) -> str:
    """Return the SHA-256 of the file's bytes, in hex."""
    return hashlib.sha256(content).hexdigest()
