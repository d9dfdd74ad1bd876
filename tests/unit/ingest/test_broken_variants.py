"""Good files broken in every way we know: each is refused, or read to the same values.

None is accepted in silence and none ends in a traceback.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from made_exports import (
    FIRST,
    SECOND,
    YEAR,
    checks,
    distribution,
    exam,
    f1,
    f3,
    form,
    journal,
    save,
    take,
    tasks,
    values,
)

Change = Callable[[list], object]


def put(address: str, value: object) -> Change:
    """Return a change that writes a value into a cell."""
    column, row = openpyxl.utils.cell.coordinate_from_string(address)

    def change(rows: list) -> None:
        line = rows[row - 1]
        index = openpyxl.utils.column_index_from_string(column) - 1
        line += [None] * (index + 1 - len(line))
        line[index] = value

    return change


def drop(*numbers: int) -> Change:
    return lambda rows: [rows.pop(number - 1) for number in sorted(numbers, reverse=True)]


def again(number: int) -> Change:
    return lambda rows: rows.insert(number, list(rows[number - 1]))


def add(*cells: object) -> Change:
    return lambda rows: rows.append(list(cells))


def shift_right(rows: list) -> None:
    for row in rows:
        row[:0] = [None, None]


def shift_down(rows: list) -> None:
    rows[:0] = [[], ["Выгрузка"], []]


def swap_columns(rows: list) -> None:
    """Put the marks before the tasks: columns are found by name, not by place."""
    for row in rows[7:]:
        if len(row) > 11:
            row.insert(6, row.pop(11))


REFUSED = [
    ("a participant is lost", f1, drop(10), "declared_count"),
    ("a participant twice", f1, again(10), "repeated_participant"),
    ("points above the maximum", f1, put("G10", 6), "points_range"),
    ("negative points", f1, put("G10", -1), "points_range"),
    ("half a point", f1, put("G10", 4.5), "points_range"),
    ("a word for points", f1, put("G10", "пять"), "unreadable"),
    ("NaN as text", f1, put("G10", "NaN"), "unreadable"),
    ("infinity as text", f1, put("V10", "inf"), "unknown_or_read"),
    ("an exponent", f1, put("K10", "2e1"), "unreadable"),
    ("a date for points", f1, put("G10", dt.datetime(2025, 4, 5)), "unreadable"),
    ("a truth for points", f1, put("G10", True), "unreadable"),
    ("no points in a task", f1, put("G10", None), "unreadable"),
    ("the total does not fit", f1, put("K10", 19), "task_sum"),
    ("no total", f1, put("K10", None), "unreadable"),
    ("mark 7", f1, put("L10", 7), "mark_range"),
    ("a journal mark 9", f1, put("M10", 9), "mark_range"),
    ("a mark against the scale", f1, put("L10", 3), "mark_scale"),
    ("no mark", f1, put("L10", None), "no_mark"),
    ("absent with points", f1, put("F10", "отсутствовал"), "unreadable"),
    ("the date of another year", f1, put("B6", "15.04.2024"), "paper_date"),
    ("no date", f1, put("B6", None), "paper_date"),
    ("an impossible date", f1, put("B6", "31.02.2025"), "paper_date"),
    ("no title", f1, drop(3), "paper_title"),
    ("a title of another year", f1, put("A3", "ВПР 2024 Математика 4 класс"), "paper_year"),
    ("two subjects", f1, put("B4", "Физика"), "subject"),
    ("a subject nobody knows", f1, lambda rows: [put("B4", "Логика")(rows),
                                                 put("A3", "ВПР 2025 Логика 4 класс")(rows)],
     "subject"),
    ("another maximum", f1, put("B5", 25), "maximum"),
    ("no column of journal marks", f1, put("M8", None), "unknown_layout"),
    ("no header", f1, drop(8), "unknown_layout"),
    ("tasks without maxima", f1, lambda rows: [put(f"{c}8", i)(rows)
                                               for i, c in enumerate("GHIJ", 1)],
     "unknown_layout"),
    ("no participant's code", f1, put("D10", None), "no_code"),
    ("no banner", f1, drop(9, 13), "no_banner"),
    ("the first banner is lost", f1, drop(9), "banner_order"),
    ("a wrong count in a banner", f1, put("A9", f"{FIRST} | Кол-во участников: 4"),
     "declared_count"),
    ("another school's login", f1, put("A10", "edu990102"), "banner_login"),
    ("a school that nobody knows", f1, lambda rows: [put(f"A{r}", "edu990777")(rows)
                                                     for r in (14, 15, 16)],
     "banner_login"),
    ("a line of totals", f1, add("Итого", None, None, None, 10, 10, 10, 10, 54), "no_code"),
    ("a second table below", f1, lambda rows: rows.extend(f1()), "repeated_block"),
    ("shares do not make 100", f3, put("D9", 25), "percent_sum"),
    ("a share below zero", f3, put("D9", -5), "percent_range"),
    ("a group twice", f3, again(12), "repeated_group"),
    ("a group without a count", f3, put("C12", None), "unreadable"),
    ("a group without a name", f3, put("A12", None), "no_group"),
    ("half a participant", f3, put("C12", 2.5), "count_range"),
    ("the parts are not the whole", journal, put("B10", 2), "journal_sum"),
    ("a share that is not the count's", journal, lambda rows: [put("C9", 31)(rows),
                                                               put("E9", 64)(rows)],
     "journal_percent"),
    ("a distribution short of 100", distribution, put("K2", "13,33"), "percent_sum"),
    ("a distribution of another year", distribution, lambda rows: [put("A2", 2024)(rows),
                                                                   put("A3", 2024)(rows)],
     "paper_date"),
    ("one year twice", distribution, again(2), "repeated_group"),
    ("task performance of 130 %", tasks, put("D9", 130), "percent_range"),
    ("a blank form", form, lambda rows: None, "refused_layout"),
    ("a filled form", form, put("A2", 40001), "refused_layout"),
    ("a protocol without a title", exam, drop(1), "subject"),
    ("a protocol of another year", exam, put("A1", "02 - Математика 2023.06.03"), "paper_date"),
    ("classes of both exams", exam, put("C3", "11А"), "procedure"),
    ("no class", exam, put("C3", None), "procedure"),
    ("more points than there are", exam, put("I3", "3(2)0(2)"), "unreadable"),
    ("a sign nobody knows", exam, put("H3", "++?+++++"), "unreadable"),
    ("no primary score", exam, put("J3", None), "unreadable"),
    ("a mark of six", exam, put("K3", 6), "score_range"),
    ("a score above the maximum", exam, put("J3", 40), "score_range"),
    ("a mark that the scale forbids", exam, put("K3", 5), "mark_scale"),
    ("a participant twice in a protocol", exam, again(3), "repeated_participant"),
    ("a participant is lost", exam, drop(4), "footer"),
    ("a mean that is not the mean", exam, put("J5", 20), "footer"),
    ("an exam school nobody knows", exam, put("B3", 555555), "unmatched_school"),
    ("no school", exam, put("B3", None), "no_code"),
]  # fmt: skip
REFUSED = [case for case in REFUSED if case[3] != "unknown_or_read"]


@pytest.mark.parametrize(
    ("make", "change", "check"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_broken_file_is_refused_or_doubted(tmp_path, make, change, check):
    rows = make()
    change(rows)
    name = "файл.csv" if make is exam else "файл.xlsx"
    intake = take(tmp_path, {name: rows})
    assert check in checks(intake, "blocking", "set_aside", "warning")
    found = intake.findings.set_index("check").loc[[check]].iloc[0]
    assert found["message"] and found["action"]


def test_there_are_sixty_broken_variants():
    assert len(REFUSED) + len(SAME) + len(FILES) >= 60


@pytest.mark.parametrize("make", [f1, f3, journal, distribution, tasks, exam])
def test_the_good_file_is_read_without_a_word(tmp_path, make):
    intake = take(tmp_path, {"файл.csv" if make is exam else "файл.xlsx": make()})
    assert checks(intake, "blocking") == set()
    assert checks(intake, "warning") <= {"task_sum"}


SAME = [
    ("shifted right", f1, shift_right),
    ("shifted down", f1, shift_down),
    ("columns in another order", f1, swap_columns),
    ("direction marks", f1, lambda rows: [put("D8", "\u200fКод участника\u200e")(rows),
                                          put("A10", "\u202aedu990101\u202c")(rows)]),
    ("no-break spaces", f1, put("K8", "Первичный\u00a0балл")),
    ("a line break in a header", f1, put("M8", "Отметка\nпо журналу")),
    ("numbers as text", f1, put("G10", "5")),
    ("a decimal comma", f1, put("K10", "20,0")),
    ("a small latin x", f1, put("H11", "x")),
    ("the login in another case", f1, put("A10", "EDU990101")),
    ("the date as a date", f1, put("B6", dt.datetime(2025, 4, 15))),
    ("the date as a number of days", f1, put("B6", 45762)),
    ("no journal mark said in words", f1, put("M16", "нет отметки")),
    ("an empty line between schools", f1, lambda rows: rows.insert(12, [])),
    ("commas in the shares", f3, put("D12", "33,33")),
    ("other words for the headers", exam, lambda rows: [put("A2", "№ п/п")(rows),
                                                        put("B2", "Код школы")(rows)]),
    ("a leading zero lost", exam, put("B3", "0111001")),
    ("spaces within a document", exam, put("G3", "40 04 111111")),
    ("long answers with spaces", exam, put("I3", "2(2) 0(2)")),
    ("a column of its own between", exam, lambda rows: [row.insert(3, None) for row in rows]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "change"), [case[1:] for case in SAME], ids=[case[0] for case in SAME]
)
def test_a_file_written_otherwise_gives_the_same_values(tmp_path, make, change):
    rows = make()
    change(rows)
    name = "файл.csv" if make is exam else "файл.xlsx"
    good = take(tmp_path / "good", {name: make()})
    other = take(tmp_path / "other", {name: rows})
    table = "mark_shares" if make is f3 else "results"
    assert checks(other, "blocking") == set()
    assert values(other.tables[table]).equals(values(good.tables[table]))


def packed(rows: list) -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


FILES = [
    ("the same file twice", dict.fromkeys(("a.xlsx", "b/c.xlsx"), packed(f1())), "repeated_file"),
    ("the same bytes twice", {"a.csv": b"1;2", "b.csv": b"1;2"}, "repeated_file"),
    ("one sheet twice", {"a.xlsx": {"Один": f1(), "Два": f1()}}, "repeated_block"),
    ("a title changed over the same rows",
     {"a.xlsx": f1(), "b.xlsx": [["ВПР 2025 Математика 5 класс"] if i == 2 else row
                                 for i, row in enumerate(f1())]}, "repeated_block"),
    ("a workbook cut short", {"a.xlsx": packed(f1())[:3000]}, "damaged_file"),
    ("nothing in the file", {"a.xlsx": b""}, "empty_file"),
    ("an empty sheet", {"a.xlsx": [[]]}, "empty_file"),
    ("a page under the name of a table", {"a.xls": b"<html><table></table>"}, "disguised_file"),
    ("a picture", {"a.xlsx": b"\x89PNG\r\n\x1a\n\x00\x00"}, "unknown_kind"),
    ("binary rubbish", {"a.csv": b"\x01\x02\x00\xff" * 50}, "unknown_kind"),
    ("quotes never closed", {"a.csv": b'1;"2\r\n' + b"x" * 200_000}, "damaged_file"),
    ("an archive in an archive", {"a.zip": zipped(**{"b.zip": zipped(**{"c.csv": b"1"})})},
     "nested_archive"),
    ("a path out of an archive", {"a.zip": zipped(**{"../b.csv": b"1;2"})}, "archive_path"),
    ("a table that nothing is like", {"a.csv": b"x;y\r\n1;2\r\n"}, "unknown_layout"),
    ("a contradiction with Ф3", {"a.xlsx": f1(), "b.xlsx": [
        [*row[:2], 4, *row[3:]] if row[:1] == [FIRST] else row for row in f3()]},
     "f1_against_mark_shares"),
    ("a contradiction with the journal", {"a.xlsx": f1(), "b.xlsx": [
        [SECOND, 2, 50, 1, 50, 1, 0, 0] if row[:1] == [SECOND] else row for row in journal()]},
     "f1_against_journal_comparison"),
    ("a contradiction with the distribution", {"a.xlsx": f1(), "b.xlsx": [
        [*row[:6], 5, *row[7:]] if "edu990102" in row else row for row in distribution()]},
     "f1_against_score_distribution"),
    ("nothing at all", {}, "no_files"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "check"), [case[1:] for case in FILES], ids=[case[0] for case in FILES]
)
def test_a_broken_folder_is_refused_or_doubted(tmp_path, files, check):
    assert check in checks(take(tmp_path, files), "blocking", "warning")


def test_a_whole_year_of_agreeing_files_is_silent(tmp_path):
    files = {"f1.xlsx": f1(), "f3.xlsx": f3(), "j.xlsx": journal(), "d.xlsx": distribution(),
             "t.xlsx": tasks(), "oge.csv": exam()}  # fmt: skip
    intake = take(tmp_path, files)
    assert checks(intake) <= {"task_sum"}
    assert not intake.is_blocked


def test_the_same_file_in_another_years_folder_is_refused(tmp_path):
    first = take(tmp_path, {"a.xlsx": f1()})
    assert not first.is_blocked
    other = tmp_path / "data" / "raw" / "2023-24"
    other.mkdir()
    (other / "копия.xlsx").write_bytes((tmp_path / "data/raw" / str(YEAR) / "a.xlsx").read_bytes())
    assert checks(take(tmp_path, {}), "blocking") == {"repeated_file"}


def test_cp1251_and_sparse_columns_read_as_utf8_does(tmp_path):
    good = take(tmp_path / "good", {"a.csv": exam()})
    sparse = [[cell for value in row for cell in (value, None)] for row in exam()]
    path = save(tmp_path / "a.csv", sparse)
    other = take(tmp_path / "other", {"a.csv": path.read_text("utf-8").encode("cp1251")})
    assert values(other.tables["results"]).equals(values(good.tables["results"]))


def test_exports_by_school_may_each_repeat_their_region(tmp_path):
    """Each school's own Ф3 carries the region's rows: equal ones are kept once."""
    rows = f3()
    one, two = [r for r in rows if r[:1] != [SECOND]], [r for r in rows if r[:1] != [FIRST]]
    intake = take(tmp_path, {"one.xlsx": one, "two.xlsx": two})
    assert not intake.is_blocked
    assert values(intake.tables["mark_shares"])["group_name"].to_list() == [
        "Вся выборка", "Край", "Округ", "МБОУ «СОШ № 1»", "МБОУ «СОШ № 2»",
    ]  # fmt: skip
    two[9 - 1] = ["Вся выборка", 35000, 1500000, 6, 34, 40, 20]
    assert "reference_differs" in checks(take(tmp_path, {"two.xlsx": two}), "blocking")


def test_a_later_sitting_replaces_an_earlier_one_of_its_own_kind(tmp_path):
    later = put("A1", "02 - Математика 2025.06.20")
    rows = exam()
    later(rows)
    del rows[3:]  # only the first participant sits again
    rows[2][7], rows[2][9], rows[2][10] = "+" * 12, 14, 3
    rows.append(["Всего участников", None, None, None, None, None, None, 1])
    reserve = "files: {'*.csv': {procedure: oge_reserve}}\n"
    intake = take(
        tmp_path, {"a.csv": exam(), "b.csv": rows}, year=f"school_year: 2024-25\n{reserve}"
    )
    assert "retaken" in checks(intake, "warning")
    assert not intake.is_blocked
    results = intake.tables["results"]
    assert sorted(results["primary_score"]) == [14, 16]
    tasks_ = intake.tables["task_scores"]
    assert set(tasks_["source_id"] + tasks_["source_row"].astype(str)) == set(
        results["source_id"] + results["source_row"].astype(str)
    )
    sources = intake.tables["sources"]
    assert (sources["rows_in"] == sources["rows_kept"] + sources["rows_set_aside"]).all()


def test_one_exam_block_twice_in_a_sheet_is_refused(tmp_path):
    """A workbook of the region that holds one year twice would double the count."""
    intake = take(tmp_path, {"a.csv": [*exam(), *exam()]})
    finding = intake.findings.set_index("check").loc["repeated_block"]
    assert "блок 2" in finding["message"]
    assert finding["severity"] == "blocking"
