import numpy as np
import pytest
import statsmodels.api as sm

from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.estimators.ratio import ratio, ratio_change

PASSED = np.array([18, 40, 7, 55, 29, 12.0])
TESTED = np.array([20, 50, 10, 60, 40, 12.0])


def test_a_ratio_weighs_schools_by_size_and_agrees_with_weighted_least_squares():
    found = ratio(PASSED, TESTED)
    fit = sm.WLS(PASSED / TESTED, np.ones(6), weights=TESTED).fit(cov_type="HC1")
    assert found.value == pytest.approx(161 / 192)  # not the mean of the six shares
    assert found.se == pytest.approx(float(fit.bse[0]), rel=1e-9)
    assert found.n == 6 and found.df == 5


def test_a_change_agrees_with_a_regression_clustered_by_school():
    later = np.array([15, 44, 9, 50, 33, 10.0])
    tested = np.array([18, 52, 11, 61, 38, 13.0])
    found = ratio_change((PASSED, TESTED), (later, tested))
    share = np.concatenate([PASSED / TESTED, later / tested])
    design = np.column_stack([np.ones(12), np.repeat([0, 1], 6)])
    fit = sm.WLS(share, design, weights=np.concatenate([TESTED, tested])).fit(
        cov_type="cluster",
        cov_kwds={"groups": np.tile(np.arange(6), 2), "use_correction": False},
    )
    assert found.value == pytest.approx(later.sum() / tested.sum() - PASSED.sum() / TESTED.sum())
    assert found.se == pytest.approx(float(fit.bse[1]) * np.sqrt(6 / 5), rel=1e-9)


def test_a_school_that_opened_later_still_counts():
    absent = np.where(np.arange(6) == 5, np.nan, PASSED)
    found = ratio_change((absent, TESTED), (PASSED, TESTED))
    assert found.n == 6
    assert found.value == pytest.approx(161 / 192 - 149 / 180)


@pytest.mark.parametrize(
    ("a", "b", "reason", "n"),
    [
        ([], [], "no_data", 0),
        ([1], [2], "too_few_groups", 1),
        ([1, 2], [2, 4], "too_few_groups", 2),
        ([1, 2, 3], [2, 4, 6], "no_variation", 3),
        ([np.nan] * 4, [1, 2, 3, 4], "no_data", 0),
        ([1, 2, 3], [0, 0, 0], "no_data", 0),
    ],
)
def test_what_cannot_be_estimated_says_why(a, b, reason, n):
    found = ratio(a, b)
    assert isinstance(found, NotEstimable)
    assert (found.reason, found.n) == (reason, n)


def test_unequal_lengths_are_a_mistake():
    with pytest.raises(ValueError, match="one entry a school"):
        ratio([1, 2], [1, 2, 3])
