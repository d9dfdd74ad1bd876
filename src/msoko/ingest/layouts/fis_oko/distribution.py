"""The distribution of primary scores: shares of a group at 0, 1, 2 … points."""

from __future__ import annotations

import numpy as np
import pandas as pd

from msoko.ingest.layouts.contract import Desk, Reading, Recognition
from msoko.ingest.layouts.fis_oko.fis_oko_heading import is_heading
from msoko.ingest.layouts.fis_oko.participant_groups import FIX, ROUNDING
from msoko.ingest.sheets.cells import addresses, folded, grid, letters, numbers, text, whole
from msoko.ingest.sheets.sheet_blocks import Block, Place, blocks, filled_rows

NEEDED = ("год", "класс", "предмет", "муниципалитет", "логин", "оо", "кол-во участников", "0", "1")


def read(place: Place, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return one reading per block: the table `score_distribution`, long.

    The file may hold several years; rows of another school year are set aside.
    """
    return [_read_block(place, block, desk) for block in blocks(place.sheet, NEEDED, is_heading)]


def _read_block(place: Place, block: Block, desk: Desk) -> Reading:
    reading = Reading(block=block.number, paper={"procedure": "vpr"})
    cells = grid(place.sheet.cells)
    body = filled_rows(cells[block.header + 1 : block.end]) + block.header + 1
    reading.rows_in = len(body)
    scores = {int(label): column for label, column in block.columns.items() if label.isdecimal()}
    rows = _rows(block, cells, body, desk)
    rows, shares = _check(place, block, cells, rows, scores, desk, reading)
    _check_repeated(place, rows, reading)
    reading.tables = {"score_distribution": _long(rows, shares, scores)}
    reading.columns = {
        "score_distribution": {
            name: letters(block.columns[label])
            for name, label in (("grade", "класс"), ("subject", "предмет"), ("school_id", "логин"),
                                ("group_name", "оо"), ("participant_count", "кол-во участников"))
        }
    }  # fmt: skip
    return reading


def _rows(block: Block, cells: np.ndarray, body: np.ndarray, desk: Desk) -> pd.DataFrame:
    """Return the named columns of each row; what cannot be read is null."""
    value = {label: cells[body, block.columns[label]] for label in NEEDED[:7]}
    year, _ = numbers(value["год"])
    grade, _ = numbers(value["класс"])
    count, _ = numbers(value["кол-во участников"])
    logins = [(text(cell) or "").lower() or None for cell in value["логин"]]
    names = [text(cell) for cell in value["оо"]]
    areas = [text(cell) for cell in value["муниципалитет"]]
    return pd.DataFrame(
        {
            "row": body,
            "year": year,
            "grade": grade,
            "subject": [desk.subjects.code(text(cell)) for cell in value["предмет"]],
            "count": count,
            "login": logins,
            "name": names,
            "level": [_level(*one) for one in zip(logins, names, areas, strict=True)],
        }
    )


def _level(login: str | None, name: str | None, area: str | None) -> str:
    if login and login.startswith("reg"):
        return "municipality"
    if login:
        return "school"
    if folded(name) in ("вся выборка", "российская федерация"):
        return "country"
    return "municipality" if area and folded(area) == folded(name) else "region"


def _check(
    place: Place,
    block: Block,
    cells: np.ndarray,
    rows: pd.DataFrame,
    scores: dict[int, int],
    desk: Desk,
    reading: Reading,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the rows that are kept and their shares; the rest is set aside with findings."""
    blocked = rows[["year", "grade", "subject", "count", "name"]].isna().any(axis=1)
    shares, bad = numbers(cells[np.ix_(rows["row"].to_numpy(int), list(scores.values()))])
    outside = bad | (shares < 0) | (shares > 100)
    blocked |= outside.any(axis=1)
    # a spring VPR of 2025 belongs to 2024-25
    other = ~blocked & (rows["year"] != desk.school_year.start + 1)
    gap = np.abs(np.nansum(shares, axis=1) - 100)
    tolerance = ROUNDING + 0.005 * len(scores)
    off = ~blocked & ~other & (gap > tolerance) & (rows["count"] > 0)
    for mask, check, severity, what in (
        (blocked, "unreadable", "blocking", "в строке есть пустое или нечитаемое значение"),
        (other, "other_year", "warning", "строка относится к другому учебному году"),
        (off, "percent_sum", "blocking", "доли в строке не дают 100 %"),
    ):
        found = rows.loc[mask, "row"]
        if len(found):
            shown = addresses([(int(row), block.columns["год"]) for row in found])
            reading.findings.append(
                place.finding(check, severity, f"{what}: {shown}.", FIX,
                              table="score_distribution", cell=shown, row_count=len(found))
            )  # fmt: skip
        if check != "percent_sum":
            reading.set_aside += [(int(row) + 1, what) for row in found]
    keep = (~blocked & ~other).to_numpy()
    if not keep.any():
        message = f"нет ни одной строки {desk.school_year} учебного года."
        reading.findings.append(place.finding("paper_date", "blocking", message, FIX))
    return rows[keep].reset_index(drop=True), shares[keep]


def _check_repeated(place: Place, rows: pd.DataFrame, reading: Reading) -> None:
    """Add a finding for each group that stands twice under one year, subject and grade."""
    key = ["year", "subject", "grade", "level", "login", "name"]
    repeated = rows[rows.duplicated(key, keep=False)]
    if repeated.empty:
        return
    for _, group in repeated.groupby(key, dropna=False, sort=False):
        places = ", ".join(str(int(row) + 1) for row in group["row"])
        message = f"один и тот же год, предмет, класс и группа повторяются: строки {places}."
        reading.findings.append(
            place.finding("repeated_group", "blocking", message, FIX, table="score_distribution",
                          cell=f"A{int(group['row'].iloc[-1]) + 1}", row_count=len(group))
        )  # fmt: skip


def _long(rows: pd.DataFrame, shares: np.ndarray, scores: dict[int, int]) -> pd.DataFrame:
    width = len(scores)
    places = np.flatnonzero(~np.isnan(shares.ravel()))
    group, each = places // width, places % width
    is_school = rows["level"] == "school"
    columns = [letters(column) for column in scores.values()]
    return pd.DataFrame(
        {
            "procedure": "vpr",
            "subject": rows["subject"].array.take(group),
            "grade": rows["grade"].astype("Int64").array.take(group),
            "group_level": rows["level"].array.take(group),
            "group_name": rows["name"].array.take(group),
            "school_code": rows["login"].where(is_school, None).array.take(group),
            "school_name": rows["name"].where(is_school, None).array.take(group),
            "participant_count": whole(rows["count"].to_numpy()).take(group),
            "primary_score": np.array(list(scores), dtype=int)[each],
            "share_percent": shares.ravel()[places],
            "source_row": rows["row"].to_numpy()[group] + 1,
            "source_column": pd.array(columns, dtype="str").take(each),
        }
    )
