"""Sums over groups equal those added up by hand, to the last unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from msoko.catalog.directions.direction import Indicator
from msoko.indicators.sums.grouped_sums import Sums, plan_scans

KEYS = ("school_id", "grade")


def drawn(seed: int, least: int = -50, most: int = 50) -> pd.DataFrame:
    """Return smallest groups of two indicators, with missing keys and groups that count nothing."""
    draw = np.random.default_rng(seed)
    rows = 60
    schools = draw.choice(np.array(["а", "б", "в", None], dtype=object), rows)
    grades = pd.array(draw.integers(4, 7, rows), dtype="Int64")
    grades[draw.random(rows) < 0.1] = pd.NA
    frame = pd.DataFrame({"school_id": schools, "grade": grades}).drop_duplicates()
    for place in range(2):
        for name in ("a", "q"):
            frame[f"i{place}_{name}"] = draw.integers(least, most, len(frame))
        frame[f"i{place}_n"] = draw.integers(0, 3, len(frame))
    return frame.reset_index(drop=True)


def by_hand(frame: pd.DataFrame, place: int, keys: Sequence[str]) -> dict[tuple, tuple[int, ...]]:
    """Return group → (a, q, n), added one row after another as Python's own numbers."""
    groups: dict[tuple, list[int]] = {}
    for row in frame.to_dict("records"):
        own = tuple(row[key] for key in keys)
        if row[f"i{place}_n"] <= 0 or any(pd.isna(value) for value in own):
            continue
        total = groups.setdefault(own, [0, 0, 0])
        for at, name in enumerate("aqn"):
            total[at] += int(row[f"i{place}_{name}"])
    return {group: tuple(total) for group, total in groups.items()}


def told(sums: Sums, place: int, keys: Sequence[str]) -> dict[tuple, tuple[int, ...]]:
    rows = sums.of(place, keys).to_dict("records")
    return {
        tuple(row[key] for key in keys): tuple(int(row[name]) for name in "aqn") for row in rows
    }


@pytest.mark.parametrize("keys", [(), ("school_id",), ("grade",), ("grade", "school_id")])
@pytest.mark.parametrize("seed", range(5))
def test_wider_groups_are_added_up_as_by_hand(seed: int, keys: tuple[str, ...]) -> None:
    frame = drawn(seed)
    sums = Sums(frame.copy(), KEYS, 2)
    for place in range(2):
        assert told(sums, place, keys) == by_hand(frame, place, keys)


def test_wider_groups_come_in_the_order_of_their_keys() -> None:
    groups = Sums(drawn(1), KEYS, 2).of(0, ("school_id",))
    assert list(groups["school_id"]) == sorted(groups["school_id"])


def test_asking_again_gives_the_same_sums() -> None:
    sums = Sums(drawn(2), KEYS, 2)
    first = sums.of(1, ("grade",))
    sums.of(0, ("school_id",))
    pd.testing.assert_frame_equal(sums.of(1, ("grade",)), first)


def test_the_smallest_groups_keep_those_with_a_missing_key() -> None:
    frame = pd.DataFrame(
        {"school_id": ["а", None], "i0_a": [1, 2], "i0_n": [3, 4]}, columns=["school_id", "i0_a",
                                                                             "i0_n"]
    )  # fmt: skip
    sums = Sums(frame, ("school_id",), 1)
    assert list(sums.of(0)["n"]) == [3, 4]
    assert list(sums.of(0, ("school_id",))["n"]) == [3]
    assert list(sums.of(0, ())["n"]) == [7]


@pytest.mark.parametrize("one", [2**53 + 1, 2**61, 2**62 + 1, 2**63 - 1, -(2**63), 2**70 + 1])
def test_no_unit_is_lost_near_the_ends_of_the_types(one: int) -> None:
    frame = pd.DataFrame({"school_id": ["а", "а", "б"], "i0_n": [1, 1, 1]})
    frame["i0_a"] = pd.Series([one, one, 1], dtype="int64" if -(2**63) <= one < 2**63 else object)
    frame["i0_q"] = pd.Series([one * one, 1, one], dtype=object)
    sums = Sums(frame, ("school_id",), 1)
    assert told(sums, 0, ("school_id",)) == {
        ("а",): (2 * one, one * one + 1, 2),
        ("б",): (1, one, 1),
    }
    assert told(sums, 0, ()) == {(): (2 * one + 1, one * one + 1 + one, 3)}


def test_a_sum_that_is_missing_is_nothing() -> None:
    frame = pd.DataFrame({"school_id": ["а", "б"], "i0_a": [5, 7], "i0_n": [1, 1]})
    frame["i0_q"] = pd.Series([None, 9], dtype=object)
    sums = Sums(frame, ("school_id",), 1)
    assert list(sums.of(0)["q"]) == [0, 9]
    assert list(sums.of(0, ())["q"]) == [9]


def test_a_group_that_counts_nothing_adds_nothing() -> None:
    frame = pd.DataFrame({"school_id": ["а", "а"], "grade": [4, 5], "i0_a": [10, 3],
                          "i0_n": [0, 2]})  # fmt: skip
    sums = Sums(frame, KEYS, 1)
    assert sums.of(0, ("school_id",)).to_dict("records") == [{"school_id": "а", "a": 3, "n": 2}]


@pytest.mark.parametrize("keys", [(), ("school_id",), KEYS])
def test_nothing_summed_gives_no_rows(keys: tuple[str, ...]) -> None:
    empty = Sums(drawn(0).iloc[:0], KEYS, 2)
    assert empty.of(0, keys).empty
    absent = Sums(pd.DataFrame(columns=list(KEYS)), KEYS, 0)
    assert absent.of(0, keys).empty


def declared(table: str, *by: tuple[str, ...]) -> Indicator:
    return Indicator(
        code="x", title="x", goal="g1", table=table, measure="share", numerator="mark >= 3",
        denominator="mark is not null", by=by, unit="percent", polarity="none", interval="wilson",
        source="Ф1",
    )  # fmt: skip


def test_a_table_is_scanned_once_for_groups_that_lie_in_each_other() -> None:
    asked = [
        declared("results", (), ("school_id",)),
        declared("results", ("subject", "school_id")),
        declared("results", ("grade",)),
        declared("olympiad", ("school_id",)),
    ]
    assert sorted(plan_scans(asked)) == [
        (("school_id",), [3]),
        (("school_id", "grade"), [2]),  # schools are what its interval is made of
        (("school_id", "subject"), [0, 1]),
    ]
