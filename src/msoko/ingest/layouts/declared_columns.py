"""Declared layouts: a table of named columns, which year.yml maps onto a table of ours.

Whether its values can be is for the suites to say (`msoko.validate`): they judge a
table whatever layout filled it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from msoko.core.tables import TABLES, ColumnType
from msoko.ingest.identity.personal_values import holds_names, is_personal_heading
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.file_entry import FileEntry, RowsEntry, SchoolColumns
from msoko.ingest.sheets.cells import (
    address,
    cell_number,
    cell_numbers,
    cell_text,
    cell_texts,
    grid,
    header_label,
    header_labels,
    letters,
)
from msoko.ingest.sheets.raw_book import RawBook, RawSheet
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of, filled_rows

MOST_NAMED = 20
FIX = "Исправьте year.yml или файл; правку в данных запишите в corrections.yml."
REJECTED = (
    "Эти строки отложены и не учтены, как сказано в year.yml (duplicates: set_aside). Чтобы учесть "
    "их, различите школы: запишите правку в corrections.yml."
)
NAMED = "– о людях поимённо; взять его можно только как pupil_id: имена станут псевдонимами."
TWICE = "одна и та же школа записана в нескольких строках"
COPIED = "строка школы повторена слово в слово, учтена одна"
MOST_DOUBTED = 0.5
"""Where more schools than this share are doubtful, the file is doubled, not its schools."""
PUPIL = "pupil_id"
READER_COLUMNS = {"school_year", "school_id", "source_id", "source_row", "source_column"}
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


class _DeclaredSheet:
    """One sheet under one entry of year.yml."""

    def __init__(self, place: SheetPlace, entry: FileEntry, context: ReadingContext) -> None:
        self.place = place
        self.entry = entry
        self.table = entry.table or ""
        self.school = entry.school or SchoolColumns()
        self.cells = grid(place.sheet.cells)
        self.header = entry.header_row - 1
        is_there = self.header < len(place.sheet.cells)
        self.columns = header_labels(place.sheet.cells[self.header]) if is_there else {}
        self.parsed = ParsedBlock(paper={"declared": True})
        self.context = context

    def read(self) -> ParsedBlock:
        """Return the table that the sheet becomes, or what it or the declaration lacks."""
        body = filled_rows(self.cells[self.header + 1 :]) + self.header + 1
        self.parsed.rows_in = len(body)
        problems = list(self._problems())
        for problem in problems:
            message, cell = f"{self.entry.place}: {problem}", address(self.header, 0)
            self.parsed.findings.append(
                self.place.finding("declared_columns", "blocking", message, FIX, cell=cell)
            )
        if problems:
            self.parsed.reject(body, "столбцы не соответствуют year.yml")
            return self.parsed
        self._fill(self._named_schools(self._selected(body)))
        return self.parsed

    def _column(self, name: str) -> int:
        return self.columns[header_label(name)]

    def _problems(self) -> Iterator[str]:
        """Yield what the declaration says that the table, the file or the registry knows not."""
        if self.table not in TABLES:
            yield f"нет таблицы «{self.entry.table}»."
            return
        types = TABLES[self.table].columns
        known = set(types) - READER_COLUMNS
        for rows in self.entry.rows:
            for name in (*rows.columns, *rows.constant, *self.entry.constant):
                if name not in known:
                    yield f"в таблице {self.table} нет столбца «{name}»."
            for name, value in {**self.entry.constant, **rows.constant}.items():
                if types.get(name) in ("int", "float") and cell_number(value) is None:
                    yield f"«{name}: {value}» – не число."
            subject = {**self.entry.constant, **rows.constant}.get("subject")
            if subject and not self.context.subjects.knows(subject):
                yield f"предмета «{subject}» нет в registry/subjects.csv."
        for name in dict.fromkeys(self._wanted()):
            if header_label(name) not in self.columns:
                yield f"в файле нет столбца «{name}»."
        for name in dict.fromkeys(self._wanted(except_for=PUPIL)):
            if header_label(name) in self.columns and self._is_personal(name):
                yield f"столбец «{name}» {NAMED}"

    def _is_personal(self, name: str) -> bool:
        values = self.cells[self.header + 1 :, self._column(name)]
        return is_personal_heading(name) or holds_names(cell_texts(values))

    def _wanted(self, except_for: str = "") -> Iterator[str]:
        """Yield the columns of the file that the entry names."""
        school = self.school
        yield from (*school.key, *self.entry.where)
        yield from filter(None, (school.id, school.code, school.name, school.location))
        for rows in self.entry.rows:
            yield from (file for name, file in rows.columns.items() if name != except_for)

    def _selected(self, body: np.ndarray) -> np.ndarray:
        """Return the rows that have the values asked for; the others are set aside."""
        is_kept = np.ones(len(body), dtype=bool)
        for name, value in self.entry.where.items():
            shown = cell_texts(self.cells[body, self._column(name)])
            is_kept &= np.array([word == cell_text(value) for word in shown], dtype=bool)
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

    def _without_doubtful(self, frame: pd.DataFrame, column: int) -> pd.DataFrame:
        """Return the rows whose school is named and named once; the others are set aside.

        Where one key stands twice there is no telling which school is which: either
        the run stops, or (`duplicates: set_aside`) both rows are set aside; of rows equal
        in all that is read one is kept. A file that is mostly doubtful stops the run.
        Rows of pupils name a school as often as it has pupils.
        """
        blank = (frame["key"].str.strip("\x1f") == "").to_numpy(bool)
        is_copy, repeated = self._copies(frame, blank)
        is_most = frame.loc[repeated, "key"].nunique() > MOST_DOUBTED * frame["key"].nunique()
        is_strict = self.entry.duplicates == "refuse" or is_most
        severity, action = ("blocking", FIX) if is_strict else ("warning", REJECTED)
        for mask, check, level, what, advice in (
            (blank, "no_school", "blocking", "в строке не названа школа", FIX),
            (repeated, "repeated_school", severity, TWICE, action),
            (is_copy, "repeated_school", "warning", COPIED, ""),
        ):
            rows = frame.loc[mask, "row"]
            self.parsed.reject(rows, what)
            shown = what + _listed(frame.loc[mask, "key"])
            self._tell(check, level, shown, advice, cells_of(rows, column))
        return frame[~blank & ~repeated & ~is_copy].reset_index(drop=True)

    def _copies(self, frame: pd.DataFrame, blank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which rows copy an earlier one, and which share their key with another row."""
        is_copy = np.zeros(len(frame), dtype=bool)
        if any(PUPIL in rows.columns for rows in self.entry.rows):
            return is_copy, is_copy
        keys = frame["key"]
        if self.entry.duplicates == "set_aside" and keys.duplicated().any():
            columns = [self._column(name) for name in dict.fromkeys(self._wanted())]
            read = pd.DataFrame({one: cell_texts(self.cells[frame["row"], one]) for one in columns})
            is_copy = read.assign(key=keys).duplicated().to_numpy(bool) & ~blank
        shared = keys.mask(is_copy).duplicated(keep=False).to_numpy(bool)
        return is_copy, shared & ~is_copy & ~blank

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
        for name, value in {**self.entry.constant, **rows.constant}.items():
            frame[name] = constant(value, types[name])
        bad: Cells = []
        is_blank = np.zeros(len(frame), dtype=bool)
        for name, title in rows.columns.items():
            column = self._column(title)
            if types[name] not in ("int", "float"):
                words = cell_texts(self.cells[index, column])
                if name == PUPIL:  # as the project's own forms make it
                    words = [word and self.context.pseudonym("person", word) for word in words]
                frame[name] = words
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
        return frame, bad

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
