"""Blocks of the annual summary that a founding document asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from msoko.catalog.directions.direction import Code, Direction, Seed, indicators_by_code
from msoko.catalog.yaml.declaration_lines import (
    DeclarationLine,
    WrittenName,
    refuse_repeated,
    require_known,
)
from msoko.core.errors import UsageError


@dataclass(frozen=True)
class SummaryItem:
    """A line of a block, in the words of the document, and what computes it.

    `part` is the document's own heading over the line; `needs` says what would have to be
    collected, where no indicator computes the line or those named compute a part of it.
    """

    text: str
    part: str = ""
    indicators: tuple[WrittenName, ...] = ()
    needs: str = ""
    seed: Seed | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class SummaryBlock:
    """A block of the annual summary that only this municipality's document asks for.

    `motivating` sets each indicator against the best value in the region, which has 100 points.
    """

    code: Code
    title: str
    items: tuple[SummaryItem, ...]
    kind: Literal["figures", "motivating"] = "figures"
    about: str = ""
    seed: Seed | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


def check_blocks(blocks: Iterable[SummaryBlock], directions: Iterable[Direction]) -> None:
    """Refuse a block that names an unknown indicator, or a line that says nothing."""
    blocks, known = tuple(blocks), indicators_by_code(directions)
    refuse_repeated("блок сводки", blocks)
    for one in blocks:
        if not one.items:
            raise UsageError(f"{one.place}: в блоке сводки «{one.code}» нет строк («items»).")
        for item in one.items:
            if not item.indicators and not item.needs:
                raise UsageError(
                    f"{item.place}: строка блока «{one.code}» не называет ни показателей "
                    "(«indicators»), ни того, что нужно собирать («needs»). Допишите одно из двух."
                )
            for code in item.indicators:
                require_known("indicators", code, known, code.place)
