import dataclasses
import datetime as dt
import io

import openpyxl
import pytest

from msoko.documents.excel_annex import annex
from msoko.documents.xlsx import HEADER_ROW, Amount, Tab, workbook


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def column(sheet, name: str) -> list:
    place = [cell.value for cell in sheet[HEADER_ROW]].index(name) + 1
    return [sheet.cell(row, place) for row in range(HEADER_ROW + 1, sheet.max_row + 1)]


def test_a_text_that_looks_like_a_formula_stays_a_text():
    tab = Tab("Лист", "Примечание.", ["=a"], [["=1+1"], ["+7"], ["@x"], ["обычный"]])
    sheet = opened(workbook([tab]))["Лист"]
    cells = [sheet.cell(HEADER_ROW, 1), *(sheet.cell(row, 1) for row in range(4, 8))]
    assert [cell.value for cell in cells] == ["=a", "=1+1", "+7", "@x", "обычный"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_values_keep_their_types_and_units():
    row = [Amount(0.25, "percent"), Amount(float("nan"), "score"), dt.date(2025, 5, 1), 7]
    sheet = opened(workbook([Tab("Лист", "Примечание.", list("абвг"), [row])]))["Лист"]
    share, absent, day, count = (sheet.cell(HEADER_ROW + 1, place) for place in range(1, 5))
    assert (share.value, share.number_format) == (0.25, "0.0%")
    assert absent.value is None
    assert (day.value.date(), day.number_format) == (dt.date(2025, 5, 1), "DD.MM.YYYY")
    assert count.value == 7
    assert sheet.freeze_panes == "B4" and sheet.auto_filter.ref == "A3:D4"


def test_an_empty_sheet_says_so():
    sheet = opened(workbook([Tab("Лист", "Примечание.", ["а"], [], "Строк нет.")]))["Лист"]
    assert sheet["A1"].value == "Примечание. Строк нет."


def test_equal_content_gives_equal_bytes(made):
    assert annex(made()) == annex(made())


def test_the_annex_holds_the_page_s_indicators_and_changes(made):
    report = made()
    book = opened(annex(report))
    assert book.sheetnames == ["О таблицах", "Показатели", "Изменения", "Школы", "Рекомендации"]
    line = report.lines("er_mean")[0]
    own = report.line_row(line)
    rows = zip(
        column(book["Показатели"], "Код"),
        column(book["Показатели"], "Предмет"),
        column(book["Показатели"], "Класс"),
        column(book["Показатели"], "Значение"),
        strict=True,
    )
    wanted = ("er_mean", "Русский язык", None)
    shown = [row[-1].value for row in rows if tuple(cell.value for cell in row[:3]) == wanted]
    assert shown == [pytest.approx(own["value"])]
    changes = [cell.value for cell in column(book["Изменения"], "Изменение")]
    assert changes[0] == pytest.approx(report.changes[line].difference)


def test_no_cell_of_the_annex_is_a_formula(made):
    book = opened(annex(made()))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds and {"s", "n"} <= kinds


def test_the_public_annex_has_no_school(made):
    def words(content: bytes) -> str:
        rows = (row for sheet in opened(content) for row in sheet.iter_rows(values_only=True))
        return " ".join(str(cell) for row in rows for cell in row)

    public = annex(made(edition="public"))
    assert "Школы" not in opened(public).sheetnames
    assert "СОШ" not in words(public)
    assert "СОШ" in words(annex(dataclasses.replace(made(), edition="internal")))


def test_the_public_annex_tells_values_no_finer_than_the_page(made):
    book = opened(annex(made(edition="public")))
    sheet = book["Показатели"]
    rows = zip(column(sheet, "Единица"), column(sheet, "Значение"), strict=True)
    values = [(unit.value, value.value) for unit, value in rows if value.value is not None]
    digits = {"%": 3, "балл": 2, "чел.": 0, "ед.": 0}
    assert len(values) > 3
    assert all(value == round(value, digits[unit]) for unit, value in values)
