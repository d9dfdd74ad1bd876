"""Declared layouts: a table of named columns, which year.yml maps onto a table of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from msoko.core.tables import TABLES, ColumnType
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import Desk, Reading
from msoko.ingest.sandbox.workbook_reader import Book, Sheet
from msoko.ingest.sheets.cells import address, grid, labels, letters, number, numbers, text, texts
from msoko.ingest.sheets.cells import label as header_word
from msoko.ingest.sheets.sheet_blocks import Place, filled_rows
from msoko.ingest.year_file import FileEntry, RowsEntry, SchoolColumns

MOST_NAMED = 20
FIX = "Исправьте year.yml или файл; правку в данных запишите в corrections.yml."
SET_ASIDE = (
    "Эти строки отложены и не учтены, как сказано в year.yml (duplicates: set_aside). Чтобы учесть "
    "их, различите школы: запишите правку в corrections.yml."
)
READER_COLUMNS = {"school_year", "school_id", "source_id", "source_row", "source_column"}


def read(book: Book, entry: FileEntry, desk: Desk) -> list[tuple[Sheet, Reading]]:
    """Return the reading of each sheet that the entry speaks of (all, unless it names one)."""
    found = []
    for sheet in book.sheets:
        if sheet.is_hidden or not sheet.cells or entry.sheet not in (None, sheet.name):
            continue
        found.append((sheet, _read_sheet(Place(book, sheet), entry, desk)))
    return found


def _read_sheet(place: Place, entry: FileEntry, desk: Desk) -> Reading:
    reading = Reading(paper={"declared": True})
    header = entry.header_row - 1
    cells = grid(place.sheet.cells)
    body = filled_rows(cells[header + 1 :]) + header + 1
    reading.rows_in = len(body)
    columns = labels(place.sheet.cells[header]) if header < len(place.sheet.cells) else {}
    problems = list(_problems(entry, columns, desk))
    if problems:
        reading.findings += [
            place.finding("declared_columns", "blocking", f"{entry.place}: {problem}", FIX,
                          cell=address(header, 0))
            for problem in problems
        ]  # fmt: skip
        reading.set_aside += [(int(row) + 1, "столбцы не соответствуют year.yml") for row in body]
        return reading
    kept = _where(entry, cells, columns, body, reading)
    schools = _schools(place, entry, cells, columns, kept, reading)
    _fill(place, entry, cells, columns, schools, reading)
    return reading


def _problems(entry: FileEntry, columns: dict[str, int], desk: Desk) -> Iterable[str]:
    """Yield what the declaration says that the table, the file or the registry does not know."""
    if entry.table not in TABLES:
        yield f"нет таблицы «{entry.table}»."
        return
    table = TABLES[entry.table]
    named = set(table.columns) - READER_COLUMNS
    school = entry.school or SchoolColumns()
    wanted = [*school.key, *entry.where]
    wanted += [one for one in (school.id, school.code, school.name, school.location) if one]
    for rows in entry.rows:
        wanted += rows.columns.values()
        for name in (*rows.columns, *rows.constant, *entry.constant):
            if name not in named:
                yield f"в таблице {entry.table} нет столбца «{name}»."
        for name, value in {**entry.constant, **rows.constant}.items():
            if table.columns.get(name) in ("int", "float") and number(value) is None:
                yield f"«{name}: {value}» – не число."
        subject = {**entry.constant, **rows.constant}.get("subject")
        if subject and not desk.subjects.knows(subject):
            yield f"предмета «{subject}» нет в registry/subjects.csv."
    for label in dict.fromkeys(wanted):
        if header_word(label) not in columns:
            yield f"в файле нет столбца «{label}»."


def _where(
    entry: FileEntry, cells: np.ndarray, columns: dict[str, int], body: np.ndarray, reading: Reading
) -> np.ndarray:
    """Return the rows that have the values asked for; the others are set aside."""
    keep = np.ones(len(body), dtype=bool)
    for label, value in entry.where.items():
        shown = texts(cells[body, columns[header_word(label)]])
        keep &= np.array([one == text(value) for one in shown], dtype=bool)
    reading.set_aside += [(int(row) + 1, "не отобрана условием where") for row in body[~keep]]
    return body[keep]


def _schools(
    place: Place,
    entry: FileEntry,
    cells: np.ndarray,
    columns: dict[str, int],
    rows: np.ndarray,
    reading: Reading,
) -> pd.DataFrame:
    """Return row, school_id or school_code, and what is known of the school."""
    school = entry.school or SchoolColumns()

    def column(label: str | None) -> list[str | None]:
        return texts(cells[rows, columns[header_word(label)]]) if label else [None] * len(rows)

    key = school.key or tuple(one for one in (school.id or school.code,) if one)
    parts = [column(label) for label in key]
    keys = ["\x1f".join(one or "" for one in row) for row in zip(*parts, strict=True)]
    frame = pd.DataFrame(
        {
            "row": rows,
            "key": keys,
            "school_id": [short_hash(one) for one in keys] if school.key else column(school.id),
            "school_code": column(school.code),
            "name": column(school.name),
            "kind": school.kind,
            "location": column(school.location),
            "school_type": school.school_type,
        }
    )
    return _without_doubtful(place, entry, frame, columns[header_word(key[0])], reading)


def _without_doubtful(
    place: Place, entry: FileEntry, frame: pd.DataFrame, column: int, reading: Reading
) -> pd.DataFrame:
    """Return the rows whose school is named and named once; the others are set aside.

    Where one key stands twice there is no telling which school is which: either
    the run stops, or (`duplicates: set_aside`) both rows are set aside.
    """
    blank = (frame["key"].str.strip("\x1f") == "").to_numpy(bool)
    repeated = frame["key"].duplicated(keep=False).to_numpy(bool) & ~blank
    twice = "одна и та же школа записана в нескольких строках"
    severity, action = ("blocking", FIX) if entry.duplicates == "refuse" else ("warning", SET_ASIDE)
    for mask, check, level, what, advice in (
        (blank, "no_school", "blocking", "в строке не названа школа", FIX),
        (repeated, "repeated_school", severity, twice, action),
    ):
        found = [(int(row), column) for row in frame.loc[mask, "row"]]
        reading.set_aside += [(row + 1, what) for row, _ in found]
        named = what + _named(frame.loc[mask, "key"])
        reading.findings += place.cells(check, level, named, advice, found, table=entry.table)
    return frame[~blank & ~repeated].reset_index(drop=True)


def _named(keys: pd.Series) -> str:
    """Return « (ключ; ключ …)» for the first of the keys, in their order; nothing for no key."""
    words = [", ".join(key.split("\x1f")) for key in dict.fromkeys(keys) if key.strip("\x1f")]
    if not words:
        return ""
    rest = f" и ещё {len(words) - MOST_NAMED}" if len(words) > MOST_NAMED else ""
    return f" ({'; '.join(words[:MOST_NAMED])}{rest})"


def short_hash(key: str) -> str:
    """Return a stable school id of twelve hex digits, after the parts of its key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _fill(
    place: Place,
    entry: FileEntry,
    cells: np.ndarray,
    columns: dict[str, int],
    schools: pd.DataFrame,
    reading: Reading,
) -> None:
    pieces, bad_rows = [], set()
    for rows in entry.rows:
        piece, bad = _piece(entry, rows, cells, columns, schools)
        pieces.append(piece)
        bad_rows |= {row for row, _ in bad}
        what = "значение пусто или не число"
        reading.findings += place.cells("unreadable", "blocking", what, FIX, bad, table=entry.table)
    frame = pd.concat(pieces, ignore_index=True).sort_values("source_row", kind="stable")
    frame = frame[~frame["source_row"].isin([row + 1 for row in bad_rows])].reset_index(drop=True)
    reading.set_aside += [
        (row + 1, "в строке есть нечитаемое значение") for row in sorted(bad_rows)
    ]
    reading.findings += _check_scores(place, entry, frame)
    known = schools[~schools["row"].isin(bad_rows)]
    table = entry.table or ""
    reading.tables = {table: frame}
    if (entry.school or SchoolColumns()).code is None:
        reading.tables["schools"] = known.assign(source_row=known["row"] + 1)[
            ["school_id", "name", "kind", "school_type", "location", "source_row"]
        ]
    reading.columns = {table: _source_columns(entry, columns)}


def _source_columns(entry: FileEntry, columns: Mapping[str, int]) -> dict[str, str]:
    """Return where each column of the table stood; several letters where several sets of rows."""
    named: dict[str, list[str]] = {}
    for rows in entry.rows:
        for name, label in rows.columns.items():
            named.setdefault(name, []).append(letters(columns[header_word(label)]))
    return {name: " ".join(dict.fromkeys(found)) for name, found in named.items()}


def _piece(
    entry: FileEntry,
    rows: RowsEntry,
    cells: np.ndarray,
    columns: dict[str, int],
    schools: pd.DataFrame,
) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    """Return one set of rows, and the cells that cannot be read."""
    types = TABLES[entry.table or ""].columns
    index = schools["row"].to_numpy(int)
    frame = pd.DataFrame(
        {
            "school_id": schools["school_id"],
            "school_code": schools["school_code"],
            "school_name": schools["name"],
            "source_row": index + 1,
        }
    )
    for name, value in {**entry.constant, **rows.constant}.items():
        frame[name] = constant(value, types[name])
    bad: list[tuple[int, int]] = []
    is_blank = np.zeros(len(frame), dtype=bool)
    for name, label in rows.columns.items():
        column = columns[header_word(label)]
        if types[name] in ("int", "float"):
            values, wrong = numbers(cells[index, column])
            blank = np.isnan(values) & ~wrong
            if entry.blanks == "refuse":
                wrong = wrong | blank
            is_blank |= blank
            if types[name] == "int":
                wrong = wrong | (~np.isnan(values) & (values % 1 != 0))
            bad += [(int(row), column) for row in index[wrong]]
            frame[name] = values
        else:
            frame[name] = texts(cells[index, column])
    first = letters(columns[header_word(next(iter(rows.columns.values())))])
    implied = {"is_suppressed": is_blank, "source_column": first,
               "group_name": schools["name"], "group_level": "school"}  # fmt: skip
    for name, value in implied.items():
        if name in types and name not in frame:
            frame[name] = value
    return frame, bad


def constant(value: str, kind: ColumnType) -> object:
    """Return a constant of year.yml as its column's type."""
    if kind in ("int", "float"):
        return float(value.replace(",", "."))
    return value.lower() in ("true", "да", "yes") if kind == "bool" else value


def _check_scores(place: Place, entry: FileEntry, frame: pd.DataFrame) -> list[Finding]:
    """Return findings for counts and percentages that cannot be."""
    findings = []
    for name in frame.columns:
        low_only = name.endswith("_count")
        if not (low_only or name.endswith("_percent")):
            continue
        values = frame[name].astype(float)
        wrong = (values < 0) | ((values > 100) & (not low_only))
        if wrong.any():
            rows = ", ".join(str(row) for row in frame.loc[wrong, "source_row"].head(10))
            message = f"«{name}» вне допустимых пределов: строки {rows}."
            findings.append(place.finding("range", "blocking", message, FIX, table=entry.table,
                                          row_count=int(wrong.sum())))  # fmt: skip
    return findings
