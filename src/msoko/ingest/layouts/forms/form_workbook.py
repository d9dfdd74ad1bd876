"""Forms as workbooks: drop-down lists, limits and hints; no formula is ever written."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msoko.catalog.registry.form_declarations import (
    SCHOOL_CODE,
    SCHOOL_NAME,
    Form,
    Item,
    Version,
)
from msoko.ingest.sheets.cells import letters

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

MARK_SHEET = "Метка формы"
"""The hidden sheet: form, version, school year; below them the drop-down lists."""
HEADER_ROW = 6
LIST_ROWS = 500
"""For how many rows a list form offers its drop-down lists."""
MOMENT = dt.datetime(2000, 1, 1)
FILL = "Заполните строки под заголовком. Нет сведений – оставьте ячейку пустой; 0 означает ноль."
PROMPT_LIMIT = 250
Value = str | int | float | dt.date | None


@dataclass(frozen=True)
class FormOrganisation:
    """Whom a row of a form is about: the code and the name that it is pre-filled with."""

    code: str
    name: str


def write_form(
    path: Path,
    form: Form,
    school_year: str,
    organisations: Sequence[FormOrganisation],
    records: Iterable[Mapping[str, Value]] | None = None,
    subjects: Sequence[str] = (),
    version: int | None = None,
) -> None:
    """Write a form's workbook; the bytes depend on the arguments alone.

    Without `records` the form is blank: a row per organisation, or empty rows for a
    list. A record is item code → value, with `school_code` and `school_name` where
    the form names a school. An earlier `version` is written as it then was.
    """
    from openpyxl import Workbook

    version = version or form.version
    items = asked(form, version)
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = form.short[:31]
    _write_heading(sheet, form, school_year, version)
    start = ["school_code", "school_name"] if form.names_school else []
    columns = [*start, *(item.code for item in items)]
    heads = [SCHOOL_CODE, SCHOOL_NAME] if start else []
    _write_row(sheet, HEADER_ROW, [*heads, *(_header(form, item, version) for item in items)])
    if records is None:
        records = _blank(form, organisations)
    last = HEADER_ROW
    for last, record in enumerate(records, HEADER_ROW + 1):
        _write_row(sheet, last, [record.get(column) for column in columns])
    marks = _write_marks(workbook, form, school_year, version)
    rows = LIST_ROWS if form.rows == "list" else 0
    _guard(sheet, marks, items, len(start), max(last + rows, HEADER_ROW + 1), subjects)
    _dress(sheet, len(start), len(columns))
    save(workbook, path)


def asked(form: Form, version: int) -> list[Item]:
    """Return the items that a version of the form asked."""
    absent = form.versions.get(str(version), Version()).absent
    return [item for item in form.items if item.code not in absent]


def save(workbook: Workbook, target: Path | BinaryIO) -> None:
    """Save with no time of saving in it, so that equal content gives equal bytes."""
    from openpyxl.writer.excel import ExcelWriter

    workbook.properties.creator = "msoko"
    workbook.properties.created = workbook.properties.modified = MOMENT
    held = io.BytesIO()
    # `Workbook.save` would stamp the clock as `modified`, and compress what is compressed below
    ExcelWriter(workbook, zipfile.ZipFile(held, "w", zipfile.ZIP_STORED)).save()
    with zipfile.ZipFile(held) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            kept.writestr(entry, made.read(name), zipfile.ZIP_DEFLATED)


def _header(form: Form, item: Item, version: int) -> str:
    title = form.versions.get(str(version), Version()).titles.get(item.code, item.title)
    return item.header.replace(item.title, title)


def _blank(form: Form, organisations: Sequence[FormOrganisation]) -> Iterable[Mapping[str, Value]]:
    if form.rows == "list" or not form.names_school:
        return []
    return [{"school_code": one.code, "school_name": one.name} for one in organisations]


def _write_heading(sheet: Worksheet, form: Form, school_year: str, version: int) -> None:
    _write_row(sheet, 1, [form.title])
    _write_row(sheet, 2, ["Учебный год:", school_year])
    _write_row(sheet, 3, ["Форма:", form.code, f"версия {version}"])
    _write_row(sheet, 4, [FILL])


def _write_row(sheet: Worksheet, row: int, values: Sequence[Value]) -> None:
    """Write values as what they are: a text that begins with = + - @ stays a text."""
    for column, value in enumerate(values, 1):
        if value is None:
            continue
        cell = sheet.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
            if value[:1] in "=+-@":
                cell.quotePrefix = True


def _write_marks(workbook: Workbook, form: Form, school_year: str, version: int) -> Worksheet:
    marks = workbook.create_sheet(MARK_SHEET)
    marks.sheet_state = "hidden"
    for row, pair in enumerate(
        (("form", form.code), ("version", str(version)), ("school_year", school_year)), 1
    ):
        _write_row(marks, row, pair)
    return marks


def _guard(
    sheet: Worksheet,
    marks: Worksheet,
    items: Sequence[Item],
    offset: int,
    last: int,
    subjects: Sequence[str],
) -> None:
    """Give each column its list or limits, and the hint that a cell shows when chosen."""
    for index, item in enumerate(items):
        rule = _rule(item, marks, index, subjects)
        rule.promptTitle = item.title[:32]
        rule.prompt = _prompt(item)[:PROMPT_LIMIT]
        rule.showInputMessage = True
        column = letters(offset + index)
        rule.add(f"{column}{HEADER_ROW + 1}:{column}{last}")
        sheet.add_data_validation(rule)


def _rule(item: Item, marks: Worksheet, index: int, subjects: Sequence[str]) -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = list(subjects) if item.type == "subject" else list(item.words)
    if choices:
        column = letters(3 + index)
        for row, word in enumerate(choices, 1):
            marks[f"{column}{row}"] = word
        source = f"'{MARK_SHEET}'!${column}$1:${column}${len(choices)}"
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
        rule.error = "Выберите значение из списка."
    elif item.is_numeric:
        kind = "whole" if item.type == "int" else "decimal"
        rule = DataValidation(type=kind, allow_blank=True, formula1=f"{item.min:g}")
        rule.operator = "greaterThanOrEqual" if item.most is None else "between"
        rule.formula2 = None if item.most is None else f"{item.most:g}"
        rule.error = f"Нужно число: {limits(item)}."
    else:
        return DataValidation(allow_blank=True)
    rule.showErrorMessage = True
    rule.errorTitle = "Значение не подходит"
    return rule


def limits(item: Item) -> str:
    """Return the item's limits in words: «от 0 до 100 %»."""
    unit = " %" if item.type == "percent" else ""
    whole = "целое, " if item.type == "int" else ""
    if item.most is None:
        return f"{whole}не меньше {item.min:g}{unit}"
    return f"{whole}от {item.min:g} до {item.most:g}{unit}"


def _prompt(item: Item) -> str:
    parts = [item.hint] if item.hint else []
    if item.is_numeric:
        parts.append(f"Число: {limits(item)}.")
    elif item.words:
        parts.append(f"Одно из: {', '.join(item.words)}.")
    if item.required:
        parts.append("Обязательно.")
    return " ".join(parts) or item.title


def _dress(sheet: Worksheet, offset: int, width: int) -> None:
    """Freeze, wrap and widen; colours only help, nothing depends on them."""
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, offset + 1)
    sheet["A1"].font = Font(bold=True, size=14)
    for column in range(1, width + 1):
        cell = sheet.cell(HEADER_ROW, column)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF4")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letters(column - 1)].width = 40 if column == offset == 2 else 18
