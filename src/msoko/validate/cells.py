"""From rows of a table back to the cells of the file they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from msoko.validate.outcome import LOCATORS

RUN_LIMIT = 200
"""At most so many separate cell ranges per check, sheet and school are listed one by one."""


@dataclass(frozen=True)
class Place:
    """Cells that one finding is about. `cell` is `K12`, `K12:K40`, or `12:40` for whole rows.

    All three are empty where the table's rows have no source, as in a comparison of
    years: then `about` may say which paper it is.
    """

    file: str | None
    sheet: str | None
    cell: str | None
    school_id: str | None
    row_count: int
    form: str | None = None
    about: str | None = None


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
    """Return, by source, the letter of the first known column."""
    own = source_columns[source_columns["table"] == table]
    letters: dict[str, str] = {}
    for column in columns:
        rows = own[own["column"] == column]
        for source, letter in zip(rows["source_id"], rows["source_column"], strict=True):
            letters.setdefault(source, letter)
    return letters


def places(located: pd.DataFrame) -> Iterator[Place]:
    """Yield one place per unbroken range of cells of a sheet, school by school.

    After `RUN_LIMIT` ranges the rest of a school's rows in a sheet are one place
    without a cell: nobody corrects two hundred places by a list.
    """
    keys = ["file", "sheet", "letter", "school_id", "form", "about"]
    filled = located.assign(**{key: located[key].fillna("") for key in keys})
    for (file, sheet, letter, school, form, about), group in filled.groupby(keys, sort=True):
        where = (file or None, sheet or None)
        what = (form or None, about or None)
        runs = _runs(group["row"].dropna().astype(int))
        for first, last in runs[:RUN_LIMIT]:
            cell = _cell(letter, first, last) if file else None
            yield Place(*where, cell, school or None, last - first + 1, *what)
        rest = sum(last - first + 1 for first, last in runs[RUN_LIMIT:])
        rest += int(group["row"].isna().sum())
        if rest:
            yield Place(*where, None, school or None, rest, *what)


def _runs(rows: pd.Series) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _cell(letter: str, first: int, last: int) -> str:
    start, end = f"{letter}{first}", f"{letter}{last}"
    return start if letter and first == last else f"{start}:{end}"
