"""How long a Ф1 of 50,000 participants takes, against plain pandas with openpyxl.

Run: `python benchmarks/ingest.py [rows]`. The workbook is made in a temporary
folder; seconds depend on the machine, the ratio less so.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from msoko.ingest import read_year
from msoko.project import Project
from msoko.school_year import SchoolYear
from msoko.store import Store

YEAR = SchoolYear(2024)
TASKS = [("1", 1), ("2", 1), ("3", 2), ("4", 1), ("5.1", 1), ("5.2", 1), ("6.1", 1), ("6.2", 1),
         ("7", 1), ("8", 2), ("9.1", 1), ("9.2", 1), ("10", 2), ("11", 2), ("12", 2)]  # fmt: skip
PER_SCHOOL = 100


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


def timed(name: str, work: Callable[[], object]) -> object:
    """Return what `work` returns, and print the seconds that it took."""
    start = time.perf_counter()
    result = work()
    print(f"{name:<48} {time.perf_counter() - start:6.2f} с")
    return result


def main(count: int) -> None:
    """Make the workbook, read it both ways, store it."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        project.raw(YEAR).mkdir(parents=True)
        path = project.raw(YEAR) / "f1.xlsx"
        write_individual(path, count)
        print(f"Ф1: {count} участников, {path.stat().st_size / 2**20:.1f} МиБ")
        intake = timed(
            "прочитать и проверить (msoko)",
            lambda: read_year(project, YEAR, b"a key of a benchmark"),
        )
        assert isinstance(intake.tables["results"], pd.DataFrame)
        store = Store(project)

        def keep() -> None:
            with store.replacing(YEAR) as writer:
                for name, frame in intake.tables.items():
                    writer.write(name, frame)

        timed("записать таблицы (msoko)", keep)
        timed(
            "pandas + openpyxl, лист как есть",
            lambda: pd.read_excel(path, header=7, engine="openpyxl"),
        )
        print(intake.findings.groupby(["severity", "check"]).size().to_string())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
