"""The demo's files stand cell for cell as the exports that they imitate."""

import csv
import hashlib
import json
import re

import openpyxl
import pytest
import yaml

from demo_world import SEED, small_demo
from msoko.core.errors import DataRefused
from msoko.demo.demo_municipality import generate
from msoko.demo.papers.exam_results import OGE, examine
from msoko.demo.planted_truth import read_truth
from msoko.demo.population.people import identity_document, person


@pytest.fixture(scope="module")
def year():
    return small_demo()[0] / "2024-25"


def rows_of(path):
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].values]


def test_f1_has_the_export_s_heading_banners_and_columns(year):
    rows = rows_of(year / "Ф1_Индивидуальные результаты РУ 4.xlsx")
    assert rows[0][0] == "Индивидуальные результаты"
    assert rows[2][0] == "ВПР 2025 Русский язык 4 класс"
    assert rows[4][:2] == ["Максимальный первичный балл:", 38]
    assert re.fullmatch(r"\d\d\.\d\d\.2025", rows[5][1])
    assert rows[6][2] == "Уровень сложности задания"
    assert set(rows[6][6:-3]) == {"Б", "П"}
    assert rows[7][:7] == ["ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс",
                           "Вариант", "1К1 (4б)"]  # fmt: skip
    assert rows[7][-3:] == ["Первичный балл", "Отметка", "Отметка по журналу"]
    assert re.fullmatch(r".+\(edu99\d{4}\) \| Кол-во участников: \d+", rows[8][0])
    assert rows[9][0].startswith("edu99")


def test_f1_keeps_absent_cross_and_zero_apart(year):
    rows = [r for r in rows_of(year / "Ф1_Индивидуальные результаты РУ 5.xlsx")[9:] if r[3]]
    absent = [row for row in rows if row[5] == "отсутствовал"]
    assert absent
    assert all(row[-2] is None and set(row[6:-3]) == {None} for row in absent)
    present = [row for row in rows if row[5] != "отсутствовал"]
    marks = {cell for row in present for cell in row[6:-3]}
    assert {"X", "Х", 0} <= marks, "crosses in both alphabets, and zeros"
    for row in present:
        assert sum(cell for cell in row[6:-3] if isinstance(cell, int)) == row[-3]


def test_banner_counts_those_who_wrote(year):
    rows = rows_of(year / "Ф1_Индивидуальные результаты МА 6.xlsx")[8:]
    declared, found = [], []
    for row in rows:
        if row[3] is None:
            declared.append(int(row[0].rsplit(" ", 1)[1]))
            found.append(0)
        elif row[5] != "отсутствовал":
            found[-1] += 1
    assert declared == found


def test_f3_agrees_with_f1_and_carries_reference_rows(year):
    f1 = [r for r in rows_of(year / "Ф1_Индивидуальные результаты МА 5.xlsx")[9:]
          if r[3] and r[-2]]  # fmt: skip
    rows = rows_of(year / "Ф3_Статистика по отметкам МА 5.xlsx")
    assert rows[7] == ["Группы участников", "Кол-во ОО", "Кол-во участников", 2, 3, 4, 5]
    assert rows[8][0] == "Вся выборка"
    assert rows[9][0] == "Демонстрационный край"
    municipal = rows[10]
    assert municipal[0] == "Вереснинский муниципальный округ(reg99_m001)"
    assert municipal[2] == len(f1)
    shares = [round(100 * sum(r[-2] == mark for r in f1) / len(f1), 2) for mark in (2, 3, 4, 5)]
    assert municipal[3:7] == pytest.approx(shares, abs=0.005)
    assert rows[11][1] is None, "a school's row has no number of schools"


def test_journal_comparison_comes_under_a_download_s_name(year):
    files = [path for path in year.glob("*.xlsx") if re.fullmatch(r"\d{7}", path.stem)]
    titles = {rows_of(path)[0][0] for path in files}
    assert titles == {"Сравнение отметок с отметками по журналу", "Выполнение заданий"}


def test_distribution_writes_percentages_with_commas(year):
    rows = rows_of(year / "Распределение первичных баллов МА 4.xlsx")
    assert rows[0][:7] == ["Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО",
                           "Кол-во участников"]  # fmt: skip
    assert rows[0][7:] == list(range(21))
    cells = [cell for row in rows[1:] for cell in row[7:]]
    assert any("," in cell for cell in cells)
    for row in rows[1:]:
        whole = sum(float(cell.replace(",", ".")) for cell in row[7:])
        assert whole == pytest.approx(100, abs=0.2)


def test_oge_csv_is_cp1251_sparse_with_footers(year):
    text = (year / "ОГЭ Русский язык 2025.csv").read_bytes().decode("cp1251")
    lines = list(csv.reader(text.splitlines(), delimiter=";"))
    assert re.fullmatch(r"01 - Русский язык 2025\.\d\d\.\d\d", lines[0][0])
    assert lines[1][:3] == ["№", "", "Код МСУ"]
    assert [line[0] for line in lines[-2:]] == ["Средние", "Всего участников"]
    with pytest.raises(UnicodeDecodeError):
        (year / "ОГЭ Русский язык 2025.csv").read_bytes().decode("utf-8")


def test_elective_oge_is_one_workbook_of_several_blocks(year):
    rows = rows_of(year / "ОГЭ по выбору 2025.xlsx")
    titles = [r[0] for r in rows if isinstance(r[0], str) and re.match(r"\d\d - .+ 2025", r[0])]
    assert len(titles) >= 4


def test_english_has_two_parts_in_a_row(year):
    path = year / "ege_09_2025.csv"
    lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
    assert lines[0][0].startswith("Английский язык п:2025")
    header, first = lines[1], lines[2]
    oral = int(first[header.index("Первичный балл устной части")])
    written = int(first[header.index("Первичный балл письм. части")])
    assert oral + written == int(first[header.index("Первичный балл")])


def test_primary_scores_are_the_sums_of_their_strings(year):
    text = (year / "ОГЭ Математика 2025.csv").read_bytes().decode("cp1251")
    lines = list(csv.reader(text.splitlines(), delimiter=";"))
    at = {name: index for index, name in enumerate(lines[1])}
    for line in lines[2:-2]:
        short = line[at["Задания с кратким ответом"]]
        long = line[at["Задания с развёрнутым ответом"]]
        total = sum(1 if sign == "+" else 0 if sign == "-" else int(sign) for sign in short)
        total += sum(int(won) for won in re.findall(r"(\d+)\(\d+\)", long))
        assert total == int(line[at["Первичный балл"]])


def test_marks_of_mathematics_need_points_in_geometry():
    world = small_demo()[1]
    outcome = examine(world, OGE[1], 2024)
    geometry = outcome.points[:, list(OGE[1].geometry)].sum(axis=1)
    assert (outcome.pupils["result"].to_numpy()[geometry < 2] == 2).all()


def test_people_are_invented_and_differ():
    assert person("У000001") != person("У000002")
    assert identity_document("У000001") != identity_document("У000002")
    assert identity_document("У000001")[0] == "0099"
    assert all(re.fullmatch(r"[А-ЯЁ][а-яё]+(-[А-ЯЁ][а-яё]+)?", word) for word in person("У000011"))


def test_links_name_each_participant_once(year):
    rows = rows_of(year / "Связь кодов участников.xlsx")
    assert rows[2][:3] == ["Единый код ученика", "Учебный год", "Процедура"]
    keys = [(row[2], row[3], row[4], row[5], row[6]) for row in rows[3:]]
    assert len(set(keys)) == len(keys)


def test_register_tells_the_rename_and_the_merger():
    lines = list(csv.DictReader((small_demo()[0] / "schools.csv").read_text("utf-8").splitlines()))
    merged = next(line for line in lines if line["successor_id"])
    assert merged["to_year"] == "2021-22"
    assert {line["kind"] for line in lines} == {"school", "preschool"}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    folder, _ = small_demo()
    again = tmp_path / "data" / "raw"
    generate(again, SEED, years=2, schools=3, preschools=2)

    def digests(root):
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    assert digests(again) == digests(folder)


def test_truth_is_sealed(tmp_path):
    folder, world = small_demo()
    truth = read_truth(folder / "truth.json")
    assert truth["seed"] == SEED
    assert {one["school_id"] for one in truth["anomalies"]} == {
        anomaly.school_id for anomaly in world.planted
    }
    broken = json.loads((folder / "truth.json").read_text("utf-8")) | {"seed": 8}
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(DataRefused, match="печать не сходится"):
        read_truth(path)


def test_year_files_declare_the_demo(year):
    assert yaml.safe_load((year / "year.yml").read_text("utf-8")) == {
        "school_year": "2024-25",
        "municipality": "demo",
        "is_synthetic": True,
    }
    assert isinstance(yaml.safe_load((year / "corrections.yml").read_text("utf-8")), list)


@pytest.mark.parametrize("name", ["Ф1.xlsx", "year.yml"])
def test_a_foreign_year_is_never_written_over(tmp_path, name):
    folder = tmp_path / "2024-25"
    folder.mkdir()
    (folder / name).write_text("school_year: 2024-25\nmunicipality: kerch\n", encoding="utf-8")
    with pytest.raises(DataRefused, match="не демонстрационного"):
        generate(tmp_path, SEED, years=1, schools=3)
    assert (folder / name).exists()


def test_a_foreign_register_is_never_written_over(tmp_path):
    (tmp_path / "schools.csv").write_text("school_id\n", encoding="utf-8")
    with pytest.raises(DataRefused, match="реестр школ"):
        generate(tmp_path, SEED, years=1, schools=3)
    assert (tmp_path / "schools.csv").read_text("utf-8") == "school_id\n"


def test_a_smaller_demo_leaves_no_year_of_the_larger_but_keeps_an_added_one(tmp_path):
    generate(tmp_path, SEED, years=2, schools=1, preschools=0)
    added = tmp_path / "2025-26"
    added.mkdir()
    (added / "year.yml").write_text("school_year: 2025-26\nmunicipality: demo\n", "utf-8")
    generate(tmp_path, SEED, years=1, schools=1, preschools=0)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        "2024-25", "2025-26",
    ]  # fmt: skip


def test_one_school_alone_makes_a_demo(tmp_path):
    world = generate(tmp_path, SEED, years=1, schools=1, preschools=0)
    assert len(world.open_schools(2024)) == 1
    assert (tmp_path / "2024-25" / "ОО-1.xlsx").exists()
