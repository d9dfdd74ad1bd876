"""Reconciliations within one block of an exam protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from msoko.catalog.registry.mark_scales import marks_possible
from msoko.ingest.layouts.contract import Desk, Reading
from msoko.ingest.sheets.cells import addresses, numbers, stood_before
from msoko.ingest.sheets.sheet_blocks import Block, Place

if TYPE_CHECKING:
    from msoko.ingest.layouts.rcoi.exam_protocol import Rows

FIX = (
    "Сверьте с протоколом РЦОИ и запросите файл заново; "
    "подтверждённую правку запишите в corrections.yml."
)


def say(
    place: Place,
    cells: list[tuple[int, int]],
    reading: Reading,
    check_name: str,
    severity: str,
    what: str,
) -> None:
    """Add one finding that names the cells, where there are any."""
    if cells:
        shown = addresses(cells)
        reading.findings.append(
            place.finding(check_name, severity, f"{what}: ячейки {shown}.", FIX, table="results",
                          cell=shown, row_count=len({row for row, _ in cells}))
        )  # fmt: skip


def check(
    place: Place,
    block: Block,
    paper: Mapping[str, Any],
    rows: Rows,
    footers: list[tuple[int, str]],
    desk: Desk,
    reading: Reading,
) -> None:
    """Add findings on ranges, sums, marks, repeated participants and the block's footers."""
    _check_ranges(place, block, rows, reading)
    _check_sums(place, block, rows, reading)
    _check_scale(place, block, paper, rows, desk, reading)
    _check_conversion(place, block, rows, reading)
    repeated = stood_before(rows.pupils) & ~rows.is_bad
    column = block.columns["код оо"]
    say(place, [(int(row), column) for row in rows.index[repeated]], reading,
        "repeated_participant", "blocking", "участник записан в протоколе второй раз")  # fmt: skip
    rows.is_bad = rows.is_bad | repeated
    for row, kind in footers:
        _check_footer(place, row, kind, rows, reading)


def _check_ranges(place: Place, block: Block, rows: Rows, reading: Reading) -> None:
    limits = (
        ("первичный балл", rows.primary, 0, 110),
        ("балл" if "балл" in block.columns else "тестовый балл", rows.test, 0, 100),
        ("оценка", rows.mark, 2, 5),
    )
    for name, values, low, high in limits:
        wrong = ~np.isnan(values) & ((values < low) | (values > high) | (values % 1 != 0))
        wrong &= ~rows.is_bad
        cells = [(int(row), block.columns[name]) for row in rows.index[wrong]]
        say(place, cells, reading, "score_range", "blocking",
            f"«{name}» вне пределов от {low} до {high}")  # fmt: skip
        rows.is_bad = rows.is_bad | wrong


def _check_sums(place: Place, block: Block, rows: Rows, reading: Reading) -> None:
    """Compare answers with the primary score.

    A plus may bring more than one point, so a sum below the score is only doubtful
    where there is no plus; parts of a foreign language must add up exactly.
    """
    column = block.columns["первичный балл"]
    cells = []
    for i, row in enumerate(rows.index):
        if rows.is_bad[i] or rows.is_absent[i] or not rows.answers:
            continue
        total = sum(answers[i].total for answers in rows.answers.values())
        if total != rows.primary[i]:
            cells.append((int(row), column))
    say(place, cells, reading, "task_sum", "warning",
        "сумма по строкам ответов не равна первичному баллу (знак «+» может стоить больше "
        "одного балла)")  # fmt: skip
    oral = block.columns.get("первичный балл устной части")
    written = block.columns.get("первичный балл письм. части") or block.columns.get(
        "первичный балл письм части"
    )
    if oral is None or written is None:
        return
    sheet = place.sheet.cells
    pairs = np.array([[sheet[row][oral], sheet[row][written]] for row in rows.index], dtype=object)
    parts, bad = numbers(pairs.reshape(len(rows.index), 2))
    off = (
        ~rows.is_bad
        & ~rows.is_absent
        & (bad.any(axis=1) | (np.nansum(parts, axis=1) != rows.primary))
    )
    say(place, [(int(row), column) for row in rows.index[off]], reading, "two_parts", "blocking",
        "баллы устной и письменной частей не дают первичного балла")  # fmt: skip


def _check_scale(
    place: Place,
    block: Block,
    paper: Mapping[str, Any],
    rows: Rows,
    desk: Desk,
    reading: Reading,
) -> None:
    if "оценка" not in block.columns:
        return
    scale = desk.scales.find(desk.school_year, paper["procedure"], paper["subject"], paper["grade"])
    if scale is None or not scale.gives_marks:
        message = (
            f"нет шкалы отметок ({desk.subjects.name(paper['subject'])}, {paper['grade']} класс): "
            "отметки не сверены с баллами."
        )
        action = "Впишите шкалу в registry/scales.csv, когда она будет подтверждена."
        reading.findings.append(place.finding("no_scale", "note", message, action))
        return
    good = ~rows.is_bad & ~rows.is_absent
    above = good & (rows.primary > scale.max_score)
    say(
        place,
        [(int(row), block.columns["первичный балл"]) for row in rows.index[above]],
        reading,
        "score_range",
        "blocking",
        f"первичный балл больше максимума {scale.max_score:g}",
    )
    lowest, highest = marks_possible(scale, rows.primary)
    off = good & ~np.isnan(rows.mark) & ((rows.mark < lowest) | (rows.mark > highest))
    severity = "blocking" if scale.origin in ("seed", "regulation") else "warning"
    say(
        place,
        [(int(row), block.columns["оценка"]) for row in rows.index[off]],
        reading,
        "mark_scale",
        severity,
        f"отметка не соответствует баллу по шкале ({scale.origin})",
    )


def _check_conversion(place: Place, block: Block, rows: Rows, reading: Reading) -> None:
    """In one exam a primary score has one test score, and a higher one never a lower."""
    good = ~rows.is_bad & ~np.isnan(rows.test) & ~np.isnan(rows.primary)
    primary, test = rows.primary[good], rows.test[good]
    order = np.lexsort((test, primary))
    is_higher, step = np.diff(primary[order]) > 0, np.diff(test[order])
    if (step[~is_higher] != 0).any() or (step[is_higher] < 0).any():
        message = "перевод первичных баллов в тестовые противоречив внутри одного экзамена."
        reading.findings.append(
            place.finding(
                "conversion", "warning", message, FIX, table="results", cell=f"A{block.header + 1}"
            )
        )


def _check_footer(place: Place, row: int, kind: str, rows: Rows, reading: Reading) -> None:
    """Compare a footer with the rows. Its numbers stand in order, not under their columns.

    The protocol may be an extract of the region's, so a difference warns and does
    not block.
    """
    values, bad = numbers(np.array(place.sheet.cells[row], dtype=object))
    stated = [float(value) for value in values[~np.isnan(values) & ~bad]]
    present = ~rows.is_absent & ~rows.is_bad
    message = ""
    if kind == "count" and stated and stated[0] != len(rows.index):
        message = f"объявлено участников – {stated[0]:g}, в таблице – {len(rows.index)}."
    if kind == "mean" and stated and present.any():
        last = rows.test if not np.isnan(rows.test[present]).all() else rows.mark
        means = [np.mean(rows.primary[present])]
        if len(stated) > 1 and not np.isnan(last[present]).all():
            means.append(np.nanmean(last[present]))
        pairs = zip(stated[-len(means) :], means, strict=False)
        if any(abs(one - mean) > 0.51 for one, mean in pairs):
            message = "средние в итоговой строке не равны средним по таблице."
    if message:
        reading.findings.append(
            place.finding("footer", "warning", f"строка {row + 1}: {message}",
                          "Проверьте, весь ли протокол в файле.", table="results",
                          cell=f"A{row + 1}")
        )  # fmt: skip
