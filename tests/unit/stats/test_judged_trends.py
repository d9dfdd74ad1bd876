"""Trends judged together: each series once, and years that share persons for what they are."""

import itertools

import numpy as np
import pytest
from scipy import stats

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.judged_trends import YearSeries, judge_trends, steps_test

RISING = [0.5, 0.52, 0.55, 0.56, 0.6]


def series(values, **known):
    return YearSeries(range(2020, 2020 + len(values)), values, **known)


@pytest.mark.parametrize("n", [3, 5, 6, 9])
def test_a_steady_series_of_steps_has_the_sign_test_s_p(n):
    assert steps_test(np.arange(n, dtype=float)).p == pytest.approx(2 * 0.5 ** (n - 1))


def test_steps_are_the_binomial_test_of_scipy_and_ties_are_dropped():
    found = steps_test(np.array([1.0, 2, 2, 3, 2, 5, 6]))
    assert (found.statistic, found.n) == (4, 7)
    assert found.p == pytest.approx(stats.binomtest(4, 5).pvalue)
    assert steps_test(np.ones(6)).reason is Reason.NO_VARIATION


def test_overlapping_cohorts_hold_the_level_where_kendall_does_not():
    """Five grades of independent cohorts: a year has four fifths of the last one's pupils."""
    generator = np.random.default_rng(5)
    cohorts = generator.normal(size=(2000, 12))
    moving = np.stack([cohorts[:, t : t + 5].mean(axis=1) for t in range(8)], axis=1)
    shared = judge_each([series(row, shares_persons=True) for row in moving])
    apart = judge_each([series(row) for row in moving])
    assert np.mean(apart) > 0.15
    assert np.mean(shared) <= 0.05


def judge_each(every):
    return [judge_trends([one], 0.05)[0].is_told for one in every]


@pytest.mark.parametrize("values", [[], [0.5], [0.5, 0.6], [0.5, 0.6, 0.7, 0.8]])
def test_under_five_years_nothing_is_tested_and_the_family_does_not_grow(values):
    short, known = judge_trends([series(values), series(RISING)], 0.05)
    assert isinstance(short.test, NotEstimable) and (short.q, short.family) == (None, 0)
    assert known.family == 1 and known.is_told


def test_a_series_and_its_complement_are_one():
    below = [1 - value for value in RISING]
    alone = judge_trends([series(RISING)], 0.05)[0]
    both = judge_trends([series(RISING), series(below), series(RISING)], 0.05)
    assert [one.family for one in both] == [1, 1, 1]
    assert both[0].q == both[1].q == alone.q
    assert both[0].slope == pytest.approx(-both[1].slope)


def test_a_family_of_many_makes_five_years_too_few():
    noise = [[0.5, 0.52, 0.51, 0.53, 0.5 + number / 1000] for number in range(1, 8)]
    told = judge_trends([series(one) for one in (RISING, *noise)], 0.05)
    assert told[0].family == 8 and not any(one.is_told for one in told)
    assert told[0].series.way == 1 and told[1].series.way == 0


def test_equal_values_are_refused_and_missing_ways_are_none():
    (told,) = judge_trends([series([0.5] * 5)], 0.05)
    assert told.test.reason is Reason.NO_VARIATION and told.series.way == 0
    assert series([3, 2, 1]).way == -1 and series([1]).way == 0


def test_any_order_of_independent_years_has_kendall_s_law():
    """Of the 120 orders of five years the two steady ones alone are told at .05."""
    told = [judge_trends([series(list(one))], 0.05)[0].is_told
            for one in itertools.permutations([1.0, 2, 3, 4, 5])]  # fmt: skip
    assert sum(told) == 2
