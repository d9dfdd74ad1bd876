"""The contract of a layout: how a sheet is recognised, and what its reader gives.

To add a layout, write a module that declares `LAYOUT` and add it to
`msoko.ingest.layouts.known_layouts`; `HeaderLayout` serves every table that is
known by the labels of its header. The steps are in CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from msoko.core.school_year import SchoolYear
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sheets.raw_book import RawBook
from msoko.ingest.sheets.sheet_blocks import SheetPlace

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
    details: Mapping[str, Any] = field(default_factory=dict)  # the layout's own notes for `read`

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE


@dataclass(frozen=True)
class ReadingContext:
    """What a reader may use besides the sheet."""

    school_year: SchoolYear
    pseudonym: Callable[..., str]  # pseudonym("doc", "1111 222222") -> 16 hex digits
    subjects: Any = None  # msoko.ingest.identity.subject_names.Subjects
    scales: Any = None  # msoko.catalog.registry.mark_scales.Scales
    options: Mapping[str, Any] = field(default_factory=dict)  # the file's entry in year.yml
    home: Any = None  # msoko.core.project.Project, for registry/
    logins: Collection[str] = frozenset()  # VPR logins that the register of schools has
    task_maxima: tuple[Any, ...] = ()  # msoko.catalog.registry.task_maxima.TaskMaxima


@dataclass
class ParsedBlock:
    """What one block of a sheet became.

    `tables`: frames with the columns of `msoko.core.tables` that the reader knows,
    always `source_row` (from 1), and `source_column` where the table has it.
    The intake adds `source_id` and `school_year`. A school is named by
    `school_id` where the reader knows it, or else by `school_code` (VPR login,
    exam code, ОО-1 code) and `school_name`, which the crosswalk resolves and no table keeps.
    `task_scores` may leave the school to `results`, whose rows stand in the order of the sheet.
    `columns`: table → column → letter of the sheet's column.
    `rejected_rows`: (row number from 1, reason in Russian), for the table `set_aside`.
    `lost_rows`: those of them, by number from 1, that a finding took out for a fault.
    `rows_in`: non-empty rows below the header; each is kept or rejected.
    `paper`: what the block is about, as messages and the check for repeats need it.
    """

    block: int = 1
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    rejected_rows: list[tuple[int, str]] = field(default_factory=list)
    lost_rows: set[int] = field(default_factory=set)
    rows_in: int = 0
    findings: list[Finding] = field(default_factory=list)
    paper: dict[str, Any] = field(default_factory=dict)

    def reject(self, rows: Iterable[int], reason: str) -> None:
        """Set rows (indices from 0) aside: they are counted, named with the reason, not kept."""
        self.rejected_rows += [(int(row) + 1, reason) for row in rows]

    def lose(self, rows: Collection[int], reason: str) -> None:
        """Take rows (numbers from 1) with a fault out of all tables, and count them as lost."""
        self.lost_rows.update(rows)
        told = {row for row, _ in self.rejected_rows}
        self.rejected_rows += [(row, reason) for row in rows if row not in told]
        for name, frame in self.tables.items():
            is_lost = frame["source_row"].isin(rows) if len(frame) else None
            if is_lost is not None and is_lost.any():
                self.tables[name] = frame[~is_lost].reset_index(drop=True)


class Layout(Protocol):
    """One layout of received files."""

    @property
    def name(self) -> str:
        """What year.yml and the table `sources` call it."""

    @property
    def title(self) -> str:
        """What messages call it (Russian)."""

    def recognise(self, book: RawBook) -> Iterable[Recognition]:
        """Return an entry for each sheet that is this layout, or nearly is.

        Only content counts, never the name of a file or a sheet.
        """

    def read(
        self, place: SheetPlace, recognition: Recognition, context: ReadingContext
    ) -> list[ParsedBlock]:
        """Return the blocks of the recognised sheet.

        Nothing is raised for bad data: what is wrong goes into `ParsedBlock.findings`.
        """
