"""Value added, cohort change, resilience, detectable change, sensitivity."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from drawn import table
from msoko.stats.estimators import correlation, detectable_change, means, sensitivity
from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason
from msoko.stats.schools import cohort, resilience, value_added


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


def test_detectable_change_by_hand():
    assert detectable_change.detectable_change(1.0) == pytest.approx(1.959964 + 0.841621, abs=1e-6)


@pytest.mark.parametrize(("se", "df"), [(1, np.nan), (np.nan, 5), (0, 5), (1, 0.5), (np.inf, 5)])
def test_detectable_change_refuses_what_is_no_error_or_no_df(se, df):
    with pytest.raises(ValueError, match="se is positive"):
        detectable_change.detectable_change(se, df)


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
