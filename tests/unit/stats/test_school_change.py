"""A school's change is judged beside how schools usually change."""

import numpy as np
import pytest
from scipy import stats

from msoko.stats.schools.school_change import school_year_change


def drawn(seed: int, usual: float, count: int = 20):
    """Two years of schools whose true level stays, with a school-year's own variation."""
    generator = np.random.default_rng(seed)
    sizes = np.round(np.geomspace(15, 200, count)).astype(int)
    level = np.arcsin(np.sqrt(0.75)) + 0.1 * generator.standard_normal(count)
    years = []
    for _ in range(2):
        angle = np.clip(level + usual * generator.standard_normal(count), 0, np.pi / 2)
        years.append((generator.binomial(sizes, np.sin(angle) ** 2), sizes))
    return years


def test_the_interval_and_the_test_agree_and_hold_the_change():
    for seed in range(20):
        before, after = drawn(seed, 0.1)
        found = school_year_change(before, after, 12)
        assert found.low <= found.value <= found.high
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_without_usual_change_it_is_that_of_pupils():
    hits, sizes = np.full(9, 30), np.full(9, 40)
    after = hits.copy()
    after[0] = 20
    found = school_year_change((hits, sizes), (after, sizes), 0)
    y0, y1 = (np.arcsin(np.sqrt((k + 0.375) / 40.75)) for k in (30, 20))
    t = (y1 - y0) / np.sqrt(2 / 162)
    assert found.value == pytest.approx(-0.25)
    assert found.p == pytest.approx(2 * stats.t(0.66 * 8).cdf(t), rel=1e-9)
    twice = school_year_change((hits, sizes), (after, sizes), 0, papers=2.0)
    assert twice.p == pytest.approx(2 * stats.t(0.66 * 8).cdf(t / np.sqrt(2)), rel=1e-9)


@pytest.mark.parametrize("usual", [0.0, 0.1])
def test_a_school_that_did_not_change_is_seldom_told_to_have_changed(usual):
    told = [school_year_change(*drawn(seed, usual), seed % 20).p < 0.05 for seed in range(300)]
    assert np.mean(told) < 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_a_great_change_is_told():
    before, after = drawn(3, 0.05)
    after[0][19] = before[0][19] * 0.5
    assert school_year_change(before, after, 19).p < 0.01


@pytest.mark.parametrize(
    ("count", "absent", "reason"), [(5, False, "too_few_groups"), (20, True, "no_data")]
)
def test_what_cannot_be_known_has_no_verdict(count, absent, reason):
    (k0, n0), after = drawn(1, 0.1, count)
    before = (np.where(np.arange(count) == 2, np.nan, k0) if absent else k0, n0)
    found = school_year_change(before, after, 2)
    assert found.reason == reason


def test_schools_alike_at_the_end_of_the_scale_have_width():
    full = np.full(12, 30)
    found = school_year_change((full, full), (full, full), 0)
    assert found.low < found.value == 0 < found.high
    assert found.p == 1
