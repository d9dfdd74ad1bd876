"""The family of changes that a report tells, and that a finding may not step out of."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from drawn import grouped
from msoko.catalog.directions.direction import Direction, Goal
from msoko.core import russian
from msoko.indicators.indicator_changes import year_changes
from msoko.indicators.rules.recommendations import JudgedRows, recommendations_of, with_groups
from msoko.stats.estimators.ratio import ratio_change
from unit.indicators.test_recommendations import NAMES, RULE, SHARE, THRESHOLDS, YEAR

SCHOOLS = [f"s{number}" for number in range(1, 9)]
FELL = dataclasses.replace(RULE, when="fell")


def rows(code: str, before: list[int], after: list[int], subject: str = "") -> pd.DataFrame:
    """Return an indicator's rows of both years: each school of 100 pupils, and the whole."""
    told = []
    keys = f"subject={subject}" if subject else ""
    for year, counts in ((YEAR.shifted(-1), before), (YEAR, after)):
        groups = [(school, count, 100) for school, count in zip(SCHOOLS, counts, strict=True)]
        for school, count, of in [*groups, (None, sum(counts), 100 * len(counts))]:
            own = f"school_id={school};{keys}".strip(";") if school else keys
            unit = "school" if school else "municipality"
            told.append((str(year), code, own, unit, count, of))
    columns = "school_year indicator group unit_of_analysis numerator denominator"
    frame = grouped(pd.DataFrame(told, columns=columns.split()))
    share = frame["numerator"] / frame["denominator"]
    return frame.assign(
        direction="d", flags="", value=share, n=frame["denominator"],
        low=share - 0.02, high=share + 0.02,
    )  # fmt: skip


def direction(*codes: str, **changes: object) -> Direction:
    indicators = tuple(dataclasses.replace(SHARE, code=code, **changes) for code in codes)
    return Direction(
        "d", 1, "results", "…", "…", (Goal("g", "…"),), indicators, recommendations=(FELL,)
    )


def drawn(seed: int, shift: int) -> tuple[list[int], list[int]]:
    rng = np.random.default_rng(seed)
    before = rng.integers(60, 80, len(SCHOOLS))
    return before.tolist(), (before + shift + rng.integers(-4, 5, len(SCHOOLS))).tolist()


def test_the_p_value_is_that_of_the_change_by_schools() -> None:
    before, after = drawn(1, -3)
    of = [100.0] * len(SCHOOLS)
    expected = ratio_change((before, of), (after, of))
    found = year_changes([direction("i")], with_groups(rows("i", before, after)), YEAR)
    assert found == {("d", "i"): [pytest.approx(expected.p, rel=1e-12)]}


def test_an_indicator_without_a_whole_has_a_change_for_each_subject() -> None:
    frame = pd.concat(
        [rows("i", *drawn(seed, 0), subject=name) for seed, name in ((1, "a"), (2, "b"))]
    )
    by_subject = direction("i", by=(("subject",), ("school_id", "subject")))
    assert len(year_changes([by_subject], with_groups(frame), YEAR)["d", "i"]) == 2
    assert year_changes([direction("i")], with_groups(frame), YEAR) == {("d", "i"): []}


@pytest.mark.parametrize("changes", [{"measure": "count"}, {"comparable_across_years": False}])
def test_what_has_no_error_or_no_comparison_is_in_no_family(changes: dict) -> None:
    frame = with_groups(rows("i", *drawn(1, -3)))
    assert year_changes([direction("i", **changes)], frame, YEAR) == {}


@pytest.mark.parametrize("lost", ["2023-24", "2024-25"])
def test_a_year_without_rows_has_no_change(lost: str) -> None:
    frame = with_groups(rows("i", *drawn(1, -3)))
    frame = frame[frame["school_year"] != lost]
    assert year_changes([direction("i")], frame, YEAR) == {("d", "i"): []}


def found_beside(count: int) -> list[dict]:
    """Return what the rule finds beside `count` indicators of another direction, unchanged."""
    others = [f"o{number}" for number in range(count)]
    other = dataclasses.replace(direction(*others), direction="e", recommendations=())
    frames = [rows("i", *drawn(4, -2))]
    frames += [
        rows(code, *drawn(100 + place, 0)).assign(direction="e")
        for place, code in enumerate(others)
    ]
    keyed = with_groups(pd.concat(frames))
    changes = year_changes([direction("i"), other], keyed, YEAR)
    return list(
        recommendations_of(
            direction("i"), JudgedRows.of(keyed), YEAR, THRESHOLDS, NAMES, russian, changes
        )
    )


def test_a_fall_that_the_year_calls_chance_is_no_finding() -> None:
    alone = with_groups(rows("i", *drawn(4, -2)))
    p = year_changes([direction("i")], alone, YEAR)["d", "i"][0]
    assert 0.05 / 31 < p < 0.05
    assert found_beside(0)
    assert not found_beside(30)
