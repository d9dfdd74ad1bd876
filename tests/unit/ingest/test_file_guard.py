"""What a sheet's XML tells before a parser sees it."""

from __future__ import annotations

import pytest

from msoko.ingest.sandbox.file_guard import MAX_ROWS, Refused, SheetFacts, check_sheet


def sheet(*rows: str) -> bytes:
    return f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


def test_plain_sheet_has_nothing_peculiar():
    assert check_sheet(sheet('<row r="1"><c r="A1"><v>1</v></c></row>')) == SheetFacts()


def test_hidden_rows_errors_and_formulas_without_values_are_told():
    data = sheet(
        '<row r="2" hidden="1"><c r="A2" t="e"><v>#N/A</v></c></row>',
        '<row hidden="true" r="3"><c t="e" r="B3"/></row>',
        '<row r="4" hidden="0"><c r="C4"><f>A1</f></c><c r="D4"><f>A1</f><v>1</v></c></row>',
    )
    assert check_sheet(data) == SheetFacts((2, 3), ("A2", "B3"), ("C4",))


@pytest.mark.parametrize("row", [f"{MAX_ROWS + 1}", "1048576"])
def test_far_row_is_refused(row: str):
    with pytest.raises(Refused, match=f"{row} строк"):
        check_sheet(sheet('<row r="9"><c r="A000000000009"/></row>', f'<c r="B{row}"/>'))


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="AA1048576"/><x r="A1"/>',
        '<x:c r="AA1048576"/>',
        '<c\n r="AA1048576"/>',
        '<c\tr="AA1048576"/>',
        '<c s="1" r="AA1048576"/><c r="A1"/>',
    ],
)
def test_a_far_cell_is_seen_however_it_is_written(cells: str):
    with pytest.raises(Refused, match="1048576 строк"):
        check_sheet(sheet(f'<row r="1">{cells}</row>'))
