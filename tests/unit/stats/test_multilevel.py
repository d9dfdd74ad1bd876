"""Multilevel models against lme4's published examples and against the dense likelihood."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.regression import multilevel, multilevel_inference
from reference.frozen import frozen


def test_sleepstudy_as_lme4_and_lmertest_print_it():
    frame = frozen("sleepstudy").astype({"Subject": str})
    fit = multilevel.mixed_model(frame, "Reaction", ["Days"], {"Subject": ["Days"]})
    assert fit.criterion == pytest.approx(1743.628, abs=5e-4)
    assert fit.variance("Subject") == pytest.approx(612.10, abs=0.03)
    assert fit.variance("Subject", "Days") == pytest.approx(35.07, abs=5e-3)
    assert fit.residual_variance == pytest.approx(654.94, abs=5e-3)
    days = multilevel_inference.fixed_effect(fit, "Days")
    assert (days.value, days.se) == (
        pytest.approx(10.467, abs=5e-4),
        pytest.approx(1.546, abs=5e-4),
    )
    assert days.df == pytest.approx(17.0, abs=0.01)


def test_penicillin_crossed_effects_as_lme4_prints_them():
    fit = multilevel.mixed_model(frozen("penicillin"), "diameter", [], {"plate": [], "sample": []})
    assert fit.criterion == pytest.approx(330.8606, abs=5e-5)
    assert np.sqrt(fit.variance("plate")) == pytest.approx(0.8467, abs=5e-5)
    assert np.sqrt(fit.variance("sample")) == pytest.approx(1.9316, abs=5e-5)
    assert np.sqrt(fit.residual_variance) == pytest.approx(0.5499, abs=5e-5)


def test_dyestuff2_is_on_the_boundary_and_says_so():
    fit = multilevel.mixed_model(frozen("dyestuff2"), "Yield", [], {"Batch": []})
    assert fit.is_singular and fit.variance("Batch") == 0
    assert fit.criterion == pytest.approx(161.8283, abs=5e-5)
    found = multilevel.icc(fit)
    assert found.value == found.low == 0 and 0.1 < found.high < 0.6


def nested(schools=9, years=3, pupils=6, seed=5) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"s{s}", y) for s in range(schools) for y in range(years) for _ in range(pupils)],
        columns=["school", "year"],
    )
    cell = frame.groupby(["school", "year"]).ngroup()
    frame["x"] = generator.normal(size=len(frame))
    frame["y"] = (
        0.5 * frame["x"]
        + generator.normal(size=schools)[frame["school"].str[1:].astype(int)]
        + 0.6 * generator.normal(size=schools * years)[cell]
        + generator.normal(size=len(frame))
    )
    return frame


def dense_criterion(frame, fit, reml):
    """−2 log-likelihood from the n × n covariance at the fitted variances."""
    n = len(frame)
    v = fit.residual_variance * np.eye(n)
    for group in fit.groups:
        keys = frame[group.split(":")].astype(str).agg("-".join, axis=1).to_numpy()
        v += fit.variance(group) * (keys[:, None] == keys[None, :])
    x = np.column_stack([np.ones(n), frame["x"]])
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    beta = np.linalg.solve(information, x.T @ inverse @ frame["y"])
    e = frame["y"] - x @ beta
    value = np.linalg.slogdet(v)[1] + e @ inverse @ e + n * np.log(2 * np.pi)
    if reml:
        value += np.linalg.slogdet(information)[1] - 2 * np.log(2 * np.pi)
    return value, beta, np.sqrt(np.diag(np.linalg.inv(information)))


@pytest.mark.parametrize("reml", [True, False])
def test_nested_model_is_the_dense_likelihood(reml):
    frame = nested()
    fit = multilevel.mixed_model(frame, "y", ["x"], {"school": [], "school:year": []}, reml)
    value, beta, se = dense_criterion(frame, fit, reml)
    assert fit.criterion == pytest.approx(value, rel=1e-10)
    assert fit.fixed.to_numpy() == pytest.approx(beta, rel=1e-8)
    assert fit.se.to_numpy() == pytest.approx(se, rel=1e-8)
    assert multilevel_inference._criterion(
        fit, np.append(fit.theta, np.sqrt(fit.residual_variance))
    ) == pytest.approx(fit.criterion, rel=1e-10)


def test_agrees_with_statsmodels_where_that_converges():
    frame = nested()
    ours = multilevel.mixed_model(frame, "y", ["x"], {"school": []})
    theirs = smf.mixedlm("y ~ x", frame, groups="school").fit(reml=True)
    assert -ours.criterion / 2 == pytest.approx(theirs.llf, abs=1e-4)
    assert ours.fixed.to_numpy() == pytest.approx(theirs.fe_params.to_numpy(), rel=1e-4)


def test_effects_are_blups():
    frame = nested()
    fit = multilevel.mixed_model(frame, "y", [], {"school": []})
    found = multilevel.random_effects(fit, "school").set_index("level")
    n = 18
    weight = fit.variance("school") / (fit.variance("school") + fit.residual_variance / n)
    gap = frame.groupby("school")["y"].mean() - fit.fixed["(Intercept)"]
    assert found["value"].to_numpy() == pytest.approx((weight * gap).to_numpy(), rel=1e-8)
    se = np.sqrt(fit.variance("school") * (1 - weight))
    assert found["se"].to_numpy() == pytest.approx(np.full(9, se), rel=1e-8)


def test_balanced_icc_is_the_anova_estimate():
    frame = nested(12, 1, 7)
    fit = multilevel.mixed_model(frame, "y", [], {"school": []})
    groups = frame.groupby("school")["y"]
    between = 7 * groups.mean().var(ddof=1)
    within = (frame["y"] - groups.transform("mean")).pow(2).sum() / (84 - 12)
    expected = (between - within) / (between + 6 * within)
    found = multilevel.icc(fit)
    assert found.value == pytest.approx(expected, rel=1e-6)
    assert found.low < found.value < found.high


def test_one_pupil_per_school_is_too_few():
    frame = nested(30, 1, 1)
    assert multilevel.mixed_model(frame, "y", [], {"school": []}).reason is Reason.TOO_FEW


def test_schools_that_fit_every_row_leave_nothing_to_estimate():
    frame = nested().assign(y=lambda f: f["school"].str[1:].astype(float))
    found = multilevel.mixed_model(frame, "y", [], {"school": []})
    assert isinstance(found, NotEstimable) and found.reason is Reason.NO_VARIATION


def test_likelihood_ratio_refuses_what_does_not_compare():
    frame = nested()
    one = multilevel.mixed_model(frame, "y", [], {"school": []})
    two = multilevel.mixed_model(frame, "y", ["x"], {"school": []})
    with pytest.raises(ValueError, match="different fixed terms"):
        multilevel_inference.likelihood_ratio(one, two, 1)
    small, large = (
        multilevel.mixed_model(frame, "y", ["x"], random)
        for random in ({"school": []}, {"school": [], "school:year": []})
    )
    plain = multilevel_inference.likelihood_ratio(small, large, 1)
    halved = multilevel_inference.likelihood_ratio(small, large, 1, at_boundary=True)
    assert plain.statistic > 0 and halved.p == pytest.approx(plain.p / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("df", "statistic", "p"),
    [
        (1, 2.705543, 0.05),  # half of χ²₁: its upper tenth, in any table
        (2, 5.138, 0.05),  # Verbeke & Molenberghs (2000), table C.1: 5.14
        (2, 8.273, 0.01),  # 8.27
        (3, 7.045, 0.05),  # 7.05
    ],
)
def test_a_variance_on_the_boundary_has_the_mixture_of_self_and_liang(df, statistic, p):
    small = multilevel.mixed_model(nested(), "y", ["x"], {"school": []})
    large = dataclasses.replace(small, criterion=small.criterion - statistic)
    found = multilevel_inference.likelihood_ratio(small, large, df, at_boundary=True)
    assert found.p == pytest.approx(p, rel=1e-3)


def test_a_likelihood_ratio_needs_a_parameter_more():
    fit = multilevel.mixed_model(nested(), "y", ["x"], {"school": []})
    with pytest.raises(ValueError, match="at least 1"):
        multilevel_inference.likelihood_ratio(fit, fit, 0)
