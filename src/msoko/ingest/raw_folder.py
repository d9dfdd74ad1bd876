"""A year's folder: which files it has, opened, corrected, or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from msoko.core.project import Project, legible_name
from msoko.core.school_year import SchoolYear
from msoko.ingest.corrections import CorrectionRegister
from msoko.ingest.entry_matches import doubtful_entries, unused_entries
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.file_entry import IGNORE
from msoko.ingest.placed_blocks import PlacedBlock, shown_place
from msoko.ingest.sandbox.workbook_reader import Refusal, WorkbookReader, file_digest
from msoko.ingest.sheets.raw_book import RawBook
from msoko.ingest.sheets.sheet_blocks import SheetPlace
from msoko.ingest.unread_files import unread_finding
from msoko.ingest.year_file import YearFile

NOT_DATA = (".yml", ".yaml", ".md", ".ini", ".db", ".log")
NOT_DATA_NAMES = ("source.txt", "readme.txt", "thumbs.db")


@dataclass
class FolderIntake:
    """What gathers while the folder is read."""

    project: Project
    year: SchoolYear
    declared: YearFile
    findings: list[Finding] = field(default_factory=list)
    placed: list[PlacedBlock] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def of_sheet(self, place: SheetPlace) -> list[PlacedBlock]:
        """Return the blocks that were read from a sheet."""
        where = shown_place(place)
        return [one for one in self.placed if (one.file, one.sheet) == where]


def data_files(folder: Path) -> list[Path]:
    """Return what in a year's folder may hold data, sorted by name; it may be no file at all."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.rglob("*")
        if (path.is_symlink() or not path.is_dir())
        and not path.name.startswith((".", "~$"))
        and path.suffix.lower() not in NOT_DATA
        and path.name.lower() not in NOT_DATA_NAMES
    )


def open_books(folder: FolderIntake, register: CorrectionRegister) -> list[RawBook]:
    """Return the corrected books of the folder; what was refused is in the findings."""
    root = folder.project.raw(folder.year)
    files = data_files(root)
    if not files:
        folder.findings.append(
            Finding("no_files", "blocking", f"в data/raw/{folder.year} нет файлов с данными.",
                    "Положите туда выгрузки или проверьте учебный год.")
        )  # fmt: skip
    names = [path.relative_to(root).as_posix() for path in files]
    books: list[RawBook] = []
    with WorkbookReader() as reader:
        for path, name in zip(files, names, strict=True):
            if _is_doubtful(folder, name):
                folder.digests[name] = file_digest(path)
                continue
            entry = folder.declared.entry(name)
            if entry.layout == IGNORE:
                folder.findings.append(
                    Finding(
                        "ignored_file",
                        "note",
                        f"файл не читается: {entry.reason}",
                        file=legible_name(name),
                    )
                )
                continue
            unread = unread_finding(path, name)
            if unread:
                folder.findings.append(unread)
                continue
            options = {"encoding": entry.encoding, "delimiter": entry.delimiter}
            opened = reader.open(path, name, {k: v for k, v in options.items() if v})
            for one in opened:
                folder.digests[one.file] = one.sha256
                if isinstance(one, Refusal):
                    folder.findings.append(
                        Finding(one.check, "blocking", one.message, one.action, file=one.file)
                    )
                elif one.file == name or not _is_doubtful(folder, one.file):
                    books.append(register.apply(one))
    folder.findings += unused_entries(
        folder.declared, root, list(dict.fromkeys([*names, *folder.digests]))
    )
    return books


def _is_doubtful(folder: FolderIntake, name: str) -> bool:
    """Return whether the file has entries that contradict each other, and tell it."""
    found = doubtful_entries(folder.declared, name)
    folder.findings += found
    return bool(found)
