import numpy as np
import pandas as pd
import pytest

from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.estimators.proportions import wilson_limits
from msoko.stats.estimators.ratio import (
    ratio,
    ratio_against,
    ratio_bounds,
    ratio_change,
    ratio_errors,
)
from msoko.stats.regression.cluster_sandwich import bias_reduced
from msoko.stats.regression.least_squares import ols

PASSED = np.array([18, 40, 7, 55, 29, 12.0])
TESTED = np.array([20, 50, 10, 60, 40, 13.0])
LATER = np.array([15, 44, 9, 50, 33, 10.0])
LATER_TESTED = np.array([18, 52, 11, 61, 38, 13.0])
LARGE_AND_SMALL = np.array([2, 3, 1, 160, 5]), np.array([3, 5, 4, 200, 5])


def _pupils(passed, tested, year=0):
    return pd.DataFrame(
        [
            {"school": school, "passed": float(pupil < hits), "year": float(year)}
            for school, (hits, size) in enumerate(zip(passed, tested, strict=True))
            for pupil in range(int(size))
        ]
    )


@pytest.mark.parametrize(("passed", "tested"), [(PASSED, TESTED), LARGE_AND_SMALL])
def test_a_ratio_has_the_error_of_pupils_clustered_by_school(passed, tested):
    found = ratio(passed, tested)
    pupils = _pupils(passed, tested)
    table = bias_reduced(ols(pupils, "passed", []), pupils["school"]).table.iloc[0]
    assert found.value == pytest.approx(passed.sum() / tested.sum())  # not the mean of shares
    assert found.se == pytest.approx(table["se"], rel=1e-9)
    assert found.df == pytest.approx(table["df"], rel=1e-9)
    assert (found.low, found.high) == pytest.approx((table["low"], table["high"]), rel=1e-9)


def test_a_change_has_the_error_of_pupils_of_two_years_clustered_by_school():
    found = ratio_change((PASSED, TESTED), (LATER, LATER_TESTED))
    pupils = pd.concat(
        [_pupils(PASSED, TESTED), _pupils(LATER, LATER_TESTED, 1)], ignore_index=True
    )
    fit = ols(pupils, "passed", ["year"])
    table = bias_reduced(fit, pupils["school"]).table.iloc[1]
    assert found.value == pytest.approx(table["value"], rel=1e-9)
    assert found.se == pytest.approx(table["se"], rel=1e-9)
    assert found.df == pytest.approx(table["df"], rel=1e-9)
    assert found.p == pytest.approx(table["p"], rel=1e-9)


def test_a_share_stays_inside_its_scale_and_has_width_at_its_ends():
    rare = ratio([1, 0, 0, 0], [20, 20, 20, 20], is_share=True)
    assert 0 < rare.low < rare.value < rare.high < 0.3
    none = ratio([0, 0, 0], [20, 30, 10], is_share=True)
    assert (none.low, none.high) == pytest.approx(wilson_limits(0.0, 60, 1.959964), abs=1e-6)
    alike = ratio([10, 20, 30], [20, 40, 60], is_share=True)
    assert (alike.low, alike.high) == pytest.approx(wilson_limits(0.5, 120, 1.959964), abs=1e-6)


def test_schools_that_chance_made_alike_are_not_surer_than_all_their_pupils():
    found = ratio([10, 11, 20], [20, 22, 41], is_share=True)
    assert found.high - found.low > 0.2


@pytest.mark.parametrize("is_share", [False, True])
def test_the_test_against_a_region_agrees_with_the_interval(is_share):
    found = ratio(PASSED, TESTED, is_share=is_share)
    for edge in (found.low, found.high):
        assert ratio_against(PASSED, TESTED, edge, is_share=is_share).p == pytest.approx(0.05)


def test_many_groups_at_once_are_each_alone():
    a = np.concatenate([PASSED, LATER, [5.0]])
    b = np.concatenate([TESTED, LATER_TESTED, [9.0]])
    group = np.repeat([0, 1, 2], [6, 6, 1])
    whole = np.bincount(group, b)
    value = np.bincount(group, a) / whole
    low, high = ratio_bounds(value, ratio_errors(a, b, group, value, whole), is_share=True)
    for place, own in enumerate([(PASSED, TESTED), (LATER, LATER_TESTED)]):
        alone = ratio(*own, is_share=True)
        assert (low[place], high[place]) == pytest.approx((alone.low, alone.high))
    assert np.isnan(low[2])


def test_a_school_that_opened_later_still_counts():
    absent = np.where(np.arange(6) == 5, np.nan, PASSED)
    found = ratio_change((absent, TESTED), (PASSED, TESTED))
    assert found.n == 6
    assert found.value == pytest.approx(161 / 193 - 149 / 180)


@pytest.mark.parametrize(
    ("a", "b", "reason", "n"),
    [
        ([], [], "no_data", 0),
        ([1], [2], "too_few_groups", 1),
        ([1, 2], [2, 4], "no_variation", 2),
        ([np.nan] * 4, [1, 2, 3, 4], "no_data", 0),
        ([1, 2, 3], [0, 0, 0], "no_data", 0),
    ],
)
def test_what_cannot_be_estimated_says_why(a, b, reason, n):
    found = ratio(a, b)
    assert isinstance(found, NotEstimable)
    assert (found.reason, found.n) == (reason, n)


def test_two_schools_have_one_degree_of_freedom():
    found = ratio([5, 14], [20, 20])
    assert found.df == pytest.approx(1)
    assert found.high - found.low > 2


def test_a_year_of_one_school_tells_of_no_change():
    found = ratio_change(([5, np.nan], [20, 0]), ([6, 9], [20, 20]))
    assert found.reason == "too_few_groups"


def test_unequal_lengths_are_a_mistake():
    with pytest.raises(ValueError, match="one entry a school"):
        ratio([1, 2], [1, 2, 3])
