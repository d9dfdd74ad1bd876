"""Logistic regression against statsmodels, and separation against hand-made cases."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from msoko.stats import logistic


def counts(n: int = 40) -> pd.DataFrame:
    generator = np.random.default_rng(2)
    x, total = generator.normal(size=n), generator.integers(1, 40, n)
    k = generator.binomial(total, 1 / (1 + np.exp(-0.3 - 0.8 * x)))
    return pd.DataFrame({"x": x, "k": k, "total": total, "school": np.arange(n) % 8})


def test_agrees_with_statsmodels():
    frame = counts()
    fit = logistic.logistic(frame, "k", ["x"], "total")
    both = np.column_stack([frame["k"], frame["total"] - frame["k"]])
    theirs = sm.GLM(both, sm.add_constant(frame["x"]), family=sm.families.Binomial()).fit(tol=1e-14)
    assert fit.coefficients.to_numpy() == pytest.approx(theirs.params, rel=1e-9)
    assert fit.deviance == pytest.approx(theirs.deviance, rel=1e-9)
    assert fit.log_likelihood == pytest.approx(theirs.llf, rel=1e-9)
    assert logistic.model_based(fit).table["se"].to_numpy() == pytest.approx(theirs.bse, rel=1e-8)


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
    alone = logistic.robust(fit, frame.index.to_series()).covariance
    plain = logistic.robust(fit).covariance
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
