"""`msoko describe`: what files are taken for, what they hold, and how to declare them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from msoko.cli.message_paths import print_json
from msoko.cli.options import json_option
from msoko.core.errors import MsokoError
from msoko.core.russian import decimal

if TYPE_CHECKING:
    from msoko.ingest.description.file_description import FileDescription, SheetDescription
    from msoko.ingest.description.sheet_columns import SheetColumn

KINDS = {"empty": "пусто", "personal": "персональные данные: не читаются", "number": "числа",
         "date": "даты", "text": "слова"}  # fmt: skip


@click.command("describe")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="ФАЙЛ…")
@json_option
def command(files: tuple[Path, ...], as_json: bool) -> int:
    """Сказать, за что принят каждый ФАЙЛ, что в нём и как объявить его в year.yml.

    Ничего не записывается. Значения персональных столбцов не показываются.
    """
    from msoko.ingest.description.file_description import describe_file

    described: list[FileDescription] = []
    refused: list[str] = []
    for path in files:
        try:
            described += describe_file(path)
        except MsokoError as error:
            refused.append(str(error))
    if as_json:
        outcome = {"files": [_document(one) for one in described], "refused": refused}
        print_json(outcome)
    else:
        for one in described:
            click.echo("\n".join(_lines(one)))
        for message in refused:
            click.echo(message, err=True)
    return 1 if refused else 0


def _document(one: FileDescription) -> dict:
    sheets = [
        asdict(sheet) | {"recognised": [_recognised(found) for found in sheet.recognised]}
        for sheet in one.sheets
    ]
    return {"file": one.file, "kind": one.kind, "sheets": sheets, "entry": one.entry}


def _recognised(found: object) -> dict:
    names = ("layout", "title", "reason", "confidence", "missing", "refusal")
    return {name: getattr(found, name) for name in names}


def _lines(one: FileDescription) -> Iterator[str]:
    yield f"{one.file} ({one.kind})"
    for sheet in one.sheets:
        yield from _sheet_lines(sheet)
    yield "  Запись для year.yml (проверьте её: слова столбцов угаданы):"
    yield from (f"    {line}" for line in one.entry.splitlines())


def _sheet_lines(sheet: SheetDescription) -> Iterator[str]:
    title = f"лист «{sheet.name}»" if sheet.name else "таблица"
    if sheet.taken_for:
        known = sheet.taken_for
        yield f"  {title}: {known.title}; {known.reason} (layout: {known.layout})"
    else:
        yield f"  {title}: вид не распознан"
    for other in sheet.recognised[: 0 if sheet.taken_for else 2]:
        lacks = ", ".join(f"«{label}»" for label in other.missing)
        yield f"    похоже на {other.title}; нет: {lacks}"
    if sheet.header_row is None:
        yield "    строка заголовка не найдена"
        return
    yield f"    заголовок – строка {sheet.header_row}, строк под ним – {sheet.rows}"
    for column in sheet.columns:
        yield f"    {column.letter} «{column.title}»: {_column_words(column)}"


def _column_words(column: SheetColumn) -> str:
    said = [KINDS[column.kind]]
    if column.low is not None and column.high is not None:
        digits = 0 if column.are_whole else 2
        said[0] += f" от {decimal(column.low, digits)} до {decimal(column.high, digits)}"
    if column.words:
        said.append("например " + ", ".join(f"«{word}»" for word in column.words))
    if column.kind != "empty":
        said.append(f"разных – {column.different}")
    if column.is_key and (column.kind == "text" or column.are_whole):
        said.append("у каждой строки своё: годится в ключ")
    if column.empty_share and column.kind != "empty":
        said.append(f"пусто {decimal(100 * column.empty_share, 0)} %")
    return "; ".join(said)
