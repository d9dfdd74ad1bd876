"""`year.yml`: what a year's files are, where their content alone does not say it all."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msoko.catalog.yaml.declaration_lines import DeclarationLine, require_known, suggestion
from msoko.catalog.yaml.yaml_schema import load
from msoko.core.errors import UsageError
from msoko.core.tables import TABLES
from msoko.ingest.layouts.file_entry import COLUMNS, IGNORE, FileEntry
from msoko.ingest.layouts.known_layouts import layout_names

OF_COLUMNS = (
    "table", "rows", "school", "where", "constant", "sheet", "decimal", "header_row",
    "header_rows", "codes", "words", "factors", "limits", "blanks", "duplicates",
)  # fmt: skip
"""Keys that mean something with `layout: columns` alone, and would be dropped elsewhere."""
MOST_HEADER_ROWS = 5


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
        """Return the entry that the file matches, else an empty one."""
        return next(iter(self.entries(file).values()), FileEntry())

    def entries(self, file: str) -> dict[str, FileEntry]:
        """Return the entries that the file matches by their patterns; more than one is a fault.

        A member of an archive answers to its own patterns or else to the archive's.
        """
        names = [file] + [parent.as_posix() for parent in Path(file).parents if parent.suffix]
        for name in names:
            found = {
                pattern: entry for pattern, entry in self.files.items() if matches(name, pattern)
            }
            if found:
                return found
        return {}


def matches(name: str, pattern: str) -> bool:
    """Return whether a file's name fits a pattern; composed and decomposed letters are equal."""
    name, pattern = (unicodedata.normalize("NFC", text) for text in (name, pattern))
    return name == pattern or fnmatch.fnmatchcase(name, pattern)


def load_year_file(path: Path, shown: str) -> YearFile:
    """Return the declaration. Raises `UsageError` for anything it cannot say."""
    declared = load(path, YearFile, shown)
    for pattern, entry in declared.files.items():
        _check(entry, pattern)
    for table in declared.expected.rows:
        require_known("expected: rows", table, TABLES, declared.place)
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
    given = [name for name in OF_COLUMNS if getattr(entry, name) != getattr(FileEntry(), name)]
    if entry.layout != COLUMNS and given:
        raise UsageError(
            f"{where}{', '.join(given)} – только для columns. Допишите layout: columns "
            "или уберите лишнее."
        )
    if entry.layout == COLUMNS and entry.procedure:
        raise UsageError(
            f"{where}для layout: columns процедуру пишут в constant: "
            f"constant: {{procedure: {entry.procedure}}}. Перенесите её туда."
        )
    if entry.header_row < 1 or not 1 <= entry.header_rows <= MOST_HEADER_ROWS:
        raise UsageError(
            f"{where}header_row – номер строки, начиная с 1, header_rows – число строк заголовка, "
            f"от 1 до {MOST_HEADER_ROWS}."
        )
    has_rows = entry.rows or entry.table == "schools"  # a line gives its school
    if entry.layout == COLUMNS and not (entry.table and has_rows and entry.school):
        raise UsageError(f"{where}для layout: columns нужны table, school и rows. Допишите их.")
    if entry.school:
        ways = [bool(entry.school.id), bool(entry.school.key), bool(entry.school.code)]
        if sum(ways) != 1:
            raise UsageError(f"{where}в school укажите ровно одно из id, key, code.")
