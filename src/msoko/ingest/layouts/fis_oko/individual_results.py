"""Ф1 «Индивидуальные результаты»: a pupil's points for each task of a VPR paper."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import Desk, Reading, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import (
    LOGIN,
    Heading,
    Task,
    is_heading,
    read_heading,
    tasks_of,
)
from msoko.ingest.layouts.fis_oko.individual_checks import check_banners, check_rows
from msoko.ingest.layouts.fis_oko.individual_rows import FIX, Rows, parse
from msoko.ingest.sheets.cells import grid, letters, text, texts, whole
from msoko.ingest.sheets.sheet_blocks import Block, Place, blocks, filled_rows

NEEDED = ("оо", "код участника", "класс", "первичный балл", "отметка", "отметка по журналу")
BANNER = re.compile(r"(.+?)\s*\|\s*кол-во участников\s*:\s*(\d+)\s*$", re.IGNORECASE)


def read(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return one reading per block: the tables `results` and `task_scores`."""
    return [_read_block(place, block, desk) for block in blocks(place.sheet, NEEDED, is_heading)]


def _read_block(place: Place, block: Block, desk: Desk) -> Reading:
    heading = read_heading(place, block, desk)
    tasks = tasks_of(place.sheet, block)
    reading = Reading(block=block.number, findings=list(heading.findings))
    reading.paper = {
        "procedure": heading.procedure,
        "subject": heading.subject,
        "grade": heading.grade,
        "day": heading.day,
    }
    cells = grid(place.sheet.cells)
    body = filled_rows(cells[block.header + 1 : block.end]) + block.header + 1
    reading.rows_in = len(body)
    if not tasks:
        _refuse_block(place, block, reading, body, "нет столбцов заданий вида «1 (2б)».")
    elif not heading.is_usable:
        _refuse_block(place, block, reading, body, "не известно, какая это работа.")
    else:
        reading.findings += _check_maximum(place, block, heading, tasks)
        _read_rows(place, block, heading, tasks, cells, body, desk, reading)
    return reading


def _refuse_block(place: Place, block: Block, reading: Reading, body: np.ndarray, why: str) -> None:
    reading.set_aside += [(int(row) + 1, why) for row in body]
    if not reading.findings or "столбцов" in why:
        reading.findings.append(
            place.finding("block_refused", "blocking", f"строка {block.header + 1}: {why}", FIX)
        )


def _check_maximum(
    place: Place, block: Block, heading: Heading, tasks: list[Task]
) -> list[Finding]:
    total = sum(task.max_score for task in tasks)
    if heading.max_score == total:
        return []
    stated = "не указан" if heading.max_score is None else f"{heading.max_score:g}"
    message = (
        f"максимальный первичный балл в заголовке – {stated}, "
        f"а сумма максимумов заданий – {total:g}."
    )
    cell = f"{letters(tasks[0].column)}{block.header + 1}"
    return [place.finding("maximum", "blocking", message, FIX, table="results", cell=cell)]


def _read_rows(
    place: Place,
    block: Block,
    heading: Heading,
    tasks: list[Task],
    cells: np.ndarray,
    body: np.ndarray,
    desk: Desk,
    reading: Reading,
) -> None:
    columns = block.columns
    has_code = np.array(
        [text(value) is not None for value in cells[body, columns["код участника"]]], dtype=bool
    )
    data = body[has_code]
    banners = _banners(place, cells, body[~has_code], reading)
    rows = parse(place, columns, tasks, cells, data, reading)
    check_rows(place, columns, heading, tasks, rows, desk, reading)
    check_banners(place, banners, rows, reading)
    reading.set_aside += [
        (int(row) + 1, "в строке есть нечитаемое значение") for row in rows.index[rows.is_bad]
    ]
    _fill_tables(cells, columns, heading, tasks, rows, desk, reading)


def _banners(
    place: Place, cells: np.ndarray, others: np.ndarray, reading: Reading
) -> list[tuple[int, str, int]]:
    """Return (row, login, declared count) of school banners; set all other rows aside."""
    found = []
    for row in others:
        words = [text(value) for value in cells[row] if value is not None]
        match = BANNER.fullmatch(words[0] or "") if len(words) == 1 else None
        login = LOGIN.search(match[1]) if match else None
        if match and login:
            found.append((int(row), login[1].lower(), int(match[2])))
            reading.set_aside.append((int(row) + 1, "строка школы с числом участников: сверена"))
            continue
        reading.set_aside.append((int(row) + 1, "в строке нет кода участника"))
        severity = "blocking" if len(words) > 3 else "warning"
        message = f"строка {row + 1}: нет кода участника, строка не прочитана."
        reading.findings.append(
            place.finding("no_code", severity, message, FIX, table="results", cell=f"A{row + 1}")
        )
    return found


def _fill_tables(
    cells: np.ndarray,
    columns: Mapping[str, int],
    heading: Heading,
    tasks: list[Task],
    rows: Rows,
    desk: Desk,
    reading: Reading,
) -> None:
    keep = np.flatnonzero(~rows.is_bad)
    index = rows.index[keep]
    class_ids = texts(cells[index, columns["класс"]])
    names = [None] * len(keep)
    if "название оо" in columns:
        names = texts(cells[index, columns["название оо"]])
    paper = {"procedure": "vpr", "subject": heading.subject, "grade": heading.grade}
    results = pd.DataFrame(
        {
            "school_code": [rows.login[i] for i in keep],
            "school_name": [LOGIN.sub("", name).strip() if name else None for name in names],
            "class_id": class_ids,
            "pupil_id": _pupils(heading, rows, keep, desk),
            "variant": [None if rows.is_absent[i] else rows.variant[i] for i in keep],
            "primary_score": rows.total[keep],
            "max_score": sum(task.max_score for task in tasks),
            "mark": whole(rows.mark[keep]),
            "journal_mark": whole(rows.journal[keep]),
            "is_absent": rows.is_absent[keep],
            "source_row": index + 1,
            **paper,
        }
    )
    reading.tables = {
        "results": results,
        "task_scores": _task_scores(results, tasks, rows, keep, paper),
    }
    reading.columns = {"results": _source_columns(columns)}


def _pupils(heading: Heading, rows: Rows, keep: np.ndarray, desk: Desk) -> list[str]:
    """Return the pseudonym of each kept participant."""
    paper = (str(desk.school_year), heading.subject or "", str(heading.grade))
    return [desk.pseudonym("vpr", rows.login[i] or "", *paper, rows.code[i] or "") for i in keep]


def _task_scores(
    results: pd.DataFrame,
    tasks: list[Task],
    rows: Rows,
    keep: np.ndarray,
    paper: Mapping[str, object],
) -> pd.DataFrame:
    """Return one row per participant present and task; X is `score` null, `is_attempted` False."""
    present = np.flatnonzero(~rows.is_absent[keep])
    who = np.repeat(present, len(tasks))
    each = np.tile(np.arange(len(tasks)), len(present))
    words = {
        "task": [task.name for task in tasks],
        "level": [task.level for task in tasks],
        "source_column": [letters(task.column) for task in tasks],
    }
    return pd.DataFrame(
        {
            "pupil_id": results["pupil_id"].array.take(who),
            "source_row": results["source_row"].to_numpy()[who],
            **{name: pd.array(values, dtype="str").take(each) for name, values in words.items()},
            "max_score": np.array([task.max_score for task in tasks], dtype=float)[each],
            "score": rows.points[keep][present].ravel(),
            "is_attempted": ~rows.is_cross[keep][present].ravel(),
            **paper,
        }
    )


def _source_columns(columns: Mapping[str, int]) -> dict[str, str]:
    named = {
        "school_id": "оо",
        "class_id": "класс",
        "pupil_id": "код участника",
        "variant": "вариант",
        "primary_score": "первичный балл",
        "mark": "отметка",
        "journal_mark": "отметка по журналу",
    }
    return {name: letters(columns[label]) for name, label in named.items() if label in columns}
