"""Heaping at thresholds: sizes on honest scores, power on lifted ones, and refusals."""

import numpy as np
import pytest

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.objectivity.heaping import (
    Heaping,
    heaping_among_placebos,
    heaping_in_school,
    heaping_on_curve,
    is_combed,
    pool_heaping,
    window,
)

CUTS = (8, 14, 20)


def honest(rng: np.random.Generator, n: int, top: int = 25) -> np.ndarray:
    share = rng.beta(4, 3, n)
    return np.bincount(rng.binomial(top, share), minlength=top + 1).astype(float)


def combed(rng: np.random.Generator, n: int) -> np.ndarray:
    """Twelve all-or-nothing tasks of two points and a single point: odd totals are rare."""
    share = rng.beta(4, 3, n)
    score = 2 * rng.binomial(12, share) + rng.binomial(1, 0.15, n)
    return np.bincount(score, minlength=26).astype(float)


def lifted(counts: np.ndarray, share: float) -> np.ndarray:
    moved = counts.copy()
    for cut in CUTS:
        taken = np.round(share * moved[cut - 1])
        moved[cut - 1] -= taken
        moved[cut] += taken
    return moved


def test_window_takes_below_and_gives_above_each_cut():
    assert window(10, [5]).tolist() == [0, 0, 0, -0.5, -1, 1, 0.5, 0, 0, 0]


def test_window_ignores_a_cut_outside_the_scale():
    assert not window(10, [0, 10, 40]).any()


@pytest.mark.parametrize("draw", [honest, combed])
@pytest.mark.parametrize("n", [12, 60, 400])
def test_school_test_keeps_its_size_on_smooth_and_combed_papers(draw, n):
    rng = np.random.default_rng(11)
    p = []
    for _ in range(250):
        test = heaping_in_school(draw(rng, n), draw(rng, 3000), CUTS)
        assert isinstance(test, Heaping)
        p.append(test.p)
    rejected = np.mean(np.array(p) <= 0.05)
    assert rejected == pytest.approx(0.05, abs=0.04)  # 0.04 is 2.9 standard errors at 250 draws


def test_lifting_of_a_third_is_seen_at_two_hundred_pupils():
    rng = np.random.default_rng(12)
    found = [
        heaping_in_school(lifted(honest(rng, 200), 0.5), honest(rng, 3000), CUTS).p <= 0.05
        for _ in range(100)
    ]
    assert np.mean(found) >= 0.8


def test_lifted_pupils_raise_the_effect():
    rng = np.random.default_rng(13)
    counts = honest(rng, 2000)
    plain, bent = (counts, honest(rng, 20000)), (lifted(counts, 0.5), honest(rng, 20000))
    assert heaping_in_school(*bent, CUTS).delta > heaping_in_school(*plain, CUTS).delta + 0.1


def test_heaping_common_to_all_schools_cancels_out():
    rng = np.random.default_rng(14)
    own = lifted(honest(rng, 300), 0.5)
    rest = lifted(honest(rng, 6000), 0.5)
    assert heaping_in_school(own, rest, CUTS).p > 0.05


def test_smooth_curve_sees_what_is_common_to_the_region():
    rng = np.random.default_rng(15)
    assert heaping_on_curve(lifted(honest(rng, 4000), 0.3), CUTS).p < 1e-4


def test_smooth_curve_keeps_its_size_when_the_paper_is_smooth():
    rng = np.random.default_rng(16)
    tests = [heaping_on_curve(honest(rng, 2000), CUTS) for _ in range(200)]
    p = [test.p for test in tests if test.is_estimable]
    assert len(p) >= 195  # a smooth paper is hardly ever taken for a comb
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.04)


def test_smooth_curve_is_refused_on_a_comb():
    counts = combed(np.random.default_rng(17), 3000)
    assert is_combed(counts, CUTS)
    refused = heaping_on_curve(counts, CUTS)
    assert refused == NotEstimable(Reason.SINGULAR, 3000, "the histogram is combed")


def test_placebos_find_the_cut_on_a_combed_scale_and_no_other():
    rng = np.random.default_rng(18)
    score = np.clip(np.round(rng.normal(60, 15, 40000)), 0, 100).astype(int)
    counts = np.bincount(score, minlength=101) * rng.uniform(0.6, 1.4, 101)
    moved = np.round(0.8 * counts[62:65]).sum()
    counts[62:65] -= np.round(0.8 * counts[62:65])
    counts[65] += moved
    assert heaping_among_placebos(counts, 65).p < 1e-3
    others = [heaping_among_placebos(counts, cut).p for cut in (40, 50, 55, 75, 85)]
    assert min(others) > 0.01


@pytest.mark.parametrize(
    ("counts", "others", "reason"),
    [
        (np.zeros(26), np.full(26, 50), Reason.TOO_FEW),
        (np.ones(26) * 0.2, np.full(26, 50), Reason.TOO_FEW),
        (np.ones(26), np.zeros(26), Reason.TOO_FEW),
    ],
)
def test_too_small_a_school_or_reference_is_refused(counts, others, reason):
    assert heaping_in_school(counts, others, CUTS).reason is reason


def test_without_a_cut_on_the_scale_there_is_no_test():
    assert heaping_in_school(np.ones(26), np.full(26, 50), [40]).reason is Reason.NO_DATA


def test_all_pupils_on_one_score_give_a_finite_test_or_a_refusal():
    counts = np.zeros(26)
    counts[14] = 30
    test = heaping_in_school(counts, np.full(26, 50.0), CUTS)
    assert not test.is_estimable if isinstance(test, NotEstimable) else np.isfinite(test.z)


def test_pooling_adds_scores_and_variances():
    one, two = Heaping(3, 4, 2, 50), Heaping(1, 5, 2, 40)
    assert pool_heaping([one, two]) == Heaping(4, 9, 2, 90)
    assert pool_heaping([one, two]).z == pytest.approx(4 / 3)


def test_negative_counts_and_unequal_scales_are_refused():
    with pytest.raises(ValueError, match="non-negative"):
        heaping_in_school([-1, 2], [1, 2], [1])
    with pytest.raises(ValueError, match="elsewhere"):
        heaping_in_school([1, 2, 3], [1, 2], [1])
