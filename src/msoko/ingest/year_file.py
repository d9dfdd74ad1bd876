"""`year.yml`: what a year's files are, where their content alone does not say it all."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from msoko.catalog.yaml.declaration_lines import DeclarationLine
from msoko.catalog.yaml.yaml_schema import load
from msoko.core.errors import UsageError

LayoutName = Literal[
    "columns", "ignore", "vpr_f1", "vpr_f3", "vpr_journal", "vpr_distribution", "vpr_tasks",
    "gia_exam", "gia_appeals", "pupil_links", "form",
]  # fmt: skip
Procedure = Literal["vpr", "oge", "ege", "rehearsal", "diagnostic", "functional_literacy"]


@dataclass(frozen=True)
class SchoolColumns:
    """How a declared table names a school.

    `id`: a column whose text is the id. `key`: columns that together name a school;
    the id is a short hash of them. `code`: a column that the register knows.
    """

    id: str | None = None
    key: tuple[str, ...] = ()
    code: str | None = None
    name: str | None = None
    kind: str = "school"
    location: str | None = None
    school_type: str | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class RowsEntry:
    """One set of rows that each line of the file gives: constants, and column → file column."""

    columns: Mapping[str, str]
    constant: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileEntry:
    """What year.yml says of the files that match a pattern."""

    layout: LayoutName | None = None
    reason: str = ""
    procedure: Procedure | None = None
    sheet: str | None = None
    table: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[",", "."] | None = None
    header_row: int = 1
    school: SchoolColumns | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[RowsEntry, ...] = ()
    blanks: Literal["refuse", "suppressed"] = "refuse"
    duplicates: Literal["refuse", "set_aside"] = "refuse"
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class Expected:
    """Counts that a person vouches for; any other count is a blocking finding."""

    files: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class YearFile:
    """The declaration of one school year's folder."""

    school_year: str
    municipality: str = ""
    is_synthetic: bool = False  # the data are invented; every page must say so
    files: Mapping[str, FileEntry] = field(default_factory=dict)
    expected: Expected = field(default_factory=Expected)
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)

    def entry(self, file: str) -> FileEntry:
        """Return the entry of the first pattern that the file matches, else an empty one.

        A member of an archive answers to its own pattern or to the archive's.
        """
        names = [file] + [str(parent) for parent in Path(file).parents if parent.suffix]
        for name in names:
            for pattern, entry in self.files.items():
                if matches(name, pattern):
                    return entry
        return FileEntry()


def matches(name: str, pattern: str) -> bool:
    """Return whether a file's name fits a pattern; composed and decomposed letters are equal."""
    name, pattern = (unicodedata.normalize("NFC", text) for text in (name, pattern))
    return name == pattern or fnmatch.fnmatchcase(name, pattern)


def load_year_file(path: Path, shown: str) -> YearFile:
    """Return the declaration. Raises `UsageError` for anything it cannot say."""
    declared = load(path, YearFile, shown)
    for pattern, entry in declared.files.items():
        _check(entry, pattern)
    return declared


def _check(entry: FileEntry, pattern: str) -> None:
    where = f"{entry.place}: «{pattern}»: "
    if entry.layout == "ignore" and not entry.reason:
        raise UsageError(f"{where}для layout: ignore нужна причина (reason). Допишите её.")
    declared = entry.table or entry.rows or entry.school or entry.where or entry.constant
    if entry.layout != "columns" and declared:
        raise UsageError(f"{where}table, rows, school, where и constant – только для columns.")
    if entry.layout == "columns" and not (entry.table and entry.rows and entry.school):
        raise UsageError(f"{where}для layout: columns нужны table, school и rows. Допишите их.")
    if entry.school:
        ways = [bool(entry.school.id), bool(entry.school.key), bool(entry.school.code)]
        if sum(ways) != 1:
            raise UsageError(f"{where}в school укажите ровно одно из id, key, code.")
