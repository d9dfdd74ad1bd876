"""The index of social well-being orders schools and says what it is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from msoko.catalog.directions.direction import Direction, Goal, Indicator
from msoko.core.school_year import SchoolYear
from msoko.indicators.values.wellbeing import social_wellbeing

YEAR = SchoolYear.parse("2024-25")


def context(code: str) -> Indicator:
    return Indicator(
        code=code, title=code, goal="g", table="forms", measure="ratio", numerator="context.a",
        denominator="context.b", unit="percent", polarity="none", source="…", is_context=True,
    )  # fmt: skip


DIRECTION = Direction(
    "low_results", 2, "results", "…", "…", (Goal("g", "…"),),
    tuple(context(code) for code in ("cx_low_income", "cx_parents", "cx_single")),
)  # fmt: skip


def values(schools: int) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    wealth = np.linspace(-1, 1, schools)
    signs = {"cx_parents": 1, "cx_low_income": -1, "cx_single": -1}
    return pd.DataFrame(
        [
            {"school_year": str(YEAR), "indicator": code, "unit_of_analysis": "school",
             "school_id": f"s{number:02d}", "value": 0.5 + sign * wealth[number] / 5 + noise}
            for code, sign in signs.items()
            for number, noise in enumerate(draw.normal(0, 0.01, schools))
        ]
    )  # fmt: skip


def test_a_better_off_school_has_the_higher_score() -> None:
    found = social_wellbeing(values(12), (DIRECTION,), YEAR)
    assert list(found.scores.rank()) == pytest.approx(np.arange(1, 13), abs=1)
    assert found.loadings["cx_parents"] > 0.9
    assert found.loadings["cx_low_income"] < -0.9


def test_too_few_schools_have_no_index() -> None:
    found = social_wellbeing(values(3), (DIRECTION,), YEAR)
    assert found.reason.value == "too_few"


def test_a_school_without_a_figure_has_no_score() -> None:
    rows = values(12)
    rows = rows[~((rows["school_id"] == "s04") & (rows["indicator"] == "cx_single"))]
    scores = social_wellbeing(rows, (DIRECTION,), YEAR).scores
    assert pd.isna(scores["s04"])
    assert scores.notna().sum() == 11
