"""What a file is taken for and why, and an entry of year.yml that would read it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from pathlib import Path

from ruamel.yaml import YAML

from msoko.core.errors import DataRefused, UsageError
from msoko.ingest.description.sheet_columns import SheetColumn, header_of, sheet_columns
from msoko.ingest.layouts.contract import Recognition
from msoko.ingest.recognition import recognise_book
from msoko.ingest.sandbox.workbook_reader import Refusal, WorkbookReader
from msoko.ingest.sheets.raw_book import RawBook, RawSheet

SCHOOL = re.compile(r"школ|организ|учрежд|\bоо\b|school|establishment|etablissement|lyc[eé]e", re.I)
COUNT = re.compile(r"участ|кол-?во|колич|числ|писал|сдава|count|number|tested|entered|pupils", re.I)
PERCENT = re.compile(r"%|дол[яи]|процент|percent|rate|taux", re.I)
SCORE = re.compile(r"балл|средн|score|mean|average|note", re.I)
SUBJECT = re.compile(r"предмет|subject|mati[eè]re", re.I)
PERCENTS = (0, 100)
USUAL_SCORES = (0, 500)
"""Outside these a mean score needs limits of its own."""


@dataclass(frozen=True)
class SheetDescription:
    """One sheet: what it surely is or looks like, and its columns where a header was found."""

    name: str
    recognised: tuple[Recognition, ...]
    header_row: int | None  # from 1
    columns: tuple[SheetColumn, ...]
    rows: int

    @property
    def taken_for(self) -> Recognition | None:
        sure = [one for one in self.recognised if one.is_sure]
        return sure[0] if sure else None


@dataclass(frozen=True)
class FileDescription:
    """One file, or a member of an archive; `entry` is text for `files` of year.yml."""

    file: str
    kind: str
    sheets: tuple[SheetDescription, ...]
    entry: str


def describe_file(path: Path) -> list[FileDescription]:
    """Return what a file holds, one description for each member of an archive.

    Raises UsageError where there is no such file, DataRefused where it cannot be parsed.
    """
    if not path.exists():
        raise UsageError(f"файла «{path}» нет. Проверьте путь.")
    with WorkbookReader() as reader:
        opened = reader.open(path, path.name)
    return [_describe(one) for one in opened]


def _describe(book: RawBook | Refusal) -> FileDescription:
    if isinstance(book, Refusal):
        raise DataRefused(f"{book.file}: {book.message} {book.action}")
    found = recognise_book(book)
    sheets = tuple(_sheet(book, sheet, found) for sheet in book.sheets if sheet.cells)
    return FileDescription(book.file, book.kind, sheets, _entry(book, sheets))


def _sheet(book: RawBook, sheet: RawSheet, found: Sequence[Recognition]) -> SheetDescription:
    here = [one for one in found if one.sheet == sheet.name]
    here.sort(key=lambda one: -one.confidence)
    header = header_of(sheet)
    columns = () if header is None else tuple(sheet_columns(sheet, header, book.is_1904))
    rows = 0 if header is None else len(sheet.cells) - header - 1
    return SheetDescription(
        sheet.name, tuple(here), None if header is None else header + 1, columns, rows
    )


def _entry(book: RawBook, sheets: Sequence[SheetDescription]) -> str:
    """Return an entry that year.yml takes as it is; what is a guess is said beside it."""
    known = next((one.taken_for for one in sheets if one.taken_for), None)
    if known:
        return _yaml({book.file: {"layout": known.layout}})
    declared = next((entry for one in sheets if (entry := _declared(one))), None)
    if declared:
        return _yaml({book.file: declared})
    return _yaml({book.file: {"layout": "ignore", "reason": "не таблица результатов"}})


def _declared(sheet: SheetDescription) -> dict | None:
    """Return the entry of a table of schools, where a school and a number can be told."""
    titles = [one.title for one in sheet.columns]
    usable = [one for one in sheet.columns if titles.count(one.title) == 1]
    texts = [one for one in usable if one.kind == "text"]
    school = _first(texts, SCHOOL) or max(texts, key=lambda one: one.different, default=None)
    numbers = [one for one in usable if one.kind == "number"]
    count = _first([one for one in numbers if one.are_whole and _lies(one, 0, inf)], COUNT)
    percents = [one for one in numbers if _lies(one, *PERCENTS)]
    percent = _first(percents, PERCENT)
    rest = [one for one in numbers if one not in (count, percent)]
    score = _first(rest, SCORE)
    named = {"participant_count": count, "mean_score": score, "success_percent": percent}
    columns = {name: one.title for name, one in named.items() if one}
    if school is None or not columns.keys() & {"mean_score", "success_percent"}:
        return None
    constant = {"procedure": "diagnostic", "group_level": "school"}
    subject = _first(texts, SUBJECT)
    if subject:
        columns["subject"] = subject.title
    else:
        constant["subject"] = "mathematics"
    is_usual = score is None or _lies(score, *USUAL_SCORES)
    limits = {} if is_usual else {"mean_score": [floor(score.low or 0), ceil(score.high or 0)]}
    return {
        "layout": "columns",
        "table": "school_results",
        **({"header_row": sheet.header_row} if sheet.header_row != 1 else {}),
        "school": {"key": [school.title], "name": school.title},
        "constant": constant,
        "rows": [{"columns": columns}],
        **({"limits": limits} if limits else {}),
    }


def _lies(column: SheetColumn, low: float, high: float) -> bool:
    return column.low is not None and column.low >= low and (column.high or 0) <= high


def _first(columns: Sequence[SheetColumn], words: re.Pattern[str]) -> SheetColumn | None:
    return next((one for one in columns if words.search(one.title)), None)


def _yaml(entry: dict) -> str:
    text = io.StringIO()
    writer = YAML()
    writer.width = 200
    writer.dump({"files": entry}, text)
    return text.getvalue()
