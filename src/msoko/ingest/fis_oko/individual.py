"""Ф1 «Индивидуальные результаты»: a pupil's points for each task of a VPR paper."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from msoko.catalog.scales import marks_possible
from msoko.ingest.cells import addresses, crosses, folded, grid, letters, numbers, text, texts
from msoko.ingest.fis_oko.heading import (
    LOGIN,
    Block,
    Heading,
    Place,
    Task,
    blocks,
    filled_rows,
    read_heading,
    tasks_of,
)
from msoko.ingest.layouts import Desk, Reading, Recognition

NEEDED = ("оо", "код участника", "класс", "первичный балл", "отметка", "отметка по журналу")
BANNER = re.compile(r"(.+?)\s*\|\s*кол-во участников\s*:\s*(\d+)\s*$", re.IGNORECASE)
ABSENT = re.compile(r"отсутств\w*|не явил\w*|неявка|н/я|н")
NO_MARK = frozenset({"нет отметки", "нет", "н/а", "-", "–", "—", "н"})
FIX = (
    "Сверьте строку с ФИС ОКО и выгрузите Ф1 заново; "
    "подтверждённую правку запишите в corrections.yml."
)


@dataclass
class Rows:
    """The participants of a block, column by column. Row indices are from 0 in the sheet."""

    index: np.ndarray
    login: list[str | None]
    code: list[str | None]
    variant: list[str | None]
    points: np.ndarray  # participants × tasks, NaN where X or blank
    is_cross: np.ndarray
    total: np.ndarray
    mark: np.ndarray
    journal: np.ndarray
    is_absent: np.ndarray
    is_bad: np.ndarray  # rows that hold something unreadable


def read(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return one reading per block: the tables `results` and `task_scores`."""
    return [_read_block(place, block, desk) for block in blocks(place.sheet, NEEDED)]


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


def _check_maximum(place: Place, block: Block, heading: Heading, tasks: list[Task]) -> list:
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
    rows = _parse(place, columns, tasks, cells, data, reading)
    _check_rows(place, columns, heading, tasks, rows, desk, reading)
    _check_banners(place, banners, rows, reading)
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


def _parse(
    place: Place,
    columns: dict[str, int],
    tasks: list[Task],
    cells: np.ndarray,
    data: np.ndarray,
    reading: Reading,
) -> Rows:
    task_columns = [task.column for task in tasks]
    answers = cells[np.ix_(data, task_columns)]
    is_cross = crosses(answers)
    points, bad_points = numbers(np.where(is_cross, None, answers))
    total, bad_total = numbers(cells[data, columns["первичный балл"]])
    mark, bad_mark = numbers(cells[data, columns["отметка"]])
    journal_cells = cells[data, columns["отметка по журналу"]].copy()
    for place_in, value in enumerate(journal_cells):
        if isinstance(value, str) and folded(value) in NO_MARK:
            journal_cells[place_in] = None
    journal, bad_journal = numbers(journal_cells)
    variant = texts(cells[data, columns["вариант"]]) if "вариант" in columns else [None] * len(data)
    is_absent = np.array([bool(v and ABSENT.fullmatch(v.lower())) for v in variant], dtype=bool)
    is_empty = np.isnan(points).all(axis=1) & ~is_cross.any(axis=1) & ~bad_points.any(axis=1)
    is_silent = is_empty & np.isnan(total) & np.isnan(mark) & ~is_absent & ~bad_total & ~bad_mark
    _say_silent(place, data[is_silent], reading)
    is_absent |= is_silent
    blank = np.isnan(points) & ~is_cross & ~bad_points & ~is_absent[:, None]
    bad_points |= blank
    bad_total |= np.isnan(total) & ~is_absent
    is_worked = is_absent & ~(is_empty & np.isnan(total) & np.isnan(mark))
    rest = zip(
        ("первичный балл", "отметка", "отметка по журналу", "код участника"),
        (bad_total, bad_mark, bad_journal, is_worked),
        strict=True,
    )
    wrong = [(int(data[r]), task_columns[c]) for r, c in np.argwhere(bad_points)]
    for name, mask in rest:
        wrong += [(int(row), columns[name]) for row in data[mask]]
    _say_wrong(
        place, wrong, "unreadable", "значение пусто, не число или противоречит отсутствию", reading
    )
    is_bad = bad_points.any(axis=1) | bad_total | bad_mark | bad_journal | is_worked
    return Rows(
        data,
        [(login or "").lower() or None for login in _logins(columns, cells, data)],
        texts(cells[data, columns["код участника"]]),
        variant,
        points,
        is_cross,
        total,
        mark,
        journal,
        is_absent,
        is_bad,
    )


def _logins(columns: dict[str, int], cells: np.ndarray, data: np.ndarray) -> list[str | None]:
    """Return each participant's login; where its cell is blank, from the school's name."""
    found = texts(cells[data, columns["оо"]])
    if "название оо" not in columns or all(found):
        return found
    names = texts(cells[data, columns["название оо"]])
    return [
        login or ((match := LOGIN.search(name or "")) and match[1]) or None
        for login, name in zip(found, names, strict=True)
    ]


def _say_silent(place: Place, rows: np.ndarray, reading: Reading) -> None:
    if len(rows):
        message = (
            f"{len(rows)} участников без баллов и без слова «отсутствовал»: "
            "учтены как отсутствовавшие."
        )
        reading.findings.append(
            place.finding(
                "silent_absence",
                "warning",
                message,
                FIX,
                table="results",
                cell=addresses([(int(row), 0) for row in rows]),
                row_count=len(rows),
            )
        )


def _say_wrong(
    place: Place,
    cells: list[tuple[int, int]],
    check: str,
    what: str,
    reading: Reading,
    severity: str = "blocking",
) -> None:
    if cells:
        count = len({row for row, _ in cells})
        reading.findings.append(
            place.finding(
                check,
                severity,
                f"{what}: ячейки {addresses(cells)}.",
                FIX,
                table="results",
                cell=addresses(cells),
                row_count=count,
            )
        )


def _check_rows(
    place: Place,
    columns: dict[str, int],
    heading: Heading,
    tasks: list[Task],
    rows: Rows,
    desk: Desk,
    reading: Reading,
) -> None:
    """Add findings: points outside the task, sums, marks, repeated participants."""
    most = np.array([task.max_score for task in tasks])
    outside = (rows.points < 0) | (rows.points > most) | (rows.points != np.floor(rows.points))
    outside &= ~np.isnan(rows.points) & ~rows.is_bad[:, None]
    wrong = [(int(rows.index[r]), tasks[c].column) for r, c in np.argwhere(outside)]
    _say_wrong(
        place, wrong, "points_range", "балл за задание вне пределов от 0 до максимума", reading
    )
    good = ~rows.is_bad & ~rows.is_absent
    differs = good & (np.nansum(rows.points, axis=1) != rows.total)
    _say_wrong(
        place,
        [(int(row), columns["первичный балл"]) for row in rows.index[differs]],
        "task_sum",
        "первичный балл не равен сумме баллов за задания",
        reading,
    )
    for name, marks, low in (("отметка", rows.mark, 2), ("отметка по журналу", rows.journal, 1)):
        strange = ~np.isnan(marks) & ~np.isin(marks, range(low, 6)) & ~rows.is_bad
        _say_wrong(
            place,
            [(int(row), columns[name]) for row in rows.index[strange]],
            "mark_range",
            f"отметка вне пределов от {low} до 5",
            reading,
        )
        rows.is_bad = rows.is_bad | strange
    unmarked = good & np.isnan(rows.mark)
    _say_wrong(
        place,
        [(int(row), columns["отметка"]) for row in rows.index[unmarked]],
        "no_mark",
        "у участника есть баллы, но нет отметки",
        reading,
        "warning",
    )
    _check_scale(place, columns, heading, rows, good, desk, reading)
    _check_repeated(place, columns, rows, reading)


def _check_scale(
    place: Place,
    columns: dict[str, int],
    heading: Heading,
    rows: Rows,
    good: np.ndarray,
    desk: Desk,
    reading: Reading,
) -> None:
    scale = desk.scales.find(
        desk.school_year, "vpr", heading.subject, heading.grade, heading.max_score
    )
    if scale is None or not scale.gives_marks:
        message = (
            f"нет шкалы отметок ({desk.subjects.name(heading.subject)}, {heading.grade} класс, "
            f"максимум {heading.max_score or 0:g}): отметки не сверены с баллами."
        )
        action = "Впишите шкалу в registry/scales.csv, когда она будет подтверждена."
        reading.findings.append(place.finding("no_scale", "note", message, action))
        return
    lowest, highest = marks_possible(scale, rows.total)
    off = good & ~np.isnan(rows.mark) & ((rows.mark < lowest) | (rows.mark > highest))
    severity = "blocking" if scale.origin in ("seed", "regulation") else "warning"
    what = f"отметка не соответствует баллу по шкале ({scale.origin})"
    _say_wrong(
        place,
        [(int(row), columns["отметка"]) for row in rows.index[off]],
        "mark_scale",
        what,
        reading,
        severity,
    )


def _check_repeated(place: Place, columns: dict[str, int], rows: Rows, reading: Reading) -> None:
    keys = pd.DataFrame({"login": rows.login, "code": rows.code})
    repeated = keys.duplicated().to_numpy() & ~rows.is_bad
    _say_wrong(
        place,
        [(int(row), columns["код участника"]) for row in rows.index[repeated]],
        "repeated_participant",
        "код участника повторяется в одной школе",
        reading,
    )
    rows.is_bad = rows.is_bad | repeated


def _check_banners(
    place: Place, banners: list[tuple[int, str, int]], rows: Rows, reading: Reading
) -> None:
    """Compare the declared count of each banner with the participants below it.

    Exports differ in whether the absent are counted, so either count will do.
    """
    if not banners and len(rows.index):
        message = "нет строк школ с числом участников: полноту выгрузки сверить не с чем."
        reading.findings.append(place.finding("no_banner", "warning", message, FIX))
    if banners and len(rows.index) and rows.index[0] < banners[0][0]:
        message = f"строка {rows.index[0] + 1}: участники стоят выше первой строки школы."
        reading.findings.append(place.finding("banner_order", "blocking", message, FIX))
    ends = [row for row, _, _ in banners[1:]] + [np.inf]
    logins = np.array([login or "" for login in rows.login], dtype=object)
    for (row, login, declared), end in zip(banners, ends, strict=True):
        below = (rows.index > row) & (rows.index < end)
        present = int((below & ~rows.is_absent).sum())
        if declared not in (present, int(below.sum())):
            message = (
                f"ячейка A{row + 1}: объявлено участников – {declared}, в таблице – {present}."
            )
            reading.findings.append(
                place.finding(
                    "declared_count",
                    "blocking",
                    message,
                    FIX,
                    table="results",
                    cell=f"A{row + 1}",
                    row_count=abs(declared - present),
                )
            )
        strangers = below & (logins != login)
        _say_wrong(
            place,
            [(int(r), 0) for r in rows.index[strangers]],
            "banner_login",
            f"логин не той школы, под строкой которой ({login}) стоит участник",
            reading,
        )


def _fill_tables(
    cells: np.ndarray,
    columns: dict[str, int],
    heading: Heading,
    tasks: list[Task],
    rows: Rows,
    desk: Desk,
    reading: Reading,
) -> None:
    keep = np.flatnonzero(~rows.is_bad)
    pupils = [
        desk.pseudonym(
            "vpr",
            rows.login[i] or "",
            str(desk.school_year),
            heading.subject,
            str(heading.grade),
            rows.code[i] or "",
        )
        for i in keep
    ]
    class_ids = texts(cells[rows.index[keep], columns["класс"]])
    names = (
        texts(cells[rows.index[keep], columns["название оо"]])
        if "название оо" in columns
        else [None] * len(keep)
    )
    paper = {"procedure": "vpr", "subject": heading.subject, "grade": heading.grade}
    results = pd.DataFrame(
        {
            "school_code": [rows.login[i] for i in keep],
            "school_name": [LOGIN.sub("", name).strip() if name else None for name in names],
            "class_id": class_ids,
            "pupil_id": pupils,
            "variant": [None if rows.is_absent[i] else rows.variant[i] for i in keep],
            "primary_score": rows.total[keep],
            "max_score": sum(task.max_score for task in tasks),
            "mark": pd.array(rows.mark[keep], dtype="Float64").astype("Int64"),
            "journal_mark": pd.array(rows.journal[keep], dtype="Float64").astype("Int64"),
            "is_absent": rows.is_absent[keep],
            "source_row": rows.index[keep] + 1,
        }
    ).assign(**paper)
    reading.tables = {
        "results": results,
        "task_scores": _task_scores(results, tasks, rows, keep).assign(**paper),
    }
    reading.columns = {"results": _source_columns(columns)}


def _task_scores(
    results: pd.DataFrame, tasks: list[Task], rows: Rows, keep: np.ndarray
) -> pd.DataFrame:
    """Return one row per participant present and task; X is `score` null, `is_attempted` False."""
    present = np.flatnonzero(~rows.is_absent[keep])
    count, width = len(present), len(tasks)
    who = results.iloc[np.repeat(present, width)].reset_index(drop=True)
    repeat = {
        "task": [task.name for task in tasks],
        "level": [task.level for task in tasks],
        "max_score": [task.max_score for task in tasks],
        "source_column": [letters(task.column) for task in tasks],
    }
    frame = who[["school_code", "school_name", "pupil_id", "source_row"]].copy()
    for name, values in repeat.items():
        frame[name] = np.tile(np.array(values, dtype=object), count)
    frame["max_score"] = frame["max_score"].astype(float)
    frame["score"] = rows.points[keep][present].ravel()
    frame["is_attempted"] = ~rows.is_cross[keep][present].ravel()
    return frame


def _source_columns(columns: dict[str, int]) -> dict[str, str]:
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
