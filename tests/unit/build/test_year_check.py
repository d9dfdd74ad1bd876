"""Findings as a terminal shows them: each where it is, those of many schools in one line."""

from __future__ import annotations

from msoko.build.year_check import YearFinding, finding_lines

GONE = "Организация была в прошлом году, а в этом её нет"


def found(message: str, count: int | None = 1, file: str = "", cell: str = "") -> YearFinding:
    return YearFinding("gone", "warning", file, "", cell, message, "Запросите файлы.", count)


def gone(*names: str) -> list[YearFinding]:
    return [found(f"{GONE}: {name}.") for name in names]


def test_few_alike_are_listed_each_with_what_to_do():
    assert finding_lines(gone("А", "Б")) == [
        f"{GONE}: А. Запросите файлы.",
        f"{GONE}: Б. Запросите файлы.",
    ]


def test_many_alike_are_one_line_that_counts_those_not_kept_too():
    rest = found(f"{GONE}.", 1439)
    assert finding_lines([rest, *gone("А", "Б", "В", "Г", "Д")]) == [
        f"{GONE} – 1444: А; Б; В; Г и ещё 1440. Запросите файлы."
    ]
    assert finding_lines([found(f"{GONE}.", 2)] * 5) == [f"{GONE} – 10. Запросите файлы."]


def test_few_findings_with_a_place_stay_apart():
    placed = [found("пусто.", file="а.csv", cell=f"A{row}") for row in range(4)]
    assert finding_lines(placed) == [
        f"а.csv, ячейка A{row}: пусто. Запросите файлы." for row in range(4)
    ]


def test_many_places_of_one_cause_are_one_line_with_the_first_of_them():
    placed = [found("пусто.", file="а.csv", cell=f"A{row}") for row in range(6)]
    assert finding_lines(placed) == [
        "а.csv, ячейка A0; ячейка A1; ячейка A2 и ещё 3: пусто (таких замечаний – 6). "
        "Запросите файлы."
    ]


def test_a_cell_is_not_taken_for_named_where_another_begins_alike():
    assert found("не равно A12.", file="а.csv", cell="A1").line.startswith(
        "а.csv, ячейка A1: не равно A12"
    )


def test_cells_are_named_once():
    told = found("пусто: ячейки A1, A2 и ещё 8.", file="а.csv", cell="A1, A2 и ещё 8")
    assert told.line == "а.csv: пусто: ячейки A1, A2 и ещё 8. Запросите файлы."
