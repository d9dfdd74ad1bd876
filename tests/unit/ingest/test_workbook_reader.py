"""Every kind of file becomes the same plain grid."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from made_exports import checks, f1, f3, save, take, values
from made_workbooks import ods, xls
from msoko.ingest.sandbox.file_guard import Refused, column_number
from msoko.ingest.sandbox.grids import decode, delimiter_of, tidy
from msoko.ingest.sandbox.workbook_reader import Refusal, WorkbookReader
from msoko.ingest.sheets.raw_book import RawBook

ROWS = [["a", None, 1], [None, None, None], ["ё «»", 2.5, 3]]
EMPTY_TAIL = (
    '<table:table-row table:number-rows-repeated="1048500">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def opened(folder, content: bytes) -> RawBook | Refusal:
    path = folder / "file"
    path.write_bytes(content)
    with WorkbookReader() as reader:
        [one] = reader.open(path, "file")
    return one


def xlsx(rows: list) -> bytes:
    out, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def csv(rows: list) -> bytes:
    return "\n".join(";".join("" if v is None else str(v) for v in row) for row in rows).encode()


@pytest.mark.parametrize(
    ("make", "kind"), [(xlsx, "xlsx"), (xls, "xls"), (ods, "ods")], ids=["xlsx", "xls", "ods"]
)
def test_a_workbook_of_any_kind_is_one_grid(tmp_path, make, kind):
    book = opened(tmp_path, make(ROWS))
    assert book.kind == kind
    assert book.sheets[0].cells == ROWS


@pytest.mark.parametrize("make", [xls, ods], ids=["xls", "ods"])
def test_f3_reads_the_same_from_old_and_open_formats(tmp_path, make):
    good = take(tmp_path / "xlsx", {"a.xlsx": f3()}).tables["mark_shares"]
    other = take(tmp_path / "other", {"a.bin": make(f3())})
    assert not other.is_blocked
    assert values(other.tables["mark_shares"]).equals(values(good))


def test_the_empty_tail_of_an_open_document_is_no_bomb(tmp_path):
    book = opened(tmp_path, ods(ROWS, tail=EMPTY_TAIL))
    assert book.sheets[0].cells == ROWS


def test_an_open_document_that_repeats_a_cell_a_billion_times_is_refused(tmp_path):
    filled = ' office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>'
    tail = EMPTY_TAIL.replace("/></table:table-row>", filled + "</table:table-row>")
    refusal = opened(tmp_path, ods(ROWS, tail=tail))
    assert isinstance(refusal, Refusal)
    assert refusal.check in {"too_large", "damaged_file"}  # the parser has a limit of its own


def test_types_of_cells_are_kept(tmp_path):
    row = [1, 1.5, True, "1", dt.datetime(2025, 4, 15), " "]
    cells = opened(tmp_path, xlsx([row])).sheets[0].cells[0]
    assert cells[:4] == [1, 1.5, True, "1"]
    assert [type(value) for value in cells[:4]] == [int, float, bool, str]
    assert cells[4] == dt.date(2025, 4, 15)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_the_encoding_is_found_out(encoding):
    text = "№;Код ОО;Фамилия\r\n1;111001;Ёлкин"
    assert decode(text.encode(encoding), None) == text


def test_bytes_of_no_known_encoding_are_refused():
    with pytest.raises(Refused) as refusal:
        decode(b"\x98\xff\x98", None)
    assert refusal.value.check == "encoding"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a;b;c\n1,5;2,5;3,5", ";"),
        ("a,b,c\n1,2,3", ","),
        ("a\tb\n1\t2", "\t"),
        ("слово", ";"),
        ("имя, отчество;класс\nа, б;1", ";"),
    ],
)
def test_the_delimiter_is_found_out(text, mark):
    assert delimiter_of(text) == mark


def test_tidy_cuts_the_empty_margin_and_keeps_true_apart_from_one():
    assert tidy([["a", 1.0, True, ""], ["", "", "", ""]]) == [["a", 1, True]]
    assert tidy([["", ""]]) == []
    assert [type(value) for value in tidy([[1.0, True]])[0]] == [int, bool]


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_column_numbers(letters, number):
    assert column_number(letters) == number


def test_the_reader_serves_many_files_with_one_child(tmp_path):
    path = save(tmp_path / "a.xlsx", f1())
    with WorkbookReader() as reader:
        reader.open(path, "a")
        child = reader._child
        reader.open(path, "b")
        assert reader._child is child
    assert child.poll() is not None


def test_a_quoted_csv_with_a_line_break_keeps_its_rows(tmp_path):
    cells = opened(tmp_path, b'"a\nb";c\r\n1;2').sheets[0].cells
    assert cells == [["a\nb", "c"], ["1", "2"]]


def test_declared_options_reach_the_csv_reader(tmp_path):
    year = (
        "school_year: 2024-25\nfiles:\n  a.csv: {layout: columns, table: monitoring, "
        'delimiter: "|", encoding: cp866, school: {id: Школа}, '
        "constant: {form: oo1, item: pupils_total}, "
        "rows: [{columns: {value: Число}}]}\n"
    )
    intake = take(tmp_path, {"a.csv": "Школа|Число\ns1|1,5\n".encode("cp866")}, year=year)
    assert checks(intake, "blocking") == set()
    assert intake.tables["monitoring"]["value"].item() == 1.5
    assert intake.tables["monitoring"]["source_column"].item() == "B"
