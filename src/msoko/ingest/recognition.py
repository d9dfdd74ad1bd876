"""What a file is, by its content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msoko.core.errors import DataRefused
from msoko.ingest.ingest_findings import Finding, Severity
from msoko.ingest.layouts import known_layouts
from msoko.ingest.layouts.contract import Recognition
from msoko.ingest.layouts.file_entry import FileEntry
from msoko.ingest.sandbox.workbook_reader import Refusal, WorkbookReader
from msoko.ingest.sheets.raw_book import RawBook, RawSheet


def recognise(path: Path | str) -> list[Recognition]:
    """Return what the sheets of a file are or look like, the surest first.

    A recognition that is not sure only says what is missing; one with a `refusal` is
    known and not read. An empty list: nothing is like it. Raises `DataRefused`
    where the file cannot be parsed safely.
    """
    path = Path(path)
    with WorkbookReader() as reader:
        opened = reader.open(path, path.name)
    found: list[Recognition] = []
    for book in opened:
        if isinstance(book, Refusal):
            raise DataRefused(f"{book.file}: {book.message} {book.action}")
        found += recognise_book(book)
    return sorted(found, key=lambda recognition: -recognition.confidence)


def recognise_book(book: RawBook) -> list[Recognition]:
    """Return what every layout says of the book's sheets.

    A sheet that surely is one thing is not told to be like others.
    """
    found = [one for layout in known_layouts.LAYOUTS for one in layout.recognise(book)]
    decided = {one.sheet for one in found if one.is_sure}
    return [one for one in found if one.is_sure or one.sheet not in decided]


@dataclass(frozen=True)
class SheetDecision:
    """What was decided about a sheet: at most one of a recognition and a message."""

    sheet: RawSheet
    recognition: Recognition | None = None
    check: str = ""
    message: str = ""
    action: str = ""
    severity: Severity = "blocking"


def decide(book: RawBook, found: Sequence[Recognition], layout: str | None) -> list[SheetDecision]:
    """Return the decision on each sheet that holds anything.

    `layout`: what year.yml says; it settles a doubt, it does not make a sheet
    into what it is not.
    """
    is_any_known = any(one.is_sure for one in found)
    decisions = []
    for sheet in book.sheets:
        if not sheet.cells:
            continue
        here = [one for one in found if one.sheet == sheet.name]
        if layout:
            here = [one for one in here if one.layout == layout] or here
        decisions.append(_decide_sheet(sheet, here, is_any_known))
    return [one for one in decisions if one.recognition or one.message]


def other_layout(
    book: RawBook, entry: FileEntry, decisions: Iterable[SheetDecision]
) -> Iterator[Finding]:
    """Yield the warning that year.yml names a layout which no sheet of the book has."""
    taken = [one.recognition for one in decisions if one.recognition]
    if not entry.layout or not taken or any(one.layout == entry.layout for one in taken):
        return
    titles = "; ".join(dict.fromkeys(one.title for one in taken))
    yield Finding(
        "declared_layout",
        "warning",
        f"{entry.place}: объявлен layout «{entry.layout}», а по содержанию это {titles}; "
        "прочитано по содержанию.",
        "Исправьте layout в year.yml или замените файл.",
        file=book.file,
    )


def _decide_sheet(
    sheet: RawSheet, here: Sequence[Recognition], is_any_known: bool
) -> SheetDecision:
    sure = [one for one in here if one.is_sure]
    refused = [one for one in sure if one.refusal]
    if refused:
        return SheetDecision(
            sheet,
            check="refused_layout",
            message=refused[0].refusal,
            action="Замените файл отчётом, который выгружает ФИС ОКО.",
        )
    if sheet.is_hidden and sure:
        return SheetDecision(
            sheet,
            check="hidden_sheet",
            severity="warning",
            message=f"скрытый лист похож на {sure[0].title} и не прочитан.",
            action="Откройте лист, если данные нужны, или удалите его.",
        )
    if len({one.layout for one in sure}) > 1:
        titles = "; ".join(sorted(one.title for one in sure))
        return SheetDecision(sheet, check="ambiguous_layout",
                             message=f"лист подходит под несколько видов: {titles}.",
                             action="Укажите layout для этого файла в year.yml.")  # fmt: skip
    if sure:
        return SheetDecision(sheet, recognition=sure[0])
    if sheet.is_hidden:
        return SheetDecision(sheet)
    return _unknown(sheet, here, is_any_known)


def _unknown(sheet: RawSheet, here: Sequence[Recognition], is_any_known: bool) -> SheetDecision:
    """Return what the sheet looks most like and what is missing."""
    if here:
        best = max(here, key=lambda one: one.confidence)
        lacks = ", ".join(f"«{label}»" for label in best.missing)
        message = f"вид таблицы не распознан. Больше всего похоже на {best.title}; нет: {lacks}."
        action = (
            "Выгрузите отчёт заново, не меняя заголовков, или назовите их в year.yml: "
            f"aliases: {{Заголовок файла: {best.missing[0] if best.missing else '…'}}}."
        )
    elif is_any_known:
        return SheetDecision(
            sheet,
            check="unknown_sheet",
            severity="warning",
            message="лист не распознан и не прочитан.",
            action="Если на листе есть данные, перенесите их в отдельный файл.",
        )
    else:
        message = "вид таблицы не распознан, ни на одну известную она не похожа."
        action = "Опишите её в year.yml (layout: columns) или укажите layout: ignore с причиной."
    return SheetDecision(sheet, check="unknown_layout", message=message, action=action)
