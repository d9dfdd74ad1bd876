"""One year's folder → tables and findings. Everything wrong is listed in one run."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from msoko.catalog.registry.mark_scales import Scales
from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.assembly import assemble
from msoko.ingest.corrections import Correction, Register, load_corrections
from msoko.ingest.identity.crosswalk import Crosswalk
from msoko.ingest.identity.pseudonyms import Pseudonyms
from msoko.ingest.identity.subject_names import Subjects
from msoko.ingest.ingest_findings import Finding, findings_frame
from msoko.ingest.layouts import code_register as link_register
from msoko.ingest.layouts import declared_columns
from msoko.ingest.layouts.contract import Desk, Reading
from msoko.ingest.raw_folder import Work, open_books
from msoko.ingest.recognition import Choice, Known, choose, recognise_book
from msoko.ingest.repeats import Placed, repeated_files
from msoko.ingest.sandbox.workbook_reader import Book, Sheet
from msoko.ingest.year_file import FileEntry, YearFile, load_year_file


@dataclass(frozen=True)
class Intake:
    """A year's tables by name, shaped as `msoko.core.tables`, and the findings among them."""

    tables: dict[str, pd.DataFrame]
    findings: pd.DataFrame

    @property
    def is_blocked(self) -> bool:
        """Return whether anything must be put right before reports are built."""
        return bool((self.findings["severity"] == "blocking").any())


def read_year(project: Project, year: SchoolYear, secret: bytes) -> Intake:
    """Return the year's tables and findings; a file that is refused is a blocking finding.

    `secret` keys the pupils' pseudonyms (`msoko.ingest.identity.pseudonyms.project_secret`).
    Raises nothing for bad data, only for a defect of the house's own registry.
    """
    work = Work(project, year, YearFile(str(year)))
    try:
        work.declared = _declaration(project, year)
        register = Register(_corrections(project, year))
        crosswalk = Crosswalk.load(project, year)
    except MsokoError as error:
        finding = Finding("declaration", "blocking", str(error), "Исправьте файл и повторите.")
        return _intake([finding], {}, year)
    books = open_books(work, register)
    desk = Desk(year, Pseudonyms(secret), Subjects.load(project), Scales.load(project), {}, project)
    _read_books(work, books, desk)
    work.findings += register.finish()
    work.findings += repeated_files(work.digests, project, year)
    tables, findings = assemble(work.placed, work.sources, crosswalk, year)
    work.findings += findings
    work.findings += _check_expected(work, tables)
    return _intake(work.findings, tables, year)


def _intake(
    findings: Iterable[Finding], tables: dict[str, pd.DataFrame], year: SchoolYear
) -> Intake:
    frame = findings_frame(findings, str(year))
    return Intake({**tables, "findings": frame}, frame)


def _declaration(project: Project, year: SchoolYear) -> YearFile:
    path = project.raw(year) / "year.yml"
    if not path.exists():
        return YearFile(str(year))
    declared = load_year_file(path, project.shown(path))
    if declared.school_year != str(year):
        raise MsokoError(
            f"{project.shown(path)}: объявлен учебный год {declared.school_year}, "
            f"а папка называется {year}. Исправьте school_year или переложите файлы."
        )
    return declared


def _corrections(project: Project, year: SchoolYear) -> tuple[Correction, ...]:
    path = project.raw(year) / "corrections.yml"
    return load_corrections(path, project.shown(path))


def _read_books(work: Work, books: list[Book], desk: Desk) -> None:
    chosen: list[tuple[Book, FileEntry, list[Choice]]] = []
    for book in books:
        entry = work.declared.entry(book.file)
        if entry.layout == "columns":
            chosen.append((book, entry, []))
            continue
        chosen.append((book, entry, choose(book, recognise_book(book), entry.layout)))
    pseudonym = Pseudonyms(desk.pseudonym.secret, dict(_links(chosen, desk)))
    for book, entry, choices in chosen:
        options = {"procedure": entry.procedure} if entry.procedure else {}
        own = replace(desk, pseudonym=pseudonym, options=options)
        if entry.layout == "columns":
            for sheet, reading in declared_columns.read(book, entry, own):
                _place(work, book, sheet, reading, "columns", f"описан в {entry.place}", 1.0)
            continue
        _read_sheets(work, book, choices, own)


def _links(
    chosen: list[tuple[Book, FileEntry, list[Choice]]], desk: Desk
) -> Iterator[tuple[tuple[str, ...], str]]:
    for book, _, choices in chosen:
        for choice in choices:
            if choice.known and choice.known.recognition.layout == link_register.LAYOUT:
                yield from link_register.read_links(book, choice.known.recognition, desk).items()


def _read_sheets(work: Work, book: Book, choices: list[Choice], desk: Desk) -> None:
    if not choices and not any(sheet.cells for sheet in book.sheets):
        work.findings.append(
            Finding("empty_file", "blocking", "в файле нет ни одной заполненной ячейки.",
                    "Выгрузите файл заново или уберите его.", file=book.file)
        )  # fmt: skip
    for choice in choices:
        if choice.known is None:
            work.findings.append(
                Finding(choice.check, choice.severity, choice.message, choice.action,
                        file=book.file, sheet=choice.sheet.name or None)
            )  # fmt: skip
            continue
        recognition = choice.known.recognition
        for reading in _readings(work, book, choice.sheet, choice.known, desk):
            _place(work, book, choice.sheet, reading, recognition.layout, recognition.reason,
                   recognition.confidence)  # fmt: skip
        work.findings += _peculiar(book, choice.sheet)


def _readings(work: Work, book: Book, sheet: Sheet, known: Known, desk: Desk) -> list[Reading]:
    """Return the blocks of a sheet; a sheet that its reader did not foresee is refused.

    One odd sheet must not hide what is wrong in the other files, and the words of
    the error may hold a pupil's name, so only its kind is told.
    """
    try:
        return known.family.read(book, known.recognition, desk)
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        work.findings.append(
            Finding(
                "unforeseen",
                "blocking",
                f"таблица не такова, каким бывает вид {known.recognition.title}: "
                f"{type(error).__name__}.",
                "Выгрузите файл заново; если не поможет, пришлите его разработчикам.",
                file=book.file,
                sheet=sheet.name or None,
            )
        )
        return []


def _peculiar(book: Book, sheet: Sheet) -> Iterator[Finding]:
    """Yield what a reader of cells does not see: hidden rows, errors, formulas never computed."""
    where = {"file": book.file, "sheet": sheet.name or None}
    if sheet.hidden_rows:
        rows = ", ".join(map(str, sheet.hidden_rows[:10]))
        yield Finding("hidden_rows", "warning",
                      f"на листе есть скрытые строки ({rows}); они прочитаны наравне с остальными.",
                      "Проверьте, не должны ли они быть удалены.", row_count=len(sheet.hidden_rows),
                      **where)  # fmt: skip
    for check, cells, what in (
        ("error_cells", sheet.error_cells, "ошибка формулы (#Н/Д, #ДЕЛ/0! и подобные)"),
        ("empty_formulas", sheet.empty_formulas, "формула без вычисленного значения"),
    ):
        if cells:
            shown = ", ".join(cells[:10])
            yield Finding(check, "blocking", f"{what}: ячейки {shown}.",
                          "Откройте файл в Excel, исправьте и сохраните значения.", cell=shown,
                          row_count=len(cells), **where)  # fmt: skip


def _place(
    work: Work,
    book: Book,
    sheet: Sheet,
    reading: Reading,
    layout: str,
    reason: str,
    confidence: float,
) -> None:
    """Note the block as a source and check that each of its rows is accounted for."""
    key = "\x1f".join((unicodedata.normalize("NFC", book.file), sheet.name, str(reading.block)))
    source_id = hashlib.sha256(key.encode()).hexdigest()[:12]
    placed = Placed(book.file, sheet.name, book.sha256, source_id, layout, reading)
    kept, aside = _accounted(reading)
    if len(kept) + len(aside) != reading.rows_in:
        message = (
            f"строк в таблице – {reading.rows_in}, прочитано – {len(kept)}, "
            f"отложено – {len(aside)}: баланс не сходится."
        )
        reading.findings.append(placed.finding("row_balance", message))
    work.findings += reading.findings
    work.placed.append(placed)
    work.sources.append(
        {
            "source_id": source_id,
            "file": book.file,
            "sheet": sheet.name or None,
            "block": reading.block,
            "sha256": book.sha256,
            "layout": layout,
            "reason": reason,
            "confidence": confidence,
            "rows_in": reading.rows_in,
            "rows_kept": len(kept),
            "rows_set_aside": len(aside),
        }
    )


def _accounted(reading: Reading) -> tuple[set[int], set[int]]:
    """Return the rows that gave anything, and the rows that were set aside."""
    aside = {row for row, _ in reading.set_aside}
    used: set[int] = set()
    for name, frame in reading.tables.items():
        if name != "schools":
            used.update(map(int, frame["source_row"].unique().tolist()))
    return used - aside, aside


def _check_expected(work: Work, tables: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    expected = work.declared.expected
    where = f"data/raw/{work.year}/year.yml"
    if expected.files is not None and expected.files != len(work.digests):
        message = f"{where}: ожидалось файлов – {expected.files}, прочитано – {len(work.digests)}."
        yield Finding("expected", "blocking", message, "Дополните папку или исправьте expected.")
    for name, count in expected.rows.items():
        found = len(tables[name]) if name in tables else 0
        if found != count:
            message = f"{where}: в таблице {name} ожидалось строк – {count}, есть – {found}."
            yield Finding("expected", "blocking", message, "Проверьте файлы или expected.",
                          table=name)  # fmt: skip
