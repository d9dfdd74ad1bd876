"""How many rows of long texts a passport's two printed pages have room for."""

from __future__ import annotations

import math
from collections.abc import Sequence


def fitting(rows: Sequence[Sequence[str]], letters: Sequence[int], lines: int) -> int:
    """Return how many of the first rows fit into so many printed lines; the first always does.

    `letters` are those that a line of each column holds on paper. What does not fit is
    folded away, and the electronic page has it: a page must not grow with its texts.
    """
    room = lines
    for count, row in enumerate(rows):
        room -= max(math.ceil(len(text) / width) for text, width in zip(row, letters, strict=True))
        if room < 0 and count:
            return count
    return len(rows)
