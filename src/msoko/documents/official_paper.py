"""An official paper as its parts, before anything is known of the file that will hold it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["body", "left", "right", "center", "title", "label", "item", "note"]


@dataclass(frozen=True)
class Text:
    """A paragraph; `keeps` holds it on the page of the next one."""

    text: str
    kind: Kind = "body"
    keeps: bool = False


@dataclass(frozen=True)
class Sides:
    """One line with something at its left and at its right edge: date and number, signatures."""

    left: str
    right: str


@dataclass(frozen=True)
class Grid:
    """A table: its head repeats on each page; widths are shares of the text's width."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    caption: str = ""


@dataclass(frozen=True)
class Landscape:
    """What follows lies on its side, from a new page on."""


Part = Text | Sides | Grid | Landscape


@dataclass(frozen=True)
class Paper:
    """A document: what its properties call it, and its parts in order."""

    title: str
    parts: Sequence[Part]

    @property
    def text(self) -> str:
        """All that can be read in the paper, line by line."""
        return "\n".join(_lines(self.parts))


def _lines(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Text):
            yield part.text
        elif isinstance(part, Sides):
            yield f"{part.left}\t{part.right}"
        elif isinstance(part, Grid):
            yield from filter(None, [part.caption])
            yield from ("\t".join(row) for row in (part.head, *part.rows))
