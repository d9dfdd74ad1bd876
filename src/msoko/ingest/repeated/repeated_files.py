"""A file that lies twice, in this year's folder or another's. What is taken twice stops the run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from msoko.core.errors import MsokoError
from msoko.core.project import Project, legible_name
from msoko.core.school_year import SchoolYear
from msoko.ingest.identity.file_names import shown_file
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.placed_blocks import ONE_COPY
from msoko.ingest.repeated.taken_rows import taken, twice
from msoko.ingest.sandbox.workbook_reader import file_digest
from msoko.ingest.sheets.raw_book import RawBook
from msoko.ingest.year_file import YearFile, load_year_file

WHERE = " Если нужны разные строки файла, отберите их условием where."


def copies(books: Iterable[RawBook], entry: Callable[[str], object]) -> set[str]:
    """Return the files that equal a plainer one byte for byte and are declared alike."""
    first: dict[str, str] = {}
    found = set()
    for file, digest in sorted(((one.file, one.sha256) for one in books), key=plainest):
        original = first.setdefault(digest, file)
        if original != file and entry(original) == entry(file):
            found.add(file)
    return found


def plainest(one: tuple[str, str]) -> tuple[int, str]:
    """Return the key of an order in which «Ф1» stands before its copy «Ф1 (1)»."""
    return len(one[0]), one[0]


def repeated_files(
    digests: Mapping[str, str],
    unread: Collection[str],
    project: Project,
    year: SchoolYear,
    declared: YearFile | None = None,
    books: Iterable[RawBook] = (),
) -> Iterable[Finding]:
    """Yield a finding for each file whose bytes lie twice and are taken twice.

    An open table may hold several years: then it lies in the folder of each, and
    year.yml takes other rows, or other columns, in each. A copy that was left unread
    does no harm and stops nothing.
    """
    declared, opened = declared or YearFile(str(year)), {book.file: book for book in books}
    seen: dict[str, list[str]] = {}
    readable = {file: digest for file, digest in digests.items() if digest}
    for file, digest in sorted(readable.items(), key=plainest):
        if file in unread:
            message = f"файл совпадает байт в байт с «{seen[digest][0]}» и второй раз не учтён."
            yield Finding("repeated_file", "warning", message, ONE_COPY, file=file)
            continue
        for other in seen.get(digest, ()):
            shared = _shared(opened.get(file), file, declared, other, declared)
            if shared is not None:
                message = f"файл совпадает байт в байт с «{other}».{shared}"
                yield Finding("repeated_file", "blocking", message, ONE_COPY, file=file)
                break
        seen.setdefault(digest, []).append(file)
    for other_year in project.raw_years():
        if other_year != year:
            yield from _in_another_year(project, other_year, seen, declared, opened)


def _in_another_year(
    project: Project,
    other: SchoolYear,
    seen: Mapping[str, list[str]],
    declared: YearFile,
    opened: Mapping[str, RawBook],
) -> Iterable[Finding]:
    root, there = project.raw(other), None
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix in (".yml", ".txt", ".md"):
            continue
        for file in seen.get(file_digest(path), ()):
            there = there or _declaration(project, other)
            name = legible_name(path.relative_to(root).as_posix())
            shared = _shared(opened.get(file), file, declared, name, there)
            if shared is not None:
                last = shown_file(name.rsplit("/", 1)[-1], file_digest(path))
                message = f"этот же файл лежит в папке {other} учебного года: «{last}».{shared}"
                yield Finding("repeated_file", "blocking", message, ONE_COPY, file=file)


def _shared(
    book: RawBook | None, file: str, declared: YearFile, name: str, there: YearFile
) -> str | None:
    """Return what is taken of the equal files twice, None where nothing is."""
    if book is None:
        return ""
    shared = twice(taken(book, declared.entry(file)), taken(book, there.entry(name)))
    return shared + WHERE if shared else shared


def _declaration(project: Project, year: SchoolYear) -> YearFile:
    """Return another year's declaration; what cannot be read takes whole files."""
    path: Path = project.raw(year) / "year.yml"
    try:
        return load_year_file(path, project.shown(path))
    except MsokoError:
        return YearFile(str(year))
