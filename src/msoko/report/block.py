"""What a notebook's call returns: prose, tables and figures as one piece of Markdown.

Only `text/markdown` is put out: JupyterLab, Quarto and the embedded renderer read
the same text, and an HTML output would make Quarto link scripts from elsewhere.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msoko.core.russian import escaped

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Prose:
    """Paragraphs or list items, already in Markdown."""

    text: str

    def markdown(self) -> str:
        return self.text


@dataclass(frozen=True)
class Sheet:
    """A table: its head, its rows as shown, and a caption; `id` makes it referable.

    Cells are Markdown. `align` has a letter a column: l, r or c. A table without rows is
    replaced by `without_rows`, the words that say so.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str
    id: str = ""
    align: str = ""
    without_rows: str = ""

    def markdown(self) -> str:
        if not self.rows:
            return f"*{self.without_rows or self.caption}*"
        rules = {"l": ":---", "r": "---:", "c": ":---:"}
        align = self.align or "l" + "r" * (len(self.head) - 1)
        widths = [
            max(4, *(min(len(row[i]), 60) for row in (self.head, *self.rows)))
            for i in range(len(self.head))
        ]
        # Pandoc takes relative column widths from the dashes once a line is long.
        dashes = [
            rules[letter].replace("---", "-" * width)
            for letter, width in zip(align, widths, strict=True)
        ]
        lines = [self.head, dashes, *self.rows]
        body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        label = f" {{#tbl-{self.id}}}" if self.id else ""
        return f"{body}\n\n: {self.caption}{label}"


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption, its text alternative and, folded, the table behind it."""

    svg: bytes
    caption: str
    alternative: str
    id: str
    behind: Details

    def markdown(self) -> str:
        data = base64.b64encode(self.svg).decode()
        alternative = self.alternative.replace("\\", "").replace('"', "”")
        return (
            f"![{self.caption}](data:image/svg+xml;base64,{data})"
            f'{{#fig-{self.id} fig-alt="{alternative}"}}\n\n'
            f"{self.behind.markdown()}"
        )


@dataclass(frozen=True)
class Details:
    """Parts behind a line that opens them; on paper only where `is_printed`."""

    title: str
    parts: Sequence[BlockPart]
    is_printed: bool = False

    def markdown(self) -> str:
        inside = "\n\n".join(part.markdown() for part in self.parts)
        kind = "tip" if self.is_printed else "note"
        return f'::: {{.callout-{kind} collapse="true" title="{self.title}"}}\n\n{inside}\n\n:::'


@dataclass(frozen=True)
class Framed:
    """Parts that the theme lays out by a name of their own, a class `msoko-…` of the page."""

    name: str
    parts: Sequence[BlockPart]

    def markdown(self) -> str:
        inside = "\n\n".join(part.markdown() for part in self.parts)
        return f"::: {{.msoko-{self.name}}}\n\n{inside}\n\n:::"


BlockPart = Prose | Sheet | Figure | Details | Framed


@dataclass(frozen=True)
class Block:
    """The answer to one question of a report."""

    parts: tuple[BlockPart, ...]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        names = ", ".join(type(part).__name__.lower() for part in self.parts)
        return {"text/markdown": self.markdown(), "text/plain": f"Block({names})"}

    def markdown(self) -> str:
        return "\n\n".join(part.markdown() for part in self.parts)

    @property
    def frames(self) -> list[pd.DataFrame]:
        """The tables of the block as frames of the texts shown, folded ones too."""
        import pandas as pd  # a page is made without it

        return [
            pd.DataFrame(list(sheet.rows), columns=list(sheet.head))
            for sheet in _sheets(self.parts)
        ]


def _sheets(parts: Iterable[BlockPart]) -> Iterator[Sheet]:
    for part in parts:
        if isinstance(part, Sheet):
            yield part
        elif isinstance(part, Figure):
            yield from _sheets([part.behind])
        elif isinstance(part, Details | Framed):
            yield from _sheets(part.parts)


def block(*parts: BlockPart | str | None) -> Block:
    """Return a block of the parts that are there; a plain string is a paragraph."""
    made = (Prose(part) if isinstance(part, str) else part for part in parts if part)
    return Block(tuple(made))


def anchor(code: str) -> str:
    """Return a code as ids of figures and tables spell it; Quarto's must not hold `_`."""
    return code.replace("_", "-")


def cell(text: object) -> str:
    """Return a text from data as a table's cell."""
    return escaped(text)
