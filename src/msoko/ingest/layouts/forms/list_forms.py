"""A form that is a list of records → a table of its own: olympiads, surveys, returns, trials."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.forms.form_recognition import FoundForm
from msoko.ingest.layouts.forms.form_rows import NO_SCHOOL, FormRows
from msoko.ingest.layouts.forms.form_values import FormValue
from msoko.ingest.layouts.forms.named_measures import tell_unknown_measures
from msoko.ingest.sheets.sheet_blocks import SheetPlace

PUPIL = "pupil_code"


def read_list(place: SheetPlace, found: FoundForm, context: ReadingContext) -> ParsedBlock:
    """Return the records of the list; a record that lacks a required value is set aside."""
    body = FormRows(place, found, context)
    records: list[dict[str, object]] = []
    if body.is_of_year():
        records = _records(body)
    names = [name for name in found.columns if name != PUPIL]
    columns = ["source_row", *names, *(["pupil_id"] if PUPIL in found.columns else [])]
    if found.form.names_school:
        columns = ["school_code", "school_name", *columns]
    if found.form.table == "results":
        columns.append("is_absent")
    body.parsed.tables = {found.form.table: pd.DataFrame(records, columns=columns)}
    body.parsed.columns = {found.form.table: {name: body.column(name) for name in names}}
    return body.parsed


def _records(body: FormRows) -> list[dict[str, object]]:
    form = body.found.form
    refused: dict[tuple[str, str], list[int]] = defaultdict(list)
    lacking: dict[str, list[int]] = defaultdict(list)
    nameless: list[int] = []
    records = []
    required = [item.code for item in form.items if item.required]
    for row in body.rows:
        values = body.values(row)
        for code, value in values.items():
            if value.problem:
                refused[code, value.problem].append(row)
        absent = [code for code in required if code not in values or not _is_there(values[code])]
        school = body.school(row) if form.names_school else {}
        if form.names_school and not any(school.values()):
            nameless.append(row)
            body.reject(row, NO_SCHOOL)
        elif absent:
            body.reject(row, f"нет обязательного значения «{form.by_code[absent[0]].title}»")
            if not values.get(absent[0], FormValue()).problem:
                lacking[absent[0]].append(row)
        else:
            records.append({**school, **_record(body, row, values)})
    if form.table == "roadmap_returns":
        tell_unknown_measures(body, records)
    body.tell_cells(refused)
    body.tell("form_no_school", nameless, "не указана организация, строки не приняты")
    for code, rows in lacking.items():
        title = form.by_code[code].title
        body.tell("form_required", rows, f"нет обязательного значения «{title}», строки не приняты")
    return records


def _is_there(value: FormValue) -> bool:
    return not value.problem and not value.is_empty


def _record(body: FormRows, row: int, values: dict[str, FormValue]) -> dict[str, object]:
    record: dict[str, object] = {"source_row": row + 1}
    for code, value in values.items():
        if code == PUPIL:
            # the same words as the register of links gives, so that one person is one pseudonym
            record["pupil_id"] = body.context.pseudonym("person", value.word or "")
        else:
            record[code] = value.plain if not value.problem else None
    if body.found.form.table == "results":
        record["is_absent"] = False
    return record
