"""Declared layouts: a table of named columns, which year.yml maps onto a table of ours.

Whether its values can be is for the suites to say (`msoko.validate`): they judge a
table whatever layout filled it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.core.tables import TABLES, ColumnType
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.declared_marks import declared_marks, without_result
from msoko.ingest.layouts.declared_problems import FIX, declaration_problems
from msoko.ingest.layouts.declared_words import DeclaredWords, is_same, nothing_selected
from msoko.ingest.layouts.file_entry import FileEntry, RowsEntry, SchoolColumns
from msoko.ingest.sheets.cells import (
    address,
    cell_numbers,
    cell_texts,
    grid,
    header_label,
    header_labels,
    letters,
)
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of, filled_rows

MOST_NAMED = 20
REJECTED = (
    "Эти строки отложены и не учтены, как сказано в year.yml (duplicates: set_aside). Чтобы учесть "
    "их, различите школы: запишите правку в corrections.yml."
)
Cells = list[tuple[int, int]]


def read_declared(
    book: RawBook, entry: FileEntry, context: ReadingContext
) -> list[tuple[RawSheet, ParsedBlock]]:
    """Return each sheet that the entry speaks of (all, unless it names one) and what it became."""
    found = []
    for sheet in book.sheets:
        if sheet.is_hidden or not sheet.cells or entry.sheet not in (None, sheet.name):
            continue
        found.append((sheet, _DeclaredSheet(SheetPlace(book, sheet), entry).read(context)))
    return found


class _DeclaredSheet:
    """One sheet under one entry of year.yml."""

    def __init__(self, place: SheetPlace, entry: FileEntry) -> None:
        self.place = place
        self.entry = entry
        self.table = entry.table or ""
        self.school = entry.school or SchoolColumns()
        self.cells = grid(place.sheet.cells)
        self.header = entry.header_row - 1
        is_there = self.header < len(place.sheet.cells)
        self.columns = header_labels(place.sheet.cells[self.header]) if is_there else {}
        self.parsed = ParsedBlock(paper={"declared": True})
        self.strange_rows: set[int] = set()

    def read(self, context: ReadingContext) -> ParsedBlock:
        """Return the table that the sheet becomes, or what it or the declaration lacks."""
        self.context = context
        self.words = DeclaredWords(self.table, context)
        body = filled_rows(self.cells[self.header + 1 :]) + self.header + 1
        self.parsed.rows_in = len(body)
        headings = self.place.sheet.cells[self.header] if self.columns else ()
        problems = declaration_problems(self.entry, self.words, headings)
        for problem in problems:
            self._tell_declaration("declared_columns", problem)
        if problems:
            self.parsed.reject(body, "столбцы не соответствуют year.yml")
            return self.parsed
        if not len(body):
            self._tell_declaration("declared_rows", "под строкой заголовка нет ни одной строки.")
        selected = self._selected(body)
        if len(selected):
            self._fill(self._named_schools(selected))
        return self.parsed

    def _tell_declaration(self, check: str, problem: str) -> None:
        message, cell = f"{self.entry.place}: {problem}", address(self.header, 0)
        table = self.table if self.table in TABLES else None
        self.parsed.findings.append(
            self.place.finding(check, "blocking", message, FIX, cell=cell, table=table)
        )

    def _column(self, name: str) -> int:
        return self.columns[header_label(name)]

    def _selected(self, body: np.ndarray) -> np.ndarray:
        """Return the rows that have the values asked for; the others are set aside."""
        is_kept = np.ones(len(body), dtype=bool)
        shown = {
            name: cell_texts(self.cells[body, self._column(name)]) for name in self.entry.where
        }
        for name, value in self.entry.where.items():
            is_kept &= np.array([is_same(word, value) for word in shown[name]], dtype=bool)
        if len(body) and not is_kept.any():
            self._tell_declaration("declared_where", nothing_selected(self.entry.where, shown))
        self.parsed.reject(body[~is_kept], "не отобрана условием where")
        return body[is_kept]

    def _named_schools(self, rows: np.ndarray) -> pd.DataFrame:
        """Return row, school_id or school_code, and what is known of the school."""
        school = self.school

        def words(name: str | None) -> list[str | None]:
            return cell_texts(self.cells[rows, self._column(name)]) if name else [None] * len(rows)

        key = school.key or tuple(filter(None, (school.id or school.code,)))
        parts = [words(name) for name in key]
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
        return self._without_doubtful(frame, self._column(key[0]))

    def _distinct(self) -> list[str]:
        """Return the columns of the file that tell the rows of one school apart."""
        key = TABLES[self.table].key
        named = [
            title for rows in self.entry.rows for name, title in rows.columns.items() if name in key
        ]
        return list(dict.fromkeys(named))

    def _without_doubtful(self, frame: pd.DataFrame, column: int) -> pd.DataFrame:
        """Return the rows whose school is named and named once; the others are set aside.

        Where one key stands twice there is no telling which school is which: either
        the run stops, or (`duplicates: set_aside`) both rows are set aside. Rows that the
        table's key tells apart (pupils, subjects) may be of one school.
        """
        blank = (frame["key"].str.strip("\x1f") == "").to_numpy(bool)
        whole = frame[["key"]].copy()
        for title in self._distinct():
            whole[title] = cell_texts(self.cells[frame["row"], self._column(title)])
        repeated = whole.duplicated(keep=False).to_numpy(bool) & ~blank
        twice = "одна и та же школа записана в нескольких строках"
        if len(whole.columns) > 1:
            named = ", ".join(f"«{title}»" for title in whole.columns[1:])
            twice = f"школа и {named} повторяются в нескольких строках"
        is_strict = self.entry.duplicates == "refuse"
        severity, action = ("blocking", FIX) if is_strict else ("warning", REJECTED)
        for mask, check, level, what, advice in (
            (blank, "no_school", "blocking", "в строке не названа школа", FIX),
            (repeated, "repeated_school", severity, twice, action),
        ):
            rows = frame.loc[mask, "row"]
            self.parsed.reject(rows, what)
            shown = what + _listed(frame.loc[mask, "key"])
            self._tell(check, level, shown, advice, cells_of(rows, column))
        return frame[~blank & ~repeated].reset_index(drop=True)

    def _tell(self, check: str, severity: str, what: str, action: str, cells: Cells) -> None:
        self.parsed.findings += self.place.cell_findings(
            check, severity, what, action, cells, table=self.entry.table
        )

    def _fill(self, schools: pd.DataFrame) -> None:
        pieces, bad_rows = [], set()
        for rows in self.entry.rows:
            piece, bad = self._piece(rows, schools)
            pieces.append(piece)
            bad_rows |= {row for row, _ in bad}
            self._tell("unreadable", "blocking", "значение пусто или не число", FIX, bad)
        frame = pd.concat(pieces, ignore_index=True).sort_values("source_row", kind="stable")
        bad_rows |= self.strange_rows
        is_bad = frame["source_row"].isin([row + 1 for row in bad_rows])
        self.parsed.reject(sorted(bad_rows), "в строке есть нечитаемое значение")
        self.parsed.tables = {self.table: frame[~is_bad].reset_index(drop=True)}
        if self.school.code is None:
            known = schools[~schools["row"].isin(bad_rows)]
            self.parsed.tables["schools"] = known.assign(source_row=known["row"] + 1)[
                ["school_id", "name", "kind", "school_type", "location", "source_row"]
            ]
        self.parsed.columns = {self.table: self._source_columns()}

    def _source_columns(self) -> dict[str, str]:
        """Return where each column stood; several letters where several sets of rows."""
        named: dict[str, list[str]] = {}
        for rows in self.entry.rows:
            for name, column in rows.columns.items():
                named.setdefault(name, []).append(letters(self._column(column)))
        return {name: " ".join(dict.fromkeys(found)) for name, found in named.items()}

    def _piece(self, rows: RowsEntry, schools: pd.DataFrame) -> tuple[pd.DataFrame, Cells]:
        """Return one set of rows, and the cells that cannot be read."""
        types = TABLES[self.table].columns
        index = schools["row"].to_numpy(int)
        frame = pd.DataFrame(
            {
                "school_id": schools["school_id"],
                "school_code": schools["school_code"],
                "school_name": schools["name"],
                "source_row": index + 1,
            }
        )
        constants = {**self.entry.constant, **rows.constant}
        for name, value in constants.items():
            frame[name] = constant(value, types[name])
        bad: Cells = []
        is_blank = np.zeros(len(frame), dtype=bool)
        for name, title in rows.columns.items():
            column = self._column(title)
            if types[name] not in ("int", "float"):
                frame[name] = cell_texts(self.cells[index, column])
                self._check_words(name, frame, constants, column)
                continue
            values, wrong = self._numbers(index, column, types[name])
            is_blank |= np.isnan(values) & ~wrong
            bad += cells_of(index[wrong], column)
            frame[name] = values
        first = letters(self._column(next(iter(rows.columns.values()))))
        implied = {"is_suppressed": is_blank, "source_column": first,
                   "group_name": schools["name"], "group_level": "school"}  # fmt: skip
        for name, value in implied.items():
            if name in types and name not in frame:
                frame[name] = value
        if self.table == "results":
            self._finish_results(frame, rows)
        return frame, bad

    def _finish_results(self, frame: pd.DataFrame, rows: RowsEntry) -> None:
        """Say who was absent where the file does not, and judge marks by their scale."""
        if "is_absent" not in frame:
            frame["is_absent"] = without_result(frame)
        if "mark" in rows.columns:
            column = self._column(rows.columns["mark"])
            self.parsed.findings += declared_marks(self.place, self.context, frame, column, FIX)

    def _check_words(
        self, name: str, frame: pd.DataFrame, constants: Mapping[str, str], column: int
    ) -> None:
        """Tell the words of a column that the registry knows not, and set their rows aside."""
        faults = self.words.faults(name, frame[name], constants.get("form"))
        if not faults:
            return
        index = frame.loc[frame[name].isin(list(faults)), "source_row"] - 1
        self.strange_rows |= set(index)
        what = " ".join(faults.values())
        self._tell("declared_words", "blocking", what.rstrip("."), FIX, cells_of(index, column))

    def _numbers(
        self, index: np.ndarray, column: int, kind: ColumnType
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of a column, and which of them cannot be taken."""
        values, wrong = cell_numbers(self.cells[index, column])
        is_missing = np.isnan(values)
        if self.entry.blanks == "refuse":
            wrong = wrong | is_missing
        if kind == "int":
            wrong = wrong | (~is_missing & (values % 1 != 0))
        return values, wrong


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


def constant(value: str, kind: ColumnType) -> object:
    """Return a constant of year.yml as its column's type."""
    if kind in ("int", "float"):
        return float(value.replace(",", "."))
    return value.lower() in ("true", "да", "yes") if kind == "bool" else value
