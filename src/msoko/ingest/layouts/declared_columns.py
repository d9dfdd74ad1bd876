"""Declared layouts: a table of named columns, which year.yml maps onto a table of ours.

Whether its values can be is for the suites to say (`msoko.validate`): they judge a
table whatever layout filled it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from msoko.core.tables import TABLES
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.declared_marks import declared_marks, without_result
from msoko.ingest.layouts.declared_problems import FIX, PUPIL, declaration_problems
from msoko.ingest.layouts.declared_schools import SchoolRows
from msoko.ingest.layouts.declared_values import (
    NUMBERS,
    ColumnValues,
    are_shares,
    beyond,
    beyond_words,
    constant,
    unknown_words,
    unread_words,
)
from msoko.ingest.layouts.file_entry import FileEntry, RowsEntry
from msoko.ingest.layouts.row_choice import chosen, never_met, nothing_selected
from msoko.ingest.sheets.cells import address, letters
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of, filled_rows

OUTCOMES = ("mean_score", "success_count", "success_percent")
OF_SCHOOLS = ("name", "kind", "school_type", "location")
TRANSLATE = "Слова файла переводит в коды ключ codes."
CODES = "Допишите слова в codes или отберите строки условием where."
SHARES = "Если это доли единицы, допишите factors: {столбец: 100}, если проценты – limits."
LIMITS = "Исправьте limits в year.yml или файл."


class Lacking:
    """Which rows have a value hidden, somebody absent, or a word in place of a value."""

    def __init__(self, count: int) -> None:
        self.is_hidden, self.is_absent, self.is_withheld = np.zeros((3, count), dtype=bool)

    def add(self, read: ColumnValues) -> None:
        """Count in one column more."""
        self.is_hidden |= read.is_hidden
        self.is_absent |= read.is_absent
        self.is_withheld |= read.is_withheld


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
        first = self.header + self.entry.header_rows
        body = filled_rows(self.cells[first:]) + first
        self.parsed.rows_in = len(body)
        problems = declaration_problems(self.entry, self.words, self.headings, self.cells[first:])
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

    def _tell_declaration(self, check: str, problem: str, column: int = 0) -> None:
        message, cell = f"{self.entry.place}: {problem}", address(self.header, column)
        table = self.table if self.table in TABLES else None
        self.parsed.findings.append(
            self.place.finding(check, "blocking", message, FIX, cell=cell, table=table)
        )

    def _selected(self, body: np.ndarray) -> np.ndarray:
        """Return the rows that have the values asked for; the others are set aside."""
        is_again = self.headings.repeated(self.cells[body])
        self.parsed.reject(body[is_again], "строка повторяет заголовок")
        body = body[~is_again]
        is_kept = np.ones(len(body), dtype=bool)
        cells = {name: self.cells[body, self._column(name)] for name in self.entry.where}
        for name, asked in self.entry.where.items():
            is_kept &= chosen(asked, cells[name])
        if len(body) and not is_kept.any():
            self._tell_declaration("declared_where", nothing_selected(self.entry.where, cells))
        else:
            self._tell_never_met(cells)
        self.parsed.reject(body[~is_kept], "не отобрана условием where")
        return body[is_kept]

    def _tell_never_met(self, cells: Mapping[str, np.ndarray]) -> None:
        for name, asked in self.entry.where.items():
            for word in never_met(asked, cells[name]):
                problem = f"where: в столбце «{name}» нигде нет «{word}»."
                self._tell_declaration("declared_columns", problem, self._column(name))

    def _fill(self, schools: pd.DataFrame) -> None:
        pieces = [self._piece(rows, schools) for rows in self.entry.row_sets]
        for kind, cells in self.unread.items():
            words = unread_words(kind, [self.cells[cell] for cell in cells])
            self._tell("unreadable", "set_aside", words, FIX, cells)
        frame = pd.concat(pieces, ignore_index=True).sort_values("source_row", kind="stable")
        bad_rows = self.strange_rows
        is_bad = frame["source_row"].isin([row + 1 for row in bad_rows])
        self.parsed.reject(sorted(bad_rows), "в строке есть нечитаемое значение")
        self.parsed.tables = {self.table: frame[~is_bad].reset_index(drop=True)}
        if self.school.code is None and self.table != "schools":
            known = schools[~schools["row"].isin(bad_rows)]
            self.parsed.tables["schools"] = known.assign(source_row=known["row"] + 1)[
                ["school_id", *OF_SCHOOLS, "source_row"]
            ]
        self.parsed.columns = {self.table: self._source_columns()}

    def _source_columns(self) -> dict[str, str]:
        """Return where each column stood; several letters where several sets of rows."""
        named: dict[str, list[str]] = {}
        for rows in self.entry.row_sets:
            for name, column in rows.columns.items():
                named.setdefault(name, []).append(letters(self._column(column)))
        return {name: " ".join(dict.fromkeys(found)) for name, found in named.items()}

    def _piece(self, rows: RowsEntry, schools: pd.DataFrame) -> pd.DataFrame:
        """Return one set of rows; a row with a cell that cannot be taken is a strange one."""
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
        lacking = Lacking(len(frame))
        for name, title in rows.columns.items():
            column = self._column(title)
            read = self.values.read(name, types[name], self.cells[index, column])
            lacking.add(read)
            self._tell_wrong(name, title, read, index)
            frame[name] = self._stored(name, read)
            if types[name] not in (*NUMBERS, "bool", "date"):
                self._check_words(name, frame, constants, column)
        is_hidden, given = lacking.is_hidden, [one for one in OUTCOMES if one in rows.columns]
        if given:  # a hidden count does not hide the score beside it
            is_hidden &= frame[given].isna().all(axis=1).to_numpy(bool)
        first = letters(self._column(next(iter(rows.columns.values()), self.key[0])))
        implied = {"is_suppressed": is_hidden, "source_column": first,
                   "group_name": schools["name"], "group_level": "school",
                   **{name: schools[name] for name in OF_SCHOOLS}}  # fmt: skip
        for name, value in implied.items():
            if name in types and name not in frame:
                frame[name] = value
        if self.table == "results":
            self._finish_results(frame, rows, lacking)
        return frame

    def _stored(self, name: str, read: ColumnValues) -> Any:
        """Return the values as they are kept: of pupils only pseudonyms, as the forms make them."""
        if name != PUPIL:
            return read.values
        return [word and self.context.pseudonym("person", word) for word in read.values]

    def _tell_wrong(self, name: str, title: str, read: ColumnValues, index: np.ndarray) -> None:
        """Note the cells of a column that cannot be taken, each once, and set their rows aside."""
        column, kind = self._column(title), TABLES[self.table].columns[name]
        self.strange_rows |= set(index[read.is_wrong])
        cells = [cell for cell in cells_of(index[read.is_wrong], column) if cell not in self.told]
        self.told |= set(cells)
        if read.unknown:
            what = f"{self.entry.place}: {unknown_words(name, title, read.unknown)}"
            self._tell("declared_columns", "set_aside", what, CODES, cells)
        else:
            self.unread.setdefault(kind, []).extend(cells)
        if kind in NUMBERS and are_shares(name, read.values, self.entry):
            what = f"«{title}» объявлен процентами, а все числа в нём не больше 1"
            self._tell("range", "blocking", what, SHARES, cells_of(index[:1], column))
        if kind in NUMBERS and name in self.entry.limits:
            limits = self.entry.limits[name]
            is_beyond = beyond(read.values, limits)
            if is_beyond.any():
                what = beyond_words(title, read.values[is_beyond], limits)
                self._tell("range", "set_aside", what, LIMITS, cells_of(index[is_beyond], column))

    def _finish_results(self, frame: pd.DataFrame, rows: RowsEntry, lacking: Lacking) -> None:
        """Say who was absent where the file does not, and judge marks by their scale."""
        said = frame.get("is_absent", pd.Series(None, index=frame.index, dtype=object))
        has_none = without_result(frame) & ~lacking.is_withheld
        frame["is_absent"] = said.where(said.notna(), has_none | lacking.is_absent).astype(bool)
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
        cells = cells_of(index, column)
        self._tell("declared_words", "set_aside", what.rstrip("."), f"{FIX} {TRANSLATE}", cells)
