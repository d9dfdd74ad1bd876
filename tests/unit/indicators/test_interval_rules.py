"""One rule for each kind of indicator, checked on sums drawn by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from msoko.catalog.directions.direction import Indicator
from msoko.indicators.reference_comparison import sides_of_reference
from msoko.indicators.sums.grouped_sums import Sums
from msoko.indicators.sums.sum_terms import SCALE
from msoko.indicators.values.indicator_values import group_rows
from msoko.indicators.values.interval_rules import share_of_persons, share_of_schools
from msoko.indicators.values.sum_intervals import wilson_bounds
from msoko.stats.estimators.ratio import ratio

SCHOOLS = list("абвгд")
PASSED, TESTED = [18, 40, 7, 55, 29], [20, 50, 10, 60, 40]


def declared(**other) -> Indicator:
    given = {
        "code": "x", "title": "x", "goal": "g1", "table": "results", "measure": "share",
        "numerator": "mark >= 3", "denominator": "mark is not null", "unit": "percent",
        "polarity": "higher_is_better", "interval": "wilson", "source": "Ф1",
        "by": ((), ("school_id",)),
    }  # fmt: skip
    return Indicator(**(given | other))


def rows_of(indicator: Indicator, frame: pd.DataFrame) -> pd.DataFrame:
    parts = group_rows(Sums(frame, ["school_id"], 1), 0, "d", indicator, 10)
    return pd.DataFrame(parts[0])


def sums(**other) -> pd.DataFrame:
    return pd.DataFrame({"school_id": SCHOOLS, "i0_a": PASSED, "i0_n": TESTED} | other)


def test_a_share_of_the_whole_varies_by_school_and_that_of_a_school_by_pupil():
    found = rows_of(declared(), sums())
    whole, schools = found.iloc[0], found.iloc[1:]
    told = ratio(PASSED, TESTED, is_share=True)
    assert (whole.low, whole.high) == pytest.approx((told.low, told.high))
    low, high = wilson_bounds(np.array(PASSED, float), np.array(TESTED, float))
    assert schools.low.tolist() == pytest.approx(low.tolist())
    assert schools.high.tolist() == pytest.approx(high.tolist())
    assert whole.high - whole.low > 2 * (
        wilson_bounds(*map(np.array, ([149.0], [180.0])))[1][0] - 149 / 180
    )


def test_the_whole_of_one_school_is_that_school():
    found = rows_of(declared(), sums().iloc[:1])
    assert found.low.nunique() == found.high.nunique() == 1


def test_pupils_without_a_school_count_in_the_value_only():
    frame = pd.concat([sums(), pd.DataFrame({"school_id": [None], "i0_a": [5], "i0_n": [5]})])
    whole = rows_of(declared(), frame.reset_index(drop=True)).iloc[0]
    assert whole.value == pytest.approx(154 / 185)
    assert whole.low < whole.value < whole.high


def test_a_mean_of_the_whole_varies_by_school():
    totals = [x * SCALE for x in PASSED]
    frame = sums(i0_a=totals, i0_q=[x * 3 * SCALE**2 for x in PASSED])
    found = rows_of(declared(measure="mean", interval="t", unit="score"), frame)
    told = ratio(PASSED, TESTED)
    assert (found.low[0], found.high[0]) == pytest.approx((told.low, told.high))


def test_a_ratio_of_points_has_none_within_a_school():
    frame = sums(i0_a=[x * SCALE for x in PASSED], i0_b=[x * SCALE for x in TESTED])
    found = rows_of(declared(measure="ratio", interval="cluster"), frame)
    told = ratio(PASSED, TESTED, is_share=True)
    assert found.low[0] == pytest.approx(told.low)
    assert found.low[1:].isna().all() and found.high[1:].isna().all()


@pytest.mark.parametrize(
    "other", [{"measure": "count"}, {"table": "objectivity_schools"}, {"interval": "none"}]
)
def test_counts_and_flags_have_none(other):
    assert rows_of(declared(**other), sums()).low.isna().all()


def test_a_share_is_the_same_wherever_it_is_computed():
    persons = pd.DataFrame(
        [
            (school, place < passed)
            for school, passed, tested in zip(SCHOOLS, PASSED, TESTED, strict=True)
            for place in range(tested)
        ],
        columns=["school", "passed"],
    )
    told = share_of_persons(persons["passed"], persons["school"])
    parts = dict(zip(SCHOOLS, zip(PASSED, TESTED, strict=True), strict=True))
    assert told == share_of_schools(parts)
    stored = rows_of(declared(), sums()).iloc[0]
    assert (told.low, told.high) == pytest.approx((stored.low, stored.high))


def test_papers_beside_the_region_are_one_family():
    paper = {"numerator": [45, 46, 47, 48], "denominator": [50, 50, 50, 50]}
    alone = pd.DataFrame(paper).assign(paper="a")
    many = pd.concat([alone, *(alone.assign(paper=str(n)) for n in range(19))])
    told = sides_of_reference(declared(), alone, "paper", pd.Series({"a": 0.84}), 0.05)
    assert told == {"a": 1}
    region = pd.Series({"a": 0.84, **{str(n): 0.93 for n in range(19)}})
    assert not any(sides_of_reference(declared(), many, "paper", region, 0.05).values())
    lone = alone.iloc[:1]
    assert sides_of_reference(declared(), lone, "paper", pd.Series({"a": 0.5}), 0.05) == {}
