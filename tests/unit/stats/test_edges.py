"""Every public function at the edges of data: an honest number, or a stated refusal.

Warnings are errors here: a warning on the analyst's screen is a defect.
"""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from msoko.stats import (
    agreement,
    cohort,
    composite,
    correlation,
    density,
    detectable,
    funnel,
    logistic,
    means,
    mixed,
    mixed_inference,
    multiplicity,
    poisson_binomial,
    proportions,
    regression,
    resilience,
    sensitivity,
    shrinkage,
    trend,
    value_added,
    wild,
)
from msoko.stats.estimate import Estimate, HypothesisTest, NotEstimable, Reason

SIZES = (0, 1, 2, 5, 30)


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def vouch(result: Any) -> None:
    """Fail where a result holds a number that nobody vouches for."""
    if isinstance(result, NotEstimable):
        assert isinstance(result.reason, Reason) and result.n >= 0
    elif isinstance(result, Estimate):
        assert result.low <= result.value <= result.high and result.n > 0
        assert all(x is None or not math.isnan(x) for x in (result.se, result.df, result.p))
        assert result.p is None or 0 <= result.p <= 1
    elif isinstance(result, HypothesisTest):
        assert not math.isnan(result.statistic) and 0 <= result.p <= 1
    elif isinstance(result, pd.DataFrame):
        known = result if "reason" not in result else result[result["reason"].isna()]
        ignored = {"reason", "n", "verdict", "changes_verdict"}
        numbers = known[[c for c in known.columns if c not in ignored]]
        assert not numbers.isna().any(axis=None)
    elif isinstance(result, pd.Series):
        assert not result.isna().any()
    elif dataclasses.is_dataclass(result):
        for field in dataclasses.fields(result):
            if field.name not in ("scores", "design", "blocks"):
                vouch(getattr(result, field.name))
    elif isinstance(result, float):
        assert not math.isnan(result)


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
    "describe": means.describe,
    "mean": means.mean,
    "mann_kendall": trend.mann_kendall,
    "theil_sen": trend.theil_sen,
    "trend": trend.trend,
    "density_break": density.density_break,
    "density_break_inside": lambda x: density.density_break(x, 1.5),
}
TWO_SAMPLES: dict[str, Callable[[Any, Any], Any]] = {
    "welch": means.welch_difference,
    "hedges_g": means.hedges_g,
    "pearson": correlation.pearson,
    "spearman": correlation.spearman,
    "kendall": correlation.kendall,
    "bca": lambda x, y: correlation.bca([x, y], correlation_value, draws=199),
    "partial": lambda x, y: correlation.partial(
        pd.DataFrame({"x": x, "y": y, "g": draw(len(x), 5)}), "x", "y", ["g"]
    ),
    "partial_spearman": lambda x, y: correlation.partial(
        pd.DataFrame({"x": x, "y": y, "g": draw(len(x), 5)}), "x", "y", ["g"], "spearman"
    ),
    "matrix": lambda x, y: correlation.correlation_matrix(pd.DataFrame({"x": x, "y": y})),
    "composite": lambda x, y: composite.first_component(pd.DataFrame({"x": x, "y": y}), ["x", "y"]),
    "vif": lambda x, y: composite.variance_inflation(pd.DataFrame({"x": x, "y": y}), ["x", "y"]),
    "alpha": lambda x, y: composite.cronbach_alpha(pd.DataFrame({"x": x, "y": y}).astype(float)),
    "ols": lambda x, y: every_inference(pd.DataFrame({"x": x, "y": y})),
}


def correlation_value(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else math.nan


def every_inference(frame: pd.DataFrame) -> Any:
    fit = regression.ols(frame, "y", ["x"])
    if isinstance(fit, NotEstimable):
        return fit
    schools = [f"s{row // 3}" for row in range(len(frame))]
    vouch(regression.classical(fit))
    vouch(regression.breusch_pagan(fit))
    for kind in regression.KINDS:
        vouch(regression.heteroscedastic(fit, kind))
    for kind in ("CR0", "CR1", "CR2"):
        vouch(regression.clustered(fit, schools, kind))
        vouch(regression.clustered(fit, ["one school"] * len(frame), kind))
    vouch(regression.clustered_twice(fit, schools, list(reversed(schools))))
    vouch(regression.newey_west(fit, 1))
    vouch(regression.recommended(fit))
    vouch(regression.recommended(fit, schools))
    vouch(wild.wild_cluster_bootstrap(fit, schools, "x", draws=99))
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
    "homogeneity": proportions.homogeneity,
    "cochran_armitage": trend.cochran_armitage,
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
    for function in (proportions.wilson, proportions.clopper_pearson, proportions.jeffreys):
        vouch(function(*pair))
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
        shrinkage.random_effects,
        lambda y, s: shrinkage.random_effects(y, s, "DL"),
        lambda y, s: shrinkage.random_effects(y, s, "REML"),
        lambda y, s: shrinkage.random_effects(y, s, "FE"),
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
    for method in ("stuart_maxwell", "bhapkar"):
        vouch(agreement.marginal_homogeneity(table, method))
        vouch(agreement.marginal_homogeneity(table, method, merge=False))
    vouch(agreement.bowker(table))
    vouch(agreement.linear_by_linear(table))
    if np.asarray(table).shape == (2, 2):
        for method in ("exact", "mid_p", "chi2", "continuity"):
            vouch(agreement.mcnemar(table, method))


@pytest.mark.parametrize("p", [[], [0.5], [0.0], [1.0], [0.0, 1.0], [None] * 3, [1e-300, 0.2]])
def test_p_values(p: list[Any]) -> None:
    for method in multiplicity.ADJUSTMENTS:
        adjusted = multiplicity.adjust(p, method)
        assert (np.isnan(adjusted) == pd.isna(pd.Series(p, dtype=object)).to_numpy()).all()
        assert multiplicity.rejected(p, 0.05, method).dtype == bool
    for rule in (
        multiplicity.cauchy_combination,
        multiplicity.harmonic_mean,
        multiplicity.simes,
        multiplicity.fisher,
        multiplicity.stouffer,
    ):
        vouch(rule(p))
    vouch(multiplicity.cauchy_combination(p, cap=0.9))


@pytest.mark.parametrize("p", [[], [0.0], [1.0], [0.5], [0.0, 1.0], [0.3] * 30])
def test_poisson_binomial(p: list[float]) -> None:
    assert poisson_binomial.pmf(p).sum() == pytest.approx(1, rel=1e-12)
    vouch(poisson_binomial.excess(p, min(1, len(p))))


def school_frame(schools: int, years: int, pupils: int, seed: int = 4) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    rows = [
        (f"s{school}", 2020 + year, generator.normal() + 0.3 * school, generator.normal())
        for school in range(schools)
        for year in range(years)
        for _ in range(pupils)
    ]
    return pd.DataFrame(rows, columns=["school", "year", "y", "x"])


FRAMES: dict[str, pd.DataFrame] = {
    "no_rows": school_frame(0, 0, 0).astype({"y": float, "x": float}),
    "one_row": school_frame(1, 1, 1),
    "two_rows": school_frame(2, 1, 1),
    "five_rows": school_frame(5, 1, 1),
    "one_school": school_frame(1, 2, 15),
    "one_class_a_year": school_frame(1, 3, 10),
    "two_schools": school_frame(2, 2, 8),
    "thirty_rows": school_frame(5, 2, 3),
    "one_pupil_each": school_frame(30, 1, 1),
    "all_equal": school_frame(4, 2, 5).assign(y=1.0),
    "x_equal": school_frame(4, 2, 5).assign(x=1.0),
    "all_missing": school_frame(4, 2, 5).assign(y=np.nan),
    "schools_missing": school_frame(4, 2, 5).assign(school=None),
    "no_school_effect": school_frame(6, 2, 10).assign(
        y=lambda f: f["x"] - f.groupby("school")["x"].transform("mean")
    ),
    "exact_line": school_frame(6, 2, 10).assign(y=lambda f: 2 + 3 * f["x"]),
    "only_schools": school_frame(6, 2, 10).assign(y=lambda f: f["school"].str[1:].astype(float)),
    "x_is_school": school_frame(6, 2, 10).assign(x=lambda f: f["school"].str[1:].astype(float)),
    "ties": school_frame(6, 2, 10).assign(y=lambda f: f["y"].round()),
}


def multilevel_everything(frame: pd.DataFrame) -> Any:
    for fixed, random in (
        ([], {"school": []}),
        (["x"], {"school": []}),
        (["x"], {"school": ["x"]}),
        (["x"], {"school": [], "school:year": []}),
    ):
        for reml in (True, False):
            fit = mixed.mixed_model(frame, "y", fixed, random, reml)
            vouch(fit)
            if isinstance(fit, NotEstimable):
                continue
            vouch(fit.estimate("(Intercept)"))
            for group in random:
                vouch(mixed.random_effects(fit, group))
            if len(fit.theta) == 1:
                vouch(mixed.icc(fit))
                vouch(mixed_inference.reliability(fit, "school"))
                vouch(mixed_inference.explained_variance(fit))
    return None


ON_FRAMES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "multilevel": multilevel_everything,
    "value_added": lambda f: value_added.value_added(f, "y", ["x"], "school"),
    "value_added_within": lambda f: value_added.value_added(f, "y", ["x"], "school", between=False),
    "mean_residuals": lambda f: value_added.mean_residuals(f, "y", ["x"], "school"),
    "municipal_change": lambda f: cohort.municipal_change(f, "y", "year", "school"),
    "school_changes": lambda f: cohort.school_changes(f, "y", "year", "school"),
    "share_change": lambda f: cohort.share_change(
        f.assign(k=(f["y"] > 0).astype(int), n=1), "k", "n", "year", "school"
    ),
    "leave_one_out": lambda f: sensitivity.leave_one_out(
        f, "school", lambda part: correlation.pearson(part["x"], part["y"])
    ),
    "across_choices": lambda f: sensitivity.across_choices(
        {
            "pearson": lambda: correlation.pearson(f["x"], f["y"]),
            "spearman": lambda: correlation.spearman(f["x"], f["y"]),
        }
    ),
    "resilient": lambda f: resilience.resilient_schools(
        f.drop_duplicates(["school", "year"]).assign(effect=lambda g: g["y"], se=0.3, context=1.0)
    ),
    "logistic": lambda f: logistic.logistic(f.assign(up=(f["y"] > 0).astype(float)), "up", ["x"]),
}


@pytest.mark.parametrize("sample", FRAMES)
@pytest.mark.parametrize("function", ON_FRAMES)
def test_frames(function: str, sample: str) -> None:
    vouch(ON_FRAMES[function](FRAMES[sample]))


def test_perfect_separation_is_named() -> None:
    frame = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1.0], "x": [1, 2, 3, 4, 5, 6.0]})
    found = logistic.logistic(frame, "y", ["x"])
    assert found == NotEstimable(Reason.SEPARATION, 6)


def test_quasi_separation_is_named() -> None:
    frame = pd.DataFrame({"y": [0, 0, 1, 0, 1, 1.0], "x": [1, 2, 3, 3, 4, 5.0]})
    assert logistic.logistic(frame, "y", ["x"]).reason is Reason.SEPARATION


def test_detectable_changes() -> None:
    for base in (0.0, 0.5, 1.0):
        for n in (1, 2, 5, 30):
            found = detectable.detectable_share_change(base, n, n)
            assert all(change is None or change > 0 for change in found.values())
    vouch(detectable.detectable_share_change(0.5, 0, 3))
    for n in (0, 1, 2, 5, 30):
        vouch(detectable.detectable_effect_size(n, n))
    for counts in ((0, 0, 0), (1, 0, 0), (0, 5, 0), (2, 2, 2)):
        vouch(density.discrete_break(*counts))
        vouch(density.discrete_break(*counts, 0.1, one_sided=True))
