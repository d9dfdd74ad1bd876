"""Logistic regression against its own equations, and separation against hand-made cases."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from msoko.stats.regression import logistic


def counts(n: int = 40) -> pd.DataFrame:
    generator = np.random.default_rng(2)
    x, total = generator.normal(size=n), generator.integers(1, 40, n)
    k = generator.binomial(total, 1 / (1 + np.exp(-0.3 - 0.8 * x)))
    return pd.DataFrame({"x": x, "k": k, "total": total, "school": np.arange(n) % 8})


def test_the_fit_solves_its_equations():
    frame = counts()
    fit = logistic.logistic(frame, "k", ["x"], "total")
    k, total, x = (frame[name].to_numpy() for name in ("k", "total", "x"))
    share = 1 / (1 + np.exp(-(fit.coefficients["(Intercept)"] + fit.coefficients["x"] * x)))
    left = k - total * share
    assert [left.sum(), left @ x] == pytest.approx([0, 0], abs=1e-8)
    assert fit.log_likelihood == pytest.approx(stats.binom.logpmf(k, total, share).sum(), rel=1e-9)
    saturated = stats.binom.logpmf(k, total, k / total).sum()
    assert fit.deviance == pytest.approx(2 * (saturated - fit.log_likelihood), rel=1e-9)


def test_equal_shares_are_no_separation_and_no_warning():
    frame = counts().assign(k=5, total=10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # left by whoever ran before
        fit = logistic.logistic(frame, "k", ["x"], "total")
    assert fit.coefficients.to_list() == pytest.approx([0, 0], abs=1e-9)


def test_hc0_by_its_scores():
    frame = counts()
    fit = logistic.logistic(frame, "k", ["x"], "total")
    score = fit.design.x * (fit.design.y - fit.totals * fit.fitted)[:, None]
    expected = fit.bread @ score.T @ score @ fit.bread
    assert logistic.robust_inference(fit).covariance.to_numpy() == pytest.approx(expected, rel=1e-9)


def test_counts_and_their_single_trials_give_one_estimate():
    frame = counts()
    single = frame.loc[frame.index.repeat(frame["total"])].copy()
    single["up"] = [int(i < k) for k, t in zip(frame.k, frame.total, strict=True) for i in range(t)]
    grouped, apart = (
        logistic.logistic(frame, "k", ["x"], "total"),
        logistic.logistic(single.reset_index(drop=True), "up", ["x"]),
    )
    assert grouped.coefficients.to_numpy() == pytest.approx(apart.coefficients.to_numpy(), rel=1e-8)


def test_clustered_by_rows_themselves_is_hc0_with_a_factor():
    frame = counts()
    fit = logistic.logistic(frame, "k", ["x"], "total")
    alone = logistic.robust_inference(fit, frame.index.to_series()).covariance
    plain = logistic.robust_inference(fit).covariance
    factor = 40 / 39 * 39 / 38  # G/(G−1) · (n−1)/(n−p)
    assert alone.to_numpy() == pytest.approx(factor * plain.to_numpy(), rel=1e-10)


@pytest.mark.parametrize(
    ("successes", "expected"),
    [([0, 0, 1, 1], True), ([0, 1, 0, 1], False), ([1, 0, 0, 1], False), ([1, 1, 0, 0], True)],
)
def test_separation(successes, expected):
    x = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    assert logistic.is_separated(x, np.array(successes, float), np.ones(4)) is expected


def test_mixed_counts_forbid_separation_where_they_lie():
    x = np.column_stack([np.ones(3), [1.0, 2.0, 3.0]])
    sizes = np.full(3, 5.0)
    assert logistic.is_separated(x, np.array([0.0, 2.0, 5.0]), sizes)
    assert not logistic.is_separated(x, np.array([1.0, 2.0, 5.0]), sizes)
    assert not logistic.is_separated(x, np.array([1.0, 2.0, 4.0]), sizes)


def test_more_successes_than_persons_are_refused():
    with pytest.raises(ValueError, match="between 0 and their total"):
        logistic.logistic(counts().assign(k=99), "k", ["x"], "total")
