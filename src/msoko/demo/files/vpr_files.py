"""The exports of ФИС ОКО, cell for cell: Ф1, Ф3, journal comparison, distribution, tasks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from msoko.demo.files.workbook_writer import Cell, WrittenSheet, write_workbook
from msoko.demo.papers.paper_list import VprPaper
from msoko.demo.papers.scoring import reference
from msoko.demo.papers.sittings import Sitting, World
from msoko.demo.population.random_draws import stream
from msoko.demo.population.roster import MUNICIPALITY, MUNICIPALITY_CODE, REGION, DemoSchool

MERGED_CELLS = ("A1:F1", "A3:F3")
WHOLE_SAMPLE = "Вся выборка"
REGION_SCHOOLS, COUNTRY_SCHOOLS = 412, 35589
COUNTRY_SHIFT = 0.12
JOURNAL_HEADER = (
    "Группы участников",
    "Кол-во участников(всего)",
    "Понизили (Отметка < Отметка по журналу) %",
    "Понизили (Отметка < Отметка по журналу) Кол-во участников",
    "Подтвердили (Отметка = Отметке по журналу) %",
    "Подтвердили (Отметка = Отметке по журналу) Кол-во участников",
    "Повысили (Отметка > Отметка по журналу) %",
    "Повысили (Отметка > Отметка по журналу) Кол-во участников",
)
Row = list[Cell]


def write_vpr(folder: Path, world: World, sat: Sitting) -> None:
    """Write the five exports of one paper; two names are those that downloads get."""
    paper = sat.paper
    draw = stream(world.seed, "downloads", paper.label, paper.grade, paper.year)
    number = int(draw.integers(2_100_000, 2_999_999))
    label = f"{paper.label} {paper.grade}"
    files = {
        f"Ф1_Индивидуальные результаты {label}.xlsx": ("Индивидуальные результаты", individual),
        f"Ф3_Статистика по отметкам {label}.xlsx": ("Статистика по отметкам", marks_sheet),
        f"{number}.xlsx": ("Сравнение отметок с отметками по журналу", journal_sheet),
        f"Распределение первичных баллов {label}.xlsx": (
            "Распределение первичных баллов",
            distribution_sheet,
        ),
        f"{number + 7}.xlsx": ("Выполнение заданий", performance),
    }
    for name, (title, rows) in files.items():
        merged = MERGED_CELLS if rows is not distribution_sheet else ()
        sheet = WrittenSheet(f"{label} {title}", list(rows(world, sat)), merged)
        write_workbook(folder / name, [sheet])


def head(title: str, paper: VprPaper) -> list[Row]:
    """Return rows 1–6, the same in every export."""
    return [
        [title],
        [],
        [f"ВПР {paper.year + 1} {paper.title} {paper.grade} класс"],
        ["Предмет:", paper.title],
        ["Максимальный первичный балл:", paper.maximum],
        ["Дата:", paper.date],
    ]


def school_title(school: DemoSchool, year: int) -> str:
    return f"{school.named(year)}({school.login})"


def groups(world: World, sat: Sitting) -> Iterator[tuple[DemoSchool, np.ndarray]]:
    """Yield the schools that have anybody in the paper, with their rows present."""
    ids = sat.pupils["school_id"].to_numpy()
    for school in world.open_schools(sat.paper.year):
        rows = np.flatnonzero((ids == school.school_id) & sat.present)
        if len(rows):
            yield school, rows


def individual(world: World, sat: Sitting) -> Iterator[Row]:
    """Yield the rows of Ф1; an absent pupil is there with a word in place of the variant."""
    paper = sat.paper
    tasks = [f"{name} ({most}б)" for name, most in zip(paper.tasks, paper.task_max, strict=True)]
    yield from head("Индивидуальные результаты", paper)
    yield [None, None, "Уровень сложности задания", None, None, None, *paper.levels]
    yield [
        "ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант", *tasks,
        "Первичный балл", "Отметка", "Отметка по журналу",
    ]  # fmt: skip
    crosses = stream(world.seed, "crosses", paper.label, paper.grade, paper.year)
    for school, present in groups(world, sat):
        name = school_title(school, paper.year)
        yield [f"{name} | Кол-во участников: {len(present)}"]
        mine = sat.pupils[sat.pupils["school_id"] == school.school_id]
        for row in mine.itertuples():
            start: Row = [school.login, MUNICIPALITY, name, row.code, row.class_number]
            yield start + _answers(row, sat.points[row.Index], crosses)


def _answers(row: Any, points: np.ndarray, crosses: np.random.Generator) -> Row:
    journal = None if np.isnan(row.journal) else int(row.journal)
    if row.is_absent:
        return ["отсутствовал", *[None] * len(points), None, None, journal]
    cells: Row = [
        ("X" if crosses.random() < 0.7 else "Х") if np.isnan(value) else int(value)
        for value in points
    ]
    return [int(row.variant), *cells, int(row.total), int(row.mark), journal]


def marks_sheet(world: World, sat: Sitting) -> Iterator[Row]:
    """Yield the rows of Ф3."""
    paper = sat.paper
    yield from head("Статистика по отметкам", paper)
    yield []
    yield ["Группы участников", "Кол-во ОО", "Кол-во участников", 2, 3, 4, 5]
    size = _region_size(paper)
    for name, schools, count, shift in (
        (WHOLE_SAMPLE, COUNTRY_SCHOOLS, size * 85 + 1201, COUNTRY_SHIFT),
        (REGION, REGION_SCHOOLS, size, 0.0),
    ):
        totals = reference(paper, shift).sum(axis=1)
        yield [name, schools, count, *_shares(paper.marks(totals))]
    all_marks = sat.pupils["mark"].to_numpy()
    found = list(groups(world, sat))
    yield [
        f"{MUNICIPALITY}({MUNICIPALITY_CODE})", len(found), int(sat.present.sum()),
        *_shares(all_marks[sat.present]),
    ]  # fmt: skip
    for school, rows in found:
        yield [school_title(school, paper.year), None, len(rows), *_shares(all_marks[rows])]


def journal_sheet(world: World, sat: Sitting) -> Iterator[Row]:
    """Yield the rows of the comparison with the journal; pupils with no mark there are left out."""
    paper = sat.paper
    yield from head("Сравнение отметок с отметками по журналу", paper)
    yield []
    yield list(JOURNAL_HEADER)
    region = _region_size(paper) - 727
    lowered, raised = round(region * 0.315), round(region * 0.042)
    counts = (lowered, region - lowered - raised, raised)
    yield [REGION, region, *_pairs(counts)]
    gaps = np.sign(sat.pupils["mark"].to_numpy() - sat.pupils["journal"].to_numpy())
    gaps[~sat.present] = np.nan
    yield _compared(f"{MUNICIPALITY}({MUNICIPALITY_CODE})", gaps)
    for school, rows in groups(world, sat):
        if not np.isnan(gaps[rows]).all():
            yield _compared(school_title(school, paper.year), gaps[rows])


def _compared(name: str, gaps: np.ndarray) -> Row:
    counts = tuple(int((gaps == sign).sum()) for sign in (-1, 0, 1))
    return [name, sum(counts), *_pairs(counts)]


def _pairs(counts: tuple[int, int, int]) -> Row:
    whole = max(1, sum(counts))
    return [cell for count in counts for cell in (_number(100 * count / whole), count)]


def distribution_sheet(world: World, sat: Sitting) -> Iterator[Row]:
    """Yield the shares of each primary score, with decimal commas as text."""
    paper = sat.paper
    yield [
        "Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", "Кол-во участников",
        *range(paper.maximum + 1),
    ]  # fmt: skip
    totals = sat.pupils["total"].to_numpy()
    start: Row = [paper.year + 1, paper.grade, paper.title]
    region = reference(paper, 0.0).sum(axis=1).astype(int)
    yield [*start, None, None, REGION, _region_size(paper), *_spread(region, paper)]
    municipal = totals[sat.present]
    yield [*start, MUNICIPALITY, None, MUNICIPALITY, len(municipal), *_spread(municipal, paper)]
    for school, rows in groups(world, sat):
        name = school.named(paper.year)
        yield [
            *start, MUNICIPALITY, school.login, name, len(rows), *_spread(totals[rows], paper)
        ]  # fmt: skip


def _spread(totals: np.ndarray, paper: VprPaper) -> Row:
    shares = 100 * np.bincount(totals, minlength=paper.maximum + 1) / len(totals)
    return [f"{share:.2f}".rstrip("0").rstrip(".").replace(".", ",") for share in shares]


def performance(world: World, sat: Sitting) -> Iterator[Row]:
    """Yield the share of points won in each task."""
    paper = sat.paper
    tasks = [f"{name} ({most}б)" for name, most in zip(paper.tasks, paper.task_max, strict=True)]
    yield from head("Выполнение заданий", paper)
    yield ["Уровень сложности задания", None, None, *paper.levels]
    yield ["Группы участников", "Кол-во ОО", "Кол-во участников", *tasks]
    size = _region_size(paper)
    for name, schools, count, shift in (
        (WHOLE_SAMPLE, COUNTRY_SCHOOLS, size * 85 + 1201, COUNTRY_SHIFT),
        (REGION, REGION_SCHOOLS, size, 0.0),
    ):
        yield [name, schools, count, *_won(reference(paper, shift), paper)]
    found = list(groups(world, sat))
    yield [
        f"{MUNICIPALITY}({MUNICIPALITY_CODE})", len(found), int(sat.present.sum()),
        *_won(sat.points[sat.present], paper),
    ]  # fmt: skip
    for school, rows in found:
        yield [school_title(school, paper.year), None, len(rows), *_won(sat.points[rows], paper)]


def _won(points: np.ndarray, paper: VprPaper) -> Row:
    won = 100 * np.nan_to_num(points).mean(axis=0) / np.array(paper.task_max)
    return [_number(value) for value in won]


def _shares(found: np.ndarray) -> Row:
    return [_number(100 * float(np.mean(found == mark))) for mark in (2, 3, 4, 5)]


def _number(value: float) -> int | float:
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _region_size(paper: VprPaper) -> int:
    return 19000 + (paper.grade * 131 + paper.year * 17 + len(paper.tasks) * 53) % 2400
