"""How long a Ф1 of 50,000 participants takes, against plain pandas with openpyxl."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from benchmarks.measure import Line, count, in_child
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

YEAR = SchoolYear(2024)
TASKS = [("1", 1), ("2", 1), ("3", 2), ("4", 1), ("5.1", 1), ("5.2", 1), ("6.1", 1), ("6.2", 1),
         ("7", 1), ("8", 2), ("9.1", 1), ("9.2", 1), ("10", 2), ("11", 2), ("12", 2)]  # fmt: skip
PER_SCHOOL = 100
MOST_ROWS = 500_000


def write_individual(path: Path, count: int) -> None:
    """Write a Ф1 of mathematics, grade 4, with `count` participants in schools of 100."""
    draw = np.random.default_rng(1)
    most = np.array([top for _, top in TASKS])
    points = (draw.random((count, len(TASKS))) * (most + 1)).astype(int)
    totals = points.sum(axis=1)
    marks = 2 + np.searchsorted([6, 10, 15], totals, side="right")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("МА 4")
    for row in (
        ["Индивидуальные результаты"], [], ["ВПР 2025 Математика 4 класс"],
        ["Предмет:", "Математика"], ["Максимальный первичный балл:", int(most.sum())],
        ["Дата:", "15.04.2025"], [],
        ["ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант",
         *(f"{name} ({top}б)" for name, top in TASKS), "Первичный балл", "Отметка",
         "Отметка по журналу"],
    ):  # fmt: skip
        sheet.append(row)
    for i in range(count):
        login = f"edu99{i // PER_SCHOOL:04d}"
        name = f"МБОУ «СОШ № {i // PER_SCHOOL}»({login})"
        if i % PER_SCHOOL == 0:
            declared = min(PER_SCHOOL, count - i)
            sheet.append([f"{name} | Кол-во участников: {declared}"])
        answers = ["X" if draw.random() < 0.02 and p == 0 else int(p) for p in points[i]]
        sheet.append(
            [login, "Округ", name, 40001 + i % PER_SCHOOL, 1 + i % 3, 1 + i % 2, *answers,
             int(totals[i]), int(marks[i]), int(marks[i])]
        )  # fmt: skip
    book.save(path)


def run(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Return the lines of each number of participants; a workbook holds a million rows."""
    lines = []
    for rows in (int(rows) for rows in chosen.rows or (5e3, 5e4) if rows <= MOST_ROWS):
        root = folder / str(rows)
        path = Project(root).raw(YEAR) / "f1.xlsx"
        path.parent.mkdir(parents=True)
        write_individual(path, rows)
        ours = in_child("ingest:read_and_store", str(root))
        plain = in_child("ingest:as_it_is", str(path))
        name = "pandas + openpyxl, as it is"
        lines.append(Line(f"ingest, {name}", count(rows), plain["seconds"], memory=plain["peak"]))
        ratio = ours["seconds"] / plain["seconds"]
        lines.append(Line("ingest, checked and stored", count(rows), ours["seconds"], ratio, name,
                          ours["peak"]))  # fmt: skip
    return lines


def read_and_store(root: str) -> dict[str, Any]:
    """Return the seconds of reading, checking and storing the workbook."""
    from msoko.core.store import Store
    from msoko.ingest.year_reading import read_year

    project = Project(Path(root))
    begun = time.perf_counter()
    intake = read_year(project, YEAR, b"a key of a benchmark")
    if intake.tables["results"].empty:
        raise RuntimeError("nothing was read")
    with Store(project).replacing(YEAR) as writer:
        for name, frame in intake.tables.items():
            writer.write(name, frame)
    return {"seconds": time.perf_counter() - begun}


def as_it_is(path: str) -> dict[str, Any]:
    """Return the seconds of reading the sheet unchecked."""
    import pandas as pd

    begun = time.perf_counter()
    pd.read_excel(path, header=7, engine="openpyxl")
    return {"seconds": time.perf_counter() - begun}
