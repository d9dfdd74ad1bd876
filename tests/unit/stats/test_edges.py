"""Every public function on vectors and counts at the edges of data: a number or a refusal.

Warnings are errors here: a warning on the analyst's screen is a defect.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from msoko.stats.estimators import agreement, correlation, means, multiplicity, proportions, trend
from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.regression import least_squares, robust_errors, wild_bootstrap
from msoko.stats.schools import funnel, shrinkage
from unit.stats.vouched import vouch

SIZES = (0, 1, 2, 5, 30)


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # left by whoever ran before
        yield


def draw(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n)


VECTORS: dict[str, list[Any]] = {f"size_{n}": list(draw(n)) for n in SIZES}
VECTORS |= {
    "all_equal": [3.0] * 8,
    "all_equal_fraction": [0.1] * 30,
    "all_missing": [None] * 6,
    "some_missing": [1.0, None, 2.0, float("nan"), 4.0, 3.0, 7.0],
    "ties": [1, 1, 1, 2, 2, 2, 3, 3, 3, 3] * 2,
    "one_differs": [1.0] * 9 + [2.0],
    "huge": list(draw(12) + 1e9),
    "tiny": list(draw(12) * 1e-9),
}
ONE_SAMPLE: dict[str, Callable[[Any], Any]] = {
    "mann_kendall": trend.mann_kendall,
    "theil_sen": trend.theil_sen,
    "trend": trend.trend,
}
TWO_SAMPLES: dict[str, Callable[[Any, Any], Any]] = {
    "welch": means.welch_difference,
    "hedges_g": means.hedges_g,
    "pearson": correlation.pearson,
    "spearman": correlation.spearman,
    "partial": lambda x, y: correlation.partial(
        pd.DataFrame({"x": x, "y": y, "g": draw(len(x), 5)}), "x", "y", ["g"]
    ),
    "partial_spearman": lambda x, y: correlation.partial(
        pd.DataFrame({"x": x, "y": y, "g": draw(len(x), 5)}), "x", "y", ["g"], "spearman"
    ),
    "ols": lambda x, y: every_inference(pd.DataFrame({"x": x, "y": y})),
}


def every_inference(frame: pd.DataFrame) -> Any:
    fit = least_squares.ols(frame, "y", ["x"])
    if isinstance(fit, NotEstimable):
        return fit
    schools = [f"s{row // 3}" for row in range(len(frame))]
    for kind in robust_errors.KINDS:
        vouch(robust_errors.heteroscedastic(fit, kind))
    for kind in ("CR0", "CR1", "CR2"):
        vouch(robust_errors.clustered(fit, schools, kind))
        vouch(robust_errors.clustered(fit, ["one school"] * len(frame), kind))
    vouch(robust_errors.recommended_inference(fit))
    vouch(robust_errors.recommended_inference(fit, schools))
    vouch(wild_bootstrap.wild_cluster_bootstrap(fit, schools, "x", draws=99))
    return fit


@pytest.mark.parametrize("sample", VECTORS)
@pytest.mark.parametrize("function", ONE_SAMPLE)
def test_one_sample(function: str, sample: str) -> None:
    vouch(ONE_SAMPLE[function](VECTORS[sample]))


@pytest.mark.parametrize("sample", VECTORS)
@pytest.mark.parametrize("function", TWO_SAMPLES)
def test_two_samples(function: str, sample: str) -> None:
    one = VECTORS[sample]
    for two in (list(draw(len(one), 2)), one, one[::-1]):
        vouch(TWO_SAMPLES[function](one, two))


COUNTS: dict[str, tuple[list[Any], list[Any]]] = {
    "none": ([], []),
    "one_school": ([3], [7]),
    "two_schools": ([3, 5], [7, 9]),
    "five": ([3, 5, 0, 8, 2], [7, 9, 4, 8, 30]),
    "thirty": ([10 + k % 7 for k in range(30)], [25 + k % 5 for k in range(30)]),
    "all_equal": ([5] * 6, [10] * 6),
    "all_pass": ([9] * 5, [9] * 5),
    "none_pass": ([0] * 5, [9] * 5),
    "empty_schools": ([0, 3, 4], [0, 6, 8]),
    "all_missing": ([None] * 4, [None] * 4),
    "some_missing": ([3, None, 4], [6, 5, None]),
    "classes_of_one": ([1, 0, 1, 0], [1, 1, 1, 1]),
}
ON_COUNTS: dict[str, Callable[[Any, Any], Any]] = {
    "share_funnel": funnel.share_funnel,
    "share_funnel_target": lambda k, n: funnel.share_funnel(k, n, target=0.5),
    "beta_binomial": shrinkage.beta_binomial,
    "share_shrinkage": shrinkage.share_shrinkage,
}


@pytest.mark.parametrize("sample", COUNTS)
@pytest.mark.parametrize("function", ON_COUNTS)
def test_counts(function: str, sample: str) -> None:
    result = ON_COUNTS[function](*COUNTS[sample])
    if isinstance(result, shrinkage.BetaBinomial):
        assert result.precision > 0
        return
    vouch(result)
    if isinstance(result, funnel.Funnel):
        limits = result.limits([1, 5, 9, 10, 50, 1000])
        assert limits["low"].between(0, 1).all() and limits["high"].between(0, 1).all()
        assert len(funnel.outside(result)) == len(COUNTS[sample][0])


@pytest.mark.parametrize(
    "pair", [(0, 0), (0, 1), (1, 1), (1, 2), (0, 5), (5, 5), (3, 5), (0, 30), (30, 30), (17, 30)]
)
def test_one_share(pair: tuple[int, int]) -> None:
    vouch(proportions.wilson(*pair))
    vouch(proportions.newcombe_difference((pair[0], 0), (pair[1], 0)))
    vouch(proportions.newcombe_difference((pair[0], 2), (pair[1], 4)))
    vouch(proportions.newcombe_difference((pair[0], pair[0]), (pair[1], pair[1])))


ERRORS: dict[str, tuple[list[Any], list[Any]]] = {
    "none": ([], []),
    "one": ([1.0], [0.5]),
    "two": ([1.0, 2.0], [0.5, 0.4]),
    "five": ([1.0, 2.0, 0.5, 1.5, 9.0], [0.5, 0.4, 0.3, 0.6, 0.2]),
    "thirty": (list(draw(30)), list(0.1 + np.abs(draw(30, 3)))),
    "all_equal": ([2.0] * 6, [0.5] * 6),
    "all_missing": ([None] * 4, [None] * 4),
    "some_missing": ([1.0, None, 3.0, 7.0], [0.5, 0.5, 0.5, None]),
}


@pytest.mark.parametrize("sample", ERRORS)
@pytest.mark.parametrize(
    "function",
    [
        funnel.mean_funnel,
        funnel.overdispersion,
        shrinkage.random_effects_mean,
        lambda y, s: shrinkage.random_effects_mean(y, s, "DL"),
        lambda y, s: shrinkage.random_effects_mean(y, s, "REML"),
        lambda y, s: shrinkage.random_effects_mean(y, s, "FE"),
        shrinkage.normal_shrinkage,
    ],
)
def test_values_with_errors(function: Callable[[Any, Any], Any], sample: str) -> None:
    vouch(function(*ERRORS[sample]))


TABLES: dict[str, Any] = {
    "no_categories": np.zeros((0, 0)),
    "empty": np.zeros((3, 3)),
    "one_person": [[1, 0], [0, 0]],
    "one_category_used": [[7, 0, 0], [0, 0, 0], [0, 0, 0]],
    "perfect": [[3, 0], [0, 2]],
    "no_agreement": [[0, 4], [3, 0]],
    "five": [[2, 1], [1, 1]],
    "singular": [[5, 0, 0, 0], [2, 8, 0, 0], [0, 0, 3, 0], [0, 0, 0, 2]],
    "disconnected": [[1, 1, 0, 0], [0, 5, 0, 0], [0, 0, 4, 1], [0, 0, 0, 2]],
    "thirty": [[8, 2, 1], [1, 9, 2], [0, 2, 5]],
    "all_moved_up": [[0, 5, 0], [0, 0, 6], [0, 0, 0]],
}


@pytest.mark.parametrize("sample", TABLES)
def test_tables(sample: str) -> None:
    table = TABLES[sample]
    for weights in agreement.WEIGHTS:
        vouch(agreement.kappa(table, weights))


@pytest.mark.parametrize("p", [[], [0.5], [0.0], [1.0], [0.0, 1.0], [None] * 3, [1e-300, 0.2]])
def test_p_values(p: list[Any]) -> None:
    for method in multiplicity.ADJUSTMENTS:
        adjusted = multiplicity.adjust(p, method)
        assert (np.isnan(adjusted) == pd.isna(pd.Series(p, dtype=object)).to_numpy()).all()
    vouch(multiplicity.cauchy_combination(p))
    vouch(multiplicity.cauchy_combination(p, cap=0.9))
