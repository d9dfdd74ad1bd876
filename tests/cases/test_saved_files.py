"""Files as people save them themselves: encodings, delimiters, links, names, nesting."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from made_exports import SECRET, checks, exam, f1, repacked, save, take
from msoko.build.year_check import CheckResult, check
from msoko.catalog.registry.mark_scales import Scales
from msoko.catalog.registry.registry_words import load_subjects
from msoko.catalog.yaml.declaration_rows import number_of, read_rows
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.written_text import decode_text
from msoko.ingest.identity.crosswalk import Crosswalk
from msoko.ingest.sheets.cells import cell_number, date_of
from msoko.ingest.year_reading import Intake, read_year

CASES = Path(__file__).parents[1] / "data" / "cases"
YEAR = SchoolYear(2024)
SAVED = ("utf-8", "utf-8-sig", "cp1251", "cp866", "mac-cyrillic", "utf-16", "utf-16-le")


def case(name: str, folder: Path) -> Project:
    return Project.at(shutil.copytree(CASES / name, folder / "project"))


def raw_file(project: Project, name: str) -> Path:
    return project.raw(YEAR) / name


def read(project: Project) -> Intake:
    return read_year(project, YEAR, SECRET)


def blocking(intake: Intake) -> list[tuple[str, str]]:
    rows = intake.findings[intake.findings["severity"] == "blocking"]
    return list(zip(rows["check"], rows["file"], strict=True))


def checked(project: Project, monkeypatch: pytest.MonkeyPatch) -> CheckResult:
    monkeypatch.setenv("MSOKO_SECRET", "0123456789" * 4)
    return check(project, YEAR)


def test_a_register_saved_by_excel_is_read(tmp_path):
    project = case("schools_csv_saved_by_excel", tmp_path)
    schools = Crosswalk.load(project, YEAR).schools()
    assert list(schools["name"])[2] == "МБОУ «Ольшанцевская СОШ»"
    assert list(schools["exam_code"]) == ["410001", "410002", "410003", "410004"]
    assert blocking(read(project)) == []


@pytest.mark.parametrize("encoding", SAVED)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_register_is_read_in_any_encoding_with_any_delimiter(tmp_path, encoding, delimiter):
    project = case("schools_csv_saved_by_excel", tmp_path)
    path = project.root / "data" / "raw" / "schools.csv"
    text = path.read_text("cp1251")
    if encoding in ("cp866", "mac-cyrillic"):  # MS-DOS has no such quotes
        text = text.replace("«", '"').replace("»", '"').replace('"', '""')
        text = re.sub("(МБОУ[^;]*)", r'"\1"', text)
    text = text.replace(";", delimiter) + delimiter * 11 + "\r\n"
    path.write_bytes(text.encode(encoding))
    lines = Crosswalk.load(project, YEAR).lines
    assert [line.school_id for line in lines] == ["s001", "s002", "s003", "s004"]
    assert "Ольшанцевская СОШ" in lines[2].name
    assert [line.row for line in lines] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("school_id;", "schol_id;", "строка 1: неизвестный столбец «schol_id». Возможно"),
        (";note", "", "строка 1: нет столбцов note"),
        ("410002", "4,1E+05", "строка 3: в столбце exam_code стоит «4,1E+05»: Excel округлил"),
        ("s002;", "s002;лишнее;", "строка 3: ячеек больше, чем столбцов"),
        ("МБОУ «СОШ № 2»", '"МБОУ СОШ', "кавычки не закрыты"),
    ],
)
def test_a_slip_in_the_register_is_one_clear_line(tmp_path, old, new, said):
    project = case("schools_csv_saved_by_excel", tmp_path)
    path = project.root / "data" / "raw" / "schools.csv"
    path.write_bytes(path.read_text("cp1251").replace(old, new, 1).encode("cp1251"))
    with pytest.raises(UsageError, match="data/raw/schools.csv.*" + re.escape(said)):
        Crosswalk.load(project, YEAR)


def test_registries_of_a_project_are_read_as_excel_saves_them(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "registry").mkdir()
    scales = (
        "year;procedure;subject;grade;max_score;cuts;conditions;origin;source\r\n"
        '2024-25;vpr;own;5;1 020,5;"6,5;10;15";;layout;письмо\r\n;;;;;;;;\r\n'
    )
    (tmp_path / "registry" / "scales.csv").write_bytes(scales.encode("cp1251"))
    subjects = (
        "subject\tname\tshort_name\tvpr_code\texam_code\toral_exam_code\taliases\r\n"
        "own\tКраеведение\tкраев.\t\t\t\t\r\n"
    )
    (tmp_path / "registry" / "subjects.csv").write_bytes(subjects.encode("utf-16"))
    project = Project(tmp_path)
    scale = Scales.load(project).find(YEAR, "vpr", "own", 5)
    assert (scale.max_score, scale.cuts) == (1020.5, (6.5, 10, 15))
    assert load_subjects(project)[0]["name"] == "Краеведение"


def test_a_number_of_a_registry_that_is_none_is_named(tmp_path):
    with pytest.raises(ValueError, match="max_score: «двадцать» – не число"):
        number_of("двадцать", "max_score")
    assert number_of("1\u00a0234,5", "value") == 1234.5


def test_excels_line_of_the_delimiter_is_no_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\n\ncode;name\n1;а,б\n", encoding="utf-8")
    rows = read_rows(path, "a.csv", ("code", "name"))
    assert [(row, str(place)) for row, place in rows] == [
        ({"code": "1", "name": "а,б"}, "a.csv, строка 4")
    ]


@pytest.mark.parametrize("encoding", SAVED)
def test_russian_text_is_read_in_what_programs_save_it_in(encoding):
    text = "Код;Фамилия;Школа\r\n1;Ёлкин;МБОУ СОШ - Щучье, Объезд\r\n"
    assert decode_text(text.encode(encoding)) == text


def test_other_text_is_read_or_refused_but_not_guessed():
    french = "établissement;académie;résultat à 95\r\nLycée Molière;Créteil;12\r\n"
    assert decode_text(french.encode("cp1252")) == french
    assert decode_text("Łódź;żółć;ęąśń".encode("cp1250")) is None
    assert decode_text("Школа и класс; Код ОО".encode()[:-1] * 9) is None  # cut within a letter
    assert decode_text(bytes(range(256))) is None


def test_a_protocol_in_declared_utf16_gives_what_cp866_gives(tmp_path):
    project = case("declared_utf16", tmp_path)
    wide = read(project)
    assert blocking(wide) == []
    assert len(wide.tables["results"]) == 12
    text = raw_file(project, "ОГЭ.csv").read_text("utf-16")
    raw_file(project, "ОГЭ.csv").write_bytes(text.encode("cp866"))
    assert blocking(read(project)) == [("encoding", "ОГЭ.csv")]  # it is not as declared
    declared = raw_file(project, "year.yml").read_text("utf-8").replace("utf-16", "cp866")
    raw_file(project, "year.yml").write_text(declared, encoding="utf-8")
    narrow = read(project).tables["results"]
    columns = ["school_id", "primary_score", "mark"]
    assert narrow[columns].equals(wide.tables["results"][columns])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "cp1251"])
def test_a_protocol_is_read_without_a_declaration_too(tmp_path, encoding):
    project = case("declared_utf16", tmp_path)
    text = raw_file(project, "ОГЭ.csv").read_text("utf-16")
    text = text.replace("2025.06.03", "03.06.25")
    raw_file(project, "ОГЭ.csv").write_bytes(text.encode(encoding))
    raw_file(project, "year.yml").write_text("school_year: 2024-25\n", encoding="utf-8")
    intake = read(project)
    assert blocking(intake) == []
    assert len(intake.tables["results"]) == 12


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<div><table><tr><td>Код</td></tr></table></div>".encode("utf-16"), "веб-страница"),
        ("<!-- Excel -->\n<html></html>".encode("cp1251"), "веб-страница"),
        (b"\xef\xbb\xbf\r\n<?xml version='1.0'?><Workbook/>", "веб-страница или XML"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "веб-страница"),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\n", "SYLK"),
    ],
)
def test_a_page_called_xls_is_one_clear_line(tmp_path, content, said):
    project = case("declared_utf16", tmp_path)
    raw_file(project, "ОГЭ.csv").unlink()
    raw_file(project, "year.yml").write_text("school_year: 2024-25\n", encoding="utf-8")
    raw_file(project, "a.xls").write_bytes(content)
    intake = read(project)
    assert blocking(intake) == [("disguised_file", "a.xls")]
    assert said in intake.findings["message"].iloc[0]


@pytest.mark.parametrize("delimiter", ["\\t", "tab", "::", ""])
def test_a_declared_delimiter_is_understood_or_refused(tmp_path, delimiter):
    project = case("declared_utf16", tmp_path)
    declared = raw_file(project, "year.yml").read_text("utf-8").replace("\\t", "@")
    declared = declared.replace('"@"', f"'{delimiter}'")
    raw_file(project, "year.yml").write_text(declared, encoding="utf-8")
    expected = [("encoding", "ОГЭ.csv")] if delimiter == "::" else []
    assert blocking(read(project)) == expected


def test_a_year_file_in_cp1251_is_read(tmp_path):
    project = case("declared_utf16", tmp_path)
    shutil.copy(CASES / "hostile" / "12_year_cp1251.yml", raw_file(project, "year.yml"))
    assert len(read(project).tables["results"]) == 12


def test_a_year_file_nested_deep_is_one_clear_line(tmp_path, monkeypatch):
    project = case("declared_utf16", tmp_path)
    shutil.copy(CASES / "hostile" / "14_year_deep.yml", raw_file(project, "year.yml"))
    with pytest.raises(UsageError, match="year.yml, строка 3: вложенность больше 100"):
        checked(project, monkeypatch)


@pytest.mark.parametrize("text", ["- " * 20000 + "а", "x: &a [*a]", "{a: " * 20000])
def test_yaml_made_to_overflow_is_one_clear_line(tmp_path, text):
    project = case("declared_utf16", tmp_path)
    raw_file(project, "year.yml").write_text(text, encoding="utf-8")
    intake = read(project)
    assert [check for check, _ in blocking(intake)] == ["declaration"]


def test_a_formula_never_computed_sets_its_row_aside_in_any_order_of_attributes(tmp_path):
    project = case("schools_csv_saved_by_excel", tmp_path)
    raw_file(project, "Ф1.xlsx").unlink()
    shutil.copy(CASES / "hostile" / "16_formula_without_value_s_before_r.xlsx",
                raw_file(project, "a.xlsx"))  # fmt: skip
    intake = read(project)
    told = intake.findings.set_index("check").loc["empty_formulas"]
    assert (told["severity"], told["file"]) == ("set_aside", "a.xlsx")
    lost = intake.tables["set_aside"].query("is_lost")
    assert told["row_count"] == 1 and "формула без вычисленного значения" in set(lost["reason"])
    assert not set(lost["source_row"]) & set(intake.tables["results"]["source_row"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such files")
def test_what_is_no_file_is_told_and_never_opened(tmp_path, monkeypatch):
    project = case("declared_utf16", tmp_path)
    raw = project.raw(YEAR)
    os.mkfifo(raw / "x.xlsx")
    os.mkfifo(raw / "note.md")
    (raw / "z.xlsx").symlink_to("/dev/zero")
    (raw / "loop.xlsx").symlink_to("loop.xlsx")
    (raw / "gone.xlsx").symlink_to("nowhere.xlsx")
    (raw / "ветка").symlink_to(tmp_path)
    save(tmp_path / "good.xlsx", {"a": f1()})
    (raw / "f1.xlsx").symlink_to(tmp_path / "good.xlsx")
    found = [one for one in checked(project, monkeypatch).of("blocking") if one.file != "ОГЭ.csv"]
    told = {one.file: one.message for one in found}
    assert {one.check for one in found} == {"not_a_file"}
    assert set(told) == {"x.xlsx", "z.xlsx", "loop.xlsx", "gone.xlsx", "ветка", "f1.xlsx"}
    assert "канал" in told["x.xlsx"]
    assert "устройство" in told["z.xlsx"]
    assert "на папку" in told["ветка"]
    assert "на другой файл" in told["f1.xlsx"]


def test_a_name_in_bytes_that_are_no_text_is_told(tmp_path, monkeypatch):
    project = case("declared_utf16", tmp_path)
    good = raw_file(project, "ОГЭ.csv").read_bytes()
    name = os.fsencode(project.raw(YEAR)) + b"/" + "Ф1.csv".encode("cp866")
    try:
        Path(os.fsdecode(name)).write_bytes(good)
    except OSError:
        pytest.skip("the system has no such names")
    (found,) = checked(project, monkeypatch).of("blocking")
    assert (found.check, found.file) == ("file_name", "\\udc941.csv")
    assert "похоже на «Ф1.csv»" in found.message


def zipped(raw_name: bytes, content: bytes) -> bytes:
    """Return an archive whose member has a name of these bytes, without the mark of UTF-8."""
    stand_in = "x" * len(raw_name)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(stand_in, content)
    return stream.getvalue().replace(stand_in.encode(), raw_name)


@pytest.mark.parametrize("encoding", ["cp866", "utf-8", "cp1251"])
def test_names_in_an_archive_are_read_as_they_were_meant(tmp_path, encoding):
    path = save(tmp_path / "one" / "a.csv", exam())
    name = "Протокол ОГЭ № 1.csv" if encoding != "cp866" else "Протокол ОГЭ.csv"
    content = zipped(name.encode(encoding), path.read_bytes())
    year = f"school_year: 2024-25\nfiles: {{'всё.zip/{name}': {{procedure: rehearsal}}}}\n"
    intake = take(tmp_path / "project", {"всё.zip": content}, year=year)
    assert intake.tables["sources"]["file"].tolist() == [f"всё.zip/{name}"]
    assert set(intake.tables["results"]["procedure"]) == {"rehearsal"}


def test_a_workbook_with_a_connection_is_read_and_told(tmp_path):
    path = save(tmp_path / "one" / "a.xlsx", f1())
    connected = {"xl/connections.xml": b"<connections/>"}
    content = repacked(path, lambda name, data: data, **connected)
    intake = take(tmp_path / "project", {"Ф1.xlsx": content})
    assert len(intake.tables["results"]) == 6
    assert not intake.is_blocked
    assert "connections" in checks(intake, "warning")


def test_a_locked_file_is_named_and_the_others_are_read(tmp_path, monkeypatch):
    """Windows refuses to open what Excel has open; here the system is made to."""
    usual = Path.open

    def refused(self, *args, **kwargs):
        if self.name == "занят.csv" and args == ("rb",):
            raise PermissionError(13, "Permission denied")
        return usual(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refused)
    intake = take(tmp_path, {"Ф1.xlsx": f1(), "занят.csv": b"1;2"})
    locked = intake.findings[intake.findings["check"] == "locked_file"]
    assert locked["file"].tolist() == ["занят.csv"]
    assert "Закройте файл" in locked["action"].iloc[0]
    assert len(intake.tables["results"]) == 6


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/06/2025", dt.date(2025, 6, 3)),
        ("3/6/25", dt.date(2025, 6, 3)),
        ("03-06-2025", dt.date(2025, 6, 3)),
        ("2025/06/03", dt.date(2025, 6, 3)),
        ("06/13/2025", None),
        ("1/2", None),
        ("1/2/3", None),
    ],
)
def test_dates_with_slashes_begin_with_the_day(text, day):
    assert date_of(text) == day


def test_a_protocol_whose_date_has_slashes_and_two_digits_is_read(tmp_path):
    rows = exam()
    rows[0] = ["02 - Математика 03/06/25"]
    assert len(take(tmp_path, {"a.csv": rows}).tables["results"]) == 2


@pytest.mark.parametrize("space", ["\xa0", "\u2009", "\u202f", "\u2007", " "])
def test_any_space_may_part_thousands(space):
    assert cell_number(f"1{space}234,5") == 1234.5


def test_one_export_in_two_formats_is_used_once(tmp_path):
    intake = take(tmp_path, {"Ф1.xlsx": f1(), "Ф1.csv": f1()})
    assert len(intake.tables["results"]) == 6
    assert not intake.is_blocked, intake.findings["message"].tolist()
