"""Rows that two blocks share: equal ones are used once, differing ones are told cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from msoko.core.tables import TABLES
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.placed_blocks import ONE_COPY, PlacedBlock

REPEATED = "такая же строка уже прочитана из другого файла"
RIGHT_COPY = "Оставьте верный файл, другой удалите из папки года."
REPEATABLE = (
    "results", "mark_shares", "journal_comparison", "score_distribution", "task_performance",
    "school_results", "appeals", "monitoring", "olympiad", "surveys", "roadmap_returns",
)  # fmt: skip
PLACE = ["source_id", "source_row", "source_column"]
FIRST = "_first"
MOST_CELLS = 10


@dataclass
class RepeatedRows:
    """What a pair of files has in common: rows alike, and the cells in which others differ."""

    first: PlacedBlock
    other: PlacedBlock
    rows: set[tuple[str, int]] = field(default_factory=set)
    unlike: set[tuple[str, int]] = field(default_factory=set)
    cells: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not self.cells

    @property
    def alike(self) -> int:
        return len(self.rows - self.unlike)

    @property
    def finding(self) -> Finding:
        """Return the one line that says so; within one file it stops the run."""
        is_apart = self.first.file != self.other.file
        severity = "warning" if is_apart and self.is_equal else "blocking"
        what = f"файл повторяет «{self.first.file}»" if is_apart else (
            f"блок повторяет содержание другого блока: {self.first.shown}; {self.other.shown}"
        )  # fmt: skip
        told = [f"одинаковых строк – {self.alike}, они учтены один раз"]
        if self.cells:
            more = len(self.cells) - MOST_CELLS
            rest = f" и ещё {more}" if more > 0 else ""
            told.insert(0, f"различия: {'; '.join(self.cells[:MOST_CELLS])}{rest}")
        return Finding(
            "repeated_block", severity, f"{what}; {'; '.join(told)}.",
            ONE_COPY if self.is_equal else RIGHT_COPY, file=self.other.file, row_count=self.alike,
        )  # fmt: skip


class RowRepeats:
    """Gathers, table by table, the rows that stand in more than one block."""

    def __init__(self, placed: Sequence[PlacedBlock]) -> None:
        self.blocks = {one.source_id: one for one in placed}
        self.pairs: dict[tuple[str, str], RepeatedRows] = {}
        self.whole: set[str] = set()
        self._replaced = pd.DataFrame()

    def take_out(self, frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the table's rows without those that another block gave before, and these."""
        if name == "task_scores":
            return self._without_points(frame)
        if name not in REPEATABLE or frame["source_id"].nunique() < 2:
            return frame, frame.iloc[:0]
        key = _key(frame, name)
        values = [one for one in TABLES[name].columns if one in frame and one not in (*key, *PLACE)]
        shared = frame[frame.duplicated(key, keep=False) & frame[_persons(key)].notna().all(axis=1)]
        if name != "results" and "group_level" in frame:
            shared = shared[shared["group_level"] == "school"]
        both = self._beside_first(shared, key)
        if both.empty:
            return frame, frame.iloc[:0]
        self._tell(both, values, name)
        counts = both.groupby("source_id").size()
        everything = frame if name == "results" or "group_level" not in frame else (
            frame[frame["group_level"] == "school"]
        )  # fmt: skip
        sizes = everything.groupby("source_id").size()
        self.whole.update(one for one, count in counts.items() if count == sizes[one])
        if name == "results":
            self._replaced = both
        is_gone = frame.index.isin(both["index"])
        return frame[~is_gone], frame[is_gone]

    def _beside_first(self, shared: pd.DataFrame, key: list[str]) -> pd.DataFrame:
        """Return the rows of later blocks beside the row that came first, of the shortest name."""
        files = {one: (len(block.file), block.file) for one, block in self.blocks.items()}
        order = {one: place for place, one in enumerate(sorted(files, key=files.__getitem__))}
        ranked = shared.reset_index().sort_values(
            "source_id", key=lambda ids: ids.map(order), kind="stable"
        )
        both = ranked.merge(ranked.drop_duplicates(key), on=key, suffixes=("", FIRST))
        return both[both["source_id"] != both[f"source_id{FIRST}"]]

    def _tell(self, both: pd.DataFrame, values: Sequence[str], name: str) -> None:
        compared = {one: _differs(both[one], both[one + FIRST]) for one in values}
        differs = pd.DataFrame(compared, index=both.index)
        is_other = differs.any(axis=1)
        for (first, other), rows in both.groupby([f"source_id{FIRST}", "source_id"], sort=False):
            pair = self._pair(first, other)
            unlike = rows[is_other.loc[rows.index]]
            pair.rows |= _sheet_rows(rows)
            pair.unlike |= _sheet_rows(unlike)
            pair.cells += self._cells(unlike, differs, name)

    def _pair(self, first: str, other: str) -> RepeatedRows:
        blocks = self.blocks[first], self.blocks[other]
        return self.pairs.setdefault(tuple(one.file for one in blocks), RepeatedRows(*blocks))

    def _cells(self, rows: pd.DataFrame, differs: pd.DataFrame, name: str) -> Iterator[str]:
        for index, row in rows.iterrows():
            block = self.blocks[row["source_id"]]
            for column in differs.columns[differs.loc[index]]:
                letter = row.get("source_column") or _letter(block, name, column)
                place = f"{letter}{row['source_row']}" if letter else f"строка {row['source_row']}"
                sheet = f"лист «{block.sheet}», " if block.sheet else ""
                was, now = row[column + FIRST], row[column]
                yield f"{sheet}{place}{_numbers(was, now)}"

    def _without_points(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Take out the points of the results that were taken out; tell those that differ."""
        if self._replaced.empty:
            return frame, frame.iloc[:0]
        rows = ["source_id", "source_row"]
        moved = self._replaced[[*rows, *(one + FIRST for one in rows)]]
        gone = frame.reset_index().merge(moved, on=rows)
        first = frame.rename(columns={one: one + FIRST for one in (*rows, "score")})
        key = [*(one + FIRST for one in rows), "task"]
        both = gone.merge(first[[*key, f"score{FIRST}"]], on=key)
        differs = both[_differs(both["score"], both[f"score{FIRST}"])]
        for (one, other), unlike in differs.groupby([f"source_id{FIRST}", "source_id"], sort=False):
            pair = self._pair(one, other)
            pair.unlike |= _sheet_rows(unlike)
            marks = pd.DataFrame(True, index=unlike.index, columns=["score"])
            pair.cells += self._cells(unlike, marks, "task_scores")
        is_gone = frame.index.isin(gone["index"])
        return frame[~is_gone], frame[is_gone]

    def findings(self) -> list[Finding]:
        """Return a line for each pair of files that share rows.

        What a reader said of a block that only repeats another is not said again, but for the
        rows it set aside: these are not lost where the other block has them.
        """
        for source in self.whole:
            parsed = self.blocks[source].parsed
            parsed.findings = [one for one in parsed.findings if one.severity == "set_aside"]
            parsed.lost_rows.clear()
        return [pair.finding for pair in self.pairs.values()]

    def explains(self, first: PlacedBlock, other: PlacedBlock) -> bool:
        """Return whether two blocks are alike because one of them wholly repeats another."""
        return first.source_id in self.whole or other.source_id in self.whole


def _sheet_rows(rows: pd.DataFrame) -> set[tuple[str, int]]:
    return set(zip(rows["source_id"], rows["source_row"].astype(int), strict=True))


def _key(frame: pd.DataFrame, name: str) -> list[str]:
    own = [*TABLES[name].key, "day", "school_id"]
    return [one for one in dict.fromkeys(own) if one in frame]


def _persons(key: Sequence[str]) -> list[str]:
    return [one for one in ("pupil_id", "school_id") if one in key]


def _differs(one: pd.Series, other: pd.Series) -> np.ndarray:
    left, right = one.astype(object), other.astype(object)
    is_same = (left == right) | (left.isna() & right.isna())
    return ~is_same.to_numpy(bool)


def _letter(block: PlacedBlock, table: str, column: str) -> str:
    letter = block.parsed.columns.get(table, {}).get(column, "")
    return letter if letter.isalpha() else ""


def _numbers(was: object, now: object) -> str:
    """Return both values where they are numbers; words may be names, and are not told."""
    shown = [
        "пусто" if pd.isna(one) else f"{one:g}"
        for one in (was, now)
        if pd.isna(one) or isinstance(one, int | float | np.number)
    ]
    return f": {shown[0]} и {shown[1]}" if len(shown) == 2 else ""


def rows_wholly_gone(gone: pd.DataFrame, kept: pd.DataFrame) -> list[tuple[str, int, str]]:
    """Return the sheet rows of which nothing is kept, for the table `set_aside`."""
    if gone.empty:
        return []
    rows = ["source_id", "source_row"]
    left = pd.MultiIndex.from_frame(kept[rows])
    pairs = gone[rows].drop_duplicates()
    is_gone = ~pd.MultiIndex.from_frame(pairs).isin(left)
    return [(one, int(row), REPEATED) for one, row in pairs[is_gone].itertuples(index=False)]
