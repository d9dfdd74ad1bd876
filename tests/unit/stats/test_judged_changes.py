"""One judgement of changes: a family, a level, and what may be said of each member."""

from __future__ import annotations

import math

import pytest

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason
from msoko.stats.estimators.judged_changes import (
    JudgedChange,
    judge,
    judge_changes,
    school_change,
)


def change(p: float | None, value: float = 1.0) -> JudgedChange:
    refused = NotEstimable(Reason.TOO_FEW, 1)
    estimate = refused if p is None else Estimate(value, value - 1, value + 1, 9, p=p)
    return JudgedChange(1.0, 1.0 + value, estimate)


def test_the_whole_family_decides_what_is_told() -> None:
    # Benjamini–Hochberg: the least of two is doubled, the greater stays
    assert judge([0.02, 0.5], 0.05) == [(pytest.approx(0.04), True), (pytest.approx(0.5), False)]
    assert [one.is_told for one in judge([0.02, 0.5], 0.05, others=[0.9] * 3)] == [False, False]
    assert judge([], 0.05) == []


def test_the_level_itself_is_told() -> None:
    assert judge([0.05], 0.05)[0].is_told and not judge([0.0500001], 0.05)[0].is_told


def test_a_change_without_an_interval_is_in_no_family() -> None:
    first, second = judge_changes([change(None), change(0.04)], 0.05)
    assert (first.q, first.is_told, first.verdict("none")) == (None, False, "unknown")
    assert second.q == pytest.approx(0.04) and second.is_told


@pytest.mark.parametrize(
    ("polarity", "value", "verdict"),
    [("higher_is_better", 1.0, "better"), ("higher_is_better", -1.0, "worse"),
     ("lower_is_better", 1.0, "worse"), ("none", 1.0, "up"), ("none", -1.0, "down")],
)  # fmt: skip
def test_a_verdict_has_the_sense_of_its_indicator(
    polarity: str, value: float, verdict: str
) -> None:
    (told,), (untold,) = (judge_changes([change(p, value)], 0.05) for p in (0.01, 0.2))
    assert told.verdict(polarity) == verdict and untold.verdict(polarity) == "within"


def test_a_difference_needs_both_years() -> None:
    assert JudgedChange(1.0, 3.0, None).difference == 2.0
    assert JudgedChange(None, 3.0, None).difference is None


def test_schools_of_both_years_carry_a_change_and_a_selection_of_them_its_own() -> None:
    before = {f"s{n}": (50.0 + n, 100.0) for n in range(6)}
    after = {f"s{n}": (60.0 + 2 * n, 100.0) for n in range(6)}
    found = school_change(before, after)
    assert found.value == pytest.approx((60 + 5 - 50 - 2.5) / 100) and found.n == 6
    assert school_change(before, after, ["s0", "s1", "s2", "s9"]).value == pytest.approx(0.11)
    assert school_change(before, {}) is None
    assert math.isfinite(school_change(before, {**after, "new": (1.0, 2.0)}).value)
