"""Declared layouts: a table of named columns, which year.yml maps onto a table of ours.

Whether its values can be is for the suites to say (`msoko.validate`): they judge a
table whatever layout filled it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.core.tables import TABLES, ColumnType
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.declared_marks import declared_marks, without_result
from msoko.ingest.layouts.declared_problems import FIX, PUPIL, declaration_problems
from msoko.ingest.layouts.declared_schools import SchoolRows
from msoko.ingest.layouts.declared_words import days, is_same, nothing_selected, truths
from msoko.ingest.layouts.file_entry import FileEntry, RowsEntry
from msoko.ingest.sheets.cells import (
    address,
    cell_numbers,
    cell_texts,
    letters,
)
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of, filled_rows

Cells = list[tuple[int, int]]


def read_declared(
    book: RawBook, entry: FileEntry, context: ReadingContext
) -> list[tuple[RawSheet, ParsedBlock]]:
    """Return each sheet that the entry speaks of (all, unless it names one) and what it became."""
    found = []
    for sheet in book.sheets:
        if sheet.is_hidden or not sheet.cells or entry.sheet not in (None, sheet.name):
            continue
        found.append((sheet, _DeclaredSheet(SheetPlace(book, sheet), entry, context).read()))
    return found


class _DeclaredSheet(SchoolRows):
    """One sheet under one entry of year.yml."""

    def read(self) -> ParsedBlock:
        """Return the table that the sheet becomes, or what it or the declaration lacks."""
        body = filled_rows(self.cells[self.header + 1 :]) + self.header + 1
        self.parsed.rows_in = len(body)
        cells = self.cells[self.header :] if self.columns else self.cells[:0]
        problems = declaration_problems(self.entry, self.words, cells)
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

    def _fill(self, schools: pd.DataFrame) -> None:
        pieces, bad_rows = [], set()
        for rows in self.entry.rows:
            piece, bad = self._piece(rows, schools)
            pieces.append(piece)
            bad_rows |= {row for row, _ in bad}
            self._tell("unreadable", "set_aside", "значение пусто или не число", FIX, bad)
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
                frame[name] = self._words(name, index, column)
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

    def _words(self, name: str, index: np.ndarray, column: int) -> list:
        """Return the words of a column: pseudonyms of pupils, truth, days, or the text itself."""
        kind = TABLES[self.table].columns[name]
        words = cell_texts(self.cells[index, column])
        if name == PUPIL:  # as the project's own forms make it
            return [word and self.context.pseudonym("person", word) for word in words]
        if kind not in ("bool", "date"):
            return words
        is_1904 = self.place.book.is_1904
        values = truths(words) if kind == "bool" else days(self.cells[index, column], is_1904)
        wrong = np.array([value is None for value in values], dtype=bool)
        if self.entry.blanks != "refuse":
            wrong &= np.array([word is not None for word in words], dtype=bool)
        self.strange_rows |= set(index[wrong])
        what = f"значение пусто или не {'«да» и не «нет»' if kind == 'bool' else 'дата'}"
        self._tell("unreadable", "set_aside", what, FIX, cells_of(index[wrong], column))
        return values

    def _finish_results(self, frame: pd.DataFrame, rows: RowsEntry) -> None:
        """Say who was absent where the file does not, and judge marks by their scale."""
        absent = frame.get("is_absent", pd.Series(None, index=frame.index, dtype=object))
        frame["is_absent"] = absent.where(absent.notna(), without_result(frame)).astype(bool)
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
        self._tell("declared_words", "set_aside", what.rstrip("."), FIX, cells_of(index, column))

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


def constant(value: str, kind: ColumnType) -> object:
    """Return a constant of year.yml as its column's type."""
    if kind in ("int", "float"):
        return float(value.replace(",", "."))
    return value.lower() in ("true", "да", "yes") if kind == "bool" else value
