"""`year.yml`: what a year's files are, where their content alone does not say it all."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msoko.catalog.yaml.declaration_lines import DeclarationLine, suggestion
from msoko.catalog.yaml.yaml_schema import load
from msoko.core.errors import UsageError
from msoko.ingest.layouts.file_entry import COLUMNS, IGNORE, FileEntry
from msoko.ingest.layouts.known_layouts import layout_names


@dataclass(frozen=True)
class ExpectedCounts:
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
    expected: ExpectedCounts = field(default_factory=ExpectedCounts)
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
    known = (COLUMNS, IGNORE, *layout_names())
    if entry.layout is not None and entry.layout not in known:
        raise UsageError(
            f"{entry.place}: «layout»: значение «{entry.layout}». {suggestion(entry.layout, known)}"
        )
    where = f"{entry.place}: «{pattern}»: "
    if entry.layout == IGNORE and not entry.reason:
        raise UsageError(f"{where}для layout: ignore нужна причина (reason). Допишите её.")
    declared = entry.table or entry.rows or entry.school or entry.where or entry.constant
    if entry.layout != COLUMNS and declared:
        raise UsageError(f"{where}table, rows, school, where и constant – только для columns.")
    if entry.layout == COLUMNS and not (entry.table and entry.rows and entry.school):
        raise UsageError(f"{where}для layout: columns нужны table, school и rows. Допишите их.")
    if entry.school:
        ways = [bool(entry.school.id), bool(entry.school.key), bool(entry.school.code)]
        if sum(ways) != 1:
            raise UsageError(f"{where}в school укажите ровно одно из id, key, code.")
