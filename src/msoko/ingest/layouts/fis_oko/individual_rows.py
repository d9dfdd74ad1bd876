"""The participants of a block of Ф1, parsed column by column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ParsedBlock
from msoko.ingest.layouts.fis_oko.fis_oko_heading import TaskColumn
from msoko.ingest.layouts.fis_oko.group_levels import LOGIN
from msoko.ingest.sheets.cells import addresses, cell_numbers, cell_texts, crosses, fold_text
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of

CLASS = re.compile(r"[0-9]{1,2}\s*[^\W\d_]{0,2}")
VARIANT = re.compile(r"[0-9]{1,4}")
ABSENT = re.compile(r"отсутств\w*|не явил\w*|неявка|н/я|н")
CHECKED = ("первичный балл", "отметка", "отметка по журналу", "код участника", "класс")
NO_MARK = frozenset({"нет отметки", "нет", "н/а", "-", "–", "—", "н"})
UNREADABLE = "значение пусто, не число или противоречит отсутствию"
FIX = (
    "Сверьте строку с ФИС ОКО и выгрузите Ф1 заново; "
    "подтверждённую правку запишите в corrections.yml."
)


@dataclass
class ParticipantRows:
    """The participants of a block, column by column. Row indices are from 0 in the sheet."""

    index: np.ndarray
    login: list[str | None]
    code: list[str | None]
    variant: list[str | None]
    points: np.ndarray  # participants × tasks, NaN where X or blank
    is_cross: np.ndarray
    total: np.ndarray
    mark: np.ndarray
    journal: np.ndarray
    is_absent: np.ndarray
    is_bad: np.ndarray  # rows that hold something unreadable

    @property
    def is_scored(self) -> np.ndarray:
        """Where a participant was present and the row can be read."""
        return ~self.is_bad & ~self.is_absent


def parse_participants(
    place: SheetPlace,
    columns: Mapping[str, int],
    tasks: list[TaskColumn],
    cells: np.ndarray,
    data: np.ndarray,
    parsed: ParsedBlock,
) -> ParticipantRows:
    """Return the participants; what cannot be read is marked as bad and told."""
    answers = cells[np.ix_(data, [task.column for task in tasks])]
    is_cross = crosses(answers)
    points, bad_points = cell_numbers(np.where(is_cross, None, answers))
    total, bad_total = cell_numbers(cells[data, columns["первичный балл"]])
    mark, bad_mark = cell_numbers(cells[data, columns["отметка"]])
    journal, bad_journal = cell_numbers(_journal_cells(cells[data, columns["отметка по журналу"]]))
    variant = _variants(columns, cells, data)
    is_absent = np.array([bool(v and ABSENT.fullmatch(v.lower())) for v in variant], dtype=bool)
    is_odd = _is_odd(cell_texts(cells[data, columns["класс"]]), variant, is_absent)
    is_empty = np.isnan(points).all(axis=1) & ~is_cross.any(axis=1) & ~bad_points.any(axis=1)
    has_nothing = is_empty & np.isnan(total) & np.isnan(mark)
    is_silent = has_nothing & ~is_absent & ~bad_total & ~bad_mark
    if is_silent.any():
        parsed.findings.append(_silent_finding(place, data[is_silent]))
    is_absent |= is_silent
    bad_points |= np.isnan(points) & ~is_cross & ~is_absent[:, None]
    bad_total |= np.isnan(total) & ~is_absent
    masks = (bad_total, bad_mark, bad_journal, is_absent & ~has_nothing, is_odd)
    wrong = [(int(data[r]), tasks[c].column) for r, c in np.argwhere(bad_points)]
    for label, mask in zip(CHECKED, masks, strict=True):
        wrong += cells_of(data[mask], columns[label])
    parsed.findings += place.cell_findings(
        "unreadable", "set_aside", UNREADABLE, FIX, wrong, table="results"
    )
    is_bad = bad_points.any(axis=1) | np.logical_or.reduce(masks)
    login = [(login or "").lower() or None for login in _logins(columns, cells, data)]
    code = cell_texts(cells[data, columns["код участника"]])
    return ParticipantRows(
        data, login, code, variant, points, is_cross, total, mark, journal, is_absent, is_bad
    )


def _variants(columns: Mapping[str, int], cells: np.ndarray, data: np.ndarray) -> list[str | None]:
    """Return each participant's variant, which may also say that the participant was absent."""
    if "вариант" not in columns:
        return [None] * len(data)
    return cell_texts(cells[data, columns["вариант"]])


def _journal_cells(cells: np.ndarray) -> np.ndarray:
    """Return the cells with words for «no mark» made empty."""
    is_word = [isinstance(cell, str) and fold_text(cell) in NO_MARK for cell in cells]
    return np.where(np.array(is_word, dtype=bool), None, cells)


def _is_odd(
    classes: list[str | None], variants: list[str | None], is_absent: np.ndarray
) -> np.ndarray:
    """Return where a class or variant is no short code: in a slipped column it may be a name."""
    odd_class = [bool(one and not CLASS.fullmatch(one)) for one in classes]
    odd_variant = [bool(one and not VARIANT.fullmatch(one)) for one in variants]
    return np.array(odd_class, dtype=bool) | (np.array(odd_variant, dtype=bool) & ~is_absent)


def _logins(columns: Mapping[str, int], cells: np.ndarray, data: np.ndarray) -> list[str | None]:
    """Return each participant's login; where its cell is blank, from the school's name."""
    found = cell_texts(cells[data, columns["оо"]])
    if "название оо" not in columns or all(found):
        return found
    names = cell_texts(cells[data, columns["название оо"]])
    return [
        login or ((match := LOGIN.search(name or "")) and match[1]) or None
        for login, name in zip(found, names, strict=True)
    ]


def _silent_finding(place: SheetPlace, rows: np.ndarray) -> Finding:
    """Return the warning that participants without any score are taken as absent."""
    what = f"{len(rows)} участников без баллов и без слова «отсутствовал»"
    return place.finding(
        "silent_absence",
        "warning",
        f"{what}: учтены как отсутствовавшие.",
        FIX,
        table="results",
        cell=addresses(cells_of(rows, 0)),
        row_count=len(rows),
    )
