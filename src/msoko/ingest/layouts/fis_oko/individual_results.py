"""Ф1 «Индивидуальные результаты»: a pupil's points for each task of a VPR paper."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import (
    PaperHeading,
    TaskColumn,
    is_heading,
    read_heading,
    task_columns,
    task_count,
    unknown_levels,
)
from msoko.ingest.layouts.fis_oko.group_levels import LOGIN
from msoko.ingest.layouts.fis_oko.individual_checks import Banner, IndividualChecks
from msoko.ingest.layouts.fis_oko.individual_rows import FIX, ParticipantRows, parse_participants
from msoko.ingest.layouts.header_layout import HeaderLayout, HeaderNote, HeaderRow
from msoko.ingest.sheets.cells import cell_text, cell_texts, grid, letters, whole
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, body_rows, find_blocks

NEEDED = ("оо", "код участника", "класс", "первичный балл", "отметка", "отметка по журналу")
BANNER = re.compile(r"(.+?)\s*\|\s*кол-во участников\s*:\s*(\d+)\s*$", re.IGNORECASE)


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the tables `results` and `task_scores`."""
    return [
        _read_block(place, block, context) for block in find_blocks(place.sheet, NEEDED, is_heading)
    ]


def _look(row: HeaderRow) -> HeaderNote:
    """Return how many tasks the header has; without any it is no Ф1."""
    count = task_count(row)
    if not count:
        return HeaderNote(missing=("задания вида «1 (2б)»",))
    return HeaderNote(reason=f"; заданий – {count}")


LAYOUT = HeaderLayout(
    name="vpr_f1",
    title="Ф1 «Индивидуальные результаты»",
    needed=NEEDED,
    banner="Индивидуальные результаты",
    look=_look,
    read=read,
)


def _read_block(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> ParsedBlock:
    heading = read_heading(place, block, context)
    tasks = task_columns(place.sheet, block)
    parsed = ParsedBlock(block=block.number, findings=list(heading.findings), paper=heading.paper)
    cells = grid(place.sheet.cells)
    body = body_rows(cells, block)
    parsed.rows_in = len(body)
    if not tasks:
        _refuse_block(place, block, parsed, body, "нет столбцов заданий вида «1 (2б)».")
    elif not heading.is_usable:
        _refuse_block(place, block, parsed, body, "не известно, какая это работа.")
    else:
        parsed.findings += _check_maximum(place, block, heading, tasks)
        parsed.findings += unknown_levels(place, block, tasks)
        _read_rows(place, block, heading, tasks, cells, body, context, parsed)
    return parsed


def _refuse_block(
    place: SheetPlace, block: SheetBlock, parsed: ParsedBlock, body: np.ndarray, why: str
) -> None:
    parsed.reject(body, why)
    if not parsed.findings or "столбцов" in why:
        parsed.findings.append(
            place.finding("block_refused", "blocking", f"строка {block.header + 1}: {why}", FIX)
        )


def _check_maximum(
    place: SheetPlace, block: SheetBlock, heading: PaperHeading, tasks: list[TaskColumn]
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
    place: SheetPlace,
    block: SheetBlock,
    heading: PaperHeading,
    tasks: list[TaskColumn],
    cells: np.ndarray,
    body: np.ndarray,
    context: ReadingContext,
    parsed: ParsedBlock,
) -> None:
    columns = block.columns
    has_code = np.array(
        [cell_text(value) is not None for value in cells[body, columns["код участника"]]],
        dtype=bool,
    )
    data = body[has_code]
    banners = _banners(place, cells, body[~has_code], parsed)
    rows = parse_participants(place, columns, tasks, cells, data, parsed)
    checks = IndividualChecks(place, columns, rows, parsed)
    checks.check(heading, tasks, context)
    others = set(body[~has_code].tolist()) - {row for row, _, _ in banners}
    checks.check_banners(banners, np.array(sorted(others), dtype=int))
    parsed.reject(rows.index[rows.is_bad], "в строке есть нечитаемое значение")
    _fill_tables(cells, columns, heading, tasks, rows, context, parsed)


def _banners(
    place: SheetPlace, cells: np.ndarray, others: np.ndarray, parsed: ParsedBlock
) -> list[Banner]:
    """Return the lines of schools; set all other rows aside."""
    found = []
    for row in others:
        words = [cell_text(value) for value in cells[row] if value is not None]
        match = BANNER.fullmatch(words[0] or "") if len(words) == 1 else None
        login = LOGIN.search(match[1]) if match else None
        if match and login:
            found.append((int(row), login[1].lower(), int(match[2])))
            parsed.reject([row], "строка школы с числом участников: сверена")
            continue
        parsed.reject([row], "в строке нет кода участника")
        severity = "set_aside" if len(words) > 3 else "warning"
        message = f"строка {row + 1}: нет кода участника, строка не прочитана."
        parsed.findings.append(
            place.finding("no_code", severity, message, FIX, table="results",
                          cell=f"A{row + 1}", row_count=1, rows=(int(row) + 1,))
        )  # fmt: skip
    return found


def _fill_tables(
    cells: np.ndarray,
    columns: Mapping[str, int],
    heading: PaperHeading,
    tasks: list[TaskColumn],
    rows: ParticipantRows,
    context: ReadingContext,
    parsed: ParsedBlock,
) -> None:
    keep = np.flatnonzero(~rows.is_bad)
    index = rows.index[keep]
    class_ids = cell_texts(cells[index, columns["класс"]])
    names = [None] * len(keep)
    if "название оо" in columns:
        names = cell_texts(cells[index, columns["название оо"]])
    paper = {"procedure": heading.procedure, "subject": heading.subject, "grade": heading.grade}
    results = pd.DataFrame(
        {
            "school_code": [rows.login[i] for i in keep],
            "school_name": [LOGIN.sub("", name).strip() if name else None for name in names],
            "class_id": class_ids,
            "pupil_id": _pupils(heading, rows, keep, context),
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
    parsed.tables = {
        "results": results,
        "task_scores": _task_scores(results, tasks, rows, keep, paper),
    }
    parsed.columns = {"results": _source_columns(columns)}


def _pupils(
    heading: PaperHeading, rows: ParticipantRows, keep: np.ndarray, context: ReadingContext
) -> list[str]:
    """Return the pseudonym of each kept participant."""
    paper = (str(context.school_year), heading.subject or "", str(heading.grade))
    word = heading.procedure
    return [context.pseudonym(word, rows.login[i] or "", *paper, rows.code[i] or "") for i in keep]


def _task_scores(
    results: pd.DataFrame,
    tasks: list[TaskColumn],
    rows: ParticipantRows,
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
