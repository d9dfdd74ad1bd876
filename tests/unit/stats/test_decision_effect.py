"""What a decision changed: the estimate, its four outcomes, how rarely it is made of nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason
from msoko.stats.schools.decision_effect import (
    compared_detectable,
    compared_effect,
    course_effect,
    effect_panel,
    forecast_spread,
    outcome_of,
    schools_needed,
    was_moving,
)
from research.effect_rates import SchoolPanels, chosen_rates, course_rates


def drawn(count, years=3, seed=4, equal=False):
    """Return shares by school and year: (numerator, denominator) by name."""
    generator = np.random.default_rng(seed)
    sizes = np.full(count, 40) if equal else generator.integers(12, 90, count)
    level = generator.uniform(0.55, 0.9, count)
    return [
        {f"s{n:02}": (float(generator.binomial(sizes[n], level[n])), float(sizes[n]))
         for n in range(count)}
        for _ in range(years)
    ]  # fmt: skip


def worst(year, count):
    return sorted(year, key=lambda one: year[one][0] / year[one][1])[:count]


def test_coefficient_is_that_of_statsmodels_and_the_error_is_hc2_where_weights_are_equal():
    """CR2 with every school a cluster of its own and equal weights is HC2."""
    *before, after = drawn(20, 4, equal=True)
    chosen = worst(before[-1], 6)
    told = compared_effect(effect_panel(before, chosen, is_share=False), after)
    names = sorted(after)
    last = [before[-1][one][0] / 40 for one in names]
    earlier = [sum(year[one][0] for year in before[:-1]) / 80 for one in names]
    x = np.column_stack([np.ones(20), [one in chosen for one in names], last, earlier])
    fit = sm.OLS([after[one][0] / 40 for one in names], x.astype(float)).fit(cov_type="HC2")
    assert told.value == pytest.approx(fit.params[1], abs=1e-12)
    assert told.se == pytest.approx(fit.bse[1], rel=1e-9)
    assert told.n == 6 and told.df < 16


def test_small_schools_are_worth_less_as_a_forecast():
    parts = {"big": (90.0, 100.0), "small": (9.0, 10.0)} | {
        f"s{n}": (60.0 + n, 100.0) for n in range(8)
    }
    panel = effect_panel([parts], [])
    shown = dict(zip(panel.schools, panel.last, strict=True))
    mean = sum(pair[0] for pair in parts.values()) / sum(pair[1] for pair in parts.values())
    assert mean < shown["small"] < shown["big"] < 0.9
    raw = effect_panel([parts], [], is_share=False)
    assert dict(zip(raw.schools, raw.last, strict=True))["small"] == 0.9


@pytest.mark.parametrize("count", [0, 1, 2, 5, 9])
def test_few_schools_are_refused(count):
    before, after = drawn(count, 2)
    panel = effect_panel([before], worst(before, count // 2))
    told = compared_effect(panel, after)
    assert isinstance(told, NotEstimable) and told.reason is Reason.TOO_FEW_GROUPS
    assert isinstance(compared_detectable(panel, 0.05), NotEstimable)


def test_schools_without_a_value_are_left_out_and_equal_results_are_refused():
    before, after = drawn(30, 2)
    after["s00"], after["s01"] = (math.nan, 20.0), (0.0, 0.0)
    panel = effect_panel([before], ["s00", "s01", "s02", "s03", "s04", "s05"])
    assert compared_effect(panel, after).reason is Reason.TOO_FEW_GROUPS
    same = dict.fromkeys(before, (10.0, 20.0))
    chosen = [f"s{n:02}" for n in range(8)]
    assert not compared_effect(effect_panel([same], chosen), same).is_estimable


def test_an_effect_that_is_there_is_found():
    *before, after = drawn(30, 4, seed=9)
    chosen = worst(before[-1], 10)
    better = {one: (min(a + 0.2 * b, b) if one in chosen else a, b)
              for one, (a, b) in after.items()}  # fmt: skip
    told = compared_effect(effect_panel(before, chosen), better)
    assert told.low > 0 and told.low < 0.2 < told.high


def test_course_is_the_prediction_interval_of_statsmodels():
    earlier = [0.61, 0.64, 0.6, 0.66, 0.63]
    told = course_effect(earlier, 0.7)
    fit = sm.OLS(earlier, np.ones(5)).fit()
    limits = fit.get_prediction(np.ones(1)).summary_frame(alpha=0.05).iloc[0]
    assert told.value == pytest.approx(0.7 - np.mean(earlier), abs=1e-12)
    assert 0.7 - told.low == pytest.approx(limits["obs_ci_upper"], abs=1e-12)
    assert 0.7 - told.high == pytest.approx(limits["obs_ci_lower"], abs=1e-12)


def test_course_does_not_depend_on_which_year_was_the_lowest():
    assert course_effect([0.5, 0.6, 0.7], 0.8) == course_effect([0.7, 0.6, 0.5], 0.8)


@pytest.mark.parametrize(
    ("earlier", "reason"),
    [([], Reason.NO_DATA), ([0.5], Reason.TOO_FEW_YEARS), ([0.5, 0.6], Reason.TOO_FEW_YEARS),
     ([0.5, 0.5, 0.5], Reason.NO_VARIATION)],
)  # fmt: skip
def test_course_without_years_or_spread_is_refused(earlier, reason):
    assert course_effect(earlier, 0.7).reason is reason


@pytest.mark.parametrize(
    ("low", "high", "expected", "outcome"),
    [
        (0.049, 0.142, 0.10, "reached"),  # the expected change lies in the interval
        (0.110, 0.142, 0.10, "reached"),
        (0.020, 0.080, 0.10, "partly"),
        (-0.01, 0.142, 0.10, "untold"),
        (-0.01, 0.080, 0.10, "absent"),
        (-0.08, -0.02, 0.10, "absent"),
        (-0.142, -0.049, -0.10, "reached"),
        (-0.080, -0.020, -0.10, "partly"),
        (-0.080, 0.020, -0.10, "absent"),
        (-0.180, 0.020, -0.10, "untold"),
        (0.020, 0.080, -0.10, "absent"),
    ],
)
def test_four_outcomes(low, high, expected, outcome):
    assert outcome_of(Estimate((low + high) / 2, low, high, 9), expected) == outcome


@pytest.mark.parametrize(
    ("earlier", "sign", "moving"),
    [([1, 2, 3], 1, True), ([3, 2, 1], 1, False), ([3, 2, 1], -1, True), ([1, 2, 2], 1, False),
     ([1, 2], 1, False), ([], 1, False)],
)  # fmt: skip
def test_a_series_that_went_that_way_before_is_known(earlier, sign, moving):
    assert was_moving(earlier, sign) is moving


def test_what_is_foreseen_comes_near_the_error_that_follows():
    """The detectable effect is (t + t) · se of the comparison to be made."""
    ratios = []
    for seed in range(30):
        *before, after = drawn(30, 4, seed=seed, equal=True)
        chosen = worst(before[-1], 8)
        panel = effect_panel(before, chosen)
        spread = forecast_spread(effect_panel(before[:-1], []), before[-1])
        ratios.append(compared_detectable(panel, spread) / compared_effect(panel, after).se)
    assert 2.6 < np.median(ratios) < 3.8


def test_schools_needed_grow_with_the_square():
    assert schools_needed(0.10, 0.05, 6) == 24
    assert schools_needed(0.05, -0.10, 6) == 5
    assert schools_needed(0.10, 0.0, 6) is None


def test_worst_schools_improve_of_themselves_and_are_not_said_to():
    """Beyond since-last-year's rate by far; within Monte-Carlo error of the nominal .025."""
    found = chosen_rates(SchoolPanels(schools=30, chosen=8, years=4), 300, seed=7)
    assert found["plain"] > 0.15
    assert found["improved"] <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 300)
    assert found["covered"] >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / 300)


def test_a_municipality_whose_last_year_was_the_worst_is_not_said_to_improve():
    found = course_rates(4, 2000, seed=7)
    assert found["plain"] > 2 * 0.025
    assert found["improved"] <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 2000)
