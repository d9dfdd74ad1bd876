"""The distribution of primary scores: shares of a group at 0, 1, 2 … points."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.fis_oko.autumn_session import (
    AUTUMN,
    FIRST_OF_AUTUMN,
    SPRING,
    declared_session,
    says_autumn,
    without_session,
)
from msoko.ingest.layouts.fis_oko.fis_oko_heading import is_heading
from msoko.ingest.layouts.fis_oko.group_levels import (
    UNKNOWN,
    UNSAID,
    level_of_code,
    said_level,
    settled_levels,
)
from msoko.ingest.layouts.fis_oko.participant_groups import (
    FIX,
    NO_KIND,
    ROUNDING,
    unknown_groups,
)
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.sheets.cells import (
    addresses,
    cell_numbers,
    cell_text,
    date_of,
    fold_text,
    grid,
    letters,
    whole,
)
from msoko.ingest.sheets.sheet_blocks import (
    SheetBlock,
    SheetPlace,
    body_rows,
    cells_of,
    find_blocks,
)

NEEDED = ("год", "класс", "предмет", "муниципалитет", "логин", "оо", "кол-во участников", "0", "1")
SOURCE_COLUMNS = {
    "grade": "класс",
    "subject": "предмет",
    "school_id": "логин",
    "group_name": "оо",
    "participant_count": "кол-во участников",
}


def read(place: SheetPlace, recognition: Recognition, context: ReadingContext) -> list[ParsedBlock]:
    """Return the blocks of the sheet: the table `score_distribution`, long.

    The file may hold several years; rows of another school year are set aside.
    """
    return [
        _read_block(place, block, context) for block in find_blocks(place.sheet, NEEDED, is_heading)
    ]


LAYOUT = HeaderLayout(
    name="vpr_distribution",
    title="«Распределение первичных баллов»",
    needed=NEEDED,
    banner="Распределение первичных баллов",
    read=read,
)


def _read_block(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> ParsedBlock:
    session = _session(place, block, context)
    parsed = ParsedBlock(block=block.number, paper={"procedure": session or SPRING})
    cells = grid(place.sheet.cells)
    body = body_rows(cells, block)
    parsed.rows_in = len(body)
    scores = {int(label): column for label, column in block.columns.items() if label.isdecimal()}
    rows = _rows(block, cells, body, session, context)
    shares, is_odd = cell_numbers(cells[np.ix_(body, list(scores.values()))])
    is_odd = (is_odd | (shares < 0) | (shares > 100)).any(axis=1)
    is_kept = _check_rows(place, block, rows, shares, is_odd, context, parsed)
    rows, shares = rows[is_kept].reset_index(drop=True), shares[is_kept]
    is_known = _settle(place, block, rows, parsed)
    rows, shares = rows[is_known].reset_index(drop=True), shares[is_known]
    is_first = _check_repeated(place, rows, parsed)
    rows, shares = rows[is_first].reset_index(drop=True), shares[is_first]
    parsed.tables = {"score_distribution": _long(rows, shares, scores)}
    parsed.columns = {
        "score_distribution": {
            name: letters(block.columns[label]) for name, label in SOURCE_COLUMNS.items()
        }
    }
    return parsed


def _session(place: SheetPlace, block: SheetBlock, context: ReadingContext) -> str | None:
    """Return the session of all rows, `None` where each row says its own or is of spring."""
    above = [value for row in place.sheet.cells[block.top : block.header] for value in row]
    days = [date_of(value, place.book.is_1904) for value in above]
    is_autumn = any(map(says_autumn, above)) or any(
        day is not None and day.month >= FIRST_OF_AUTUMN for day in days
    )
    return declared_session(context) or (AUTUMN if is_autumn else None)


def _rows(
    block: SheetBlock,
    cells: np.ndarray,
    body: np.ndarray,
    session: str | None,
    context: ReadingContext,
) -> pd.DataFrame:
    """Return the named columns of each row; what cannot be read is null."""
    said = {label: cells[body, block.columns[label]] for label in NEEDED[:7]}
    own = [
        AUTUMN if any(map(says_autumn, three)) else SPRING
        for three in zip(said["год"], said["класс"], said["предмет"], strict=True)
    ]
    value = said | {
        label: np.array([without_session(cell) for cell in said[label]], dtype=object)
        for label in NEEDED[:3]
    }
    year, _ = cell_numbers(value["год"])
    grade, _ = cell_numbers(value["класс"])
    count, _ = cell_numbers(value["кол-во участников"])
    logins = [(cell_text(cell) or "").lower() or None for cell in value["логин"]]
    names = [cell_text(cell) for cell in value["оо"]]
    areas = [cell_text(cell) for cell in value["муниципалитет"]]
    return pd.DataFrame(
        {
            "row": body,
            "procedure": [session or one for one in own],
            "year": year,
            "grade": grade,
            "subject": [context.subjects.code(cell_text(cell)) for cell in value["предмет"]],
            "count": count,
            "login": logins,
            "name": names,
            "level": [
                _level(*one, context.logins) for one in zip(logins, names, areas, strict=True)
            ],
        }
    )


def _level(login: str | None, name: str | None, area: str | None, logins: Collection[str]) -> str:
    if login:
        return level_of_code(login, logins)
    if area and fold_text(area) == fold_text(name):
        return "municipality"
    return said_level(name) if name else UNSAID


def _settle(
    place: SheetPlace, block: SheetBlock, rows: pd.DataFrame, parsed: ParsedBlock
) -> np.ndarray:
    """Give each row its level, paper by paper; return which rows have one, and tell the rest."""
    for _, paper in rows.groupby(["procedure", "year", "grade", "subject"], sort=False):
        rows.loc[paper.index, "level"] = settled_levels(
            paper["level"].tolist(), paper["count"].to_numpy(float)
        )
    is_known = (rows["level"] != UNKNOWN).to_numpy(bool)
    strange = rows[~is_known]
    parsed.findings += unknown_groups(
        place,
        cells_of(strange["row"], block.columns["оо"]),
        strange["name"].tolist(),
        strange["login"].astype(object).where(strange["login"].notna(), None).tolist(),
        strange["count"].to_numpy(float),
    )
    parsed.reject(strange["row"], NO_KIND)
    return is_known


def _check_rows(
    place: SheetPlace,
    block: SheetBlock,
    rows: pd.DataFrame,
    shares: np.ndarray,
    is_odd: np.ndarray,
    context: ReadingContext,
    parsed: ParsedBlock,
) -> np.ndarray:
    """Return which rows are kept; the rest is set aside, and what is wrong is told.

    `is_odd`: rows with a share that is no number from 0 to 100.
    """
    blocked = rows[["year", "grade", "subject", "count", "name"]].isna().any(axis=1) | is_odd
    # a spring VPR of 2025 belongs to 2024-25, and so does one of autumn 2024
    own = context.school_year.start + (rows["procedure"] == SPRING)
    other = ~blocked & (rows["year"] != own)
    gap = np.abs(np.nansum(shares, axis=1) - 100)
    tolerance = ROUNDING + 0.005 * shares.shape[1]
    off = ~blocked & ~other & (gap > tolerance) & (rows["count"] > 0)
    for mask, check, severity, what in (
        (blocked, "unreadable", "set_aside", "в строке есть пустое или нечитаемое значение"),
        (other, "other_year", "warning", "строка относится к другому учебному году"),
        (off, "percent_sum", "set_aside", "доли в строке не дают 100 %"),
    ):
        wrong = rows.loc[mask, "row"]
        if len(wrong):
            shown = addresses(cells_of(wrong, block.columns["год"]))
            parsed.findings.append(
                place.finding(check, severity, f"{what}: {shown}.", FIX,
                              table="score_distribution", cell=shown, row_count=len(wrong),
                              rows=tuple(int(row) + 1 for row in wrong))
            )  # fmt: skip
        if check != "percent_sum":
            parsed.reject(wrong, what)
    keep = (~blocked & ~other).to_numpy()
    if not keep.any():
        message = f"нет ни одной строки {context.school_year} учебного года."
        parsed.findings.append(place.finding("paper_date", "blocking", message, FIX))
    return keep


def _check_repeated(place: SheetPlace, rows: pd.DataFrame, parsed: ParsedBlock) -> np.ndarray:
    """Return which rows are the first of their group; the others are told and set aside."""
    key = ["procedure", "year", "subject", "grade", "level", "login", "name"]
    is_again = rows.duplicated(key).to_numpy(bool)
    repeated = rows[rows.duplicated(key, keep=False)] if is_again.any() else rows[:0]
    for _, group in repeated.groupby(key, dropna=False, sort=False):
        numbers_ = ", ".join(str(int(row) + 1) for row in group["row"])
        message = f"один и тот же год, предмет, класс и группа повторяются: строки {numbers_}."
        parsed.findings.append(
            place.finding("repeated_group", "set_aside", message, FIX, table="score_distribution",
                          cell=f"A{int(group['row'].iloc[-1]) + 1}", row_count=len(group) - 1,
                          rows=tuple(int(row) + 1 for row in group["row"].iloc[1:]))
        )  # fmt: skip
    parsed.reject(rows.loc[is_again, "row"], "группа повторяется")
    return ~is_again


def _long(rows: pd.DataFrame, shares: np.ndarray, scores: dict[int, int]) -> pd.DataFrame:
    width = len(scores)
    places = np.flatnonzero(~np.isnan(shares.ravel()))
    group, each = places // width, places % width
    is_school = rows["level"] == "school"
    columns = [letters(column) for column in scores.values()]
    return pd.DataFrame(
        {
            "procedure": rows["procedure"].array.take(group),
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
