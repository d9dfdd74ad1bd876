"""What a reader of cells does not see: hidden rows, stray quotes, formulas without a value."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sheets.sheet_blocks import SheetPlace

MOST_SHOWN = 10
SAVE = "Откройте файл в Excel, исправьте и сохраните значения."


def peculiar_cells(place: SheetPlace, read_rows: Collection[int]) -> Iterator[Finding]:
    """Yield findings on the sheet; `read_rows` are the rows of its tables, numbers from 1.

    A cell without a value sets its row aside; where it stands in no row of a table, in a
    heading perhaps, nobody knows what it was to say, and the file is not read further.
    """
    sheet = place.sheet
    name = sheet.name or None
    if sheet.hidden_rows:
        rows = ", ".join(map(str, sheet.hidden_rows[:MOST_SHOWN]))
        message = f"на листе есть скрытые строки ({rows}); они прочитаны наравне с остальными."
        yield place.finding("hidden_rows", "warning", message,
                            "Проверьте, не должны ли они быть удалены.", sheet=name,
                            row_count=len(sheet.hidden_rows))  # fmt: skip
    if sheet.stray_quotes:
        rows = ", ".join(map(str, sheet.stray_quotes[:MOST_SHOWN]))
        message = f"в строках есть лишняя кавычка ({rows}), файл прочитан построчно."
        yield place.finding("stray_quote", "warning", message,
                            "Сверьте эти строки с исходным файлом и уберите кавычку.", sheet=name,
                            cell=f"A{sheet.stray_quotes[0]}",
                            row_count=len(sheet.stray_quotes))  # fmt: skip
    for check, cells, what in (
        ("error_cells", sheet.error_cells, "ошибка формулы (#Н/Д, #ДЕЛ/0! и подобные)"),
        ("empty_formulas", sheet.empty_formulas, "формула без вычисленного значения"),
    ):
        inside = [cell for cell in cells if _row(cell) in read_rows]
        outside = [cell for cell in cells if _row(cell) not in read_rows]
        for severity, some in (("set_aside", inside), ("blocking", outside)):
            if some:
                shown = ", ".join(some[:MOST_SHOWN])
                more = f" и ещё {len(some) - MOST_SHOWN}" if len(some) > MOST_SHOWN else ""
                taken = tuple(sorted({_row(cell) for cell in some}))
                yield place.finding(
                    check, severity, f"{what}: ячейки {shown}{more}.", SAVE, sheet=name,
                    cell=shown, row_count=len(some),
                    rows=taken if severity == "set_aside" else (),
                )  # fmt: skip


def _row(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$").lstrip("$") or 0)
