"""How many points a plus of each short task is worth: specification, own sums, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from msoko.catalog.registry.task_maxima import TaskMaxima
from msoko.core.school_year import SchoolYear
from msoko.ingest.layouts.rcoi.answers import Answers
from msoko.ingest.layouts.rcoi.protocol_rows import ProtocolRows

MOSTLY = 0.95
"""So many rows must add up before their own sums say what a plus is worth."""
SPARE = 5
"""So many more rows than tasks: fewer could be made to add up by chance."""
HIGHEST = 6
"""No short task of ОГЭ or ЕГЭ is worth more."""
Origin = Literal["one", "registry", "sums", "unknown"]


@dataclass(frozen=True)
class PlusWorth:
    """Where the worth of a plus is known from, and the worth by task."""

    origin: Origin
    points: tuple[float, ...] = ()


def settle_pluses(
    rows: ProtocolRows, maxima: Sequence[TaskMaxima], year: SchoolYear, paper: tuple[str, str, int]
) -> PlusWorth:
    """Give the short answers of the rows their points and maxima, and return where from.

    The registry goes first. A plus is one point where all rows add up so; else the rows'
    own primary scores say what it is worth, if only one answer fits them. Otherwise it is
    not known: a plus then stays one point at least, its task has no maximum, and the sum
    of the row is a lower bound.
    """
    short = rows.answers.get("short", [])
    if not short:
        return PlusWorth("one")
    worth = _worth(rows, short, _declared(maxima, year, paper))
    if worth.origin != "one":
        rows.answers["short"] = [weighed(answer, worth.points) for answer in short]
    return worth


def weighed(answer: Answers, worth: Sequence[float]) -> Answers:
    """Return the answers with each plus worth its points; a task beyond `worth` has no maximum."""
    most = [*worth, *[None] * max(0, len(answer.points) - len(worth))]
    points = tuple(
        top if top is not None and _is_plus(point, before) else point
        for point, before, top in zip(answer.points, answer.maxima, most, strict=False)
    )
    return Answers(points, tuple(most[: len(points)]), answer.is_readable)


def _is_plus(point: float | None, most: float | None) -> bool:
    return point == 1 and most == 1


def _declared(
    maxima: Sequence[TaskMaxima], year: SchoolYear, paper: tuple[str, str, int]
) -> tuple[float, ...]:
    return next((one.maxima for one in maxima if one.paper == paper and one.holds(year)), ())


def _worth(rows: ProtocolRows, short: Sequence[Answers], declared: tuple[float, ...]) -> PlusWorth:
    lengths = {len(answer.points) for answer in short if answer.points}
    if declared and lengths == {len(declared)} and _holds_digits(short, declared):
        return PlusWorth("registry", declared)
    scored = np.flatnonzero(rows.is_scored & ~np.isnan(rows.primary))
    totals = [[answer.total for answer in part] for part in rows.answers.values()]
    gap = (rows.primary - np.sum(totals, axis=0))[scored]  # points that no single plus explains
    if not gap.any():
        return PlusWorth("one")
    pluses = _pluses([short[row] for row in scored], max(lengths, default=0))
    solved = _solved(pluses, gap)
    if solved is not None and _holds_digits(short, solved):
        return PlusWorth("sums", solved)
    if np.mean(gap == 0) >= MOSTLY:
        return PlusWorth("one")  # a few slips of the pen, told one by one
    return PlusWorth("unknown")


def _holds_digits(short: Sequence[Answers], worth: Sequence[float]) -> bool:
    """Return whether no digit is above the worth of its task."""
    return all(
        point is None or np.isnan(top) or point <= top
        for answer in short
        for point, top in zip(answer.points, worth, strict=False)
    )


def _pluses(short: Sequence[Answers], width: int) -> np.ndarray:
    found = np.zeros((len(short), width))
    for row, answer in enumerate(short):
        for task, (point, most) in enumerate(zip(answer.points, answer.maxima, strict=True)):
            found[row, task] = _is_plus(point, most)
    return found


def _solved(pluses: np.ndarray, gap: np.ndarray) -> tuple[float, ...] | None:
    """Return the only whole points by task with which the rows add up, `None` where there are none.

    A task that nobody has a plus in stays unknown.
    """
    asked = np.flatnonzero(pluses.any(axis=0))
    if len(gap) < len(asked) + SPARE:
        return None
    own = pluses[:, asked]
    extra, _, rank, _ = np.linalg.lstsq(own, gap, rcond=None)
    points = 1 + np.rint(extra)
    fits = np.mean(own @ (points - 1) == gap)
    if rank < len(asked) or fits < MOSTLY or points.min() < 1 or points.max() > HIGHEST:
        return None
    worth = np.full(pluses.shape[1], np.nan)
    worth[asked] = points
    return tuple(float(one) for one in worth)
