"""Packets: only one school's rows, marked cells, no formulas, the same bytes twice."""

from __future__ import annotations

from io import BytesIO

import docx
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from drawn_year import YEAR, drawn_year
from msoko.cli import msoko
from msoko.core.errors import UsageError
from msoko.core.office_archive import neutral
from msoko.core.store import Store
from msoko.ingest.ingest_findings import Finding, findings_frame
from msoko.packets import write_packets
from msoko.validate import check_year

HEAD = ["ОО", "Муниципалитет", "ФИО", "Код", "Класс", "Вариант", "1", "2", "Балл", "Отметка", "Ж"]
ROWS = {
    1: ["Индивидуальные результаты"],
    8: HEAD,
    9: ["МБОУ «Школа 1»(edu990101) | Кол-во участников: 3"],
    10: ["edu990101", "Округ", "Иванова Анна", 40001, 1, 1, 5, "X", 5, 2, 3],
    11: ["edu990101", "Округ", "Петров Олег", 40002, 1, 1, 4, 5, 8, 3, 3],
    12: ["edu990101", "Округ", "Сидоров Ян", 40003, 1, "отсутствовал"],
    13: ["МБОУ «Школа 2»(edu990102) | Кол-во участников: 2"],
    14: ["edu990102", "Округ", "Орлова Вера", 40004, 1, "=1+1", 10, 4, 14, 7, 4],
    15: ["edu990102", "Округ", "Зайцев Лев", 40005, 1, 2, 10, 10, 20, 5, 4],
}


WRONG_SUM = Finding(
    "task_sum",
    "warning",
    "первичный балл не равен сумме баллов за задания: ячейки I11.",
    "Сверьте строку с ФИС ОКО.",
    table="results",
    file="vpr/ma4.xlsx",
    sheet="МА 4",
    cell="I11",
    row_count=1,
)
"""As the reader of Ф1 tells it."""


@pytest.fixture
def checked(project, keep):
    """Return a project whose Ф1 has a wrong sum in school 1 and a mark 7 in school 2."""
    tables = drawn_year()
    tables["results"].loc[1, "primary_score"] = 8.0
    tables["results"].loc[3, "mark"] = 7
    tables["sources"].loc[0, "layout"] = "vpr_individual"
    own = {"school_id": "A", "pupil_id": "D", "class_id": "E", "variant": "F"}
    more = [
        {"source_id": "f1", "table": "results", "column": name, "source_column": letter}
        for name, letter in own.items()
        if name != "pupil_id"
    ]
    columns = pd.concat([tables["source_columns"], pd.DataFrame(more)], ignore_index=True)
    aside = {"source_id": "f1", "source_row": [9, 13], "reason": "строка школы"}
    told = findings_frame([WRONG_SUM], str(YEAR))
    keep(
        {
            **tables,
            "source_columns": columns,
            "set_aside": pd.DataFrame(aside),
            "findings": told,
        }
    )
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "МА 4"
    for row, values in ROWS.items():
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value
            sheet.cell(row, column).data_type = "n" if isinstance(value, int) else "s"
    path = project.raw(YEAR) / "vpr" / "ma4.xlsx"
    path.parent.mkdir()
    book.save(path)
    check_year(project, YEAR)
    return project


def copy_of(folder):
    return openpyxl.load_workbook(folder / "ma4.xlsx")["МА 4"]


def texts(sheet) -> str:
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)


def test_each_school_with_findings_gets_its_packet(checked):
    folders = write_packets(checked, YEAR)
    assert sorted(folders) == ["s1", "s2"]
    for folder in folders.values():
        assert sorted(path.name for path in folder.iterdir()) == ["ma4.xlsx", "protocol.docx"]


def test_a_copy_holds_the_school_s_rows_at_their_places_and_no_other_s(checked):
    folders = write_packets(checked, YEAR)
    first, second = copy_of(folders["s1"]), copy_of(folders["s2"])
    assert [first.cell(11, column).value for column in (1, 4, 9, 10)] == ["edu990101", 40002, 8, 3]
    for word in ("Школа 2", "edu990102", "40004", "40005"):
        assert word not in texts(first)
    for word in ("Школа 1", "edu990101", "40001", "40003"):
        assert word not in texts(second)
    assert first["A9"].value.startswith("МБОУ «Школа 1»")  # the banner names this school alone
    assert first.row_dimensions[14].hidden and not first.row_dimensions[11].hidden


def test_no_name_of_a_person_travels(checked):
    for folder in write_packets(checked, YEAR).values():
        for name in ("Иванова", "Петров", "Сидоров", "Орлова", "Зайцев"):
            assert name not in texts(copy_of(folder))
        document = docx.Document(folder / "protocol.docx")
        cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
        assert "Петров" not in "".join(cells)


def test_where_pupils_are_known_by_document_their_column_stays_behind(checked):
    sources = Store(checked).read("sources", [YEAR])
    sources["layout"] = "rcoi_exam"
    Store(checked).add(YEAR, "sources", sources)
    sheet = copy_of(write_packets(checked, YEAR)["s1"])
    assert sheet["D11"].value is None and sheet["I11"].value == 8


def test_the_cell_is_marked_and_says_what_to_do(checked):
    sheet = copy_of(write_packets(checked, YEAR)["s1"])
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked == {"I11"}
    assert sheet["I11"].fill.start_color.rgb.endswith("FFE699")
    said = sheet["I11"].comment.text
    assert "Нужно исправить: первичный балл не равен сумме баллов за задания" in said
    assert "Сверьте строку с ФИС ОКО" in said


def test_a_text_that_looks_like_a_formula_is_only_text(checked):
    sheet = copy_of(write_packets(checked, YEAR)["s2"])
    assert sheet["F14"].value == "'=1+1"
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u00a0@x"])
def test_a_dangerous_beginning_is_neutralised(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["МА 4", "1-2", "edu990101", "", "«=»"])
def test_a_harmless_text_stays_as_it_is(text):
    assert neutral(text) == text


def test_characters_that_no_office_file_can_hold_are_dropped(checked):
    assert neutral("МА\x00 4\x1f\ufffe") == "МА 4"
    findings = Store(checked).read("findings", [YEAR])
    findings["message"] = "битый\x01 текст\x0b"
    Store(checked).add(YEAR, "findings", findings)
    folder = write_packets(checked, YEAR)["s1"]
    assert "битый текст" in copy_of(folder)["I11"].comment.text
    assert docx.Document(folder / "protocol.docx").tables[0].rows[1].cells[2].text == "Битый текст"


def test_a_sheet_that_is_no_longer_in_the_file_leaves_an_empty_copy(checked):
    path = checked.raw(YEAR) / "vpr" / "ma4.xlsx"
    book = openpyxl.load_workbook(path)
    book.active.title = "Другой"
    book.save(path)
    assert texts(copy_of(write_packets(checked, YEAR)["s1"])) == ""


def test_the_protocol_says_where_what_and_what_to_do(checked):
    document = docx.Document(write_packets(checked, YEAR)["s2"] / "protocol.docx")
    row = [cell.text for cell in document.tables[0].rows[1].cells]
    assert row[1] == "vpr/ma4.xlsx, лист «МА 4», ячейка J14"
    assert row[2] == "Отметка не из ряда 2, 3, 4, 5."
    assert row[3] == "Останавливает отчёт"
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert "МБОУ «Школа 2». Учебный год: 2024-25." in paragraphs
    assert document.core_properties.language == "ru-RU"


def test_the_same_findings_give_the_same_bytes(checked):
    def written():
        return {
            path.relative_to(folder.parent): path.read_bytes()
            for folder in write_packets(checked, YEAR).values()
            for path in folder.iterdir()
        }

    assert written() == written()


def test_a_school_that_put_its_files_right_loses_its_packet(checked, keep):
    folders = write_packets(checked, YEAR)
    keep(drawn_year())
    check_year(checked, YEAR)
    assert write_packets(checked, YEAR) == {}
    assert not folders["s1"].exists()


def test_one_school_s_packet_leaves_the_others_alone(checked):
    folders = write_packets(checked, YEAR)
    kept = folders["s2"] / "protocol.docx"
    before = kept.stat().st_mtime_ns
    assert write_packets(checked, YEAR, "s1") == {"s1": folders["s1"]}
    assert kept.stat().st_mtime_ns == before


def test_a_file_that_is_gone_is_told_by_the_protocol_alone(checked):
    (checked.raw(YEAR) / "vpr" / "ma4.xlsx").unlink()
    folder = write_packets(checked, YEAR)["s1"]
    assert [path.name for path in folder.iterdir()] == ["protocol.docx"]


def test_a_year_that_was_not_checked_is_refused(project):
    with pytest.raises(UsageError, match="Сначала выполните «msoko check 2024-25»"):
        write_packets(project, YEAR)


def test_a_school_without_findings_is_named(checked):
    with pytest.raises(UsageError, match="у организации s9 нет замечаний за 2024-25"):
        write_packets(checked, YEAR, "s9")


def test_a_school_id_that_climbs_out_of_the_folder_is_refused(checked):
    findings = Store(checked).read("findings", [YEAR]).assign(school_id="../up")
    Store(checked).add(YEAR, "findings", findings)
    with pytest.raises(UsageError, match="нельзя сделать именем папки"):
        write_packets(checked, YEAR)
    assert not (checked.reports(YEAR) / "internal" / "up").exists()


def test_the_command_lists_what_it_wrote(checked):
    command = ["packets", "2024-25", "--project", str(checked.root), "--school", "s2"]
    answer = CliRunner().invoke(msoko, command)
    assert answer.exit_code == 0, answer.output
    assert answer.output.splitlines() == [
        f"s2: {checked.root}/reports/2024-25/internal/packets/s2 – протокол, файлов с пометками: 1",
        "Собрано пакетов: 1.",
    ]


def test_a_copy_is_read_back_by_any_reader(checked):
    content = (write_packets(checked, YEAR)["s1"] / "ma4.xlsx").read_bytes()
    frame = pd.read_excel(BytesIO(content), header=None, engine="calamine")
    assert frame.iloc[10, 8] == 8
