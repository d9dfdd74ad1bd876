"""What year.yml says of a file: its layout, or the table that its columns become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msoko.catalog.yaml.declaration_lines import DeclarationLine

COLUMNS, IGNORE = "columns", "ignore"
"""Besides the known layouts: a table whose columns are declared, and a file that is not data."""
Procedure = Literal[
    "vpr", "vpr_autumn", "oge", "oge_early", "oge_reserve", "oge_retake", "ege", "ege_early",
    "ege_reserve", "ege_retake", "rehearsal", "diagnostic", "functional_literacy",
]  # fmt: skip


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
class MissingWords:
    """Words that stand in the cells of a declared table where a number is not given."""

    suppressed: tuple[str, ...] = ()  # known and hidden by whoever published the table
    absent: tuple[str, ...] = ()  # there was nobody to have a result
    not_entered: tuple[str, ...] = ()  # not entered, not applicable, not available


@dataclass(frozen=True)
class FileEntry:
    """What year.yml says of the files that match a pattern."""

    layout: str | None = None
    reason: str = ""
    procedure: Procedure | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)  # the file's heading → the layout's
    sheet: str | None = None
    table: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[",", "."] | None = None
    header_row: int = 1
    header_rows: int = 1
    school: SchoolColumns | None = None
    where: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    constant: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[RowsEntry, ...] = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: MissingWords = field(default=MissingWords())
    factors: Mapping[str, float] = field(default_factory=dict)  # what a file's numbers are times
    limits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    blanks: Literal["refuse", "suppressed", "not_entered"] = "refuse"
    duplicates: Literal["refuse", "set_aside"] = "refuse"
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)

    @property
    def row_sets(self) -> tuple[RowsEntry, ...]:
        """The sets of rows that each line gives; a line of a table of schools gives its school."""
        return self.rows or (RowsEntry({}),)
