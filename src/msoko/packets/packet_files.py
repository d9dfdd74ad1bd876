"""Packets on disk: reports/<year>/internal/packets/<school_id>/."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePosixPath

from msoko.catalog import load_profile
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.whole_files import replacing
from msoko.ingest.identity.file_names import shown_book, shown_file, without_digits
from msoko.ingest.raw_folder import data_files
from msoko.ingest.sandbox.workbook_reader import WorkbookReader
from msoko.ingest.sheets.raw_book import RawBook
from msoko.ingest.year_file import YearFile, load_year_file
from msoko.packets.findings_protocol import protocol
from msoko.packets.marked_copies import marked_copy
from msoko.packets.packet_contents import CheckedYear, Packet
from msoko.validate.findings.check_wording import read_wording

PROTOCOL = "protocol.docx"


def write_packets(
    project: Project, year: SchoolYear, school_id: str | None = None
) -> dict[str, Path]:
    """Write a packet for each school with findings, or for one; return school → folder.

    All packets take the place of the year's former ones at once; with `school_id`,
    only that school's. Raises `UsageError` where the year has not been checked or the
    school has no findings.
    """
    contents = CheckedYear(project, year)
    wanted = contents.school_ids() if school_id is None else [school_id]
    if school_id is not None and school_id not in contents.school_ids():
        raise UsageError(
            f"у организации {school_id} нет замечаний за {year}, пакет не нужен. "
            f"Организации с замечаниями: {', '.join(contents.school_ids()) or 'нет'}."
        )
    target = project.reports(year) / "internal" / "packets"
    replaced = target if school_id is None else target / school_id
    with replacing(replaced, "folder") as fresh, PacketWriter(project, year) as writer:
        for one in wanted:
            writer.make(contents.packet(one), fresh / one if school_id is None else fresh)
    return {one: target / one for one in wanted}


class PacketWriter:
    """Opens raw files, each once, and makes packets from them."""

    def __init__(self, project: Project, year: SchoolYear) -> None:
        self.project, self.year = project, year
        self.declared = _declared(project, year)
        self.words = read_wording(project)
        self.is_synthetic = _is_synthetic(project, self.declared)
        self.reader = WorkbookReader()
        self.books: dict[str, RawBook | None] = {}

    def __enter__(self) -> PacketWriter:
        self.reader.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.reader.__exit__(*error)

    def make(self, packet: Packet, folder: Path) -> None:
        """Write one packet: the marked copies, and the protocol that names them."""
        folder.mkdir(parents=True, exist_ok=True)
        copies: dict[str, str] = {}
        for file in packet.files:
            book = self._book(file)
            if book is None:
                continue
            name = _copy_name(file, copies.values())
            content = marked_copy(book, packet, file, self.words.severities)
            (folder / name).write_bytes(content)
            copies[file] = name
        content = protocol(packet, self.words, str(self.year), copies, self.is_synthetic)
        (folder / PROTOCOL).write_bytes(content)

    def _book(self, file: str) -> RawBook | None:
        """Return the file as it was received, under the names it is stored by; None where gone."""
        if file not in self.books:
            for path in self._paths(file):
                name = path.relative_to(self.project.raw(self.year)).as_posix()
                entry = self.declared.entry(file if file.startswith(name) else name)
                options = {"encoding": entry.encoding, "delimiter": entry.delimiter}
                given = {key: value for key, value in options.items() if value}
                opened = self.reader.open(path, name, given)
                books = [shown_book(one) for one in opened if isinstance(one, RawBook)]
                self.books.update({one.file: one for one in books})
            self.books.setdefault(file, None)
        return self.books[file]

    def _paths(self, file: str) -> list[Path]:
        """Return the raw file, or the archive that holds it; nothing outside the folder.

        Of files that are stored under another name, all that it may stand for.
        """
        folder = self.project.raw(self.year)
        for name in (PurePosixPath(file), *PurePosixPath(file).parents):
            path = folder / name
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                return [path]
            if found := self._renamed.get(without_digits(name.as_posix())):
                return found
        return []

    @cached_property
    def _renamed(self) -> dict[str, list[Path]]:
        """The raw files whose own names name a person, by what is stored, without its digits."""
        folder = self.project.raw(self.year)
        found: dict[str, list[Path]] = {}
        for path in data_files(folder):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not path.is_symlink() and shown_file(name) != name:
                found.setdefault(shown_file(name), []).append(path)
        return found


def _declared(project: Project, year: SchoolYear) -> YearFile:
    path = project.raw(year) / "year.yml"
    return load_year_file(path, project.shown(path)) if path.exists() else YearFile(str(year))


def _is_synthetic(project: Project, declared: YearFile) -> bool:
    if declared.is_synthetic or not declared.municipality:
        return declared.is_synthetic
    return load_profile(project, declared.municipality).is_synthetic


def _copy_name(file: str, taken: Iterable[str]) -> str:
    """Return a name of its own for the copy: the file's stem, safe on every system."""
    stem = re.sub(r'[<>:"/\\\\|?*\x00-\x1f]', " ", PurePosixPath(file).stem).strip(" .")[:80]
    name, number = f"{stem or 'file'}.xlsx", 2
    while name in set(taken):
        name, number = f"{stem or 'file'} ({number}).xlsx", number + 1
    return name
