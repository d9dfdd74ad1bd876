"""Shares, means, funnels, shrinkage: hand arithmetic and published examples."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from msoko.stats.estimators import means, proportions
from msoko.stats.estimators.estimate import Estimate, HypothesisTest, NotEstimable, Reason
from msoko.stats.schools import funnel, shrinkage
from msoko.stats.schools.overdispersion import overdispersion, winsorise

BCG = [
    *[(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619)],
    *[(33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892)],
    *[(29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338)],
    (27, 16886, 29, 17825),
]


def bcg():
    a, b, c, d = np.array(BCG, float).T
    return np.log(a / (a + b) / (c / (c + d))), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


@pytest.mark.parametrize(("method", "tau2"), [("DL", 0.3088), ("REML", 0.3132), ("PM", 0.3181)])
def test_bcg_vaccine_trials_as_metafor_prints_them(method, tau2):
    law = shrinkage.random_effects_mean(*bcg(), method)
    assert law.tau2 == pytest.approx(tau2, abs=6e-5)
    assert law.q == pytest.approx(152.2330, abs=6e-5)


def test_bcg_reml_mean_and_i2():
    law = shrinkage.random_effects_mean(*bcg(), "REML")
    assert (law.mean, law.se) == (pytest.approx(-0.7145, abs=6e-5), pytest.approx(0.1798, abs=6e-5))
    assert law.i2 == pytest.approx(0.9222, abs=6e-5)


def test_shrunken_values_lie_between_their_own_and_the_mean():
    values, errors = bcg()
    rows = shrinkage.normal_shrinkage(values, errors)
    law = shrinkage.random_effects_mean(values, errors)
    weight = law.tau2 / (law.tau2 + errors**2)
    expected = weight * values + (1 - weight) * law.mean
    assert rows["shrunk"].to_numpy() == pytest.approx(expected, rel=1e-12)
    assert rows["p_bottom_quarter"].sum() == pytest.approx(4, abs=1e-9)  # ceil(13/4) places
    assert rows["p_top_quarter"].sum() == pytest.approx(4, abs=1e-9)


def test_equal_schools_have_no_quarters():
    rows = shrinkage.normal_shrinkage([1.0, 1.0, 1.0], [0.2, 0.3, 0.4])
    assert rows["p_bottom_quarter"].isna().all()
    assert set(rows["reason"]) == {"no_variation"}


def test_beta_binomial_finds_the_law_that_made_the_counts():
    generator = np.random.default_rng(7)
    p = generator.beta(6, 4, 2000)
    law = shrinkage.beta_binomial(generator.binomial(20, p), [20] * 2000)
    assert law.mean == pytest.approx(0.6, abs=0.01)
    assert law.precision == pytest.approx(10, abs=1.2)


def test_binomial_counts_are_pooled():
    law = shrinkage.beta_binomial([10, 10, 11, 9, 10], [20] * 5)
    assert law.is_pooled and law.mean == 0.5
    rows = shrinkage.share_shrinkage([10, 10, 11, 9, 10], [20] * 5)
    low, high = proportions.wilson(50, 100).low, proportions.wilson(50, 100).high
    assert rows["low"].tolist() == pytest.approx([low] * 5, rel=1e-12)
    assert rows["high"].tolist() == pytest.approx([high] * 5, rel=1e-12)


def test_phi_and_tau2_by_hand():
    found = overdispersion([1.0, 2.0, 6.0], [1.0, 1.0, 1.0], target=3.0, winsor=0.0)
    assert found.phi == pytest.approx((4 + 1 + 9) / 3, rel=1e-12)
    # (Iφ − (I−1)) / (Σw − Σw²/Σw) = (14 − 2) / (3 − 1)
    assert found.tau2 == pytest.approx(6.0, rel=1e-12)


def test_winsorised_z_use_interpolated_quantiles():
    drawn = winsorise([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 0.1)
    assert (drawn.min(), drawn.max()) == (1, 9)


def test_share_funnel_by_hand():
    found = funnel.share_funnel([50, 80], [100, 100])
    angle = np.arcsin(np.sqrt(0.65))
    y = np.arcsin(np.sqrt([50.375 / 100.75, 80.375 / 100.75]))
    assert found.target == 0.65
    # both are as far from their median: the mean of their bounded squares is that of a normal law
    bounded = np.mean(np.minimum((y - np.median(y)) ** 2 / (1 / 402 + found.tau2), 1.5**2))
    law, _ = integrate.quad(lambda z: min(z * z, 2.25) * stats.norm.pdf(z), -12, 12, limit=200)
    assert bounded == pytest.approx(law, rel=1e-6)
    t = (y - angle) / np.sqrt(1 / 402 + found.tau2)
    assert found.points["p_lower"].to_numpy() == pytest.approx(stats.t(1.32).cdf(t), rel=1e-9)
    assert stats.norm.cdf(found.points["z"]) == pytest.approx(stats.t(1.32).cdf(t), rel=1e-9)


def test_a_school_on_the_limit_of_its_size_is_at_its_probability():
    hits, sizes = [30, 45, 12, 80, 19, 33], [60, 61, 40, 90, 29, 44]
    found = funnel.share_funnel(hits, sizes, papers=2.0)
    low = found.limits([60.0], 0.8)["low"][0]
    y = np.arcsin(np.sqrt((60 * low + 0.375) / 60.75))
    t = (y - np.arcsin(np.sqrt(found.target))) / np.sqrt(2 / 242 + found.tau2)
    assert stats.t(0.66 * 6).cdf(t) == pytest.approx(0.1, rel=1e-9)


def test_small_schools_have_exact_binomial_tails_without_overdispersion():
    found = funnel.share_funnel([2, 30, 31, 29], [4, 60, 60, 60], target=0.5)
    assert found.tau2 == 0
    law = stats.binom(4, 0.5)
    assert found.points["p_lower"][0] == pytest.approx(law.cdf(2), rel=1e-12)
    assert found.points["p_upper"][0] == pytest.approx(law.sf(1), rel=1e-12)
    assert found.points["z"][0] == pytest.approx(0, abs=1e-12)  # the mid-p of the middle is ½
    limits = found.limits([4, 8])
    # P(X ≤ 0) = .0625 > .025 at n = 4; P(X ≤ 0) = .004, P(X ≤ 1) = .035 at n = 8
    assert limits["low"].tolist() == pytest.approx([0.0, 1 / 8], abs=1e-12)
    assert limits["high"].tolist() == pytest.approx([1.0, 7 / 8], abs=1e-12)


def test_funnel_size_on_honest_schools():
    generator = np.random.default_rng(11)
    sizes = generator.integers(5, 120, 4000)
    found = funnel.share_funnel(generator.binomial(sizes, 0.7), sizes)
    flagged = np.mean([place != "inside" for place in funnel.outside(found)])
    assert flagged == pytest.approx(0.04, abs=0.012)  # t with 25 degrees: no more than .05


def test_funnel_refuses_more_successes_than_pupils():
    with pytest.raises(ValueError, match="do not exceed"):
        funnel.share_funnel([5, 3], [4, 6])


def test_coverage_of_wilson_is_near_its_level():
    n = 30
    limits = [proportions.wilson(k, n) for k in range(n + 1)]
    for p in (0.1, 0.37, 0.5, 0.9):
        covered = [one.low <= p <= one.high for one in limits]
        coverage = stats.binom.pmf(np.arange(n + 1), n, p)[covered].sum()
        assert coverage == pytest.approx(0.95, abs=0.035)


def test_hedges_g_by_hand():
    found = means.hedges_g([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    d = 2 / np.sqrt((4 + 1) / 2)
    assert found.value == pytest.approx(d * 0.7978846, rel=1e-6)  # J(4) = √2·Γ(2)/(2·Γ(1.5))
    root = np.sqrt(9 / 6)
    for limit, share in ((found.low, 0.975), (found.high, 0.025)):
        ncp = limit / means.hedges_correction(4) * root
        assert stats.nct.cdf(d * root, 4, ncp) == pytest.approx(share, abs=1e-9)


def test_welch_agrees_with_scipy():
    one, two = [5.1, 4.9, 6.2, 5.8], [4.1, 5.0, 4.4, 4.7, 3.9]
    found, theirs = means.welch_difference(one, two), stats.ttest_ind(one, two, equal_var=False)
    assert (found.p, found.df) == (pytest.approx(theirs.pvalue), pytest.approx(theirs.df))
    interval = theirs.confidence_interval()
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_printed_moments_serve_as_well_as_values():
    one, two = [5.1, 4.9, 6.2, 5.8], [4.1, 5.0, 4.4, 4.7, 3.9]
    for function in (means.welch_difference, means.hedges_g):
        assert function(means.Moments.of(one), means.Moments.of(two)) == function(one, two)
    with pytest.raises(ValueError, match="not negative"):
        means.hedges_g(means.Moments(1.0, -1.0, 5), one)


def test_missing_values_do_not_count():
    found = means.Moments.of(pd.Series([1, None, 3, pd.NA, 5], dtype="Float64"))
    assert found == means.Moments(3.0, 2.0, 3)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        means.Moments.of([1.0, float("inf")])
    with pytest.raises(ValueError, match="more successes"):
        proportions.wilson(5, 4)
    with pytest.raises(ValueError, match="confidence level"):
        proportions.wilson(1, 4, level=95)
    with pytest.raises(ValueError, match="finite"):
        Estimate(float("nan"), 0.0, 1.0, 3)
    with pytest.raises(ValueError, match="p-value"):
        HypothesisTest(1.0, 1.2, 3)
    assert NotEstimable(Reason.NO_DATA, 0).is_estimable is False


@pytest.mark.parametrize("t", [9.99e3, -9.99e3])
def test_far_noncentrality_limits_are_those_of_the_exact_law(t):
    """The limits from |t| = 10⁴ on, by proportion from the exact ones just below it."""
    exact = means.noncentrality_limits(t, 8, 0.95)
    far = means.noncentrality_limits(10 * t, 8, 0.95)
    assert np.array(far) / 10 == pytest.approx(np.array(exact), rel=1e-7)


def test_hedges_g_of_hardly_varying_groups_is_quick_and_finite():
    found = means.hedges_g(means.Moments(1e9, 1.0, 5), means.Moments(0.0, 1.0, 5))
    # √(χ²/8) at .025 and .975 (tables: 2.17973, 17.53455) times t, J = .9027, √2.5
    assert found.low == pytest.approx(0.9027033 * 1e9 * (2.17973 / 8) ** 0.5, rel=1e-5)
    assert found.high == pytest.approx(0.9027033 * 1e9 * (17.53455 / 8) ** 0.5, rel=1e-5)
