"""What a table's declaration says: its row, its columns and types, its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "int", "float", "bool", "date"]

SOURCE: dict[str, ColumnType] = {"source_id": "text", "source_row": "int"}
"""Where a row was read: a key of `sources`, and the sheet's row number from 1."""

PAPER: dict[str, ColumnType] = {
    "school_year": "text",
    "procedure": "text",  # vpr, vpr_autumn, oge, ege (and their sittings), rehearsal, diagnostic …
    "subject": "text",  # a code of registry/subjects.csv
    "grade": "int",
}

GROUP: dict[str, ColumnType] = {
    "school_id": "text",
    "kind": "text",
    "school_type": "text",
    "location": "text",
    "class_id": "text",
    "procedure": "text",
    "subject": "text",
    "grade": "int",
    "task": "text",
    "level": "text",
    "stage": "text",
    "survey": "text",
    "question": "text",
}
"""What an indicator may be cut by, the school first: a group fills the columns that name it.

The whole fills none. A further key is one more line here.
"""


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the columns that name a row."""

    name: str
    row: str
    columns: Mapping[str, ColumnType]
    key: tuple[str, ...]
