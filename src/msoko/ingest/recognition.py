"""What a file is, by its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msoko.core.errors import DataRefused
from msoko.ingest.layouts.contract import SURE, Family, Recognition, families
from msoko.ingest.sandbox.workbook_reader import Book, Reader, Refusal, Sheet


@dataclass(frozen=True)
class Known:
    """A recognition and the family that made it."""

    family: Family
    recognition: Recognition


def recognise(path: Path | str) -> list[Recognition]:
    """Return what the sheets of a file are or look like, the surest first.

    A recognition below `SURE` only says what is missing; one with a `refusal` is
    known and not read. An empty list: nothing is like it. Raises `DataRefused`
    where the file cannot be parsed safely.
    """
    path = Path(path)
    with Reader() as reader:
        opened = reader.open(path, path.name)
    found: list[Recognition] = []
    for book in opened:
        if isinstance(book, Refusal):
            raise DataRefused(f"{book.file}: {book.message} {book.action}")
        found += [known.recognition for known in recognise_book(book)]
    return sorted(found, key=lambda one: -one.confidence)


def recognise_book(book: Book) -> list[Known]:
    """Return what every family says of the book."""
    return [Known(family, one) for family in families().values() for one in family.recognise(book)]


@dataclass(frozen=True)
class Choice:
    """What was decided about a sheet: at most one of `known` and a message."""

    sheet: Sheet
    known: Known | None = None
    check: str = ""
    message: str = ""
    action: str = ""
    severity: str = "blocking"


def choose(book: Book, known: Sequence[Known], layout: str | None) -> list[Choice]:
    """Return the decision on each sheet that holds anything.

    `layout`: what year.yml says; it settles a doubt, it does not make a sheet
    into what it is not.
    """
    is_any_known = any(_is_decided(one.recognition) for one in known)
    choices = []
    for sheet in book.sheets:
        if not sheet.cells:
            continue
        here = [one for one in known if one.recognition.sheet == sheet.name]
        if layout:
            here = [one for one in here if one.recognition.layout == layout] or here
        choices.append(_choose(sheet, here, is_any_known))
    return [one for one in choices if one.known or one.message]


def _is_decided(recognition: Recognition) -> bool:
    return recognition.confidence >= SURE


def _choose(sheet: Sheet, here: Sequence[Known], is_any_known: bool) -> Choice:
    sure = [one for one in here if _is_decided(one.recognition)]
    refused = [one for one in sure if one.recognition.refusal]
    if refused:
        return Choice(sheet, check="refused_layout", message=refused[0].recognition.refusal,
                      action="Замените файл отчётом, который выгружает ФИС ОКО.")  # fmt: skip
    if sheet.is_hidden and sure:
        title = sure[0].recognition.title
        return Choice(sheet, check="hidden_sheet", severity="warning",
                      message=f"скрытый лист похож на {title} и не прочитан.",
                      action="Откройте лист, если данные нужны, или удалите его.")  # fmt: skip
    layouts = {one.recognition.layout for one in sure}
    if len(layouts) > 1:
        titles = "; ".join(sorted(one.recognition.title for one in sure))
        return Choice(sheet, check="ambiguous_layout",
                      message=f"лист подходит под несколько видов: {titles}.",
                      action="Укажите layout для этого файла в year.yml.")  # fmt: skip
    if sure:
        return Choice(sheet, known=sure[0])
    if sheet.is_hidden:
        return Choice(sheet)
    return _unknown(sheet, here, is_any_known)


def _unknown(sheet: Sheet, here: Sequence[Known], is_any_known: bool) -> Choice:
    """Say what the sheet looks most like and what is missing."""
    if here:
        best = max(here, key=lambda one: one.recognition.confidence).recognition
        lacks = ", ".join(f"«{label}»" for label in best.missing)
        message = f"вид таблицы не распознан. Больше всего похоже на {best.title}; нет: {lacks}."
        action = "Выгрузите отчёт заново, не меняя заголовков."
    elif is_any_known:
        return Choice(
            sheet,
            check="unknown_sheet",
            severity="warning",
            message="лист не распознан и не прочитан.",
            action="Если на листе есть данные, перенесите их в отдельный файл.",
        )
    else:
        message = "вид таблицы не распознан, ни на одну известную она не похожа."
        action = "Опишите её в year.yml (layout: columns) или укажите layout: ignore с причиной."
    return Choice(sheet, check="unknown_layout", message=message, action=action)
