"""Residual markers: the between-school slope, robustness, sizes, refusals."""

import numpy as np
import pytest

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.robust_spread import robust_tau2
from msoko.stats.objectivity.residual_markers import school_residuals, within_slopes


def drawn(rng, schools=40, pupils=30, gymnasia=4, effect=0.2):
    """Pupils with ability, an earlier and a present score; gymnasia one unit above the rest."""
    school = np.repeat(np.arange(schools), pupils)
    level = rng.normal(0, 0.4, schools) + 1.0 * (np.arange(schools) < gymnasia)
    ability = level[school] + rng.normal(0, 0.8, len(school))
    before = ability + rng.normal(0, 0.5, len(school))
    now = ability + rng.normal(0, 0.5, len(school)) + rng.normal(0, effect, schools)[school]
    return now, before, school


def residuals(now, before, school, schools=40):
    slope = within_slopes(now, before, school)
    return school_residuals(now, before * slope[0], school, schools)


def test_within_slope_ignores_differences_between_schools():
    x = np.array([1.0, 2, 3, 11, 12, 13])
    y = 2 * x + np.array([0, 0, 0, 100, 100, 100])
    assert within_slopes(y, x, [0, 0, 0, 1, 1, 1]) == pytest.approx([2.0])


def test_honest_gymnasia_are_flagged_no_oftener_than_the_level():
    rng = np.random.default_rng(21)
    p = np.concatenate([residuals(*drawn(rng)).p[:4] for _ in range(150)])
    assert np.mean(p <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)


def test_without_the_between_slope_gymnasia_would_be_flagged():
    rng = np.random.default_rng(22)
    flagged = []
    for _ in range(40):
        now, before, school = drawn(rng)
        left = now - before * within_slopes(now, before, school)[0]
        means = np.bincount(school, left) / 30
        z = (means - means.mean()) / means.std(ddof=1)
        flagged.append(np.mean(z[:4] > 1.645))
    assert np.mean(flagged) > 0.15


def test_size_is_nominal_for_schools_of_unequal_size():
    rng = np.random.default_rng(23)
    p = []
    for _ in range(150):
        sizes = np.r_[np.full(20, 6), np.full(20, 90)]
        school = np.repeat(np.arange(40), sizes)
        before = rng.normal(size=len(school))
        now = 0.7 * before + rng.normal(0, 0.7, len(school)) + rng.normal(0, 0.3, 40)[school]
        p.append(residuals(now, before, school).p)
    p = np.concatenate(p)
    assert np.mean(p <= 0.05) == pytest.approx(0.05, abs=0.02)


def test_an_inflated_school_stands_out_and_does_not_draw_the_line_to_itself():
    rng = np.random.default_rng(24)
    effects = []
    for _ in range(12):
        now, before, school = drawn(rng, effect=0.1)
        found = residuals(now + 1.0 * (school == 7), before, school)
        assert int(np.nanargmin(found.p)) == 7
        effects.append(found.effect[7])
    assert np.mean(effects) == pytest.approx(1.0, abs=0.2)


def test_tau2_recovers_the_spread_of_schools_with_outliers_among_them():
    rng = np.random.default_rng(25)
    error2 = np.full(200, 0.04)
    values = rng.normal(0, np.sqrt(0.04 + 0.09), 200)
    assert robust_tau2(values, error2) == pytest.approx(0.09, rel=0.4)
    values[:10] += 3
    assert robust_tau2(values, error2) == pytest.approx(0.09, rel=0.8)


def test_tau2_is_zero_where_schools_differ_less_than_chance():
    assert robust_tau2(np.array([0.1, -0.1, 0.05, -0.05]), np.full(4, 1.0)) == 0


def test_few_schools_and_no_variation_are_refused_with_the_reason():
    school = np.repeat(np.arange(5), 10)
    few = school_residuals(np.arange(50.0), np.zeros(50), school, 5)
    assert few == NotEstimable(Reason.TOO_FEW_GROUPS, 5)
    same = school_residuals(np.ones(90), np.zeros(90), np.repeat(np.arange(9), 10), 9)
    assert same == NotEstimable(Reason.NO_VARIATION, 90)


def test_a_school_without_pupils_has_no_place():
    rng = np.random.default_rng(26)
    now, before, school = drawn(rng, schools=12, gymnasia=0)
    found = residuals(now, before, school, schools=13)
    assert np.isnan(found.z[12])
    assert found.n[12] == 0


def test_missing_values_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="complete"):
        school_residuals([1.0, np.nan], [0, 0], [0, 1], 2)
    with pytest.raises(ValueError, match="lengths"):
        within_slopes([1.0, 2.0], [1.0], [0, 0])
