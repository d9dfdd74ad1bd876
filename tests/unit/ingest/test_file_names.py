"""People's names in names of files and sheets: taken out, and found again by the program alone."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from made_exports import SECRET, YEAR, checks, exam, f1, f3, project, put_in, save, take
from msoko.core.project import HOME, Project
from msoko.core.store import Store
from msoko.ingest.identity.file_names import shown_file, shown_sheet, without_digits
from msoko.ingest.year_reading import read_year
from msoko.packets import write_packets
from msoko.validate import check_year

HASH = "3f2a91c4"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Иванова Мария Петровна 5А.xlsx", "имя-3f2a91 5А.xlsx"),
        ("5А_Иванова_Мария_Петровна.csv", "5А_имя-3f2a91.csv"),
        ("иванова мария петровна.xlsx", "имя-3f2a91.xlsx"),
        ("ИВАНОВА МАРИЯ.xlsx", "имя-3f2a91.xlsx"),
        ("ИвановаМарияПетровна.xlsx", "имя-3f2a91.xlsx"),
        ("Апелляция Иванов И.csv", "Апелляция имя-3f2a91.csv"),
        ("Петров И.И..xlsx", "имя-3f2a91.xlsx"),
        ("Протокол Петров_ИИ 9А.xlsx", "Протокол имя-3f2a91 9А.xlsx"),
        ("М.П. Иванова.xlsx", "имя-3f2a91.xlsx"),
        ("Мамедов Али Рустам оглы.xlsx", "имя-3f2a91.xlsx"),
        ("Петрова.xlsx", "имя-3f2a91.xlsx"),
        ("123-456-789 01.xlsx", "имя-3f2a91.xlsx"),
        ("ВПР/Кузнецов Пётр/Ф1.xlsx", "ВПР/имя-3f2a91/Ф1.xlsx"),
        ("всё.zip/Сидорова-Кац Анна.csv", "всё.zip/имя-3f2a91.csv"),
    ],
)
def test_a_person_in_the_name_of_a_file_is_not_shown(name, shown):
    assert shown_file(name, HASH) == shown
    assert without_digits(shown) == shown_file(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ф1 (1).xlsx", "Результаты МА 5.xlsx", "Русский язык 5А.xlsx", "НОКО.xlsx", "Ростов.xlsx",
        "Мониторинг 2 ШНОР.xlsx", "СОШ им. Пушкина А.С. Ф1.xlsx", "Связь кодов участников.xlsx",
        "СОШ имени Героя Иванова И.И..xlsx", "2025 140025.xlsx", "ОГЭ по выбору 2025.xlsx",
    ],
)  # fmt: skip
def test_any_other_name_stays_as_it_is(name):
    assert shown_file(name, HASH) == name
    assert shown_sheet(name.rpartition(".")[0], 1) == name.rpartition(".")[0]


def test_no_file_of_the_demo_is_renamed():
    files = [path.name for path in (HOME / "data" / "raw").rglob("*.xlsx")]
    assert [name for name in files if shown_file(name) != name] == []


NAMES = ("Иванова", "Мария", "Петровна", "Кузнецов", "Пётр", "Сидоров", "Образцов", "Абрикосова")
OLYMPIAD = """\
school_year: 2024-25
files:
  'Образцов Пётр.csv':
    layout: columns
    table: olympiad
    school: {code: Код, name: ОО}
    constant: {stage: municipal, subject: mathematics}
    rows:
      - columns: {pupil_id: ФИО, grade: Класс, status: Статус}
"""


def packed(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def book(sheets) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def full(folder: Path):
    """Return the intake of a folder in which every kind of name of a file or sheet has a person."""
    return take(
        folder,
        {
            "Иванова Мария Петровна 5А.csv": exam(),
            "Ф1.xlsx": {"Кузнецов П.П.": f1()},
            "всё.zip": packed(**{"Сидоров Пётр/Ф3.xlsx": book({"Сидоров": f3()})}),
            "Образцов Пётр.csv": [
                ["Код", "ОО", "ФИО", "Класс", "Статус"],
                ["111001", "МБОУ «СОШ № 1»", "Образцов Пётр Сергеевич", 9, "победитель"],
            ],
            "Кузнецов Пётр.pdf": b"%PDF-1.4 no table",
        },
        year=OLYMPIAD,
    )


def test_nothing_that_is_written_holds_a_name_of_a_file_sheet_or_member(tmp_path):
    intake = full(tmp_path)
    written = project(tmp_path)
    store = Store(written)
    for name, frame in intake.tables.items():
        store.add(YEAR, name, frame)
    check_year(written, YEAR)
    texts = [
        path.read_bytes().decode("utf-8", "replace")
        for path in written.processed(YEAR).rglob("*")
        if path.is_file()
    ]
    texts += [store.read(name, [YEAR]).to_csv() for name in intake.tables]
    assert len(texts) > 10
    assert {name for name in NAMES for text in texts if name in text} == set()
    sources = intake.tables["sources"]
    assert sources["file"].str.contains(r"имя-[0-9a-f]{6}").sum() >= 2
    assert "имя-1" in set(sources["sheet"])
    assert sources["source_id"].is_unique


def test_findings_name_the_file_as_it_is_stored(tmp_path):
    findings = full(tmp_path).findings
    refused = findings.set_index("check").loc["unknown_kind"]
    assert re.fullmatch(r"имя-[0-9a-f]{6}\.pdf", refused["file"])
    assert not findings["message"].str.contains("|".join(NAMES)).any()


def test_a_packet_finds_the_file_behind_the_stored_name(tmp_path):
    rows = put_in(put_in(exam(), "J3", 999), "B4", 111001)
    intake = take(tmp_path, {"Иванова Мария Петровна 5А.csv": rows})
    assert "score_range" in checks(intake, "set_aside")
    made = Project(tmp_path, HOME)
    for name, frame in intake.tables.items():
        Store(made).add(YEAR, name, frame)
    findings = intake.findings.assign(school_id="s1")
    Store(made).add(YEAR, "findings", findings)
    folder = write_packets(made, YEAR)["s1"]
    copies = sorted(path.name for path in folder.iterdir())
    assert len(copies) == 2 and copies[0] == "protocol.docx"
    assert re.fullmatch(r"имя-[0-9a-f]{6} 5А\.xlsx", copies[1])
    cells = pd.read_excel(folder / copies[1], header=None)
    assert (cells.astype(str) == "16").any(axis=None), "the marked copy is of the very file"


def test_an_entry_for_a_file_with_a_name_is_found_by_the_name_it_has(tmp_path):
    made = project(tmp_path)
    save(made.raw(YEAR) / "Иванова Мария.csv", exam())
    declared = "school_year: 2024-25\nfiles: {'Иванова Мария.csv': {procedure: rehearsal}}\n"
    (made.raw(YEAR) / "year.yml").write_text(declared, encoding="utf-8")
    results = read_year(made, YEAR, SECRET).tables["results"]
    assert set(results["procedure"]) == {"rehearsal"}
