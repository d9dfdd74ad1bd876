"""A form with a row per organisation → the table `monitoring`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.forms.form_recognition import FoundForm
from msoko.ingest.layouts.forms.form_rows import EMPTY, NO_SCHOOL, FormRows
from msoko.ingest.layouts.forms.form_values import FormValue
from msoko.ingest.sheets.sheet_blocks import SheetPlace

COLUMNS = (
    "school_code", "school_name", "form", "item", "value", "text_value", "source_row",
    "source_column",
)  # fmt: skip
ASK = "Запросите сведения у этих организаций."
Cells = dict[tuple[str, str], list[int]]
"""(item, what is wrong) → rows."""


def read_organisations(place: SheetPlace, found: FoundForm, context: ReadingContext) -> ParsedBlock:
    """Return the figures of each organisation; an empty cell gives no row in the table."""
    body = FormRows(place, found, context)
    records: list[dict[str, object]] = []
    if body.is_of_year():
        records = _records(body)
    body.parsed.tables = {"monitoring": pd.DataFrame(records, columns=list(COLUMNS))}
    return body.parsed


def _records(body: FormRows) -> list[dict[str, object]]:
    form = body.found.form
    refused: Cells = defaultdict(list)
    doubted: Cells = defaultdict(list)
    silent, nameless, lacking = [], [], defaultdict(list)
    records: list[dict[str, object]] = []
    for row in body.rows:
        school = body.school(row) if form.names_school else {}
        values = body.values(row)
        taken = _taken(body, values, row, refused, doubted)
        if form.names_school and not any(school.values()):
            body.reject(row, NO_SCHOOL)
            nameless.append(row)
        elif not taken:
            body.reject(row, EMPTY)
            silent.append(row)
        else:
            records += [_record(body, row, school, code, values[code]) for code in taken]
            for item in form.items:
                if item.required and item.code in body.found.columns and item.code not in taken:
                    lacking[item.code].append(row)
    body.tell_cells(refused)
    body.tell_cells(doubted, is_taken=True)
    body.tell("form_no_school", nameless, "не указана организация, строки не приняты")
    body.tell("form_silent", silent, f"не заполнена форма: {_named(body, silent)}", ASK)
    for code, rows in lacking.items():
        body.tell("form_required", rows, f"не заполнено обязательное «{form.by_code[code].title}»")
    return records


def _named(body: FormRows, rows: list[int], most: int = 5) -> str:
    """Return the organisations of the rows by name, at most so many."""
    schools = [body.school(row) for row in rows[:most]]
    shown = ", ".join(one["school_name"] or one["school_code"] or "" for one in schools)
    return shown + (f" и ещё {len(rows) - most}" if len(rows) > most else "")


def _taken(
    body: FormRows, values: dict[str, FormValue], row: int, refused: Cells, doubted: Cells
) -> list[str]:
    """Return the items of the row that are taken; what is not goes into `refused`."""
    taken = []
    for code, value in values.items():
        problem = value.problem or _above_whole(body, code, values)
        if problem:
            refused[code, problem].append(row)
        elif not value.is_empty:
            taken.append(code)
            if value.doubt:
                doubted[code, value.doubt].append(row)
    return taken


def _above_whole(body: FormRows, code: str, values: dict[str, FormValue]) -> str:
    """Return the problem of a part that is larger than its whole."""
    whole = body.found.form.by_code[code].at_most
    if not whole or whole not in values:
        return ""
    part, most = values[code].number, values[whole].number
    if part is None or most is None or part <= most:
        return ""
    return f"больше, чем «{body.found.form.by_code[whole].title}»"


def _record(
    body: FormRows, row: int, school: dict[str, str | None], code: str, value: FormValue
) -> dict[str, object]:
    words: Iterable[object] = (value.word, value.day)
    word = next((one for one in words if one is not None), None)
    return {
        **school,
        "form": body.found.form.code,
        "item": code,
        "value": value.number,
        "text_value": None if word is None else str(word),
        "source_row": row + 1,
        "source_column": body.column(code),
    }
