"""What an entry of year.yml asks for that the tables, the file or the registries have not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core.received_tables import RECEIVED_TABLES
from msoko.core.tables import TABLES, ColumnType
from msoko.ingest.identity.personal_values import holds_names, is_personal_heading
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.declared_values import truth_of, value_problems
from msoko.ingest.layouts.declared_words import DeclaredWords
from msoko.ingest.layouts.file_entry import FileEntry, SchoolColumns
from msoko.ingest.layouts.header_columns import HeaderColumns
from msoko.ingest.layouts.row_choice import asked_faults
from msoko.ingest.sheets.cells import cell_number, cell_texts
from msoko.ingest.sheets.raw_book import RawBook

FIX = "Исправьте year.yml или файл; правку в данных запишите в corrections.yml."
READER_COLUMNS = {"school_year", "school_id", "source_id", "source_row", "source_column"}
BOOKKEEPING = ("sources", "source_columns", "set_aside")
PUPIL = "pupil_id"
NAMED = "– о людях поимённо; взять его можно только как pupil_id: имена станут псевдонимами."
DECLARABLE = [table.name for table in RECEIVED_TABLES if table.name not in BOOKKEEPING]


def declaration_problems(
    entry: FileEntry, words: DeclaredWords, headings: HeaderColumns, cells: np.ndarray
) -> list[str]:
    """Return each problem once; `cells` are those below the header."""
    if entry.table not in DECLARABLE:
        return [f"нет таблицы «{entry.table}». {suggestion(entry.table or '', DECLARABLE)}"]
    problems = [*_unknown_columns(entry), *_bad_constants(entry, words)]
    problems += value_problems(entry, entry.table, words.context.subjects)
    for name, asked in entry.where.items():
        problems += asked_faults(name, asked)
    if any(headings.paths):
        for name in wanted_columns(entry):
            problems += headings.faults(name)
        problems += _personal_columns(entry, headings, cells)
    else:
        row = entry.header_row
        problems.append(f"строка {row} пуста, а в ней должен стоять заголовок (header_row).")
    return list(dict.fromkeys(problems))


def _unknown_columns(entry: FileEntry) -> Iterator[str]:
    known = set(TABLES[entry.table or ""].columns) - READER_COLUMNS
    for rows in entry.row_sets:
        for name in (*rows.columns, *rows.constant, *entry.constant):
            if name not in known:
                yield f"в таблице {entry.table} нет столбца «{name}». {suggestion(name, known)}"


def _bad_constants(entry: FileEntry, words: DeclaredWords) -> Iterator[str]:
    types = TABLES[entry.table or ""].columns
    for rows in entry.row_sets:
        constants = {**entry.constant, **rows.constant}
        for name, value in constants.items():
            yield from _value_faults(name, value, types.get(name))
        yield from words.constant_faults(constants)


def _personal_columns(
    entry: FileEntry, headings: HeaderColumns, cells: np.ndarray
) -> Iterator[str]:
    """Yield the columns that are about people by name and become no pseudonym."""
    for name in wanted_columns(entry, except_for=PUPIL):
        for column in headings.meant(name):
            titles = (name, *headings.paths[column])
            if any(map(is_personal_heading, titles)) or holds_names(cell_texts(cells[:, column])):
                yield f"столбец «{name}» {NAMED}"
                break


def wanted_columns(entry: FileEntry, except_for: str = "") -> list[str]:
    """Return the columns of the file that the entry names, but those for one of the table's."""
    school = entry.school or SchoolColumns()
    named = [*school.key, *entry.where]
    named += filter(None, (school.id, school.code, school.name, school.location))
    for rows in entry.row_sets:
        named += [title for name, title in rows.columns.items() if name != except_for]
    return list(dict.fromkeys(named))


def _value_faults(name: str, value: str, kind: ColumnType | None) -> Iterator[str]:
    """Yield why a constant of year.yml cannot be a value of its column."""
    number = cell_number(value)
    if kind in ("int", "float") and number is None:
        yield f"«{name}: {value}» – не число."
    elif kind == "int" and number is not None and number % 1:
        yield f"«{name}: {value}» – не целое число."
    elif kind == "bool" and truth_of(value) is None:
        yield f"«{name}: {value}» – ожидается да или нет."


def unread_sheets(book: RawBook, entry: FileEntry) -> Iterator[Finding]:
    """Yield why an entry reads nothing of a book: no such sheet, a hidden one, an empty file."""
    visible = [sheet for sheet in book.sheets if not sheet.is_hidden]
    named = [sheet for sheet in visible if entry.sheet in (None, sheet.name)]
    if any(sheet.cells for sheet in named):
        return
    if named:
        message = "нет ни одной заполненной ячейки."
    elif entry.sheet and any(sheet.name == entry.sheet for sheet in book.sheets):
        message = f"лист «{entry.sheet}» скрыт и не прочитан."
    elif entry.sheet:
        names = [sheet.name for sheet in visible]
        near = suggestion(entry.sheet, names, listed="Видимые листы")
        message = f"листа «{entry.sheet}» нет. {near}"
    else:
        message = "видимых листов нет."
    table = entry.table if entry.table in TABLES else None
    yield Finding("declared_rows", "blocking", f"{entry.place}: {message}", FIX, table=table,
                  file=book.file, sheet=entry.sheet)  # fmt: skip
