"""Trends of many series, judged together: each series once, years that share persons as such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from msoko.stats.estimators.estimate import HypothesisTest, NotEstimable, Reason
from msoko.stats.estimators.judged_changes import judge
from msoko.stats.estimators.sample import Vector, is_constant
from msoko.stats.estimators.trend import MINIMUM_YEARS, mann_kendall, theil_sen

SAME = 6
"""Digits to which the steps of two series agree where one is the other or its complement."""


@dataclass(frozen=True)
class YearSeries:
    """A value by year; `shares_persons` says that years next to each other count the same ones,
    `is_relative` that values are differences from the region."""

    years: Sequence[int]
    values: Sequence[float]
    shares_persons: bool = False
    is_relative: bool = False

    @property
    def way(self) -> int:
        """1 or −1 where every year went the same way, else 0."""
        steps = np.sign(np.diff(np.asarray(self.values, float)))
        return int(steps[0]) if len(steps) and bool((steps == steps[0]).all()) else 0

    @property
    def steps(self) -> tuple[float, ...]:
        """What is the same in a series, its complement, and either moved by a constant."""
        steps = np.round(np.diff(np.asarray(self.values, float)), SAME) + 0.0
        first = steps[np.flatnonzero(steps)[:1]]
        return tuple((-steps + 0.0 if len(first) and first[0] < 0 else steps).tolist())


@dataclass(frozen=True)
class JudgedTrend:
    """A series' test, its median slope a year, and what the family of `family` series says."""

    series: YearSeries
    test: HypothesisTest | NotEstimable
    slope: float = 0.0
    q: float | None = None
    is_told: bool = False
    family: int = 0


def judge_trends(series: Sequence[YearSeries], level: float) -> list[JudgedTrend]:
    """Return the trend of each series, told or not by Benjamini and Hochberg over all of them.

    A series and its complement are one test. Series under five years are not tested, and so do
    not belong to the family.
    """
    found = [_tested(one) for one in series]
    p_values = {
        (tuple(one.series.years), one.series.steps): one.test.p
        for one in found
        if not isinstance(one.test, NotEstimable)
    }
    judged = dict(zip(p_values, judge([*p_values.values()], level), strict=True))
    told = []
    for one in found:
        place = judged.get((tuple(one.series.years), one.series.steps))
        if place is not None and not isinstance(one.test, NotEstimable):
            one = replace(one, q=place.q, is_told=place.is_told, family=len(p_values))
        told.append(one)
    return told


def _tested(series: YearSeries) -> JudgedTrend:
    y, n = np.asarray(series.values, float), len(series.values)
    if n < MINIMUM_YEARS:
        return JudgedTrend(series, NotEstimable(Reason.TOO_FEW_YEARS if n else Reason.NO_DATA, n))
    if is_constant(y):
        return JudgedTrend(series, NotEstimable(Reason.NO_VARIATION, n))
    test = steps_test(y) if series.shares_persons else mann_kendall(y, series.years)
    slope = theil_sen(y, series.years)
    value = float(np.median(np.diff(y))) if isinstance(slope, NotEstimable) else slope.value
    return JudgedTrend(series, test, value)


def steps_test(values: Vector) -> HypothesisTest | NotEstimable:
    """Return the two-sided sign test of the steps from year to year; the statistic is the rises.

    Where the pupils of grades 4 to 8 are counted, a year has four fifths of the last one's, and a
    step is one cohort coming less one cohort going: steps are independent, values are not. Five
    years then go one way in one case of eight, not in one of sixty, as Mann–Kendall with its
    independent years would say. Steps of zero are dropped (Dixon & Mood 1946). Conservative where
    cohorts overlap for fewer years than the series has.
    """
    steps = np.diff(np.asarray(values, float))
    steps = steps[steps != 0]
    if len(steps) == 0:
        return NotEstimable(Reason.NO_VARIATION, len(values))
    rises = int((steps > 0).sum())
    p = float(stats.binomtest(rises, len(steps), 0.5).pvalue)
    return HypothesisTest(float(rises), p, len(values), method="steps_sign")
