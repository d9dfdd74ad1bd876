"""Sandwich errors against their textbook matrices, formed in full on small data."""

import itertools

import numpy as np
import pandas as pd
import pytest

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.regression import cluster_sandwich, least_squares, robust_errors, wild_bootstrap


def rows(n: int = 60, groups: int = 9, seed: int = 3) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    school = generator.integers(0, groups, n)
    x = generator.normal(size=n) + 0.4 * school
    y = 1 + 2 * x + generator.normal(size=groups)[school] + generator.normal(size=n)
    w = generator.uniform(0.5, 3, n)
    return pd.DataFrame({"school": school, "x": x, "z": generator.normal(size=n), "y": y, "w": w})


def brute_cr2(x, y, w, codes):
    """clubSandwich's definition with n × n matrices: working model of equal variances."""
    n = len(y)
    bread = np.linalg.inv(x.T @ (x * w[:, None]))
    hat = x @ bread @ (x * w[:, None]).T
    left = np.eye(n) - hat
    e = left @ y
    meat, columns = 0, []
    for code in np.unique(codes):
        own = codes == code
        values, vectors = np.linalg.eigh((left @ left.T)[np.ix_(own, own)])
        power = np.where(values > 1e-12, np.maximum(values, 1e-300) ** -0.5, 0)
        adjust = (vectors * power) @ vectors.T
        rowsum = (x[own] * w[own][:, None]).T @ adjust
        meat = meat + np.outer(rowsum @ e[own], rowsum @ e[own])
        columns.append((left[own].T @ rowsum.T) @ bread)
    df = []
    for term in range(x.shape[1]):
        g = np.array([column[:, term] for column in columns])
        p = g @ g.T
        df.append(np.trace(p) ** 2 / (p**2).sum())
    return np.sqrt(np.diag(bread @ meat @ bread)), np.array(df)


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize(("n", "groups"), [(60, 9), (24, 12), (40, 2)])
def test_cr2_is_clubsandwichs_definition(weights, n, groups):
    frame = rows(n, groups)
    fit = least_squares.ols(frame, "y", ["x", "z"], weights)
    found = cluster_sandwich.bias_reduced(fit, frame["school"])
    w = np.ones(n) if weights is None else frame["w"].to_numpy()
    x = np.column_stack([np.ones(n), frame["x"], frame["z"]])
    se, df = brute_cr2(x, frame["y"].to_numpy(), w, frame["school"].to_numpy())
    assert found.table["se"].to_numpy() == pytest.approx(se, rel=1e-9)
    assert found.table["df"].to_numpy() == pytest.approx(df, rel=1e-8)


@pytest.mark.parametrize("kind", robust_errors.KINDS)
@pytest.mark.parametrize("weights", [None, "w"])
def test_hc_by_its_textbook_matrices(kind, weights):
    frame = rows()
    fit = least_squares.ols(frame, "y", ["x", "z"], weights)
    root = np.ones(60) if weights is None else np.sqrt(frame["w"].to_numpy())
    x = np.column_stack([np.ones(60), frame["x"], frame["z"]]) * root[:, None]
    y = frame["y"].to_numpy() * root
    bread = np.linalg.inv(x.T @ x)
    h, e = np.diag(x @ bread @ x.T), y - x @ bread @ x.T @ y
    power = {"HC0": 0, "HC1": 0, "HC2": 1, "HC3": 2}[kind]
    omega = np.diag(e**2 / (1 - h) ** power) * (60 / 57 if kind == "HC1" else 1)
    assert fit.coefficients.to_numpy() == pytest.approx(bread @ x.T @ y, rel=1e-9)
    expected = np.sqrt(np.diag(bread @ x.T @ omega @ x @ bread))
    found = robust_errors.heteroscedastic(fit, kind).table["se"]
    assert found.to_numpy() == pytest.approx(expected, rel=1e-9)


def test_r2_without_intercept_is_about_zero():
    frame = rows()
    fit = least_squares.ols(frame, "y", ["x"], "w", intercept=False)
    x, y, w = (frame[name].to_numpy() for name in "xyw")
    slope = (w * x) @ y / ((w * x) @ x)
    assert fit.coefficients["x"] == pytest.approx(slope, rel=1e-12)
    assert fit.r2 == pytest.approx(1 - w @ (y - slope * x) ** 2 / (w @ y**2), rel=1e-12)


@pytest.mark.parametrize("shift", [0, 1e5, 1e9, 1e17])
@pytest.mark.parametrize("scale", [1e-17, 1e-9, 1, 1e9, 1e17])
def test_units_of_a_predictor_change_nothing_or_are_refused(shift, scale):
    frame = rows()
    plain = robust_errors.heteroscedastic(least_squares.ols(frame, "y", ["x"])).table.loc["x"]
    fit = least_squares.ols(frame.assign(x=scale * frame["x"] + shift), "y", ["x"])
    if isinstance(fit, NotEstimable):
        assert fit.reason is Reason.SINGULAR and (shift or scale in (1e-17, 1e17))
        return
    found = robust_errors.heteroscedastic(fit).table.loc["x"]
    assert found["value"] * scale == pytest.approx(plain["value"], rel=1e-4)
    assert found["se"] * scale == pytest.approx(plain["se"], rel=1e-4)


def test_missing_rows_keep_their_labels_in_step():
    frame = rows()
    holed = pd.concat([frame, frame.iloc[:7].assign(y=np.nan)]).sample(frac=1, random_state=1)
    plain = robust_errors.clustered(least_squares.ols(frame, "y", ["x"]), frame["school"], "CR1")
    fit = least_squares.ols(holed, "y", ["x"])
    found = robust_errors.clustered(fit, holed["school"], "CR1")
    assert found.n == len(frame)
    assert found.table["se"].to_numpy() == pytest.approx(plain.table["se"].to_numpy(), rel=1e-9)


def test_text_columns_become_indicators_of_every_level_but_the_first():
    frame = rows(30).assign(kind=["a", "b", "c"] * 10)
    fit = least_squares.ols(frame, "y", ["kind"])
    means = frame.groupby("kind")["y"].mean()
    assert fit.coefficients["(Intercept)"] == pytest.approx(means["a"], rel=1e-12)
    assert fit.coefficients["kind[c]"] == pytest.approx(means["c"] - means["a"], rel=1e-12)


def test_collinear_columns_are_refused():
    frame = rows().assign(twice=lambda f: 2 * f["x"])
    assert least_squares.ols(frame, "y", ["x", "twice"]) == NotEstimable(Reason.SINGULAR, 60)


def test_a_term_that_one_school_uses_up_is_as_clubsandwich_defines_it():
    frame = rows().assign(mine=lambda f: (f["school"] == 3).astype(float))
    fit = least_squares.ols(frame, "y", ["x", "mine"])
    found = robust_errors.clustered(fit, frame["school"], "CR2").table
    x = np.column_stack([np.ones(60), frame["x"], frame["mine"]])
    se, df = brute_cr2(x, frame["y"].to_numpy(), np.ones(60), frame["school"].to_numpy())
    assert found["se"].to_numpy() == pytest.approx(se, rel=1e-9)
    assert found["df"].to_numpy() == pytest.approx(df, rel=1e-8)


def test_unknown_kinds_and_labels_are_refused():
    frame = rows()
    fit = least_squares.ols(frame, "y", ["x"])
    with pytest.raises(ValueError, match="HC9"):
        robust_errors.heteroscedastic(fit, "HC9")
    with pytest.raises(ValueError, match="59 labels for 60 rows"):
        robust_errors.clustered(fit, frame["school"].iloc[:59])
    with pytest.raises(ValueError, match="no label"):
        robust_errors.clustered(fit, frame["school"].astype(object).where(frame.index > 0))


@pytest.mark.parametrize(
    ("groups", "points"),
    [(7, (-1, 1)), (5, (-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5))],
)
def test_wild_bootstrap_enumerates_what_brute_force_finds(groups, points):
    frame = rows(40, groups, seed=8)
    fit = least_squares.ols(frame, "y", ["x"])
    found = wild_bootstrap.wild_cluster_bootstrap(fit, frame["school"], "x", null=1.9)
    x = np.column_stack([np.ones(40), frame["x"]])
    codes, y = frame["school"].to_numpy(), frame["y"].to_numpy()

    def t(response):
        beta = np.linalg.lstsq(x, response, rcond=None)[0]
        e = response - x @ beta
        sums = np.array([x[codes == c].T @ e[codes == c] for c in range(groups)])
        bread = np.linalg.inv(x.T @ x)
        return (beta[1] - 1.9) / np.sqrt((bread @ sums.T @ sums @ bread)[1, 1])

    fitted = (y - 1.9 * x[:, 1]).mean() + 1.9 * x[:, 1]
    draws = [
        t(fitted + (y - fitted) * np.array(signs)[codes])
        for signs in itertools.product(points, repeat=groups)
    ]
    assert found.p == pytest.approx(np.mean(np.abs(draws) >= abs(t(y)) * (1 - 1e-9)), abs=1e-12)


def test_wild_interval_holds_the_nulls_that_are_not_rejected():
    frame = rows(60, 9)
    fit = least_squares.ols(frame, "y", ["x"])
    found = wild_bootstrap.wild_cluster_bootstrap(fit, frame["school"], "x")
    inside, outside = found.low + 0.02 * found.se, found.low - 0.05 * found.se
    again = [
        wild_bootstrap.wild_cluster_bootstrap(fit, frame["school"], "x", null=null).p
        for null in (inside, outside)
    ]
    assert again[0] >= 0.05 > again[1]


def test_five_schools_that_agree_reach_the_level():
    """Signs alone stop at 2/32; with Webb's six points 6 of 7776 weights only scale the data."""
    frame = rows(50, 5).assign(y=lambda f: 10 * f["x"] + 0.01 * f["y"])
    fit = least_squares.ols(frame, "y", ["x"])
    p = wild_bootstrap.wild_cluster_bootstrap(fit, frame["school"], "x").p
    assert 6 / 7776 <= p < 0.05


def test_four_schools_are_too_few_for_sign_flips():
    frame = rows(40, 4)
    fit = least_squares.ols(frame, "y", ["x"])
    found = wild_bootstrap.wild_cluster_bootstrap(fit, frame["school"], "x")
    assert found == NotEstimable(Reason.TOO_FEW_GROUPS, 40)
