"""What belongs into a school's packet: its findings, and which rows of which sheets are its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.core.tables import TABLES
from msoko.packets.finding_owners import PLACED, FindingOwners

LOCATED = ("school_id", "source_id", "source_row")
OWN_TABLES = tuple(name for name, table in TABLES.items() if set(LOCATED) <= set(table.columns))
CODED_LAYOUTS = ("vpr_",)
"""Layouts whose participant column holds codes that the school itself gave out.

In every other layout a pupil is known by a name or a document, and no copy shows it.
"""

PERSON_COLUMN = "pupil_id"
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class SheetShare:
    """A school's share of one sheet: its rows, the rows of headings, the columns it may see.

    `aside_rows` were set aside, so no table says whose they are: a copy shows those
    that name the school. Rows count from 1; columns are letters.
    """

    sheet: str
    own_rows: frozenset[int]
    heading_rows: frozenset[int]
    aside_rows: frozenset[int]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Packet:
    """One school's packet: its findings as records, its shares of files, whom it must not show."""

    school_id: str
    name: str
    findings: tuple[Mapping[str, Any], ...]
    files: Mapping[str, tuple[SheetShare, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()  # what the school is called, in lower case
    strangers: frozenset[str] = frozenset()  # what other schools are called


class CheckedYear:
    """A year's findings and the origin of every row, ready to be split by school."""

    def __init__(self, project: Project, year: SchoolYear) -> None:
        store = Store(project)
        if not store.path(year, "findings").exists():
            raise UsageError(
                f"data/processed/{year}: замечаний нет, потому что данные ещё не проверены. "
                f"Сначала выполните «msoko check {year}»."
            )
        self.schools = store.read("schools", [year])
        self.sources = store.read("sources", [year])
        self.source_columns = store.read("source_columns", [year])
        self.set_aside = store.read("set_aside", [year])
        self.origins = _origins(store, year)
        findings = store.read("findings", [year])
        # The register of organisations is the municipality's: no school can correct it.
        self.findings = self._attributed(findings[findings["table"].ne("schools")])

    def _attributed(self, findings: pd.DataFrame) -> pd.DataFrame:
        """Return the findings, each given to the school that it is about."""
        placed = self.origins.merge(self.sources[["source_id", "file", "sheet"]], on="source_id")
        owners = FindingOwners(placed[PLACED].itertuples(index=False, name=None))
        plain = findings.astype(object).where(findings.notna(), None).to_dict("records")
        split = [part for finding in plain for part in owners.split(finding)]
        return pd.DataFrame(split, columns=list(findings.columns), dtype=object)

    def school_ids(self) -> list[str]:
        """Return the schools that have findings, in order."""
        return sorted(self.findings["school_id"].dropna().unique())

    def packet(self, school_id: str) -> Packet:
        """Return what belongs into the packet of a school."""
        if not SAFE_NAME.fullmatch(school_id):
            raise UsageError(
                f"код организации {school_id!r} нельзя сделать именем папки. "
                "Исправьте столбец school_id в data/raw/schools.csv."
            )
        mine = self.findings[self.findings["school_id"] == school_id]
        return Packet(
            school_id,
            self._name(school_id),
            tuple(mine.to_dict("records")),
            {
                file: shares
                for file in sorted(mine["file"].dropna().unique())
                if (shares := self._shares(file, school_id))
            },
            frozenset(_called(self.schools[self.schools["school_id"] == school_id])),
            frozenset(_called(self.schools[self.schools["school_id"] != school_id])),
        )

    def _name(self, school_id: str) -> str:
        named = self.schools.loc[self.schools["school_id"] == school_id, "name"].dropna()
        return named.iloc[0] if len(named) else school_id

    def _shares(self, file: str, school_id: str) -> tuple[SheetShare, ...]:
        sources = self.sources[self.sources["file"] == file]
        shares = []
        for sheet, blocks in sources.groupby(sources["sheet"].fillna(""), sort=True):
            share = self._share(sheet, blocks, school_id)
            if share.own_rows:
                shares.append(share)
        return tuple(shares)

    def _share(self, sheet: str, blocks: pd.DataFrame, school_id: str) -> SheetShare:
        origins = self.origins[self.origins["source_id"].isin(blocks["source_id"])]
        own = origins[origins["school_id"] == school_id]
        aside = self.set_aside[self.set_aside["source_id"].isin(blocks["source_id"])]
        taken = set(origins["source_row"]) | set(aside["source_row"].dropna().astype(int))
        return SheetShare(
            sheet,
            frozenset(own["source_row"]) - frozenset(_of_others(origins, school_id)),
            frozenset(_headings(origins, taken)),
            frozenset(aside["source_row"].dropna().astype(int)),
            self._columns(blocks),
        )

    def _columns(self, blocks: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that became columns of tables, and so hold no person's name."""
        coded = blocks.loc[blocks["layout"].str.startswith(CODED_LAYOUTS), "source_id"]
        known = self.source_columns[self.source_columns["source_id"].isin(blocks["source_id"])]
        is_person = known["column"].eq(PERSON_COLUMN) & ~known["source_id"].isin(coded)
        letters = _single(known.loc[~is_person, "source_column"])
        origins = self.origins[self.origins["source_id"].isin(blocks["source_id"])]
        letters |= _single(origins["source_column"]) - _single(
            known.loc[is_person, "source_column"]
        )
        return tuple(sorted(letters, key=lambda letter: (len(letter), letter)))


def _single(columns: pd.Series) -> set[str]:
    """Return the letters; a column gathered from several is written `E G I`."""
    return {letter for text in columns.dropna().unique() for letter in text.split()}


def _called(schools: pd.DataFrame) -> Iterable[str]:
    for column in ("name", "vpr_login", "oo1_code"):
        yield from schools[column].dropna().str.lower()


def _origins(store: Store, year: SchoolYear) -> pd.DataFrame:
    """Return school, source, row and column of every row of every table that has them."""
    frames = []
    for name in OWN_TABLES:
        if name != "schools" and store.path(year, name).exists():
            wanted = [*LOCATED, "source_column"]
            columns = [column for column in wanted if column in TABLES[name].columns]
            frames.append(store.read(name, [year], columns).drop_duplicates())
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*LOCATED])
    rows = rows.reindex(columns=[*LOCATED, "source_column"]).drop_duplicates()
    rows = rows.dropna(subset=["source_id", "source_row"])
    return rows.assign(source_row=rows["source_row"].astype(int))


def _of_others(origins: pd.DataFrame, school_id: str) -> Sequence[int]:
    """Return the rows that also feed another school: a wide table has many schools in a row."""
    others = origins["school_id"].notna() & (origins["school_id"] != school_id)
    return list(origins.loc[others, "source_row"])


def _headings(origins: pd.DataFrame, taken: set[int]) -> Iterable[int]:
    """Yield the rows above each block's first row, up to the block before it."""
    floor = 0
    for _, block in sorted(
        origins.groupby("source_id"), key=lambda part: part[1]["source_row"].min()
    ):
        first, last = block["source_row"].min(), block["source_row"].max()
        yield from (row for row in range(floor + 1, first) if row not in taken)
        floor = max(floor, last)
