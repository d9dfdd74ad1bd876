"""Every public function on pupils in schools at the edges of data: a number or a refusal.

Warnings are errors here: a warning on the analyst's screen is a defect.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from msoko.stats.estimators import correlation, sensitivity
from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.regression import logistic, multilevel, multilevel_inference
from msoko.stats.schools import cohort, resilience, shrinkage, value_added
from unit.stats.vouched import vouch


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # left by whoever ran before
        yield


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
            fit = multilevel.mixed_model(frame, "y", fixed, random, reml)
            vouch(fit)
            if isinstance(fit, NotEstimable):
                continue
            vouch(multilevel_inference.fixed_effect(fit, "(Intercept)"))
            for group in random:
                vouch(multilevel.random_effects(fit, group))
            if len(fit.theta) == 1:
                vouch(multilevel.icc(fit))
                vouch(multilevel_inference.explained_variance(fit))
    return None


ON_FRAMES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "multilevel": multilevel_everything,
    "value_added": lambda f: value_added.value_added(f, "y", ["x"], "school"),
    "value_added_within": lambda f: value_added.value_added(f, "y", ["x"], "school", between=False),
    "municipal_change": lambda f: cohort.municipal_change(f, "y", "year", "school"),
    "school_changes": lambda f: cohort.school_changes(f, "y", "year", "school"),
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


@pytest.mark.parametrize("scale", [8e307, 1e200, 1e-200])
@pytest.mark.parametrize("method", ["PM", "DL", "REML", "FE"])
def test_random_effects_beyond_floating_point_are_refused(scale, method):
    found = shrinkage.random_effects_mean(
        [scale, 2 * scale, scale / 2], [scale / 9, scale / 8, scale / 9], method
    )
    assert (found.is_estimable, found.reason) == (False, Reason.NOT_CONVERGED)
