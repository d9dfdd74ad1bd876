"""The lean writer: what it writes, other readers must read."""

import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from msoko.demo.files.workbook_writer import WrittenSheet, column_letters, write_workbook


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(index, letters):
    assert column_letters(index) == letters


def test_two_readers_see_the_same_cells(tmp_path):
    path = tmp_path / "a.xlsx"
    rows = [["Имя <b>", None, 0], [], [1.5, " пробел ", "=1+1"]]
    write_workbook(path, [WrittenSheet("Лист", rows)])
    sheet = openpyxl.load_workbook(path)["Лист"]
    assert sheet["A1"].value == "Имя <b>"
    assert sheet["B1"].value is None
    assert sheet["C1"].value == 0
    assert sheet["B3"].value == " пробел "
    assert sheet["C3"].data_type == "s", "a text that begins with = is no formula"
    seen = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Лист").to_python()
    assert seen[2][0] == pytest.approx(1.5, abs=0)


def test_a_sheet_name_is_cut_as_exports_cut_it(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, [WrittenSheet("МА 4 Сравнение отметок с отметками по журналу", [["x"]])])
    assert openpyxl.load_workbook(path).sheetnames == ["МА 4 Сравнение отметок с отметк"]


def test_merged_ranges_are_merged(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, [WrittenSheet("Л", [["x", None]], ("A1:B1",))])
    merged = openpyxl.load_workbook(path)["Л"].merged_cells.ranges
    assert [str(one) for one in merged] == ["A1:B1"]


def test_bytes_carry_no_moment_of_writing(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, [WrittenSheet("Л", [["x", 1]])])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
