"""Indicators of small drawn tables, with their arithmetic shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drawn import group_names, table
from msoko.catalog.directions.direction import Direction, Goal, Indicator, Reference
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.indicators import compute

YEAR = SchoolYear.parse("2024-25")
PAPER = {"school_year": "2024-25", "procedure": "vpr", "subject": "mathematics", "grade": 5}


def indicator(**changes: object) -> Indicator:
    """Return the share of marks from 3 up, or what the test makes of it."""
    declared = {
        "code": "basic",
        "title": "Доля отметок от «3»",
        "goal": "g1",
        "table": "results",
        "measure": "share",
        "where": "procedure = 'vpr' and not is_absent",
        "numerator": "mark >= 3",
        "denominator": "mark is not null",
        "by": ((), ("school_id",)),
        "unit": "percent",
        "polarity": "higher_is_better",
        "interval": "wilson",
        "source": "Ф1",
    }
    return Indicator(**{**declared, **changes})


def direction(*indicators: Indicator, code: str = "student_outcomes") -> Direction:
    return Direction(
        direction=code,
        number=1,
        mechanism="results",
        title="Качество",
        purpose="…",
        goals=(Goal("g1", "Цель"),),
        indicators=indicators,
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Project(tmp_path))


def marks(drawing: str, **paper: object) -> pd.DataFrame:
    rows = table(drawing).astype({"school_id": "str"})
    rows["is_absent"] = rows.get("is_absent", pd.Series([0] * len(rows))) == 1
    rows["pupil_id"] = [f"p{number}" for number in range(len(rows))]
    return rows.assign(**{**PAPER, **paper})


def values(frame: pd.DataFrame, code: str = "basic") -> dict[str, float]:
    rows = frame[frame["indicator"] == code]
    return dict(zip(group_names(rows), rows["value"], strict=True))


def test_share_weighs_schools_by_size_and_leaves_out_absent_and_unmarked(store: Store) -> None:
    rows = marks("""
        school_id | mark | is_absent
        1         | 3    | 0
        1         | 2    | 0
        1         |      | 1
        2         | 5    | 0
        2         | 4    | 0
        2         | 3    | 0
        2         | 2    | 0
        2         |      | 0
    """)
    store.add(YEAR, "results", rows)
    found = compute((direction(indicator()),), store, YEAR)
    assert values(found) == {
        "": pytest.approx(4 / 6),  # not the mean of 1/2 and 3/4
        "school_id=1": pytest.approx(1 / 2),
        "school_id=2": pytest.approx(3 / 4),
    }
    whole = found.iloc[0]
    assert (whole["numerator"], whole["denominator"], whole["n"]) == (4, 6, 6)
    assert whole["unit_of_analysis"] == "municipality"
    assert whole["flags"] == "small_n"


def test_group_with_nothing_in_its_denominator_has_no_row(store: Store) -> None:
    rows = marks("""
        school_id | mark | is_absent
        1         | 3    | 0
        2         |      | 1
    """)
    store.add(YEAR, "results", rows)
    assert set(values(compute((direction(indicator()),), store, YEAR))) == {"", "school_id=1"}


def test_indicator_without_table_or_rows_says_no_data(store: Store) -> None:
    absent = indicator(code="olympiad", table="olympiad", where="", numerator="status = 'winner'",
                       denominator="status is not null")  # fmt: skip
    store.add(YEAR, "results", marks("school_id | mark\n1 | 3", procedure="oge"))
    found = compute((direction(indicator(), absent),), store, YEAR)
    assert list(found["flags"]) == ["no_data", "no_data"]
    assert found["value"].isna().all()


def test_mean_has_students_interval(store: Store) -> None:
    rows = marks("school_id | primary_score\n1 | 10\n1 | 12\n1 | 14.5")
    store.add(YEAR, "results", rows)
    mean = indicator(
        measure="mean", numerator="primary_score", denominator="", interval="t", unit="points"
    )
    row = compute((direction(mean),), store, YEAR).iloc[0]
    scores = np.array([10, 12, 14.5])
    half = 4.302652729749464 * scores.std(ddof=1) / np.sqrt(3)  # t(.975, 2), from tables
    assert row["value"] == pytest.approx(scores.mean())
    assert row["high"] - row["value"] == pytest.approx(half, rel=1e-6)
    assert row["low"] == pytest.approx(row["value"] - half, rel=1e-6)


def test_interval_of_a_mean_of_shares_stays_within_them(store: Store) -> None:
    rows = pd.DataFrame({"school_id": ["1", "2", "3"], "value": [1.0, 1.0, 0.5]})
    store.add(YEAR, "monitoring", rows.assign(school_year="2024-25", form="up", item="done"))
    mean = indicator(table="forms", measure="mean", where="", numerator="up.done", denominator="",
                     interval="t")  # fmt: skip
    row = compute((direction(mean),), store, YEAR).iloc[0]
    assert row["value"] == pytest.approx(2.5 / 3, abs=1e-9)
    assert row["high"] == 1
    assert row["flags"] == ""  # three schools are not three persons


def test_an_interval_without_width_holds_its_value_to_the_last_digit(store: Store) -> None:
    store.add(
        YEAR,
        "results",
        marks("""
        school_id | mark | primary_score
        s1        |    3 |           3.7
        s2        |    3 |           3.7
        s3        |    3 |           3.7
    """),
    )
    mean = indicator(
        measure="mean", numerator="primary_score", denominator="", interval="t", unit="points"
    )
    whole = compute([direction(mean)], store, YEAR).query("school_id.isna()").iloc[0]
    assert whole["low"] <= whole["value"] <= whole["high"]  # 11.1 / 3 is 3.6999999999999997
    assert whole["low"] == pytest.approx(3.7, rel=1e-12)


def test_mean_of_sums_in_roubles_has_an_exact_interval(store: Store) -> None:
    base, step = 4_000_000_000, 7
    scores = [base, base + step, base + 2 * step]
    rows = pd.DataFrame({"school_id": ["1"] * 3, "primary_score": scores, "mark": 3})
    rows = rows.assign(is_absent=False, pupil_id=["a", "b", "c"], **PAPER)
    store.add(YEAR, "results", rows.astype({"primary_score": float}))
    mean = indicator(measure="mean", numerator="primary_score", denominator="", interval="t",
                     unit="points")  # fmt: skip
    row = compute((direction(mean),), store, YEAR).iloc[0]
    half = 4.302652729749464 * step / np.sqrt(3)  # t(.975, 2), from tables
    assert row["value"] == base + step
    assert row["high"] - row["low"] == pytest.approx(2 * half, rel=1e-6)


def test_mean_of_one_has_no_interval(store: Store) -> None:
    store.add(YEAR, "results", marks("school_id | primary_score\n1 | 10"))
    mean = indicator(measure="mean", numerator="primary_score", denominator="", interval="t")
    row = compute((direction(mean),), store, YEAR).iloc[0]
    assert row["value"] == 10
    assert pd.isna(row["low"])


def test_count_and_sum_have_no_denominator(store: Store) -> None:
    store.add(YEAR, "results", marks("school_id | mark\n1 | 5\n1 | 4\n2 | 5"))
    count = indicator(code="fives", measure="count", numerator="mark = 5", denominator="")
    total = indicator(code="total", measure="sum", numerator="mark", denominator="")
    found = compute((direction(count, total),), store, YEAR)
    assert values(found, "fives") == {"": 2, "school_id=1": 1, "school_id=2": 1}
    assert values(found, "total") == {"": 14, "school_id=1": 9, "school_id=2": 5}
    assert found["denominator"].isna().all()


def test_an_indicator_without_conditions_takes_every_row(store: Store) -> None:
    store.add(YEAR, "results", marks("school_id | mark\n1 | 5\n1 | 4\n2 | 2"))
    bare = {"where": "", "denominator": "", "interval": "none"}
    found = compute(
        (
            direction(
                indicator(code="basic", measure="count", **bare),
                indicator(code="share", measure="share", **bare),
                indicator(code="rows", measure="sum", numerator="1", **bare),
            ),
        ),
        store,
        YEAR,
    )
    assert values(found) == {"": 2, "school_id=1": 2, "school_id=2": 0}
    assert values(found, "share") == {"": pytest.approx(2 / 3), "school_id=1": 1, "school_id=2": 0}
    assert values(found, "rows") == {"": 3, "school_id=1": 2, "school_id=2": 1}


def returned(drawing: str) -> pd.DataFrame:
    rows = table(drawing).astype({"school_id": "str"})
    return rows.assign(school_year="2024-25", form="staff")


def test_ratio_of_form_items_needs_both_numbers(store: Store) -> None:
    rows = returned("""
        school_id | item    | value
        1         | trained | 5
        1         | all     | 10
        2         | trained | 7
        3         | trained | 9
        3         | all     | 30
    """)
    store.add(YEAR, "monitoring", rows)
    ratio = indicator(table="forms", measure="ratio", where="", numerator="staff.trained",
                      denominator='staff."all"')  # fmt: skip
    found = compute((direction(ratio),), store, YEAR)
    assert values(found) == {
        "": pytest.approx(14 / 40),  # the school that did not say how many is left out
        "school_id=1": 0.5,
        "school_id=3": pytest.approx(0.3),
    }
    assert found.iloc[0]["n"] == 40


def test_a_school_that_returned_another_form_only_is_counted_and_an_unknown_one_in_the_whole(
    store: Store,
) -> None:
    rows = returned("""
        school_id | item    | value
        1         | trained | 5
        2         | other   | 7
        3         | trained | 9
    """)
    store.add(YEAR, "monitoring", rows.assign(school_id=["1", "2", None]))
    share = indicator(table="forms", where="", numerator="staff.trained > 5", denominator="")
    found = compute((direction(share),), store, YEAR)
    assert values(found) == {"": pytest.approx(1 / 3), "school_id=1": 0, "school_id=2": 0}
    nothing = indicator(table="forms", where="", numerator="staff.absent > 5",
                        denominator="staff.absent is not null")  # fmt: skip
    assert compute((direction(nothing),), store, YEAR)["flags"].to_list() == ["no_data"]


def test_region_comes_from_the_printed_shares(store: Store) -> None:
    store.add(YEAR, "results", marks("school_id | mark\n1 | 3"))
    printed = table("""
        group_level  | group_name | participant_count | share_2_percent | share_3_percent
        country      | РФ         | 1000              | 20              | 80
        region       | край       | 100               | 10              | 90
        municipality | округ      | 10                | 0               | 100
    """)
    store.add(YEAR, "mark_shares", printed.assign(**PAPER))
    reference = Reference(
        table="mark_shares",
        where="procedure = 'vpr'",
        numerator="(100 - share_2_percent) * participant_count / 100",
        denominator="participant_count",
    )
    found = compute((direction(indicator(reference=reference)),), store, YEAR)
    by_unit = found[[not one for one in group_names(found)]].set_index("unit_of_analysis")["value"]
    assert by_unit["region"] == pytest.approx(0.9)
    assert by_unit["country"] == pytest.approx(0.8)


def test_raw_points_are_never_compared_and_a_new_scale_is_told(store: Store) -> None:
    before = marks("school_id | primary_score | max_score\n1 | 10 | 38")
    store.add(YEAR.shifted(-1), "results", before.assign(school_year="2023-24"))
    store.add(YEAR, "results", marks("school_id | primary_score | max_score\n1 | 10 | 24"))
    mean = indicator(measure="mean", numerator="primary_score", denominator="",
                     by=(("subject", "grade"),), comparable_across_years=False)  # fmt: skip
    row = compute((direction(mean),), store, YEAR).iloc[0]
    assert row["flags"].split() == ["small_n", "not_comparable", "scale_changed"]


@pytest.mark.parametrize(("numerator", "share"), [("1 = 2", 0), ("1 = 1", 1)])
def test_a_condition_without_a_column_is_counted_by_what_it_says(
    store: Store, numerator: str, share: float
) -> None:
    store.add(YEAR, "results", marks("school_id | mark\n1 | 5\n2 | 2"))
    found = compute((direction(indicator(numerator=numerator, denominator="")),), store, YEAR)
    assert values(found)[""] == share


def test_attributes_of_schools_are_joined(store: Store) -> None:
    store.add(YEAR, "results", marks("school_id | mark\n1 | 5\n2 | 2\n3 | 2"))
    schools = table("school_id | location\n1 | urban\n2 | rural").astype({"school_id": "str"})
    store.add(YEAR, "schools", schools)
    found = compute((direction(indicator(by=(("location",),))),), store, YEAR)
    assert values(found) == {"location=rural": 0, "location=urban": 1}


def test_rows_do_not_depend_on_the_order_of_pupils_or_threads(store: Store) -> None:
    random = np.random.default_rng(7)
    rows = pd.DataFrame(
        {
            "school_id": random.integers(0, 30, 5000).astype(str),
            "primary_score": random.random(5000) * 40,
            "is_absent": False,
        }
    ).assign(**PAPER)
    mean = indicator(measure="mean", numerator="primary_score", denominator="", interval="t")
    found = []
    for seed in (1, 2):
        store.add(YEAR, "results", rows.sample(frac=1, random_state=seed))
        found.append(compute((direction(mean),), store, YEAR))
    pd.testing.assert_frame_equal(*found, check_exact=True)
    assert len(found[0]) == 31
