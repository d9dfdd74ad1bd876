"""A year's folder: which files it has, opened, corrected, or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.corrections import Register
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.repeats import Placed
from msoko.ingest.sandbox.workbook_reader import Book, Reader, Refusal
from msoko.ingest.year_file import YearFile, matches

NOT_DATA = (".yml", ".yaml", ".md", ".ini", ".db", ".log")
NOT_DATA_NAMES = ("source.txt", "readme.txt", "thumbs.db")


@dataclass
class Work:
    """What gathers while the folder is read."""

    project: Project
    year: SchoolYear
    declared: YearFile
    findings: list[Finding] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    sources: list[dict[str, object]] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


def data_files(folder: Path) -> list[Path]:
    """Return the files of a year's folder that may hold data, sorted by name."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not path.name.startswith((".", "~$"))
        and path.suffix.lower() not in NOT_DATA
        and path.name.lower() not in NOT_DATA_NAMES
    )


def open_books(work: Work, register: Register) -> list[Book]:
    """Return the corrected books of the folder; what was refused is in the findings."""
    folder = work.project.raw(work.year)
    files = data_files(folder)
    if not files:
        work.findings.append(
            Finding("no_files", "blocking", f"в data/raw/{work.year} нет файлов с данными.",
                    "Положите туда выгрузки или проверьте учебный год.")
        )  # fmt: skip
    names = [path.relative_to(folder).as_posix() for path in files]
    _check_patterns(work, names)
    books: list[Book] = []
    with Reader() as reader:
        for path, name in zip(files, names, strict=True):
            entry = work.declared.entry(name)
            if entry.layout == "ignore":
                work.findings.append(
                    Finding("ignored_file", "note", f"файл не читается: {entry.reason}", file=name)
                )
                continue
            options = {"encoding": entry.encoding, "delimiter": entry.delimiter}
            opened = reader.open(path, name, {k: v for k, v in options.items() if v})
            for one in opened:
                work.digests[one.file] = one.sha256
                if isinstance(one, Refusal):
                    work.findings.append(
                        Finding(one.check, "blocking", one.message, one.action, file=one.file)
                    )
                else:
                    books.append(register.apply(one))
    return books


def _check_patterns(work: Work, names: list[str]) -> None:
    for pattern, entry in work.declared.files.items():
        outer = pattern.split(".zip/")[0] + ".zip" if ".zip/" in pattern else pattern
        if not any(matches(name, outer) for name in names):
            work.findings.append(
                Finding("pattern", "blocking", f"{entry.place}: для «{pattern}» файлов нет.",
                        "Исправьте имя в year.yml или положите файл.")
            )  # fmt: skip
