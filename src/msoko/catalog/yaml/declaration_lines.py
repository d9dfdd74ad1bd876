"""Where a thing was declared, and the refusals that name it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msoko.core.errors import UsageError

LOOK_ALIKE = str.maketrans("асеорхукмтнв- ", "aceopxykmthb__")
"""Cyrillic letters that pass for Latin ones, and signs that stand for an underscore."""


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


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known word nearest to `word`, nothing where none is near.

    Case, dashes for underscores and Cyrillic letters that look like Latin ones do not count.
    """
    alike: dict[str, str] = {}
    for one in sorted(known):
        alike.setdefault(_as_seen(one), one)
    near = difflib.get_close_matches(_as_seen(word), alike, n=1, cutoff=cutoff)
    return alike[near[0]] if near else None


def _as_seen(word: str) -> str:
    return word.casefold().translate(LOOK_ALIKE)


def suggestion(
    word: str,
    known: Iterable[str],
    titles: Mapping[str, str] | None = None,
    listed: str = "Известны",
) -> str:
    """Return a sentence with the known word nearest to `word`, or with all of them.

    `titles`: what people call a known word, such as a name for its code.
    """
    known = sorted(known)
    names = {**(titles or {}), **{one: one for one in known}}
    near = nearest(word, names)
    if near:
        return f"Возможно, имелось в виду «{names[near]}»."
    return f"{listed}: {', '.join(known)}."


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
