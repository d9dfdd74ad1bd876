"""The project's own forms: written blank, filled, and read back."""

from __future__ import annotations

import openpyxl
import pytest

from msoko.catalog.registry.form_declarations import Item, load_forms
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.identity.pseudonyms import Pseudonyms
from msoko.ingest.identity.subject_names import Subjects
from msoko.ingest.layouts.contract import SURE, ReadingContext
from msoko.ingest.layouts.forms.blank_forms import write_templates
from msoko.ingest.layouts.forms.form_layout import LAYOUT
from msoko.ingest.layouts.forms.form_values import read_value
from msoko.ingest.layouts.forms.form_workbook import (
    HEADER_ROW,
    MARK_SHEET,
    FormOrganisation,
    write_form,
)
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetPlace

DECLARED = load_forms(Project(HOME))
READABLE = [code for code, form in DECLARED.items() if form.table != "pupil_links"]
SUBJECTS = Subjects.load(Project(HOME))
CONTEXT = ReadingContext(SchoolYear(2024), Pseudonyms(b"0" * 32), SUBJECTS, home=Project(HOME))
SCHOOL = {"school_code": "99120001", "school_name": "МБОУ «СОШ № 1»"}


def book_of(path) -> RawBook:
    """Return the workbook as the intake sees it."""
    sheets = []
    for sheet in openpyxl.load_workbook(path).worksheets:
        cells = [list(row) for row in sheet.values]
        sheets.append(RawSheet(sheet.title, cells, is_hidden=sheet.sheet_state != "visible"))
    return RawBook(path.name, "xlsx", "0" * 64, tuple(sheets))


def filled(tmp_path, code, *records, version=None, year="2024-25"):
    path = tmp_path / "форма.xlsx"
    write_form(path, DECLARED[code], year, (), records, ("Математика",), version=version)
    return path


def read(path):
    book = book_of(path)
    found = LAYOUT.recognise(book)
    assert len(found) == 1
    place = SheetPlace(book, book.sheet(found[0].sheet))
    return LAYOUT.read(place, found[0], CONTEXT)[0]


def figures(parsed):
    frame = parsed.tables["monitoring"]
    return dict(zip(frame["item"], frame["value"], strict=True))


def checks(parsed):
    return [(one.check, one.severity) for one in parsed.findings]


@pytest.mark.parametrize("code", READABLE)
def test_a_blank_form_is_known_as_itself(tmp_path, code):
    path = tmp_path / "переименован.xlsx"
    write_form(path, DECLARED[code], "2024-25", [FormOrganisation("1", "Школа")])
    found = LAYOUT.recognise(book_of(path))
    assert [one.details["form"] for one in found] == [code]
    assert found[0].confidence >= SURE
    assert not found[0].missing


@pytest.mark.parametrize("code", READABLE)
def test_a_form_is_known_without_its_mark_and_under_another_sheet_name(tmp_path, code):
    path = tmp_path / "a.xlsx"
    write_form(path, DECLARED[code], "2024-25", [FormOrganisation("1", "Школа")])
    book = book_of(path)
    bare = RawBook("b.csv", "csv", "0", (RawSheet("Лист1", book.sheets[0].cells),))
    assert [one.details["form"] for one in LAYOUT.recognise(bare)] == [code]


@pytest.mark.parametrize("code", list(DECLARED))
def test_each_column_has_a_hint_and_its_limits_or_list(tmp_path, code):
    form = DECLARED[code]
    path = tmp_path / "a.xlsx"
    write_form(path, form, "2024-25", [FormOrganisation("1", "Школа")], subjects=("Математика",))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rules = sheet.data_validations.dataValidation
    assert len(rules) == len(form.items)
    for item, rule in zip(form.items, rules, strict=True):
        assert rule.prompt
        assert rule.showInputMessage
        if item.words or item.type == "subject":
            assert rule.type == "list"
            assert rule.showErrorMessage
        elif item.is_numeric:
            assert rule.type == ("whole" if item.type == "int" else "decimal")
            assert float(rule.formula1) == pytest.approx(item.min, abs=0)


def test_the_mark_is_hidden_and_names_form_version_and_year(tmp_path):
    path = tmp_path / "a.xlsx"
    write_form(path, DECLARED["context"], "2025-26", [])
    sheet = openpyxl.load_workbook(path)[MARK_SHEET]
    assert sheet.sheet_state == "hidden"
    assert [row[:2] for row in sheet.iter_rows(max_row=3, values_only=True)] == [
        ("form", "context"), ("version", "2"), ("school_year", "2025-26"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+79990000000", "-1+2", "@СУММ(A1)"])
def test_a_text_is_never_written_as_a_formula(tmp_path, name):
    path = tmp_path / "a.xlsx"
    write_form(path, DECLARED["noko"], "2024-25", [FormOrganisation("1", name)])
    cell = openpyxl.load_workbook(path).worksheets[0].cell(HEADER_ROW + 1, 2)
    assert cell.value == name
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_the_same_form_has_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_form(tmp_path / name, DECLARED["heads"], "2024-25", [FormOrganisation("1", "Школа")])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_filled_figures_come_back_with_their_cells(tmp_path):
    row = {**SCHOOL, "families_surveyed": 400, "single_parent": 0, "on_register": 7}
    parsed = read(filled(tmp_path, "context", row))
    frame = parsed.tables["monitoring"]
    assert figures(parsed) == {"families_surveyed": 400, "single_parent": 0, "on_register": 7}
    assert set(frame["school_code"]) == {"99120001"}
    assert set(frame["source_row"]) == {HEADER_ROW + 1}
    at = dict(zip(frame["item"], frame["source_column"], strict=True))
    assert at["families_surveyed"] == "C"
    assert at["on_register"] == "I"
    assert parsed.findings == []


def test_an_empty_cell_is_no_figure_and_zero_is_zero(tmp_path):
    row = {**SCHOOL, "families_surveyed": 10, "single_parent": 0, "large_family": None}
    assert figures(read(filled(tmp_path, "context", row)))["single_parent"] == 0
    assert "large_family" not in figures(read(filled(tmp_path, "context", row)))


def test_one_file_may_cover_one_school_or_all(tmp_path):
    rows = [
        {"school_code": str(code), "school_name": f"Школа {code}", "families_surveyed": 10}
        for code in range(3)
    ]
    assert len(read(filled(tmp_path, "context", *rows)).tables["monitoring"]) == 3
    assert len(read(filled(tmp_path, "context", rows[0])).tables["monitoring"]) == 1


@pytest.mark.parametrize(
    ("code", "row", "expected"),
    [
        ("oo1", {"pupils_total": 100, "teachers_total": 9}, {"pupils_total", "teachers_total"}),
        ("context", {"families_surveyed": 100, "on_register": 3, "disabilities": 4},
         {"families_surveyed", "on_register", "disabilities"}),
        ("heads", {"head_score": 71}, {"head_score"}),
    ],
)  # fmt: skip
def test_a_filled_old_version_is_still_read(tmp_path, code, row, expected):
    path = filled(tmp_path, code, {**SCHOOL, **row}, version=1)
    headers = [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][HEADER_ROW]]
    old = DECLARED[code].versions["1"]
    assert all(title in " ".join(headers) for title in old.titles.values())
    parsed = read(path)
    assert set(figures(parsed)) == expected
    assert checks(parsed) == [("form_version", "note")]


def test_a_form_of_another_year_stops_the_run(tmp_path):
    parsed = read(filled(tmp_path, "context", {**SCHOOL, "families_surveyed": 1}, year="2023-24"))
    assert parsed.tables["monitoring"].empty
    assert checks(parsed) == [("form_year", "blocking")]
    assert "2023-24" in parsed.findings[0].message
    assert len(parsed.rejected_rows) == parsed.rows_in == 1


def test_a_part_above_its_whole_is_refused_with_its_cell(tmp_path):
    row = {**SCHOOL, "families_surveyed": 10, "single_parent": 11}
    parsed = read(filled(tmp_path, "context", row))
    assert figures(parsed) == {"families_surveyed": 10}
    finding = parsed.findings[0]
    assert (finding.check, finding.severity) == ("form_value", "warning")
    assert finding.cell == f"E{HEADER_ROW + 1}"
    assert "больше" in finding.message


def test_rows_are_kept_or_set_aside_with_a_reason(tmp_path):
    rows = [
        {**SCHOOL, "families_surveyed": 10},
        {"school_code": "2", "school_name": "Молчит"},
        {"families_surveyed": 5},
    ]
    parsed = read(filled(tmp_path, "context", *rows))
    kept = parsed.tables["monitoring"]["source_row"].nunique()
    assert kept + len(parsed.rejected_rows) == parsed.rows_in == 3
    assert {reason for _, reason in parsed.rejected_rows} == {
        "строка не заполнена", "не указана организация",
    }  # fmt: skip
    assert {check for check, _ in checks(parsed)} == {"form_silent", "form_no_school"}
    silent = next(one for one in parsed.findings if one.check == "form_silent")
    assert silent.message == f"не заполнена форма: Молчит (строка {HEADER_ROW + 2})."
    assert silent.action == "Запросите сведения у этих организаций."


def test_a_missing_required_figure_is_told(tmp_path):
    parsed = read(filled(tmp_path, "context", {**SCHOOL, "single_parent": 3}))
    assert ("form_required", "warning") in checks(parsed)


def test_columns_may_change_places_and_a_lost_one_is_told(tmp_path):
    path = filled(tmp_path, "noko", {**SCHOOL, "openness": 90, "comfort": 80, "goodwill": 70})
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    sheet.move_range(f"C{HEADER_ROW}:C{HEADER_ROW + 1}", cols=8)
    sheet.delete_cols(4)  # «Комфортность условий»
    workbook.save(path)
    parsed = read(path)
    assert figures(parsed) == {"openness": 90, "goodwill": 70}
    told = next(one for one in parsed.findings if one.check == "form_columns")
    assert "Комфортность условий" in told.message


def test_a_form_that_lost_most_columns_is_named_but_not_read(tmp_path):
    path = filled(tmp_path, "context", {**SCHOOL, "families_surveyed": 10, "single_parent": 1})
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0].delete_cols(6, 8)
    workbook.save(path)
    found = LAYOUT.recognise(book_of(path))
    assert [one.details["form"] for one in found] == ["context"]
    assert found[0].confidence < SURE
    assert any("малообеспеченных" in title for title in found[0].missing)


def test_a_sheet_of_strangers_is_no_form():
    cells = [["ОО", "Класс", "Вариант", "Отметка"], ["edu990101", 1, 1, 5]]
    assert LAYOUT.recognise(RawBook("a.csv", "csv", "0", (RawSheet("", cells),))) == []


@pytest.mark.parametrize(
    ("item", "cell", "expected"),
    [
        (Item("a", "А", max=10), 3, 3),
        (Item("a", "А", max=10), "3", 3),
        (Item("a", "А", max=1000), "1 000", 1000),
        (Item("a", "А", "number", max=10), "2,5", 2.5),
        (Item("a", "А", "percent"), "12,5 %", 12.5),
        (Item("a", "А", "yes_no"), "Да", 1),
        (Item("a", "А", "yes_no"), "нет", 0),
        (Item("a", "А", "choice", choices={"да": "1", "частично": "0.5"}), "частично", 0.5),
    ],
)  # fmt: skip
def test_a_value_is_read(item, cell, expected):
    value = read_value(item, cell)
    assert value.problem == ""
    assert value.number == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("cell", [None, "", " ", "-", "–", "н/д", "Нет данных"])
def test_nothing_is_no_value(cell):
    assert read_value(Item("a", "А"), cell).is_empty


@pytest.mark.parametrize(
    ("item", "cell", "said"),
    [
        (Item("a", "А", max=10), 11, "вне границ"),
        (Item("a", "А", max=10), -1, "вне границ"),
        (Item("a", "А"), 2.5, "целое"),
        (Item("a", "А"), "много", "не число"),
        (Item("a", "А"), "nan", "не число"),
        (Item("a", "А"), True, "не число"),
        (Item("a", "А", "percent"), 101, "вне границ"),
        (Item("a", "А", "yes_no"), "может быть", "одно из"),
        (Item("a", "А", "date"), "вчера", "не дата"),
        (Item("a", "А", "subject"), "Алхимия", "предмет"),
    ],
)  # fmt: skip
def test_a_value_is_refused(item, cell, said):
    value = read_value(item, cell, SUBJECTS)
    assert value.number is None
    assert said in value.problem


def test_a_share_in_place_of_per_cent_is_doubted_not_changed():
    value = read_value(Item("a", "А", "percent"), 0.85)
    assert value.number == pytest.approx(0.85, abs=0)
    assert value.doubt


def test_olympiad_pupils_get_the_pseudonym_of_the_register_of_links(tmp_path):
    row = {**SCHOOL, "pupil_code": "У000123", "stage": "школьный", "subject": "Математика",
           "grade": 7, "score": 20, "max_score": 40, "status": "призёр"}  # fmt: skip
    frame = read(filled(tmp_path, "olympiad", row)).tables["olympiad"]
    linked = Pseudonyms(b"0" * 32, {("document", "0099000001"): "У000123"})
    assert frame["pupil_id"].tolist() == [linked("document", "0099000001")]
    assert frame.loc[0, ["stage", "subject", "status"]].tolist() == [
        "school", "mathematics", "prize",
    ]  # fmt: skip
    assert "pupil_code" not in frame


def test_a_record_without_a_required_value_is_set_aside(tmp_path):
    row = {**SCHOOL, "pupil_code": "У1", "stage": "школьный", "grade": 7, "status": "призёр"}
    parsed = read(filled(tmp_path, "olympiad", row))
    assert parsed.tables["olympiad"].empty
    assert "Предмет" in parsed.rejected_rows[0][1]
    assert checks(parsed) == [("form_required", "warning")]


def test_trials_become_results_and_returns_keep_their_day(tmp_path):
    import datetime as dt

    row = {
        **SCHOOL,
        "procedure": "репетиционное тестирование",
        "subject": "Математика",
        "grade": 9,
        "pupil_code": "У1",
        "primary_score": 12,
        "max_score": 31,
        "mark": 3,
    }
    frame = read(filled(tmp_path, "trial_exam", row)).tables["results"]
    assert frame.loc[0, ["procedure", "subject", "mark"]].tolist() == [
        "rehearsal",
        "mathematics",
        3,
    ]
    assert not frame["is_absent"].any()
    row = {"measure": "1.1.2", "period": "2024-11", "responsible": "Методический центр",
           "status": "выполнено", "returned_on": dt.date(2024, 11, 20)}  # fmt: skip
    frame = read(filled(tmp_path, "roadmap_returns", row)).tables["roadmap_returns"]
    assert frame.loc[0, "status"] == "done"
    assert frame.loc[0, "returned_on"] == dt.date(2024, 11, 20)


def test_templates_name_the_schools_of_the_register(tmp_path):
    project = project_with_register(tmp_path)
    written = write_templates(project, SchoolYear(2025), tmp_path / "out", ["context"])
    rows = list(openpyxl.load_workbook(written.fresh[0]).worksheets[0].values)
    assert [row[:2] for row in rows[HEADER_ROW:]] == [("00120001", "МБОУ «Школа»")]


def test_a_template_that_was_filled_in_is_not_written_over(tmp_path):
    project = project_with_register(tmp_path)
    target = tmp_path / "out"
    path = write_templates(project, SchoolYear(2025), target, ["noko"]).fresh[0]
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0].cell(HEADER_ROW + 1, 3).value = 88
    workbook.save(path)
    kept = path.read_bytes()
    assert write_templates(project, SchoolYear(2025), target, ["noko"]).kept == [path]
    assert path.read_bytes() == kept
    written = write_templates(project, SchoolYear(2025), target, ["noko"], is_forced=True)
    assert written.fresh == [path]
    assert path.read_bytes() != kept


def test_templates_of_one_organisation(tmp_path):
    project = project_with_register(tmp_path)
    written = write_templates(project, SchoolYear(2025), tmp_path / "out", school_id="d001")
    names = {path.stem for path in written.fresh}
    assert DECLARED["preschool"].short in names
    assert DECLARED["context"].short not in names, "a preschool has no school forms"
    with pytest.raises(UsageError, match="s009"):
        write_templates(project, SchoolYear(2025), tmp_path / "out", school_id="s009")


def test_templates_need_a_register(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    with pytest.raises(UsageError, match="Заведите реестр"):
        write_templates(Project(tmp_path, HOME), SchoolYear(2025), tmp_path / "out")


def project_with_register(folder):
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "schools.csv").write_text(
        "school_id,name,kind,school_type,location,vpr_login,exam_code,oo1_code,from_year,to_year,"
        "successor_id,note\n"
        "s001,МБОУ «Школа»,school,secondary,urban,edu990101,2001,00120001,,,,\n"
        "s000,МБОУ «Прежняя»,school,basic,rural,edu990199,2002,00120009,,2021-22,s001,\n"
        "d001,Детский сад № 1,preschool,kindergarten,urban,,,00850001,,,,\n",
        encoding="utf-8",
    )
    return Project(folder, HOME)


@pytest.mark.parametrize(
    ("items", "rest", "said"),
    [
        ("{code: a, title: А}, {code: a, title: Б}", "", "код уже занят"),
        ("{code: a, title: А, at_most: b}", "", "такого показателя"),
        ("{code: a, title: А, type: choice}", "", "choices"),
        ("{code: a, title: А, typo: int}", "", "неизвестный ключ"),
        ("{code: a, title: А, type: whole}", "", "значение «whole»"),
        ("{code: a, title: А}", "versions: {1: {absent: [a]}}", "только прежние"),
        ("{code: a, title: А}", "version: 2, versions: {1: {titles: {b: Б}}}", "нет"),
    ],
)
def test_a_bad_declaration_is_refused_with_its_place(tmp_path, items, rest, said):
    (tmp_path / "registry").mkdir()
    more = f", {rest}" if rest else ""
    (tmp_path / "registry" / "forms.yml").write_text(
        f"forms:\n  - {{code: f, short: Ф, title: Ф, audience: school, items: [{items}]{more}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match=said) as refused:
        load_forms(Project(tmp_path, HOME))
    assert "строка 2" in str(refused.value)
