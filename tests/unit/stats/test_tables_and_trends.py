"""Agreement, many p-values, trends, correlations."""

import itertools
import math

import numpy as np
import pandas as pd
import pingouin
import pytest

from msoko.stats.estimators import agreement, correlation, multiplicity, trend
from msoko.stats.estimators.estimate import NotEstimable, Reason

TABLE = np.array([[20, 5, 1], [4, 15, 6], [0, 3, 18]])


@pytest.mark.parametrize("weights", agreement.WEIGHTS)
def test_kappa_by_its_formula_and_its_error_by_resampling(weights):
    p = TABLE / TABLE.sum()
    gap = np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
    w = {"none": gap == 0, "linear": 1 - gap / 2, "quadratic": 1 - gap**2 / 4}[weights]

    def value(share):
        seen, chance = (share * w).sum(), share.sum(axis=1) @ w @ share.sum(axis=0)
        return (seen - chance) / (1 - chance)

    found = agreement.kappa(TABLE, weights)
    assert found.value == pytest.approx(value(p), rel=1e-12)
    draws = np.random.default_rng(4).multinomial(72, p.ravel(), 4000).reshape(-1, 3, 3) / 72
    assert found.se == pytest.approx(np.std([value(share) for share in draws]), rel=0.05)


@pytest.mark.parametrize("weights", agreement.WEIGHTS)
def test_rounding_does_not_make_perfect_agreement_certain(weights):
    found = agreement.kappa(np.diag([2, 2, 1, 1]), weights)
    assert (found.value, found.se) == (pytest.approx(1, rel=1e-12), 0)
    assert found.low < 0.9


def test_perfect_agreement_of_five_pupils_is_not_certain():
    found = agreement.kappa([[3, 0], [0, 2]])
    assert found.value == found.high == 1
    # Wilson's lower limit for 5 of 5 is .5655; chance agreement .52 is held fixed
    assert found.low == pytest.approx((0.5655 - 0.52) / 0.48, abs=1e-3)


def test_rating_table_drops_missing_and_refuses_strangers():
    table = agreement.rating_table([3, 4, None, 5], [3, 5, 4, 5], categories=[2, 3, 4, 5])
    assert table.to_numpy().sum() == 3 and table.loc[4, 5] == 1
    with pytest.raises(ValueError, match="not categories"):
        agreement.rating_table([3, 6], [3, 3], categories=[2, 3, 4, 5])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("bonferroni", [0.04, 0.16, 0.12, 1.0]),
        ("holm", [0.04, 0.09, 0.09, 0.5]),
        ("hochberg", [0.04, 0.08, 0.08, 0.5]),
        ("bh", [0.04, 0.16 / 3, 0.16 / 3, 0.5]),
        ("by", [1 / 12, 1 / 9, 1 / 9, 1.0]),  # bh times 1 + 1/2 + 1/3 + 1/4 = 25/12
    ],
)
def test_adjustment_by_hand(method, expected):
    assert multiplicity.adjust([0.01, 0.04, 0.03, 0.5], method) == pytest.approx(expected, rel=1e-9)


def test_a_missing_p_is_not_a_hypothesis():
    adjusted = multiplicity.adjust([0.01, None, 0.02], "bonferroni")
    assert adjusted[[0, 2]].tolist() == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])


def test_the_cap_keeps_one_p_of_one_from_cancelling_evidence():
    plain = multiplicity.cauchy_combination([1e-6, 1.0])
    capped = multiplicity.cauchy_combination([1e-6, 1.0], cap=0.9)
    assert plain.p > 0.9 and capped.p == pytest.approx(2e-6, rel=1e-3)


def test_a_p_value_without_weight_takes_no_part():
    found = multiplicity.cauchy_combination([0.0, 0.3], [0, 1])
    assert found.p == pytest.approx(0.3, rel=1e-12)


def test_a_p_value_beyond_the_tangents_digits_stays_exact():
    assert multiplicity.cauchy_combination([1e-200]).p == pytest.approx(1e-200, rel=1e-12)


def test_exact_kendall_agrees_with_enumeration():
    for n in (3, 4, 6):
        scores = [trend.kendall_score(order) for order in itertools.permutations(range(n))]
        for score in set(scores):
            share = np.mean(np.abs(scores) >= abs(score))
            assert trend.exact_kendall_p(n, score) == pytest.approx(share, rel=1e-12)


def test_four_years_are_no_trend_and_five_may_be():
    assert trend.trend([1, 2, 3, 4]) == NotEstimable(Reason.TOO_FEW_YEARS, 4)
    found = trend.trend([1, 2, 3, 5, 8], [2020, 2021, 2022, 2023, 2024])
    assert found.is_significant and found.test.p == pytest.approx(2 / math.factorial(5))


def test_gaps_between_years_count_in_the_slope_and_order_does_not():
    found = trend.theil_sen([10, 4, 0, 6, 8, 2], [2030, 2024, 2020, 2026, 2028, 2022])
    assert found.value == 1.0
    with pytest.raises(ValueError, match="each year occurs once"):
        trend.theil_sen([1, 2, 3], [2020, 2020, 2021])


def test_partial_correlation_agrees_with_pingouin():
    generator = np.random.default_rng(5)
    frame = pd.DataFrame(generator.normal(size=(25, 4)), columns=list("abcd")).assign(
        b=lambda f: f["b"] + f["a"]
    )
    for method in ("pearson", "spearman"):
        found = correlation.partial(frame, "a", "b", ["c", "d"], method)
        theirs = pingouin.partial_corr(frame, "a", "b", ["c", "d"], method=method)
        assert found.value == pytest.approx(theirs["r"].iloc[0], rel=1e-9)
        assert found.p == pytest.approx(theirs.filter(like="p").iloc[0, -1], rel=1e-6)


def test_fisher_interval_counts_what_is_held_fixed():
    frame = pd.DataFrame(np.random.default_rng(6).normal(size=(20, 3)), columns=list("abc"))
    found = correlation.partial(frame, "a", "b", ["c"])
    half = 1.959963984540054 / math.sqrt(20 - 3 - 1)
    assert math.atanh(found.high) - math.atanh(found.value) == pytest.approx(half, rel=1e-10)


@pytest.mark.parametrize("n", [4, 5, 6, 7, 8, 12, 30])
def test_spearman_s_interval_and_p_agree_about_zero(n):
    rng = np.random.default_rng(n)
    pairs = [(np.arange(n), np.arange(n)), (np.arange(n), -(np.arange(n) ** 3))]
    pairs += [(x, x + rng.normal(size=n)) for x in rng.normal(size=(40, n))]
    for x, y in pairs:
        found = correlation.spearman(x, y)
        assert (found.low <= 0 <= found.high) == (found.p > 0.05)
        assert found.low <= found.value <= found.high


def test_spearman_of_five_in_order():
    found = correlation.spearman(range(5), range(5))
    assert found.p == pytest.approx(2 / 120)  # R: cor.test(1:5, 1:5, method = "spearman")
    # atanh .9 = 1.47222, z(.00833) = 2.39398: tanh(1.47222 (1 − 1.95996/2.39398))
    assert (found.low, found.high) == pytest.approx((0.26074, 1), abs=1e-5)
