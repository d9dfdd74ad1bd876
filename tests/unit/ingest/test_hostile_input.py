"""Files made to harm: each is refused in words, in bounded time and memory."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
import zipfile

import openpyxl
import psutil
import pytest

from made_exports import checks, f1, repacked, save, take
from msoko.ingest.sandbox import file_guard
from msoko.ingest.sandbox.workbook_reader import Refusal, WorkbookReader

GIB = 1024**3
SHEET = "xl/worksheets/sheet1.xml"
HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
TAIL = b"</sheetData></worksheet>"


@pytest.fixture
def good(tmp_path):
    return save(tmp_path / "good.xlsx", f1())


def with_sheet(good, data: bytes) -> bytes:
    return repacked(good, lambda name, old: data if name == SHEET else old)


def far_cell(good) -> bytes:
    return with_sheet(good, HEAD + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + TAIL)


def far_cell_written_oddly(good) -> bytes:
    """Attributes in another order, other quotes: the parser does not mind, nor may the guard."""
    return with_sheet(
        good, HEAD + b"<row r='1'><c s='0'  r = 'XFD1048576' ><v>1</v></c></row>" + TAIL
    )


def far_row_in_a_near_row(good) -> bytes:
    return with_sheet(good, HEAD + b'<row r="1"><c r="ZZ900000"><v>1</v></c></row>' + TAIL)


def bomb(good) -> bytes:
    return with_sheet(good, HEAD + b" " * (200 * 1024 * 1024) + TAIL)


def many_cells(good) -> bytes:
    """More cells than any return has, without a single reference to check."""
    draw = random.Random(1)
    cells = [b"<c><v>%d</v></c>" % draw.randrange(10**6) for _ in range(100_000)]
    row = b"<row>" + b"".join(cells[:500]) + b"</row>"
    rows = [b"<row>" + b"".join(draw.sample(cells, 500)) + b"</row>" for _ in range(500)]
    return with_sheet(good, HEAD + b"".join(rows * 13) + row + TAIL)


def long_shared_string(good) -> bytes:
    """One text of a megabyte, referred to by thousands of cells."""
    shared = (
        b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        b'main"><si><t>' + os.urandom(600_000).hex().encode() + b"</t></si></sst>"
    )
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 4000)
    )

    sheet = HEAD + cells + TAIL
    return repacked(
        good,
        lambda name, old: sheet if name == SHEET else old,
        **{"xl/sharedStrings.xml": shared},
    )


def entities(good) -> bytes:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    doc = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">' + laughs + b"]>"
    return repacked(
        good, lambda name, old: doc + b"<w>&l9;</w>" if name == "xl/workbook.xml" else old
    )


def entities_in_utf16(good) -> bytes:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'
    return repacked(
        good, lambda name, old: text.encode("utf-16") if name == "xl/workbook.xml" else old
    )


def macros(good) -> bytes:
    return repacked(good, lambda name, old: old, **{"xl/vbaProject.bin": b"\x00"})


def external_link(good) -> bytes:
    return repacked(
        good, lambda name, old: old, **{"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    )


def embedded(good) -> bytes:
    return repacked(good, lambda name, old: old, **{"xl/embeddings/oleObject1.bin": b"\x00"})


def unbalanced_xml(good) -> bytes:
    return with_sheet(good, HEAD + b"<row><c>")


def no_workbook_links(good) -> bytes:
    return repacked(good, lambda name, old: b"<no" if name == "xl/_rels/workbook.xml.rels" else old)


def truncated(good) -> bytes:
    return good.read_bytes()[:-200]


def flipped(good) -> bytes:
    """One byte of the packed data is wrong: the checksum tells."""
    content = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as archive:
        offset = archive.getinfo(SHEET).header_offset
    content[offset + 80] ^= 0xFF
    return bytes(content)


def encrypted_old(good) -> bytes:
    return file_guard.OLE + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le")


def old_with_macros(good) -> bytes:
    return file_guard.OLE + b"\x00" * 512 + "Workbook_VBA_PROJECT".encode("utf-16-le")


def old_and_broken(good) -> bytes:
    return file_guard.OLE + b"\x00" * 512 + "Workbook".encode("utf-16-le")


def too_many_columns(good) -> bytes:
    return (";" * 5000 + "\r\n").encode() * 3


def too_many_lines(good) -> bytes:
    return b"1;2\n" * 600_000


CASES = [
    (far_cell, "too_large"),
    (far_cell_written_oddly, "too_large"),
    (far_row_in_a_near_row, "too_large"),
    (bomb, "archive_bomb"),
    (many_cells, "too_large"),
    (long_shared_string, "too_large"),
    (entities, "xml_entities"),
    (entities_in_utf16, "xml_encoding"),
    (macros, "macros"),
    (external_link, "external_links"),
    (embedded, "embedded_object"),
    (unbalanced_xml, "damaged_file"),
    (no_workbook_links, "damaged_file"),
    (truncated, "damaged_file"),
    (flipped, "damaged_file"),
    (encrypted_old, "password"),
    (old_with_macros, "macros"),
    (old_and_broken, "damaged_file"),
    (too_many_columns, "too_large"),
    (too_many_lines, "too_large"),
]


@pytest.mark.parametrize(("make", "check"), CASES, ids=[make.__name__ for make, _ in CASES])
def test_a_hostile_file_is_refused_soon_and_in_little_memory(tmp_path, good, make, check):
    path = tmp_path / "hostile.bin"
    path.write_bytes(make(good))
    start = time.monotonic()
    with WorkbookReader() as reader:
        [refusal] = reader.open(path, "hostile.bin")
        survivor = reader.open(good, "good.xlsx")
    assert time.monotonic() - start < 30
    assert isinstance(refusal, Refusal)
    assert refusal.check == check
    assert refusal.message and refusal.action
    assert not isinstance(survivor[0], Refusal), "the next file is read as if nothing happened"
    assert psutil.Process().memory_info().rss < GIB


def test_the_child_cannot_take_more_than_its_memory(tmp_path, good):
    """Even if the guard missed a bomb, the system refuses the child more than it may have."""
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(many_cells(good))
    code = (
        "import pathlib\n"
        "import msoko.ingest.sandbox.file_guard as g, msoko.ingest.sandbox.reader_child as c\n"
        "g.MAX_CELLS = g.MAX_COLUMNS = g.MAX_ROWS = 10**9\n"
        "c.MEMORY = 120 * g.MIB\n"
        "c._limit_memory()\n"
        f"print(c.answer({str(path)!r}, 'bomb', {{}})[0]['refusal'][0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 or done.stdout.strip() == "too_large"


def test_a_reader_that_hangs_is_ended(good):
    reader = WorkbookReader(timeout=0.0)
    [refusal] = reader.open(good, "good.xlsx")
    assert isinstance(refusal, Refusal)
    assert refusal.check == "timeout"
    reader.timeout = 30.0
    assert not isinstance(reader.open(good, "good.xlsx")[0], Refusal)
    reader.__exit__(None, None, None)


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["../../etc/evil.csv", "/etc/evil.csv", "..\\evil.csv", "C:\\evil.csv", "a/../../b.csv"]
)
def test_a_path_that_climbs_out_of_an_archive_is_refused(tmp_path, name):
    intake = take(tmp_path, {"a.zip": archive(**{name: b"1;2"})})
    assert checks(intake, "blocking") == {"archive_path"}
    assert not list(tmp_path.rglob("evil*"))


def test_an_archive_of_exports_is_read_member_by_member(tmp_path, good):
    inner = "ВПР/Ф1.xlsx"
    intake = take(tmp_path, {"всё.zip": archive(**{inner: good.read_bytes(), "__MACOSX/x": b"1"})})
    assert not intake.is_blocked
    assert intake.tables["sources"]["file"].item() == f"всё.zip/{inner}"
    assert len(intake.tables["results"]) == 6


def test_a_lying_archive_is_found_out(tmp_path, good):
    """The directory says a part is small; what unpacks must agree with it."""
    content = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as packed:
        size = packed.getinfo(SHEET).file_size
    true = size.to_bytes(4, "little")
    assert content.count(true) >= 1
    content[content.rindex(true) : content.rindex(true) + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "lie.xlsx"
    path.write_bytes(content)
    with WorkbookReader() as reader:
        assert isinstance(reader.open(path, "lie.xlsx")[0], Refusal)


def change_book(path, change) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def test_hidden_rows_are_read_and_told(tmp_path, good):
    def hide(book):
        book.worksheets[0].row_dimensions[11].hidden = True

    change_book(good, hide)
    intake = take(tmp_path / "year", {"a.xlsx": good.read_bytes()})
    assert checks(intake, "warning") == {"hidden_rows"}
    assert "11" in intake.findings["message"].iloc[0]
    assert len(intake.tables["results"]) == 6


def test_a_hidden_sheet_is_told_and_not_read(tmp_path):
    path = save(tmp_path / "a.xlsx", {"Явный": f1(), "Тайный": f1()})

    def hide(book):
        book["Тайный"].sheet_state = "veryHidden"

    change_book(path, hide)
    intake = take(tmp_path / "year", {"a.xlsx": path.read_bytes()})
    assert checks(intake, "blocking", "warning") == {"hidden_sheet"}
    assert len(intake.tables["results"]) == 6


def test_formulas_without_values_and_errors_are_refused(tmp_path, good):
    def spoil(book):
        sheet = book.worksheets[0]
        sheet["K10"] = "=SUM(G10:J10)"
        sheet["L10"].value = "#N/A"
        sheet["L10"].data_type = "e"

    change_book(good, spoil)
    intake = take(tmp_path / "year", {"a.xlsx": good.read_bytes()})
    found = intake.findings.set_index("check")["cell"]
    assert found["empty_formulas"] == "K10"
    assert found["error_cells"] == "L10"


def test_dates_count_from_the_workbooks_own_epoch(tmp_path, good):
    """15.04.2025 is day 45762 from 1900 and 44300 from 1904."""

    def turn(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.worksheets[0]["B6"] = 44300

    change_book(good, turn)
    assert not take(tmp_path / "year", {"a.xlsx": good.read_bytes()}).is_blocked


@pytest.mark.parametrize(
    "name",
    [
        "я" * 110 + ".xlsx",
        "<script>alert(1)</script>".replace("/", "") + ".xlsx",
        'кавычки "и" «ёлочки».xlsx',
        "\u202exslx.1Ф.xlsx",
    ],
    ids=["long", "markup", "quotes", "right_to_left"],
)
def test_odd_names_of_files_and_sheets_do_not_matter(tmp_path, name):
    path = save(tmp_path / "a.xlsx", {"<b>'&\"": f1()})
    intake = take(tmp_path / "year", {name: path.read_bytes()})
    assert not intake.is_blocked
    assert intake.tables["sources"]["sheet"].item() == "<b>'&\""


def test_a_link_in_the_folder_is_not_followed(tmp_path, good):
    raw = tmp_path / "data" / "raw" / "2024-25"
    raw.mkdir(parents=True)
    (raw / "link.xlsx").symlink_to(good)
    assert checks(take(tmp_path, {}), "blocking") == {"not_a_file"}
