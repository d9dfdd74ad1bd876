"""From rows of a table back to the cells of the file they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from msoko.validate.suites.suite_outcome import LOCATORS

PLACE_LIMIT = 500
"""At most so many separate cell ranges of one check in one sheet are listed one by one."""


@dataclass(frozen=True)
class SourceCells:
    """Cells that one finding is about. `cell` is `K12`, `K12:K40`, or `12:40` for whole rows.

    All three are empty where the table's rows have no source, as in a comparison of
    years: then `about` may say which paper it is. `shown` are cells that the words of a
    finding about a whole sheet name: each of them is its reader's to tell.
    """

    file: str | None
    sheet: str | None
    cell: str | None
    school_id: str | None
    row_count: int
    form: str | None = None
    about: str | None = None
    shown: str = ""


def locate(
    rows: pd.DataFrame,
    table: str,
    columns: Sequence[str],
    sources: pd.DataFrame,
    source_columns: pd.DataFrame,
) -> pd.DataFrame:
    """Return for each row its `file`, `sheet`, `letter`, `row`, `school_id`, `form` and `about`.

    The letter is the row's own `source_column` where the table keeps one, else the
    first of `columns` whose place in the source is known, else empty: the whole row.
    """
    placed = rows.reset_index(drop=True)
    for name in LOCATORS:
        if name not in placed:
            placed[name] = None
    known = sources.drop_duplicates("source_id").set_index("source_id")
    letters = _letters(table, columns, source_columns)
    letter = placed["source_id"].map(letters) if columns else pd.Series(None, placed.index, object)
    return pd.DataFrame(
        {
            "file": placed["source_id"].map(known["file"]).astype(object),
            "sheet": placed["source_id"].map(known["sheet"]).astype(object),
            "letter": placed["source_column"].astype(object).fillna(letter).astype(object),
            "row": pd.to_numeric(placed["source_row"]).astype("Int64"),
            "school_id": placed["school_id"].astype(object),
            "form": placed["form"].astype(object),
            "about": placed["about"].astype(object),
        }
    )


def _letters(table: str, columns: Sequence[str], source_columns: pd.DataFrame) -> dict[str, str]:
    """Return, by source, the letter of the first known column.

    A column that was gathered from several (`E G I`) has no one place: its row stands.
    """
    own = source_columns[source_columns["table"] == table]
    letters: dict[str, str] = {}
    for column in columns:
        rows = own[own["column"] == column]
        for source, letter in zip(rows["source_id"], rows["source_column"], strict=True):
            if letter.isalpha():
                letters.setdefault(source, letter)
    return letters


KEYS = ["file", "sheet", "letter", "school_id", "form", "about"]


def places(located: pd.DataFrame) -> Iterator[SourceCells]:
    """Yield one place per unbroken range of cells of a sheet, school by school.

    After `PLACE_LIMIT` ranges in a sheet its other rows are one place without a cell
    and a school: so many faults are the fault of the file, and nobody goes down a list.
    """
    filled = located.assign(**{key: located[key].fillna("") for key in KEYS})
    ordered = filled.sort_values([*KEYS, "row"], kind="stable", na_position="last")
    same = (ordered[KEYS] == ordered[KEYS].shift()).all(axis=1)
    step = ordered["row"].diff().fillna(0 if ordered["row"].isna().all() else 1)
    begins = ~(same & step.isin([0, 1]))
    ranges = ordered.groupby(begins.cumsum(), sort=False).agg(
        **{key: (key, "first") for key in KEYS},
        first=("row", "min"),
        last=("row", "max"),
        row_count=("row", "size"),
    )
    place_in_sheet = ranges.groupby(["file", "sheet"]).cumcount()
    for one in ranges[place_in_sheet < PLACE_LIMIT].itertuples():
        cell = None if not one.file or pd.isna(one.first) else _cell(one)
        shown = (one.school_id or None, one.row_count, one.form or None, one.about or None)
        yield SourceCells(one.file or None, one.sheet or None, cell, *shown)
    rest = ranges[place_in_sheet >= PLACE_LIMIT].groupby(["file", "sheet"])["row_count"].sum()
    for (file, sheet), row_count in rest.items():
        yield SourceCells(file or None, sheet or None, None, None, int(row_count))


CELLS_SHOWN = 12
"""At most so many cells of a sheet are named in one finding about all its rows."""


def sheets(located: pd.DataFrame) -> Iterator[SourceCells]:
    """Yield one place per sheet that rows lead to, the first of whose cells it shows."""
    known = located.dropna(subset=["file", "row"])
    filled = known.assign(**{key: known[key].fillna("") for key in ("sheet", "letter")})
    for (file, sheet), rows in filled.sort_values("row").groupby(["file", "sheet"]):
        pairs = zip(rows["letter"], rows["row"], strict=True)
        cells = list(dict.fromkeys(f"{letter}{row}" for letter, row in pairs))
        rest = len(cells) - CELLS_SHOWN
        shown = ", ".join(cells[:CELLS_SHOWN]) + (f" и ещё {rest}" if rest > 0 else "")
        if not all(rows["letter"]):
            shown = f"{rows['row'].min()}:{rows['row'].max()}"
        yield SourceCells(str(file), sheet or None, None, None, len(rows), shown=shown)


def _cell(one: Any) -> str:
    start, end = f"{one.letter}{one.first}", f"{one.letter}{one.last}"
    return start if one.letter and start == end else f"{start}:{end}"


def cells_named(cell: str | None) -> str:
    """Return how a sentence names the cells of a finding; empty without any."""
    if not cell:
        return ""
    if cell[0].isdigit():
        first, _, last = cell.partition(":")
        return f"строка {first}" if first == last else f"строки {first}–{last}"
    is_one = not any(sign in cell for sign in ":, ")
    return f"ячейка {cell}" if is_one else f"ячейки {cell}"
