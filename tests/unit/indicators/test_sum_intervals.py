"""Intervals of many values agree with the scalar functions of `msoko.stats`."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from msoko.indicators.values.sum_intervals import student_bounds, wilson_bounds
from msoko.stats.estimators import proportions


def test_wilson_agrees_with_the_reference_function() -> None:
    part, whole = np.array([0, 1, 7, 10, 529]), np.array([10, 10, 9, 10, 8728])
    low, high = wilson_bounds(part.astype(float), whole.astype(float))
    told = [proportions.wilson(int(k), int(n)) for k, n in zip(part, whole, strict=True)]
    assert low == pytest.approx([one.low for one in told], abs=1e-12)
    assert high == pytest.approx([one.high for one in told], abs=1e-12)
    assert (low[0], high[3]) == (0, 1)


def test_wilson_has_nothing_to_say_of_no_share() -> None:
    low, high = wilson_bounds(np.array([0.0, 5.0, -1.0]), np.array([0.0, 4.0, 4.0]))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_mean_agrees_with_scipy() -> None:
    values = np.array([3, 5, 8, 13, 21])
    low, high = student_bounds(*(np.array([one], dtype=object) for one in (50, 708, 5)))
    limits = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    assert (low[0], high[0]) == pytest.approx(limits, rel=1e-12)


def test_large_sums_do_not_cancel() -> None:
    n, level = 10**8, 10**5
    values = np.array([level, level + 1], dtype=object) * n // 2
    total = int(values.sum())
    squares = n // 2 * (level**2 + (level + 1) ** 2)
    low, high = student_bounds(*(np.array([one], dtype=object) for one in (total, squares, n)))
    assert (high - low)[0] == pytest.approx(2 * 1.959964 * 0.5 / np.sqrt(n), rel=1e-4)
