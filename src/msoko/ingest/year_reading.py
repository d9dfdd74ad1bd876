"""One year's folder → tables and findings. Everything wrong is listed in one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from msoko.catalog.registry.mark_scales import Scales
from msoko.catalog.registry.task_maxima import load_task_maxima
from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.assembly import assemble
from msoko.ingest.corrections import Correction, CorrectionRegister, load_corrections
from msoko.ingest.identity.crosswalk import Crosswalk
from msoko.ingest.identity.file_names import renamed, with_shown_names
from msoko.ingest.identity.known_names import keep_surnames
from msoko.ingest.identity.pseudonyms import Pseudonyms
from msoko.ingest.identity.subject_names import Subjects
from msoko.ingest.ingest_findings import Finding, findings_frame
from msoko.ingest.layouts import code_register
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.declared_columns import read_declared
from msoko.ingest.layouts.declared_problems import unread_sheets
from msoko.ingest.layouts.file_entry import COLUMNS, FileEntry
from msoko.ingest.layouts.known_layouts import layout_of
from msoko.ingest.lost_ends import lost_ends
from msoko.ingest.placed_blocks import place_block
from msoko.ingest.raw_folder import FolderIntake, open_books
from msoko.ingest.recognition import SheetDecision, decide, other_layout, recognise_book
from msoko.ingest.renamed_headings import absent_headings, with_known_headings
from msoko.ingest.repeated.repeated_files import copies, repeated_files
from msoko.ingest.sheets.peculiar_cells import peculiar_cells
from msoko.ingest.sheets.raw_book import RawBook
from msoko.ingest.sheets.sheet_blocks import AmbiguousHeading, SheetPlace
from msoko.ingest.year_file import YearFile, load_year_file


@dataclass(frozen=True)
class Intake:
    """A year's tables by name, shaped as `msoko.core.tables`, and the findings among them."""

    tables: dict[str, pd.DataFrame]
    findings: pd.DataFrame

    @property
    def is_blocked(self) -> bool:
        """Return whether anything must be put right before reports are built."""
        return bool((self.findings["severity"] == "blocking").any())


@dataclass(frozen=True)
class _DecidedBook:
    """A book, what year.yml says of it, and what was decided about its sheets."""

    book: RawBook
    entry: FileEntry
    decisions: tuple[SheetDecision, ...] = ()


def read_year(project: Project, year: SchoolYear, secret: bytes) -> Intake:
    """Return the year's tables and findings; a file that is refused is a blocking finding.

    `secret` keys the pupils' pseudonyms (`msoko.ingest.identity.pseudonyms.project_secret`).
    Raises nothing for bad data, only for a defect of the house's own registry.
    """
    folder = FolderIntake(project, year, YearFile(str(year)))
    try:
        folder.declared = _declaration(project, year)
        register = CorrectionRegister(_corrections(project, year))
        crosswalk = Crosswalk.load(project, year)
    except MsokoError as error:
        finding = Finding("declaration", "blocking", str(error), "Исправьте файл и повторите.")
        return _intake([finding], {}, year)
    books = open_books(folder, register)
    context = ReadingContext(
        year, Pseudonyms(secret), Subjects.load(project), Scales.load(project), {}, project,
        crosswalk.logins(), load_task_maxima(project),
    )  # fmt: skip
    unread = copies(books, folder.declared.entry)
    _read_books(folder, [book for book in books if book.file not in unread], context)
    folder.findings += register.finish()
    folder.findings += repeated_files(folder.digests, unread, project, year, folder.declared, books)
    keep_surnames(year, books, secret)
    tables, findings = assemble(folder.placed, crosswalk, year)
    folder.findings += [told for one in folder.placed for told in one.parsed.findings]
    folder.findings += findings
    folder.findings += lost_ends(folder.placed, tables, project)
    folder.findings += _check_expected(folder, tables)
    others = [*folder.declared.files, *(one.file for one in folder.findings if one.file)]
    names = renamed(books, folder.digests, others)
    return _intake(with_shown_names(folder.findings, names), tables, year)


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


def _read_books(folder: FolderIntake, books: list[RawBook], context: ReadingContext) -> None:
    for book in books:
        folder.findings += absent_headings(book, folder.declared.entry(book.file).aliases)
    decided = [_decide_book(book, folder.declared.entry(book.file)) for book in books]
    links = dict(_links(decided, context))
    pseudonym = Pseudonyms(context.pseudonym.secret, links)
    for one in decided:
        folder.findings += _connections(one.book)
        options = {"procedure": one.entry.procedure} if one.entry.procedure else {}
        options["municipality"] = folder.declared.municipality
        own = replace(context, pseudonym=pseudonym, options=options)
        if one.entry.layout == COLUMNS:
            _read_declared(folder, one, own)
        else:
            _read_sheets(folder, one, own)


def _decide_book(book: RawBook, entry: FileEntry) -> _DecidedBook:
    if entry.layout == COLUMNS:
        return _DecidedBook(book, entry)
    book = with_known_headings(book, entry.aliases)
    return _DecidedBook(book, entry, tuple(decide(book, recognise_book(book), entry.layout)))


def _links(
    decided: list[_DecidedBook], context: ReadingContext
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what the registers of codes say, before any file is read by it."""
    for one in decided:
        for decision in one.decisions:
            recognition = decision.recognition
            if recognition and recognition.layout == code_register.LAYOUT.name:
                place = SheetPlace(one.book, decision.sheet)
                yield from code_register.read_links(place, context).items()


def _read_declared(folder: FolderIntake, one: _DecidedBook, context: ReadingContext) -> None:
    reason = f"описан в {one.entry.place}"
    folder.findings += unread_sheets(one.book, one.entry)
    places = []
    for sheet, parsed in read_declared(one.book, one.entry, context):
        places.append(SheetPlace(one.book, sheet))
        _keep(folder, places[-1], parsed, COLUMNS, reason, 1.0)
    for place in places:
        _tell_peculiar(folder, place)


def _read_sheets(folder: FolderIntake, one: _DecidedBook, context: ReadingContext) -> None:
    book = one.book
    folder.findings += other_layout(book, one.entry, one.decisions)
    if not one.decisions and not any(sheet.cells for sheet in book.sheets):
        folder.findings.append(
            Finding("empty_file", "blocking", "в файле нет ни одной заполненной ячейки.",
                    "Выгрузите файл заново или уберите его.", file=book.file)
        )  # fmt: skip
    for decision in one.decisions:
        recognition = decision.recognition
        if recognition is None:
            folder.findings.append(
                Finding(decision.check, decision.severity, decision.message, decision.action,
                        file=book.file, sheet=decision.sheet.name or None)
            )  # fmt: skip
            continue
        place = SheetPlace(book, decision.sheet)
        for parsed in _parsed_blocks(folder, place, recognition, context):
            _keep(folder, place, parsed, recognition.layout, recognition.reason,
                  recognition.confidence)  # fmt: skip
        _tell_peculiar(folder, place)


def _parsed_blocks(
    folder: FolderIntake, place: SheetPlace, recognition: Recognition, context: ReadingContext
) -> list[ParsedBlock]:
    """Return the blocks of a sheet; a sheet that its reader did not foresee is refused.

    One odd sheet must not hide what is wrong in the other files, and the words of
    the error may hold a pupil's name, so only its kind is told.
    """
    try:
        return layout_of(recognition.layout).read(place, recognition, context)
    except AmbiguousHeading as heading:
        cells = " и ".join(heading.cells)
        folder.findings.append(
            place.finding(
                "ambiguous_heading", "blocking",
                f"заголовок «{heading.title}» стоит в ячейках {cells} над разными числами: "
                "неизвестно, какой столбец верный.",
                "Выгрузите файл заново или удалите лишний столбец.", cell=", ".join(heading.cells),
            )
        )  # fmt: skip
        return []
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        kind = type(error).__name__
        folder.findings.append(
            Finding(
                "unforeseen",
                "blocking",
                f"таблица не такова, каким бывает вид {recognition.title}: {kind}.",
                "Выгрузите файл заново; если не поможет, пришлите его разработчикам.",
                file=place.book.file,
                sheet=place.sheet.name or None,
            )
        )
        return []


def _keep(
    folder: FolderIntake,
    place: SheetPlace,
    parsed: ParsedBlock,
    layout: str,
    reason: str,
    confidence: float,
) -> None:
    folder.placed.append(place_block(place, parsed, layout, reason, confidence))


def _tell_peculiar(folder: FolderIntake, place: SheetPlace) -> None:
    """Tell what is peculiar in a sheet, and set the rows aside that it spoils."""
    blocks = folder.of_sheet(place)
    rows = {one: set.union(*one.accounted_rows()) for one in blocks}
    for told in peculiar_cells(place, set().union(*rows.values())):
        folder.findings.append(told)
        for one in blocks if told.rows else ():
            own = rows[one].intersection(told.rows)
            one.parsed.lose(own, told.message.partition(":")[0])


def _connections(book: RawBook) -> Iterator[Finding]:
    """Yield a warning where the values of a workbook came from other data."""
    if book.has_connections:
        yield Finding(
            "connections", "warning",
            "книга подключена к внешним данным: прочитаны значения, сохранённые в ней; "
            "обновления не запрашивались.",
            "Проверьте, что перед сохранением данные были обновлены.", file=book.file,
        )  # fmt: skip


def _check_expected(folder: FolderIntake, tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    expected, read = folder.declared.expected, len(folder.digests)
    where = f"data/raw/{folder.year}/year.yml"
    if expected.files is not None and expected.files != read:
        message = f"{where}: ожидалось файлов – {expected.files}, прочитано – {read}."
        yield Finding("expected", "blocking", message, "Дополните папку или исправьте expected.")
    for name, count in expected.rows.items():
        there = len(tables[name]) if name in tables else 0
        if there != count:
            message = f"{where}: в таблице {name} ожидалось строк – {count}, есть – {there}."
            yield Finding("expected", "blocking", message, "Проверьте файлы или expected.",
                          table=name)  # fmt: skip
