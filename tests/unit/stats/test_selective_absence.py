"""Selective absence: selection is seen, flu is not taken for it, refusals."""

import numpy as np
import pytest
from scipy import stats

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.objectivity.selective_absence import (
    _mid_p,
    absence_chances,
    pooled_z,
    selective_absence,
)


def drawn(rng, schools=40, pupils=50, rate=0.07):
    school = np.repeat(np.arange(schools), pupils)
    strength = rng.normal(size=len(school))
    chance = np.clip(rate * np.exp(-0.4 * strength), 0, 0.9)
    return rng.random(len(school)) < chance, strength, school


def test_size_is_nominal_when_the_weak_are_away_oftener_everywhere():
    rng = np.random.default_rng(41)
    z = np.concatenate([selective_absence(*drawn(rng), 40).z for _ in range(40)])
    assert np.mean(z > 1.645) == pytest.approx(0.05, abs=0.02)


def test_weak_pupils_kept_at_home_are_seen():
    rng = np.random.default_rng(42)
    away, strength, school = drawn(rng)
    away |= (school == 3) & (strength < -0.3) & (rng.random(len(away)) < 0.5)
    found = selective_absence(away, strength, school, 40)
    assert int(np.nanargmax(found.z)) == 3
    assert found.z[3] > 3
    assert found.absent[3] > found.expected[3]


def test_an_outbreak_of_flu_is_no_sign_of_selection():
    rng = np.random.default_rng(43)
    z = []
    for _ in range(30):
        away, strength, school = drawn(rng)
        away |= (school == 5) & (rng.random(len(away)) < 0.4)
        z.append(selective_absence(away, strength, school, 40).z[5])
    assert np.mean(np.array(z) > 1.645) <= 0.2


def test_chances_fall_with_strength_and_average_to_the_rate():
    rng = np.random.default_rng(44)
    away, strength, _ = drawn(rng)
    chance = absence_chances(away, strength)
    assert chance.mean() == pytest.approx(away.mean(), abs=1e-6)
    assert np.corrcoef(chance, strength)[0, 1] < -0.9


def test_perfect_separation_stays_finite():
    strength = np.linspace(-1, 1, 100)
    chance = absence_chances(strength < -0.5, strength)
    assert np.isfinite(chance).all()
    assert ((chance > 0) & (chance < 1)).all()


def test_equal_strength_gives_the_rate_to_everybody():
    assert absence_chances([True] * 5 + [False] * 15, np.zeros(20)) == pytest.approx(0.25)


def test_pooling_papers_strengthens_and_shared_absence_weakens():
    rng = np.random.default_rng(45)
    away, strength, school = drawn(rng)
    away |= (school == 3) & (strength < -0.3) & (rng.random(len(away)) < 0.4)
    paper = selective_absence(away, strength, school, 40)
    alone, three = pooled_z([paper], 1.0)[3], pooled_z([paper] * 3, 1.0)[3]
    shared = pooled_z([paper] * 3, 3.0)[3]
    assert three > alone
    assert shared == pytest.approx(alone, rel=0.05)


def test_few_pupils_few_absentees_and_nobody_present_are_refused():
    school = np.repeat(np.arange(10), 10)
    few = selective_absence(np.zeros(100, bool), np.arange(100.0), school, 10)
    assert few == NotEstimable(Reason.TOO_FEW, 0)
    everybody = selective_absence(np.ones(100, bool), np.arange(100.0), school, 10)
    assert everybody.reason is Reason.NO_VARIATION
    small = selective_absence(np.ones(20, bool), np.arange(20.0), np.zeros(20, int), 1)
    assert small.reason is Reason.TOO_FEW


def test_laws_convolved_together_are_scipy_s():
    chances = np.array([[0.1, 0.4, 0.7], [0.2, 0.2, 0.5]])
    laws = [stats.poisson_binom(row) for row in chances]
    expected = [law.sf(2) + law.pmf(2) / 2 for law in laws]
    assert _mid_p(chances, 2) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("away", "strength", "chance"),
    [([], [], []), ([1], [2.0], [1]), ([0], [2.0], [0]), ([1, 1], [0.0, 1.0], [1, 1]),
     ([1, 0], [1.0, 1.0], [0.5, 0.5])],
)  # fmt: skip
def test_chances_of_the_fewest_pupils_are_their_rate(away, strength, chance):
    assert absence_chances(away, strength).tolist() == pytest.approx(chance)


def test_a_ridge_fit_is_that_of_an_independent_minimiser():
    from scipy import optimize, special

    away, strength = np.array([1, 1, 0, 1, 0, 0, 0, 0.0]), np.arange(8.0)
    scaled = (strength - strength.mean()) / strength.std()

    def loss(b):
        line = b[0] + b[1] * scaled
        return np.sum(np.logaddexp(0, line) - away * line) + 0.5 * 8e-3 * b[1] ** 2

    b = optimize.minimize(loss, [0, 0], method="BFGS", options={"gtol": 1e-10}).x
    expected = special.expit(b[0] + b[1] * scaled)
    assert absence_chances(away, strength) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("away", "strength"), [([1, 0], [1.0, np.nan]), ([np.nan, 0], [1, 2.0])])
def test_unknown_strength_is_refused(away, strength):
    with pytest.raises(ValueError, match="complete"):
        absence_chances(away, strength)


def test_a_strong_school_that_keeps_its_own_weak_at_home_is_seen():
    """None of its pupils is weak in the region: the regional lower 40 % would be empty there."""
    rng = np.random.default_rng(46)
    away, strength, school = drawn(rng)
    strength[school == 3] += 3
    own = np.flatnonzero(school == 3)
    away[own] = strength[own] <= np.quantile(strength[own], 0.3)
    found = selective_absence(away, strength, school, 40)
    assert found.n[3] == 20
    assert found.z[3] > 3
