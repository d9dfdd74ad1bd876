"""The contract of a source family, and the table of families.

A family is a module that offers two functions:

    recognise(book: Book) -> list[Recognition]
        One entry per sheet that it knows or nearly knows. Only content counts,
        never the name of a file or a sheet.
    read(book: Book, recognition: Recognition, desk: Desk) -> list[Reading]
        One reading per block of that sheet. Nothing is raised for bad data:
        what is wrong goes into `Reading.findings`.

To add a family, add its module to `FAMILIES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

import pandas as pd

from msoko.core.school_year import SchoolYear
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sandbox.workbook_reader import Book

FAMILIES = ("fis_oko", "rcoi", "code_register", "forms")
"""Modules of `msoko.ingest`, asked in this order."""

SURE = 0.8
"""A recognition at or above this is read; below it, it only says what a sheet looks like."""


@dataclass(frozen=True)
class Recognition:
    """What a sheet is, why, and how sure we are (0–1)."""

    layout: str
    title: str  # Russian, as the message names it: «Ф1 „Индивидуальные результаты“»
    reason: str  # Russian
    confidence: float
    sheet: str = ""
    missing: tuple[str, ...] = ()  # header labels that the layout needs and the sheet lacks
    refusal: str = ""  # Russian: a known layout that is never read, and what to send instead
    details: Mapping[str, Any] = field(default_factory=dict)  # the family's own notes for `read`


@dataclass(frozen=True)
class Desk:
    """What a reader may use besides the sheet."""

    school_year: SchoolYear
    pseudonym: Callable[..., str]  # pseudonym("doc", "1111 222222") -> 16 hex digits
    subjects: Any = None  # msoko.ingest.identity.subject_names.Subjects
    scales: Any = None  # msoko.catalog.registry.mark_scales.Scales
    options: Mapping[str, Any] = field(default_factory=dict)  # the file's entry in year.yml
    home: Any = None  # msoko.core.project.Project, for registry/


@dataclass
class Reading:
    """What one block of a sheet became.

    `tables`: frames with the columns of `msoko.core.tables` that the reader knows,
    always `source_row` (from 1), and `source_column` where the table has it.
    The intake adds `source_id` and `school_year`. A school is named by
    `school_id` where the reader knows it, or else by `school_code` (VPR login,
    exam code, ОО-1 code) and `school_name`, which the crosswalk resolves and no table keeps.
    `task_scores` may leave the school to `results`, whose rows stand in the order of the sheet.
    `columns`: table → column → letter of the sheet's column.
    `set_aside`: (row number from 1, reason in Russian).
    `rows_in`: non-empty rows below the header; each is kept or set aside.
    `paper`: what the block is about, as messages and the check for repeats need it.
    """

    block: int = 1
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    set_aside: list[tuple[int, str]] = field(default_factory=list)
    rows_in: int = 0
    findings: list[Finding] = field(default_factory=list)
    paper: dict[str, Any] = field(default_factory=dict)


class Family(Protocol):
    """A module of a source family."""

    def recognise(self, book: Book) -> list[Recognition]: ...

    def read(self, book: Book, recognition: Recognition, desk: Desk) -> list[Reading]: ...


def families() -> dict[str, Family]:
    """Return the modules of the families by name, in order."""
    return {name: import_module(f"msoko.ingest.layouts.{name}") for name in FAMILIES}
