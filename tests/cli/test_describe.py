"""`msoko describe`: what a file is taken for, what it holds, and an entry that reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import made_exports
from msoko.ingest.description.file_description import describe_file
from msoko.ingest.year_reading import read_year

NEW_YORK = """School name;Borough;Mean score;Number tested;% proficient;Teacher
PS 1;K;598,4;120;45,5;Иванова Мария Петровна
PS 2;K;601,1;80;55;Петров Пётр Петрович
PS 3;M;590;15;40;Сидорова Анна Ивановна
"""
NAMES = ("Иванова", "Мария", "Петрович", "Анна")


@pytest.fixture
def new_york(tmp_path: Path) -> Path:
    path = tmp_path / "ny.csv"
    path.write_text(NEW_YORK, encoding="utf-8")
    return path


def test_columns_are_told_with_their_kind_and_no_name(run, new_york: Path) -> None:
    code, out, _ = run("describe", new_york)
    assert code == 0
    assert "A «School name»: слова; разных – 3; у каждой строки своё: годится в ключ" in out
    assert "B «Borough»: слова; например «K», «M»; разных – 2" in out
    assert "C «Mean score»: числа от 590,00 до 601,10" in out
    assert "F «Teacher»: персональные данные: не читаются" in out
    assert not [name for name in NAMES if name in out]
    code, out, _ = run("describe", new_york, "--json")
    assert not [name for name in NAMES if name in out]
    assert json.loads(out)["files"][0]["sheets"][0]["columns"][5]["kind"] == "personal"


def test_the_entry_reads_the_file_as_it_is(tmp_path: Path, new_york: Path) -> None:
    [found] = describe_file(new_york)
    project = made_exports.project(tmp_path / "p", register=None)
    folder = project.raw(made_exports.YEAR)
    (folder / "ny.csv").write_bytes(new_york.read_bytes())
    text = f"school_year: {made_exports.YEAR}\n{found.entry}"
    (folder / "year.yml").write_text(text, encoding="utf-8")
    intake = read_year(project, made_exports.YEAR, b"key")
    assert not intake.is_blocked, intake.findings["message"].tolist()
    rows = intake.tables["school_results"]
    assert rows["participant_count"].tolist() == [120, 80, 15]
    assert rows["mean_score"].tolist() == [598.4, 601.1, 590]
    assert rows["success_percent"].tolist() == [45.5, 55, 40]


def test_a_known_layout_is_named_with_its_reason(run, tmp_path: Path) -> None:
    path = tmp_path / "exam.csv"
    rows = made_exports.exam()
    path.write_text("\n".join(";".join("" if v is None else str(v) for v in r) for r in rows))
    code, out, _ = run("describe", path)
    assert code == 0
    assert "layout: gia_exam" in out and "заголовки" in out


def test_a_nearly_known_file_is_told_what_it_lacks(run, tmp_path: Path) -> None:
    path = tmp_path / "exam.csv"
    rows = made_exports.exam()
    title = rows[1].index("Первичный балл")
    rows[1][title] = "Балл"
    path.write_text("\n".join(";".join("" if v is None else str(v) for v in r) for r in rows))
    _, out, _ = run("describe", path)
    assert "похоже на" in out and "нет: «первичный балл»" in out


def test_what_cannot_be_read_is_one_line_and_the_others_are_told(
    run, tmp_path: Path, new_york: Path
) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 cut")
    code, out, err = run("describe", broken, tmp_path / "none.csv", new_york)
    assert code == 1
    assert "School name" in out
    assert "файл повреждён" in err and "none.csv" in err
    assert len(err.strip().splitlines()) == 2


def test_a_sheet_of_nothing_but_words_gets_no_guess(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("Мероприятие;Срок\nСеминар;сентябрь\nВебинар;октябрь\n", encoding="utf-8")
    [found] = describe_file(path)
    assert "layout: ignore" in found.entry


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Код;Примечание\n1;да\n2;да\n4;нет\n3;см. Иванова Анна Петровна\n", "Иванова"),
        ("Код;Кто\n1;да\n2;да\n3;нет\n4;Иванова А. П.\n", "Иванова"),
        ("Код;Номер\n1;да\n2;нет\n4;нет\n3;112-233-445 95\n", "112-233"),
        ("Код;Номер\n1;11223344595\n2;11223344596\n", "1122334459"),
        ("Иванова Анна Петровна;3\nОрлов Олег Ильич;4\nКузнецов Лев Львович;5\n", "Иванова"),
        ("Иванова;Анна;4\nОрлов;Олег;3\nКузнецов;Лев;5\n", "Иванова"),
    ],
)
def test_a_person_among_other_words_or_without_a_header_is_not_printed(
    run, tmp_path: Path, text: str, hidden: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    for words in ((), ("--json",)):
        code, out, err = run("describe", path, *words)
        assert code == 0
        assert "list.csv" in out
        assert hidden not in out.replace("\xa0", "").replace(" ", "") + out + err
