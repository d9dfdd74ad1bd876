"""The participants of an exam protocol, parsed column by column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.rcoi.answers import READERS, Answers
from msoko.ingest.layouts.rcoi.participants import pseudonyms
from msoko.ingest.layouts.rcoi.rcoi_heading import FIX
from msoko.ingest.sheets.cells import cell_numbers, cell_text, fold_text
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, cells_of

ABSENT = re.compile(r"не явил\w*|неявка|отсутств\w*|н/я")
PARTS = {
    "short": ("задания с кратким ответом", "часть с кратким ответом"),
    "long": ("задания с развернутым ответом", "часть с развернутым ответом"),
    "oral": ("устная часть", "задания устной части"),
}
SILENT = "нет ни одного балла, участник учтён как отсутствовавший"


@dataclass
class ProtocolRows:
    """The participants of a block. `index` is from 0 in the sheet."""

    index: np.ndarray
    primary: np.ndarray
    test: np.ndarray
    mark: np.ndarray
    is_absent: np.ndarray
    is_bad: np.ndarray
    answers: dict[str, list[Answers]]
    pupils: list[str]

    @property
    def is_scored(self) -> np.ndarray:
        """Where a participant was present and the row can be read."""
        return ~self.is_bad & ~self.is_absent


@dataclass(frozen=True)
class ScoreColumn:
    """One column of scores: its numbers, where a cell is no number, where it stands."""

    values: np.ndarray
    is_bad: np.ndarray
    cells: np.ndarray
    column: int | None

    @property
    def is_blank(self) -> np.ndarray:
        """Where nothing stands; everywhere where there is no such column."""
        if self.column is None:
            return np.ones(len(self.values), dtype=bool)
        return np.array([cell_text(value) is None for value in self.cells], dtype=bool)


def first_of(columns: Mapping[str, int], names: tuple[str, ...]) -> int | None:
    """Return the column of the first of the labels that the header has."""
    return next((columns[name] for name in names if name in columns), None)


def parse_protocol(
    place: SheetPlace,
    block: SheetBlock,
    cells: np.ndarray,
    data: np.ndarray,
    context: ReadingContext,
    parsed: ParsedBlock,
) -> ProtocolRows:
    """Return the participants; what cannot be read is marked as bad and told."""
    columns = block.columns
    answers, wrong = _answers(columns, cells, data)
    primary = _scores(columns, cells, data, ("первичный балл",))
    test = _scores(columns, cells, data, ("тестовый балл", "балл"))
    mark = _scores(columns, cells, data, ("оценка",))
    is_absent = np.array(
        [bool(ABSENT.fullmatch(fold_text(value))) for value in primary.cells], dtype=bool
    )
    is_silent = _silent(primary, test, mark, answers)
    silent = cells_of(data[is_silent], columns["первичный балл"])
    parsed.findings += place.cell_findings(
        "silent_absence", "warning", SILENT, FIX, silent, table="results"
    )
    is_missing = np.isnan(primary.values) & ~is_silent
    bad = ((primary, primary.is_bad | is_missing), (test, test.is_bad), (mark, mark.is_bad))
    for scores, is_bad in bad:
        if scores.column is not None:
            wrong += cells_of(data[is_bad & ~is_absent], scores.column)
    parsed.findings += place.cell_findings(
        "unreadable", "set_aside", "значение пусто или не читается", FIX, wrong, table="results"
    )
    is_bad = np.isin(data, [row for row, _ in wrong])
    pupils = pseudonyms(cells, data, columns, context)
    return ProtocolRows(
        data, primary.values, test.values, mark.values, is_absent | is_silent, is_bad, answers,
        pupils,
    )  # fmt: skip


def _answers(
    columns: Mapping[str, int], cells: np.ndarray, data: np.ndarray
) -> tuple[dict[str, list[Answers]], list[tuple[int, int]]]:
    """Return the answers by part of the paper, and the cells that cannot be read."""
    answers: dict[str, list[Answers]] = {}
    wrong: list[tuple[int, int]] = []
    for part, names in PARTS.items():
        column = first_of(columns, names)
        if column is None:
            continue
        answers[part] = [READERS[part](cell_text(value)) for value in cells[data, column]]
        is_bad = np.array([not answer.is_readable for answer in answers[part]], dtype=bool)
        wrong += cells_of(data[is_bad], column)
    return answers, wrong


def _scores(
    columns: Mapping[str, int], cells: np.ndarray, data: np.ndarray, names: tuple[str, ...]
) -> ScoreColumn:
    column = first_of(columns, names)
    if column is None:
        empty = np.full(len(data), np.nan)
        return ScoreColumn(empty, np.zeros(len(data), dtype=bool), np.array([]), None)
    own = cells[data, column]
    values, is_bad = cell_numbers(own)
    return ScoreColumn(values, is_bad, own, column)


def _silent(
    primary: ScoreColumn,
    test: ScoreColumn,
    mark: ScoreColumn,
    answers: Mapping[str, list[Answers]],
) -> np.ndarray:
    """Return where a participant has no score of any kind and no point for any answer."""
    is_silent = np.isnan(primary.values) & ~primary.is_bad & test.is_blank & mark.is_blank
    for part in answers.values():
        is_silent &= np.array([not answer.total for answer in part], dtype=bool)
    return is_silent
