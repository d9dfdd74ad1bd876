"""Where a thing was declared, and the refusals that name it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from msoko.core.errors import UsageError


@dataclass(frozen=True)
class DeclarationLine:
    """Where something is declared, as messages print it."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}, строка {self.line}"


class WrittenName(str):
    """A name that people wrote, and where, so that a fault in a list of names has its line."""

    place: DeclarationLine = DeclarationLine()


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a sentence with the known word nearest to `word`, or with all of them."""
    known = sorted(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Возможно, имелось в виду «{near[0]}»."
    return f"Известны: {', '.join(known)}."


def line_of(word: str, place: DeclarationLine) -> DeclarationLine:
    """Return where a name was written if it knows, else `place`."""
    return word.place if isinstance(word, WrittenName) else place


def refuse_repeated(title: str, declared: Iterable) -> None:
    """Refuse two declarations of one kind under the same code."""
    first: dict[str, DeclarationLine] = {}
    for item in declared:
        if item.code in first:
            raise UsageError(
                f"{item.place}: {title} с кодом «{item.code}» – код уже занят "
                f"({first[item.code]}). Дайте другой."
            )
        first[item.code] = item.place


def require_known(key: str, word: str, known: Iterable[str], place: DeclarationLine) -> None:
    """Refuse a word that is not one of `known`, with the nearest of them.

    A name that knows its own line is refused there and not at `place`.
    """
    known = list(known)
    if word not in known:
        raise UsageError(
            f"{line_of(word, place)}: «{key}: {word}» не объявлено. {suggestion(word, known)}"
        )
