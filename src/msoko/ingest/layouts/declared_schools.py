"""Which school each row of a declared sheet is of, and rows of one school that repeat."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from msoko.core.tables import TABLES
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.declared_problems import FIX, wanted_columns
from msoko.ingest.layouts.declared_values import DeclaredValues
from msoko.ingest.layouts.declared_words import DeclaredWords
from msoko.ingest.layouts.file_entry import FileEntry, SchoolColumns
from msoko.ingest.layouts.header_columns import HeaderColumns
from msoko.ingest.sheets.cells import cell_texts, grid
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of

MOST_NAMED = 20
REJECTED = (
    "Эти строки отложены и не учтены, как сказано в year.yml (duplicates: set_aside). Чтобы учесть "
    "их, различите школы: запишите правку в corrections.yml."
)
TWICE = "одна и та же школа записана в нескольких строках"
COPIED = "строка школы повторена слово в слово, учтена одна"
MOST_DOUBTED = 0.5
"""Where more schools than this share are doubtful, the file is doubled, not its schools."""


class SchoolRows:
    """A sheet under an entry of year.yml, and the schools that its rows name."""

    def __init__(self, place: SheetPlace, entry: FileEntry, context: ReadingContext) -> None:
        self.place = place
        self.entry = entry
        self.context = context
        self.table = entry.table or ""
        self.school = entry.school or SchoolColumns()
        self.key = self.school.key or tuple(filter(None, (self.school.id or self.school.code,)))
        self.words = DeclaredWords(self.table, context)
        self.cells = grid(place.sheet.cells)
        self.header = entry.header_row - 1
        self.headings = HeaderColumns(place.sheet.cells, self.header, entry.header_rows)
        self.values = DeclaredValues(entry, context.subjects, place.book.is_1904)
        self.parsed = ParsedBlock(paper={"declared": True})
        self.strange_rows: set[int] = set()
        self.told: set[tuple[int, int]] = set()
        self.unread: dict[str, list[tuple[int, int]]] = {}

    def _column(self, name: str) -> int:
        return self.headings.column(name)

    def _named_schools(self, rows: np.ndarray) -> pd.DataFrame:
        """Return row, school_id or school_code, and what is known of the school."""
        school = self.school

        def words(name: str | None) -> list[str | None]:
            return cell_texts(self.cells[rows, self._column(name)]) if name else [None] * len(rows)

        parts = [words(name) for name in self.key]
        keys = ["\x1f".join(part or "" for part in row) for row in zip(*parts, strict=True)]
        frame = pd.DataFrame(
            {
                "row": rows,
                "key": keys,
                "school_id": [short_hash(one) for one in keys] if school.key else words(school.id),
                "school_code": words(school.code),
                "name": words(school.name),
                "kind": school.kind,
                "location": words(school.location),
                "school_type": school.school_type,
            }
        )
        return self._without_doubtful(frame, self._column(self.key[0]))

    def _distinct(self) -> list[str]:
        """Return the columns of the file that tell the rows of one school apart."""
        key = TABLES[self.table].key
        named = [
            title
            for rows in self.entry.row_sets
            for name, title in rows.columns.items()
            if name in key
        ]
        return list(dict.fromkeys(named))

    def _without_doubtful(self, frame: pd.DataFrame, column: int) -> pd.DataFrame:
        """Return the rows whose school is named and named once; the others are set aside.

        Where one key stands twice there is no telling which school is which: either
        the run stops, or (`duplicates: set_aside`) both rows are set aside; of rows equal
        in all that is read one is kept. A file that is mostly doubtful stops the run.
        Rows that the table's key tells apart (pupils, subjects) may be of one school.
        """
        blank = (frame["key"].str.strip("\x1f") == "").to_numpy(bool)
        is_copy, repeated = self._copies(frame, blank)
        is_most = frame.loc[repeated, "key"].nunique() > MOST_DOUBTED * frame["key"].nunique()
        is_strict = self.entry.duplicates == "refuse" or is_most
        severity, action = ("blocking", FIX) if is_strict else ("warning", REJECTED)
        named = ", ".join(f"«{title}»" for title in self._distinct())
        twice = f"школа и {named} повторяются в нескольких строках" if named else TWICE
        for mask, check, level, what, advice in (
            (blank, "no_school", "set_aside", "в строке не названа школа", FIX),
            (repeated, "repeated_school", severity, twice, action),
            (is_copy, "repeated_school", "warning", COPIED, ""),
        ):
            rows = frame.loc[mask, "row"]
            self.parsed.reject(rows, what)
            shown = what + _listed(frame.loc[mask, "key"])
            self._tell(check, level, shown, advice, cells_of(rows, column))
        return frame[~blank & ~repeated & ~is_copy].reset_index(drop=True)

    def _copies(self, frame: pd.DataFrame, blank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which rows copy an earlier one, and which share their key with another row."""
        whole = self._read_words(frame, self._distinct())
        is_copy = np.zeros(len(frame), dtype=bool)
        if self.entry.duplicates == "set_aside" and whole.duplicated().any():
            read = self._read_words(frame, wanted_columns(self.entry))
            is_copy = read.duplicated().to_numpy(bool) & ~blank
        shared = whole[~is_copy].duplicated(keep=False)
        return is_copy, shared.reindex(frame.index, fill_value=False).to_numpy(bool) & ~blank

    def _read_words(self, frame: pd.DataFrame, titles: list[str]) -> pd.DataFrame:
        """Return the key of each row beside the words of the columns so titled."""
        rows = frame["row"].to_numpy(int)
        columns = dict.fromkeys(self._column(title) for title in titles)
        read = {one: cell_texts(self.cells[rows, one]) for one in columns}
        return pd.DataFrame({"key": frame["key"], **read})

    def _tell(
        self, check: str, severity: str, what: str, action: str, cells: list[tuple[int, int]]
    ) -> None:
        self.parsed.findings += self.place.cell_findings(
            check, severity, what, action, cells, table=self.entry.table
        )


def _listed(keys: pd.Series) -> str:
    """Return « (ключ; ключ …)» for the first of the keys, in their order; nothing for no key."""
    words = [", ".join(key.split("\x1f")) for key in dict.fromkeys(keys) if key.strip("\x1f")]
    if not words:
        return ""
    rest = f" и ещё {len(words) - MOST_NAMED}" if len(words) > MOST_NAMED else ""
    return f" ({'; '.join(words[:MOST_NAMED])}{rest})"


def short_hash(key: str) -> str:
    """Return a stable school id of twelve hex digits, after the parts of its key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]
