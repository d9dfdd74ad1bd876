"""One cell of a form: what it says, or why it is not taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from msoko.catalog.registry.form_declarations import Item
from msoko.ingest.identity.subject_names import Subjects
from msoko.ingest.layouts.forms.form_workbook import limits
from msoko.ingest.sheets.cells import Cell, cell_number, cell_text, date_of, fold_text

NOTHING = frozenset({"", "-", "–", "—", "н/д", "нд", "нет данных", "нет сведений", "х", "x"})


@dataclass(frozen=True)
class FormValue:
    """A cell read: a number, a word or a day; `problem` (Russian) where it is refused."""

    number: float | None = None
    word: str | None = None
    day: dt.date | None = None
    problem: str = ""
    doubt: str = ""

    @property
    def is_empty(self) -> bool:
        return self.number is None and self.word is None and self.day is None and not self.problem

    @property
    def plain(self) -> str | float | dt.date | None:
        """Return what a table's column takes: the day, the word, or else the number."""
        return self.day or self.word or self.number


def read_value(item: Item, cell: Cell, subjects: Subjects | None = None) -> FormValue:
    """Return the cell's value. An empty cell is no value; 0 is 0; nothing is guessed."""
    if cell is None or (isinstance(cell, str) and fold_text(cell) in NOTHING):
        return FormValue()
    if item.is_numeric:
        return _numeric(item, cell)
    if item.type == "subject":
        code = subjects.code(cell_text(cell)) if subjects else cell_text(cell)
        return (
            FormValue(word=code) if code else FormValue(problem="предмет не найден в справочнике")
        )
    if item.words:
        return _word(item, cell)
    if item.type == "date":
        day = date_of(cell)
        return FormValue(day=day) if day else FormValue(problem="это не дата; пишите 25.11.2024")
    return FormValue(word=cell_text(cell))


def _numeric(item: Item, cell: Cell) -> FormValue:
    if isinstance(cell, str) and item.type == "percent":
        cell = cell.replace("%", "")
    found = cell_number(cell)
    if found is None:
        return FormValue(problem=f"это не число; нужно {limits(item)}")
    if item.type == "int" and found != int(found):
        return FormValue(problem="нужно целое число")
    if found < item.min or (item.most is not None and found > item.most):
        return FormValue(problem=f"число вне границ; нужно {limits(item)}")
    is_share = item.type == "percent" and 0 < found < 1
    doubt = "похоже на долю, а нужны проценты: проверьте" if is_share else ""
    return FormValue(number=found, doubt=doubt)


def _word(item: Item, cell: Cell) -> FormValue:
    given = fold_text(cell)
    for word, meaning in item.words.items():
        if fold_text(word) == given:
            value = cell_number(meaning)
            return FormValue(number=value, word=word if value is not None else meaning)
    return FormValue(problem=f"нужно одно из: {', '.join(item.words)}")
