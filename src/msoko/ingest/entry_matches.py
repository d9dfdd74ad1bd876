"""Which entry of year.yml is whose: a file of two entries, an entry of no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from msoko.catalog.yaml.declaration_lines import nearest
from msoko.core.tables import TABLES
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.file_entry import COLUMNS, FileEntry
from msoko.ingest.layouts.known_layouts import TABLES_OF
from msoko.ingest.year_file import YearFile, matches

MOST_LISTED = 10


def doubtful_entries(declared: YearFile, file: str) -> list[Finding]:
    """Return the finding that a file has entries which say different things of it."""
    found = declared.entries(file)
    first = next(iter(found.values()), FileEntry())
    if all(replace(one, reason=first.reason) == first for one in found.values()):
        return []
    shown = "; ".join(f"«{pattern}» ({entry.place})" for pattern, entry in found.items())
    advice = "Оставьте для файла одну запись: уточните имя или образец в остальных."
    if all(one.layout == COLUMNS and one.table == first.table for one in found.values()):
        advice += " Если из файла нужны оба набора строк, перечислите их в rows одной записи."
    message = f"файл подходит под несколько записей year.yml: {shown}; файл не прочитан."
    return [Finding("two_entries", "blocking", message, advice, file=file)]


def unused_entries(declared: YearFile, root: Path, names: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding for each entry that speaks of no file of the folder.

    `names`: files, and what was found in archives. An archive that was not read is not
    told to lack what it may hold.
    """
    used = {pattern for name in names for pattern in declared.entries(name)}
    opened = {name.split(".zip/")[0] + ".zip" for name in names if ".zip/" in name}
    for pattern, entry in declared.files.items():
        if pattern in used or _is_in_unread_archive(pattern, names, opened):
            continue
        yield Finding(
            "pattern",
            "blocking",
            f"{entry.place}: для «{pattern}» файлов нет. {_hint(declared, pattern, root, names)}",
            "Исправьте имя в year.yml или положите файл.",
            table=_table(entry),
        )


def _table(entry: FileEntry) -> str | None:
    """Return the table that files of an entry feed, where it says so."""
    of_layout = TABLES_OF.get(entry.layout or "", (None,))[0]
    return entry.table if entry.table in TABLES else of_layout


def _is_in_unread_archive(pattern: str, names: Iterable[str], opened: set[str]) -> bool:
    archive, sign, _ = pattern.partition(".zip/")
    found = {name for name in names if sign and matches(name, archive + ".zip")}
    return bool(found) and not found & opened


def _hint(declared: YearFile, pattern: str, root: Path, names: Sequence[str]) -> str:
    """Return why a pattern may have no file: a file that is not data, another name."""
    covered = [name for name in names if matches(name, pattern)]
    if covered:
        others = "; ".join(f"«{one}»" for one in declared.entries(covered[0]))
        return f"Подходящий файл «{covered[0]}» описан записью {others}."
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in names and matches(name, pattern):
            return f"Файл «{name}» есть, но такие файлы данными не считаются."
    near = nearest(pattern, names) or _of_same_name(pattern, names)
    if near:
        return f"Возможно, имелось в виду «{near}»."
    shown = ", ".join(f"«{name}»" for name in names[:MOST_LISTED])
    rest = f" и ещё {len(names) - MOST_LISTED}" if len(names) > MOST_LISTED else ""
    return f"В папке есть: {shown}{rest}." if names else ""


def _of_same_name(pattern: str, names: Sequence[str]) -> str | None:
    """Return the file whose last part is nearest: a path may be written from another folder."""
    last = {Path(name).name: name for name in names}
    near = nearest(Path(pattern).name, last)
    return last[near] if near else None
