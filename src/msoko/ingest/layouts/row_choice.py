"""`where` of year.yml: which rows of a table are asked for.

Words name values, any of which will do; comparisons must all hold.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from msoko.catalog.yaml.declaration_lines import nearest
from msoko.ingest.layouts.declared_words import NAME
from msoko.ingest.sheets.cells import Cell, cell_number, cell_text, cell_texts, date_of

Asked = str | tuple[str, ...] | None
MOST_SHOWN = 10
SIGN = re.compile(r"(>=|<=|!=|<>|≥|≤|≠|=|>|<)\s*(.*)")
SAME, OTHER = ("=",), ("!=", "<>", "≠")
ORDERS: dict[str, Callable[[object, object], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "≥": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "≤": operator.le,
}


def chosen(asked: Asked, cells: Sequence[Cell]) -> np.ndarray:
    """Return which of a column's cells are as asked; nothing asked means a blank cell."""
    signs = [_split(one) for one in _all(asked)]
    words = [word for sign, word in signs if sign in SAME]
    is_kept = np.ones(len(cells), dtype=bool)
    shown = cell_texts(cells)
    if words:
        met = {one for one in set(shown) if any(_is_same(one, word) for word in words)}
        is_kept = np.array([one in met for one in shown], dtype=bool)
    for sign, word in signs:
        if sign in OTHER:
            unmet = {one for one in set(shown) if not _is_same(one, word)}
            is_kept &= np.array([one in unmet for one in shown], dtype=bool)
        elif sign in ORDERS:
            is_kept &= _ordered(ORDERS[sign], word, cells)
    return is_kept


def asked_faults(name: str, asked: Asked) -> Iterator[str]:
    """Yield why what is asked of a column cannot be compared."""
    for sign, word in map(_split, _all(asked)):
        if sign in ORDERS and cell_number(word) is None and date_of(word) is None:
            yield (
                f"where: «{name}: {sign} {word}» – сравнивать можно с числом или датой. "
                f"Если это само значение, напишите «= {sign} {word}»."
            )


def never_met(asked: Asked, cells: Sequence[Cell]) -> list[str]:
    """Return the words asked for, one of several, that no cell holds."""
    words = [word for sign, word in map(_split, _all(asked)) if sign in SAME]
    shown = set(cell_texts(cells))
    missing = [word for word in words if not any(_is_same(one, word) for one in shown)]
    return missing if len(missing) < len(words) else []


def nothing_selected(where: Mapping[str, Asked], cells: Mapping[str, Sequence[Cell]]) -> str:
    """Return the sentence that no row is as asked, with the words that there are."""
    there = []
    for name, asked in where.items():
        if not chosen(asked, cells[name]).any():
            label = f" в столбце «{name}»" if len(where) > 1 else ""
            words = list(dict.fromkeys(filter(None, cell_texts(cells[name]))))
            there.append(f"в файле есть{label}: {_some(words, _split(_all(asked)[0])[1])}")
    if not there:
        there = ["каждое значение в файле есть, но вместе они не встречаются"]
    shown = ", ".join(_shown(name, asked) for name, asked in where.items())
    return f"ни одна строка не отобрана условием where: {shown}; {'; '.join(there)}."


def _shown(name: str, asked: Asked) -> str:
    """Return what is asked of a column: «Год = 2024 или 2025», «Класс >= 3 и <= 8»."""
    signs = [_split(one) for one in _all(asked)]
    words = " или ".join(word for sign, word in signs if sign in SAME)
    parts = [f"= {words}"] if words else []
    parts += [f"{sign} {word}" for sign, word in signs if sign not in SAME]
    return f"{name} {' и '.join(parts) or 'пуст'}"


def _some(words: Sequence[str], asked: str) -> str:
    """Return some of the words, the nearest first; words that name people are only counted."""
    if any(NAME.search(word) for word in words):
        return f"разных значений – {len(words)}"
    near = nearest(asked, words)
    order = [near, *(word for word in words if word != near)] if near else list(words)
    rest = f" и ещё {len(order) - MOST_SHOWN}" if len(order) > MOST_SHOWN else ""
    return ", ".join(order[:MOST_SHOWN]) + rest if order else "только пустые ячейки"


def _all(asked: Asked) -> tuple[str, ...]:
    return asked if isinstance(asked, tuple) else (asked or "",)


def _split(one: str | None) -> tuple[str, str]:
    match = SIGN.fullmatch((one or "").strip())
    return (match[1], match[2]) if match else ("=", one or "")


def _is_same(shown: str | None, word: str) -> bool:
    wanted = cell_text(word)
    if shown == wanted:
        return True
    number = cell_number(wanted)
    return number is not None and cell_number(shown) == number


def _ordered(holds: Callable, word: str, cells: Sequence[Cell]) -> np.ndarray:
    """Return which cells stand so to the number or day; what is neither does not."""
    number, day = cell_number(word), date_of(word)
    found = []
    for cell in cells:
        own = cell_number(cell) if number is not None else _day(cell)
        found.append(own is not None and holds(own, number if number is not None else day))
    return np.array(found, dtype=bool)


def _day(cell: Cell) -> dt.date | None:
    return date_of(cell) if isinstance(cell, (str, dt.date)) else None
