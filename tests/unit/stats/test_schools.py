"""Value added, cohort change, resilience, composites, detectable change, sensitivity."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from drawn import table
from msoko.stats.estimators import (
    cohort,
    composite,
    correlation,
    detectable_change,
    means,
    sensitivity,
)
from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason
from msoko.stats.regression import least_squares
from msoko.stats.schools import resilience, value_added


def pupils(schools=16, years=(2023, 2024), each=12, seed=2, rise=0.0, cell=0.5) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    rows = []
    for school in range(schools):
        level = generator.normal(0, 0.6)
        for year in years:
            shift = level + generator.normal(0, cell) + rise * (year - years[0])
            rows += [(f"s{school}", year, shift + generator.normal()) for _ in range(each)]
    return pd.DataFrame(rows, columns=["school", "year", "z"])


def test_balanced_municipal_change_is_the_paired_test_of_school_means():
    frame = pupils()
    found = cohort.municipal_change(frame, "z", "year", "school")
    by_school = frame.pivot_table(index="school", columns="year", values="z")
    paired = stats.ttest_rel(by_school[2024], by_school[2023])
    assert found.change.value == pytest.approx((by_school[2024] - by_school[2023]).mean(), rel=1e-9)
    assert abs(found.change.value / found.change.se) == pytest.approx(
        abs(paired.statistic), rel=1e-5
    )
    assert found.change.df == pytest.approx(15, rel=1e-3)
    assert found.change.p == pytest.approx(paired.pvalue, rel=1e-3)
    assert 1.2 < found.inflation < 3


def test_direction_is_second_minus_first():
    frame = pupils(rise=1.0)
    assert cohort.municipal_change(frame, "z", "year", "school").change.value > 0.5
    back = cohort.municipal_change(frame, "z", "year", "school", between=(2024, 2023))
    assert back.change.value < -0.5


def test_municipal_change_keeps_its_level_where_pupils_do_not():
    wrong_pupils = wrong_mixed = 0
    for seed in range(20):
        frame = pupils(12, each=20, seed=100 + seed)
        wrong_mixed += cohort.municipal_change(frame, "z", "year", "school").change.p < 0.05
        years = [frame.loc[frame["year"] == year, "z"] for year in (2024, 2023)]
        wrong_pupils += means.welch_difference(*years).p < 0.05
    assert wrong_mixed <= 4  # 1 expected of 20; P(more than 4) < .003
    assert wrong_pupils >= 4


def test_changes_of_schools_are_shrunken_to_the_common_one():
    frame = pupils(20, (2020, 2021, 2022, 2023), each=15, rise=0.3)
    found = cohort.school_changes(frame, "z", "year", "school")
    own = frame.groupby("school")[["year", "z"]].apply(
        lambda f: np.polyfit(f["year"], f["z"], 1)[0]
    )
    assert found["change"].std() < own.std()
    assert (found["q_bh"] >= found["p"] - 1e-12).all()


def test_share_change_needs_schools_not_pupils():
    counts = table("""
        school | year | passed | total
        a      | 2023 |     10 |    20
        a      | 2024 |     15 |    20
        b      | 2023 |     30 |    40
        b      | 2024 |     34 |    40
        c      | 2023 |      4 |    10
        c      | 2024 |      5 |    10
    """)
    found = cohort.share_change(counts, "passed", "total", "year", "school")
    assert found.value == pytest.approx(54 / 70 - 44 / 70, rel=1e-12)
    gaps = [
        (15 - 20 * 54 / 70 - 10 + 20 * 44 / 70) / 70,
        (34 - 40 * 54 / 70 - 30 + 40 * 44 / 70) / 70,
        (5 - 10 * 54 / 70 - 4 + 10 * 44 / 70) / 70,
    ]
    assert found.se == pytest.approx(math.sqrt(3 / 2 * sum(gap**2 for gap in gaps)), rel=1e-9)
    assert found.df == 2


def test_standard_scores_and_percentiles_are_within_the_year():
    frame = table("""
        year | score
        2023 |     1
        2023 |     3
        2024 |    10
        2024 |    30
        2025 |     7
    """)
    z = cohort.standardise(frame, "score", ["year"])
    assert z[:4].tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5] * 2)
    assert pd.isna(z[4])  # one pupil has nobody to be compared with
    assert cohort.percentile_rank(frame, "score", ["year"]).tolist() == [25, 75, 25, 75, 50]


def test_value_added_within_and_between():
    generator = np.random.default_rng(4)
    school = np.repeat(np.arange(30), 25)
    intake = generator.normal(0, 0.8, 30)
    x = intake[school] + generator.normal(size=750)
    y = 0.5 * x + 0.7 * intake[school] + generator.normal(0, 0.2, 30)[school]
    frame = pd.DataFrame({"school": school, "x": x, "y": y + generator.normal(size=750)})
    with_means = value_added.value_added(frame, "y", ["x"], "school")
    without = value_added.value_added(frame, "y", ["x"], "school", between=False)
    assert with_means.fit.fixed["x"] == pytest.approx(0.5, abs=0.1)
    assert with_means.fit.fixed["x_mean"] == pytest.approx(0.7, abs=0.25)
    seen = [found.table.set_index("group")["value"].sort_index() for found in (with_means, without)]
    correlations = [abs(np.corrcoef(intake, values)[0, 1]) for values in seen]
    assert correlations[0] < 0.2 < correlations[1]  # intake leaks into value added without means


def test_pair_bars_are_narrower_than_the_bars_against_the_average():
    rows = value_added.value_added(pupils(), "z", [], "school").table
    widths = (rows["pair_high"] - rows["pair_low"]) / (rows["high"] - rows["low"])
    assert widths.to_numpy() == pytest.approx(np.full(16, 1.39 / 1.959963984540054), rel=1e-9)


def test_resilient_is_low_context_and_sure_in_two_years_of_three():
    rows = table("""
        school | year | effect |  se | context
        a      | 2022 |    0.5 | 0.2 |      -2
        a      | 2023 |    0.1 | 0.2 |      -2
        a      | 2024 |    0.4 | 0.2 |      -2
        b      | 2022 |    0.9 | 0.9 |      -1
        b      | 2023 |    0.9 | 0.9 |      -1
        b      | 2024 |    0.9 | 0.9 |      -1
        c      | 2022 |    0.9 | 0.1 |       1
        c      | 2023 |    0.9 | 0.1 |       1
        c      | 2024 |    0.9 | 0.1 |       1
        d      | 2024 |    0.9 | 0.1 |      -1
        e      | 2023 |    0.1 | 0.1 |       2
        e      | 2024 |    0.1 | 0.1 |       2
    """)
    found = resilience.resilient_schools(rows, context_share=0.6).set_index("school")
    assert bool(found.loc["a", "is_resilient"])  # P = .994, .69, .977
    assert not found.loc["b", "is_resilient"]  # high but unsure: P = .84
    assert not found.loc["c", "is_resilient"]  # sure, but well off
    assert pd.isna(found.loc["d", "is_resilient"])
    assert found.loc["d", "reason"] == "too_few_years"


def test_first_component_is_prcomp():
    generator = np.random.default_rng(8)
    common = generator.normal(size=50)
    frame = pd.DataFrame({k: common + generator.normal(size=50) for k in "abc"})
    found = composite.first_component(frame, ["a", "b", "c"])
    z = ((frame - frame.mean()) / frame.std()).to_numpy()
    _, values, vectors = np.linalg.svd(z, full_matrices=False)
    assert found.explained == pytest.approx(values[0] ** 2 / (values**2).sum(), rel=1e-10)
    assert np.abs(found.scores.to_numpy()) == pytest.approx(np.abs(z @ vectors[0]), rel=1e-9)
    for name in "abc":
        r = np.corrcoef(frame[name], found.scores)[0, 1]
        assert found.loadings[name] == pytest.approx(r, rel=1e-9) and r > 0


def test_vif_is_what_the_other_terms_explain():
    generator = np.random.default_rng(9)
    frame = pd.DataFrame(generator.normal(1e6, 1, size=(40, 3)), columns=list("abc"))
    frame["c"] += 2 * frame["a"]
    found = composite.variance_inflation(frame, ["a", "b", "c"])
    for term in "abc":
        rest = [name for name in "abc" if name != term]
        r2 = least_squares.ols(frame - frame.mean(), term, rest).r2
        assert found[term] == pytest.approx(1 / (1 - r2), rel=1e-6)
    assert composite.variance_inflation(frame, ["a"]).to_list() == [1]


def test_vif_is_refused_before_its_library_warns():
    generator = np.random.default_rng(10)
    frame = pd.DataFrame(generator.normal(size=(40, 2)), columns=list("ab"))
    for noise in 10.0 ** np.arange(-12, 0):
        near = frame.assign(c=frame["a"] + noise * frame["b"])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = composite.variance_inflation(near, ["a", "c"])
        if noise < 2e-4:
            assert found == NotEstimable(Reason.SINGULAR, 40)
        else:
            assert found["a"] > 0.2 / noise**2


@pytest.mark.parametrize(("n", "alpha", "power"), [(2, 0.01, 0.99), (2, 0.001, 0.999)])
def test_two_pupils_of_a_group_have_a_detectable_effect_too(n, alpha, power):
    effect = detectable_change.detectable_effect_size(n, n, alpha, power)
    cut = stats.t.ppf(1 - alpha / 2, 2 * n - 2)
    assert stats.nct.sf(cut, 2 * n - 2, effect * np.sqrt(n / 2)) == pytest.approx(power, abs=1e-9)


def test_detectable_effect_has_its_power():
    effect = detectable_change.detectable_effect_size(20, 30)
    root, cut = math.sqrt(20 * 30 / 50), stats.t.ppf(0.975, 48)
    power = stats.nct.sf(cut, 48, effect * root) + stats.nct.cdf(-cut, 48, effect * root)
    assert power == pytest.approx(0.8, abs=1e-6)


def test_detectable_change_by_hand():
    assert detectable_change.detectable_change(1.0) == pytest.approx(1.959964 + 0.841621, abs=1e-6)
    assert detectable_change.design_effect(0.2, 26) == pytest.approx(6.0)
    wide = detectable_change.detectable_share_change(0.5, 100, 100, inflation=4.0)["rise"]
    plain = detectable_change.detectable_share_change(0.5, 25, 25)["rise"]
    assert wide == pytest.approx(plain, rel=1e-12)  # four times the variance, a quarter of pupils
    assert detectable_change.detectable_share_change(0.99, 30, 30)["rise"] is None


def test_sensitivity_says_when_a_choice_reverses_the_conclusion():
    up, down = Estimate(1, 0.5, 1.5, 9), Estimate(-1, -1.5, -0.5, 9)
    unsure, none = Estimate(0.1, -1, 1.2, 9), NotEstimable(Reason.SINGULAR, 9)
    found = sensitivity.across_choices(
        {"main": lambda: up, "a": lambda: unsure, "b": lambda: down, "c": lambda: none}
    )
    assert (found.main, found.agreement, found.is_reversed, found.n) == ("above", 1 / 3, True, 3)
    assert found.table["reason"].tolist()[-1] == "singular"


def test_one_school_can_carry_a_correlation():
    frame = pd.DataFrame({"school": list("abcdefgh"), "x": [1, 2, 1, 2, 1, 2, 1, 20.0]})
    frame["y"] = [2, 1, 1, 2, 2, 1, 2, 20.0]
    found = sensitivity.leave_one_out(
        frame, "school", lambda part: correlation.pearson(part["x"], part["y"])
    )
    assert found["omitted"][0] == "h" and bool(found["changes_verdict"][0])
    assert not found["changes_verdict"][1:].any()
