"""The columns of a declared table by their headings, each under an address of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.ingest.sheets.cells import (
    Cell,
    address,
    cell_text,
    cell_texts,
    fold_text,
    header_label,
    letters,
)

BETWEEN = re.compile(r"\s*›\s*|\s+>\s+")
LETTER = re.compile(r"(?:столбец|column)\s+([a-zа-я]{1,3})", re.IGNORECASE)
LATIN = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")
"""Cyrillic letters that are typed for the Latin ones of a column."""
Fold = Callable[[Cell], str]


class HeaderColumns:
    """The header of one sheet: `height` rows from `top` (from 0).

    Each column has a path of headings, the widest first. Over several rows a heading
    stands above the columns to its right up to the next one, as merged cells do.
    """

    def __init__(self, cells: Sequence[Sequence[Cell]], top: int, height: int = 1) -> None:
        self.top = top
        self.rows = [list(row) for row in cells[top : top + height]]
        self.above = list(cells[top - 1]) if 0 < top <= len(cells) else []
        self.paths = _paths(self.rows)

    def column(self, name: str) -> int:
        """Return the column that the name means; `faults` says why it means none."""
        [found] = self.meant(name)
        return found

    def faults(self, name: str) -> Iterator[str]:
        """Yield why the name does not mean exactly one column."""
        found = self.meant(name)
        if not found:
            there = [" › ".join(path) for path in self.paths if path]
            near = suggestion(name, dict.fromkeys(there), listed="В файле есть") if there else ""
            yield f"в файле нет столбца «{name}». {near}".rstrip()
        elif len(found) > 1:
            yield self._ambiguous(name, found)

    def repeated(self, cells: np.ndarray) -> np.ndarray:
        """Return which rows below say the same as a row of the header."""
        found = np.zeros(len(cells), dtype=bool)
        for own in self.rows:
            words = [cell_text(value) for value in own]
            filled = [place for place, value in enumerate(own) if isinstance(value, str)]
            if len(filled) < 2 or not len(cells):
                continue
            first = words[filled[0]]
            alike = [word == first for word in cell_texts(cells[:, filled[0]])]
            for row in np.flatnonzero(alike):
                found[row] |= [cell_text(value) for value in cells[row]] == words
        return found

    def meant(self, name: str) -> list[int]:
        """Return the columns that the name may mean: one, where it can be read by."""
        for fold in (fold_text, header_label):
            found = self._found(name, fold)
            if len(found) > 1:
                leaf = BETWEEN.split(name)[-1] if len(BETWEEN.split(name)) > 1 else name
                exact = [one for one in found if self.paths[one][-1] == cell_text(leaf)]
                found = exact if len(exact) == 1 else found
            if found:
                return found
        letter = LETTER.fullmatch(cell_text(name) or "")
        wanted = letter[1].upper().translate(LATIN) if letter else ""
        return [one for one in range(len(self.paths)) if letters(one) == wanted]

    def _found(self, name: str, fold: Fold) -> list[int]:
        """Return the columns that end in the name, else those that it stands above."""
        folded = [[fold(part) for part in path] for path in self.paths]
        whole, parts = fold(name), [fold(part) for part in BETWEEN.split(name)]
        ending = [one for one, path in enumerate(folded) if path and path[-1] == whole]
        if not ending and len(parts) > 1:
            ending = [
                one
                for one, path in enumerate(folded)
                if path and path[-1] == parts[-1] and _stands_in(parts, path)
            ]
        return ending or [one for one, path in enumerate(folded) if whole and whole in path]

    def _ambiguous(self, name: str, found: Sequence[int]) -> str:
        columns = _listed([letters(one) for one in found])
        cells = _listed([address(self._row(one), one) for one in found])
        own = [" › ".join(self.paths[one]) for one in found]
        ways = [f"«столбец {letters(one)}»" for one in found]
        if len(set(own)) == len(own) and any(len(self.paths[one]) > 1 for one in found):
            ways = [f"«{path}»" for path in own]
        text = (
            f"заголовок «{name}» стоит в столбцах {columns} (ячейки {cells}). "
            f"Назовите столбец однозначно: {' или '.join(ways)}."
        )
        if len(self.rows) == 1 and any(cell_text(value) for value in self.above):
            text += (
                f" Если над заголовком (строка {self.top}) названы разделы, укажите "
                f"header_row: {self.top} и header_rows: 2 и пишите «раздел › {name}»."
            )
        return text

    def _row(self, column: int) -> int:
        """Return the row of the column's lowest heading."""
        filled = [place for place, row in enumerate(self.rows) if cell_text(row[column])]
        return self.top + (filled[-1] if filled else 0)


def _paths(rows: Sequence[Sequence[Cell]]) -> list[tuple[str, ...]]:
    """Return each column's headings, from the top; none for a column that has no heading."""
    width = max((len(row) for row in rows), default=0)
    words = [[cell_text(value) for value in row] for row in rows]
    carried: list[str | None] = [None] * len(rows)
    paths = []
    for column in range(width):
        own = [row[column] for row in words]
        for level, word in enumerate(own):
            if word is None:
                continue
            carried[level:] = [None] * (len(rows) - level)
            has_below = any(row[column] for row in words[level + 1 :])
            carried[level] = word if has_below else None
        filled = [own[level] or carried[level] for level in range(len(rows))]
        path = [word for word in filled if word] if any(own) else []
        paths.append(tuple(w for place, w in enumerate(path) if not place or w != path[place - 1]))
    return paths


def _stands_in(parts: Sequence[str], path: Sequence[str]) -> bool:
    """Return whether the parts stand in the path in this order, with or without others between."""
    rest = iter(path)
    return all(part in rest for part in parts)


def _listed(words: Sequence[str]) -> str:
    return " и ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
