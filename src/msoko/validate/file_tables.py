"""Which tables a file feeds, or would have: by what it became, its declaration, or its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from msoko.catalog import load_form_items
from msoko.catalog.registry.form_declarations import load_forms
from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.received_tables import RECEIVED_TABLES
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.ingest.layouts.file_entry import FileEntry
from msoko.ingest.layouts.known_layouts import TABLES_OF
from msoko.ingest.year_file import YearFile, load_year_file
from msoko.validate.concerned_directions import GROUND

NAME_WORDS = (
    (r"ф1|индивидуальн\w* результат\w*", "vpr_f1"),
    (r"ф3|статистик\w* по отметкам", "vpr_f3"),
    (r"журнал\w*", "vpr_journal"),
    (r"распределени\w*", "vpr_distribution"),
    (r"выполнени\w* заданий", "vpr_tasks"),
    (r"апелляци\w*", "gia_appeals"),
    (r"огэ|егэ|гиа|oge|ege", "gia_exam"),
)
"""Words of a file's name that tell its layout, the plainest first."""
FORM = "monitoring"
Tables = frozenset[str]


@dataclass(frozen=True)
class FileTables:
    """What is known of the files of a year. Forms are told apart: `monitoring/talents`."""

    project: Project
    year: SchoolYear

    def of(self, file: str) -> Tables:
        """Return the tables of a file; nothing where nothing tells.

        What it was read as says most; then its entry in year.yml; then files like it, of
        this year or the last, that lie in the same folder or differ in numbers; then words.
        """
        ways = (
            self._became(self.year).get(file, frozenset()),
            self._declared(file),
            self._alike(file),
            self._named(file),
        )
        return next((found for found in ways if found), frozenset())

    def sources(self) -> Mapping[str, Tables]:
        """Return the tables of each source of the year."""
        return self._fed(self.year)

    @cached_property
    def _store(self) -> Store:
        return Store(self.project)

    @cached_property
    def _entries(self) -> YearFile:
        path = self.project.raw(self.year) / "year.yml"
        try:
            return load_year_file(path, self.project.shown(path))
        except (MsokoError, OSError):
            return YearFile(str(self.year))

    def _declared(self, file: str) -> Tables:
        entry: FileEntry = self._entries.entry(file)
        if entry.table:
            forms = {entry.constant.get("form", ""), *(r.constant.get("form") for r in entry.rows)}
            named = {f"{FORM}/{form}" for form in forms if form}
            return frozenset(named if entry.table == FORM and named else {entry.table})
        return frozenset(TABLES_OF.get(entry.layout or "", ()))

    def _fed(self, year: SchoolYear) -> dict[str, Tables]:
        """Return the tables of each source of a year, by the rows that it gave or its layout."""
        layouts = self._store.read("sources", [year], ["source_id", "layout"])
        fed: dict[str, set[str]] = {
            source: set(TABLES_OF.get(layout, ())) for source, layout in layouts.itertuples(False)
        }
        for name, source in self._rows_of(year):
            fed.setdefault(source, set()).add(name)
        return {source: frozenset(tables) for source, tables in fed.items()}

    def _rows_of(self, year: SchoolYear) -> Iterator[tuple[str, str]]:
        for table in RECEIVED_TABLES:
            if table.name in GROUND or "source_id" not in table.columns:
                continue
            if not self._store.path(year, table.name).exists():
                continue
            columns = ["source_id", *(["form"] if table.name == FORM else [])]
            rows = self._store.read(table.name, [year], columns).drop_duplicates()
            for source, *form in rows.itertuples(index=False):
                yield "/".join([table.name, *form]), source

    def _became(self, year: SchoolYear) -> dict[str, Tables]:
        files = self._store.read("sources", [year], ["source_id", "file"])
        fed = self._fed(year)
        became: dict[str, Tables] = {}
        for source, file in files.itertuples(index=False):
            became[file] = became.get(file, frozenset()) | fed.get(source, frozenset())
        return became

    def _alike(self, file: str) -> Tables:
        """Return what the files that are named alike, or lie beside it, became."""
        known = {**self._became(self.year.shifted(-1)), **self._became(self.year)}
        return _common(known[one] for one in known if _plain(one) == _plain(file)) or _common(
            known[one] for one in known if _folder(one) and _folder(one) == _folder(file)
        )

    def _named(self, file: str) -> Tables:
        words = _plain(file)
        form = next(
            (one for one in load_forms(self.project).values() if _plain(one.short) in words), None
        )
        if form is not None:
            is_told_apart = form.table == FORM and form.code in load_form_items(self.project)
            return frozenset({f"{FORM}/{form.code}" if is_told_apart else form.table})
        layout = next(
            (name for word, name in NAME_WORDS if re.search(rf"(?<!\w)(?:{word})(?!\w)", words)), ""
        )
        return frozenset(TABLES_OF.get(layout, ()))


def _common(found: Iterable[Tables]) -> Tables:
    """Return the tables of several files where they are the same; else nothing."""
    different = set(found)
    return different.pop() if len(different) == 1 else frozenset()


def _folder(file: str) -> str:
    parent = PurePosixPath(file).parent.as_posix()
    return "" if parent == "." else parent


def _plain(file: str) -> str:
    """Return a file's name without its ending, its numbers and its signs."""
    words = re.sub(r"\.\w{1,5}$", "", PurePosixPath(file).name.casefold())
    numbered = re.sub(r"\b(ф)\s*(\d)", r"\1\2", re.sub(r"[\W_]+", " ", words))
    return re.sub(r"(?<!ф)\b\d+\b", "", numbered).strip()
