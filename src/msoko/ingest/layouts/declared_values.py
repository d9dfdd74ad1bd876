"""The cells of a declared column → values of its type, with the words that stand for none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from msoko.core.tables import TABLES, ColumnType
from msoko.ingest.layouts.declared_words import quoted
from msoko.ingest.layouts.file_entry import FileEntry
from msoko.ingest.sheets.cells import (
    Cell,
    cell_number,
    cell_numbers,
    cell_text,
    cell_texts,
    date_of,
)

NUMBERS = ("int", "float")
TRUE = frozenset({"true", "да", "yes", "y", "t", "1", "истина", "+"})
FALSE = frozenset({"false", "нет", "no", "n", "f", "0", "ложь", "-"})
WANTED: Mapping[ColumnType, str] = {"bool": "«да» и не «нет»", "date": "дата"}
STATES = ("suppressed", "absent", "not_entered")
PERSONAL = ("pupil_id", "text_value")
"""Columns whose words are never quoted."""
MOST_QUOTED = 10
PERCENT = "_percent"
FEWEST_SHARES = 3
"""Fewer values up to one may well be percents."""
SIGN = re.compile(r"[A-Z]{1,8}|[^\w\s]{1,3}|[<>≤≥]\s*[0-9]+|[a-z]|[nN]/[aA]")
"""What publishers write for a number that is not given; no name of a person is like it."""


@dataclass
class ColumnValues:
    """One column read: its values, which cells cannot be taken, and why others have none."""

    values: Any
    is_wrong: np.ndarray
    is_hidden: np.ndarray
    is_absent: np.ndarray
    is_withheld: np.ndarray  # a word says that the value is hidden or not entered
    unknown: tuple[str, ...] = ()  # words that `codes` does not have


class DeclaredValues:
    """Reads the columns of one entry of year.yml."""

    def __init__(self, entry: FileEntry, subjects: Any, is_1904: bool = False) -> None:
        self.entry = entry
        self.subjects = subjects
        self.is_1904 = is_1904
        self.codes = {
            column: {_word(word): code for word, code in words.items()}
            for column, words in entry.codes.items()
        }
        self.states = {
            _word(word): state for state in STATES for word in getattr(entry.words, state)
        }

    def read(self, name: str, kind: ColumnType, cells: np.ndarray) -> ColumnValues:
        """Return the cells as values of the column `name`."""
        coded, is_unknown = self._coded(name, kind, cells)
        unknown = tuple(filter(None, dict.fromkeys(cell_texts(cells[is_unknown]))))
        if kind == "text":
            nowhere = np.zeros(len(cells), dtype=bool)
            texts = cell_texts(coded)
            return ColumnValues(texts, is_unknown, nowhere, nowhere, nowhere, unknown)
        state = np.array([self.states.get(_word(cell), "") for cell in coded], dtype=object)
        plain = coded.copy()
        plain[state != ""] = None
        if name.endswith(PERCENT):
            plain = _without_sign(plain)
        values, is_wrong, is_blank = self._typed(kind, plain)
        if name in self.entry.factors:
            values = np.round(values * self.entry.factors[name], 9)  # 0.29 × 100 is 29
        is_blank &= state == ""
        if self.entry.blanks == "refuse":
            is_wrong = is_wrong | is_blank
        is_hidden = state == "suppressed"
        if self.entry.blanks == "suppressed":
            is_hidden = is_hidden | (is_blank & ~is_wrong)
        is_absent = state == "absent"
        return ColumnValues(values, is_wrong, is_hidden, is_absent, (state != "") & ~is_absent)

    def _coded(
        self, name: str, kind: ColumnType, cells: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the cells with words turned into codes, and which words have none."""
        codes = self.codes.get(name)
        is_unknown = np.zeros(len(cells), dtype=bool)
        if codes is None and name != "subject":
            return cells, is_unknown
        out = cells.copy()
        for place, cell in enumerate(cells):
            if codes is None:
                word = cell_text(cell)
                if word is not None and not self.subjects.knows(word):
                    out[place] = self.subjects.code(word) or cell
            elif _word(cell) in codes:
                out[place] = codes[_word(cell)]
            elif kind == "text" and not self._is_code(name, codes, cell):
                out[place], is_unknown[place] = None, True
        return out, is_unknown

    def _is_code(self, name: str, codes: Mapping[str, str], cell: Cell) -> bool:
        word = cell_text(cell) or ""
        return word in codes.values() or (name == "subject" and self.subjects.knows(word))

    def _typed(self, kind: ColumnType, cells: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        """Return the values, which cannot be taken, and which are blank."""
        if kind in NUMBERS:
            values, is_wrong = cell_numbers(cells)
            is_missing = np.isnan(values)
            if kind == "int":
                is_wrong = is_wrong | (~is_missing & (values % 1 != 0))
            return values, is_wrong, is_missing & ~is_wrong
        is_blank = np.array(
            [cell_text(cell) is None and not isinstance(cell, bool) for cell in cells], bool
        )
        read = [truth_of(cell) if kind == "bool" else date_of(cell, self.is_1904) for cell in cells]
        is_wrong = ~is_blank & np.array([value is None for value in read], dtype=bool)
        return read, is_wrong, is_blank


def truth_of(cell: Cell) -> bool | None:
    """Return what a cell says of yes and no, `None` where it says neither."""
    if isinstance(cell, bool):
        return cell
    word = (cell_text(cell) or "").lower()
    return True if word in TRUE else False if word in FALSE else None


def _word(cell: Cell) -> str:
    """Return a cell's word as declared words are compared; its points and dashes stay."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return (cell_text(cell) or "").lower()


def _without_sign(cells: np.ndarray) -> np.ndarray:
    """Return the cells of a column of percents without the sign: «43 %» is 43."""
    shown = [cell.rstrip().removesuffix("%") if isinstance(cell, str) else cell for cell in cells]
    out = np.empty(len(cells), dtype=object)
    out[:] = shown
    return out


def are_shares(name: str, values: np.ndarray, entry: FileEntry) -> bool:
    """Return whether what is declared as percents looks like shares of one."""
    known = values[~np.isnan(values)]
    is_said = name in entry.limits or name in entry.factors
    is_few = len(known) < FEWEST_SHARES
    return (
        name.endswith(PERCENT)
        and not (is_said or is_few)
        and bool(known.max() <= 1 and (known % 1 != 0).any())
    )


def value_problems(entry: FileEntry, table: str, subjects: Any) -> Iterator[str]:
    """Yield what `codes`, `words` and `limits` say that cannot be."""
    types = TABLES[table].columns
    named = {name for rows in entry.row_sets for name in rows.columns}
    for key in ("codes", "limits", "factors"):
        declared = getattr(entry, key)
        for name in declared:
            if name not in named:
                yield f"{key}: столбец «{name}» не назван в rows: columns."
    for name, codes in entry.codes.items():
        for word, code in codes.items():
            if name == "subject" and not subjects.knows(code):
                yield f"codes: «{word}: {code}» – предмета «{code}» нет в registry/subjects.csv."
            if types.get(name) in NUMBERS and cell_number(code) is None:
                yield f"codes: «{word}: {code}» – «{code}» не число."
            if types.get(name) == "bool" and truth_of(code) is None:
                yield f"codes: «{word}: {code}» – ожидается да или нет."
    for key in ("limits", "factors"):
        for name in getattr(entry, key):
            if types.get(name) not in NUMBERS:
                yield f"{key}: столбец «{name}» не числовой."
    for name, limits in entry.limits.items():
        if len(limits) != 2 or limits[0] > limits[1]:
            yield f"limits: «{name}» – нужны два числа, меньшее первым: [0, 100]."
    told: dict[str, str] = {}
    for state in STATES:
        for word in getattr(entry.words, state):
            if told.setdefault(_word(word), state) != state:
                yield f"words: слово «{word}» стоит и в {told[_word(word)]}, и в {state}."


def beyond(values: np.ndarray, limits: Sequence[float]) -> np.ndarray:
    """Return which numbers are outside the limits; a missing one is not."""
    low, high = limits
    return (values < low) | (values > high)


def beyond_words(title: str, values: np.ndarray, limits: Sequence[float]) -> str:
    """Return the sentence about numbers of a column that are outside its limits."""
    low, high = (f"{limit:g}" for limit in limits)
    seen = f"{values.min():g}"
    if values.max() > values.min():
        seen = f"от {values.min():g} до {values.max():g}"
    return f"«{title}» вне пределов от {low} до {high}, объявленных в year.yml (стоит {seen})"


def unknown_words(name: str, title: str, words: Sequence[str]) -> str:
    """Return the sentence about words of a column that have no code."""
    if name in PERSONAL:
        return f"слов столбца «{title}» нет в codes: {name}"
    listed = ", ".join(map(quoted, words[:MOST_QUOTED]))
    rest = f" и ещё {len(words) - MOST_QUOTED}" if len(words) > MOST_QUOTED else ""
    return f"в столбце «{title}» есть слова, которых нет в codes: {name} ({listed}{rest})"


def constant(value: str, kind: ColumnType) -> object:
    """Return a constant of year.yml as its column's type."""
    if kind in NUMBERS:
        return float(value.replace(",", "."))
    return truth_of(value) if kind == "bool" else value


def unread_words(kind: ColumnType, cells: Sequence[Cell]) -> str:
    """Return what is wrong with cells of a column; signs for no value are shown."""
    words = [word for word in dict.fromkeys(cell_texts(cells)) if word and SIGN.fullmatch(word)]
    text = f"значение пусто или не {WANTED.get(kind, 'число')}"
    if not words:
        return text
    listed = ", ".join(f"«{word}»" for word in words[:MOST_QUOTED])
    return (
        f"{text} ({listed}; если это знак, что значения нет, назовите его в words: "
        "suppressed, absent или not_entered)"
    )
