"""Answer strings of exam protocols: `++-2+` for short answers, `1(2)0(3)` for long ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

LONG = re.compile(r"(\d+)\((\d+)\)")
PREFIXES = {"short": "", "long": "Р", "oral": "У"}
"""Tasks are named by their order in each string: 1, 2 … then Р1 … (long) and У1 … (oral)."""


class Answers(NamedTuple):
    """One string of one participant: points per task, `None` where the sign is not known."""

    points: tuple[float | None, ...]
    maxima: tuple[float | None, ...]
    is_readable: bool = True

    @property
    def total(self) -> float:
        return sum(point or 0 for point in self.points)


DIGITS = "0123456789"
SIGNS = {"+": 1.0, "-": 0.0, "−": 0.0, "–": 0.0, **{sign: float(sign) for sign in DIGITS}}


def read_short(text: str | None) -> Answers:
    """Return the points of `++-2+`: a plus is one point, a digit is itself, a minus is none.

    How many points a plus of a weightier task brings, the string does not say;
    where a digit stands, the maximum is not known either.
    """
    signs = "".join((text or "").split())
    points = tuple(SIGNS.get(sign) for sign in signs)
    maxima = tuple(None if sign in DIGITS else 1.0 for sign in signs)
    return Answers(points, maxima, None not in points)


def read_long(text: str | None) -> Answers:
    """Return the points of `1(2)0(3)`: earned, and in brackets the maximum."""
    text = "".join((text or "").split())
    pairs = LONG.findall(text)
    is_readable = LONG.sub("", text) == "" and all(int(won) <= int(most) for won, most in pairs)
    return Answers(
        tuple(float(won) for won, _ in pairs), tuple(float(most) for _, most in pairs), is_readable
    )


READERS = {"short": read_short, "long": read_long, "oral": read_long}


def task_frame(part: str, answers: Sequence[Answers], rows: Sequence[int]) -> pd.DataFrame:
    """Return `row, task, score, max_score`, one row per participant and task of one part.

    `rows` says which participant each of `answers` belongs to. A task that
    anywhere shows a digit among short answers has no known maximum.
    """
    counts = [len(answer.points) for answer in answers]
    most = np.array([one for answer in answers for one in answer.maxima], dtype=float)
    place = np.array([index for count in counts for index in range(count)], dtype=int)
    if part == "short":
        most[np.isin(place, place[np.isnan(most)])] = np.nan
    names = pd.array([f"{PREFIXES[part]}{n}" for n in range(1, max(counts, default=0) + 1)], "str")
    return pd.DataFrame(
        {
            "row": np.repeat(np.array(rows, dtype=int), counts),
            "score": np.array([one for answer in answers for one in answer.points], dtype=float),
            "max_score": most,
            "task": names.take(place),
        }
    )
