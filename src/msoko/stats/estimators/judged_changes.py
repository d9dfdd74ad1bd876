"""Changes since an earlier year: the estimate by schools, and the one judgement of all of them.

The index, the year's summary, the reports of directions, passports, annexes and recommendations
call a change a change by `judge` alone, at the level that the registry declares
(`change_fdr` in `registry/thresholds.yml`). They differ in their family only: what is said
together is judged together.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from msoko.stats.estimators.estimate import Estimate, NotEstimable

LEVEL_CODE = "change_fdr"
"""The threshold of the registry that is the level: a false discovery rate."""

SchoolParts = Mapping[str, Sequence[float]]
"""Numerator and denominator by school."""


class Judgement(NamedTuple):
    """A p-value's place in its family, and whether it is told from chance there."""

    q: float
    is_told: bool


def judge(p_values: Sequence[float], level: float, others: Iterable[float] = ()) -> list[Judgement]:
    """Return the judgement of each p-value, by Benjamini and Hochberg over the whole family.

    `others` belong to the family too, and are judged elsewhere.
    """
    from msoko.stats.estimators.multiplicity import adjust

    family = [*p_values, *others]
    q_values = adjust(family)[: len(p_values)] if family else ()
    return [Judgement(float(q), bool(q <= level)) for q in q_values]


@dataclass(frozen=True)
class JudgedChange:
    """A change: from, to, the estimate, and what its family says of it."""

    before: float | None
    after: float | None
    estimate: Estimate | NotEstimable | None
    q: float | None = None
    is_told: bool = False

    @property
    def difference(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def has_interval(self) -> bool:
        return self.estimate is not None and self.estimate.is_estimable

    @property
    def p(self) -> float | None:
        return float(self.estimate.p) if self.has_interval else None

    def verdict(self, polarity: str) -> str:
        """Return a key of wording: better, worse, up, down, within, unknown."""
        if not self.has_interval:
            return "unknown"
        if not self.is_told:
            return "within"
        is_up = self.estimate.value > 0
        if polarity == "none":
            return "up" if is_up else "down"
        return "better" if is_up == (polarity == "higher_is_better") else "worse"


def judge_changes(
    changes: Sequence[JudgedChange], level: float, others: Iterable[float] = ()
) -> list[JudgedChange]:
    """Return the changes, those with an interval judged as one family with `others`."""
    known = [place for place, one in enumerate(changes) if one.has_interval]
    judged = judge([changes[place].p for place in known], level, others)
    found = [replace(one, q=None, is_told=False) for one in changes]
    for place, one in zip(known, judged, strict=True):
        found[place] = replace(found[place], q=one.q, is_told=one.is_told)
    return found


def school_change(
    before: SchoolParts, after: SchoolParts, schools: Collection[str] | None = None
) -> Estimate | NotEstimable | None:
    """Return the change of a whole, or of these schools, by parts in two years.

    The school is the unit that varies. None where a year has no schools.
    """
    from msoko.stats.estimators.ratio import ratio_change

    if not before or not after:
        return None
    known = before.keys() | after.keys()
    chosen = sorted(known if schools is None else known & set(schools))
    absent = (math.nan, math.nan)
    pair = [
        np.array([year.get(one, absent) for one in chosen]).reshape(-1, 2).T
        for year in (before, after)
    ]
    return ratio_change(*pair)
