"""Who an organisation is the heir of, and what shares of several come to together."""

from __future__ import annotations

import pytest

from msoko.core.school_year import SchoolYear
from msoko.ingest.identity.crosswalk import RegisterLine
from msoko.report.data.lineage import forerunners, pooled

YEAR = SchoolYear(2024)


def line(row, code, last=None, heir=""):
    until = SchoolYear(last) if last else None
    return RegisterLine(row, code, code.upper(), "school", "", "", {}, None, until, heir)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([line(2, "a")], []),
        ([line(2, "a"), line(3, "b", 2022, "a")], ["b"]),
        ([line(2, "a"), line(3, "b", 2023, "a"), line(4, "c", 2021, "b")], ["c", "b"]),
        ([line(2, "a"), line(3, "b", 2024, "a")], []),
        ([line(2, "a"), line(3, "b", 2020)], []),
        ([line(2, "a", 2022, "b"), line(3, "b", 2023, "a")], ["b"]),
    ],
    ids=["none", "joined", "chain", "ends this year", "closed without heir", "circle"],
)
def test_forerunners_are_those_that_ended_before_the_year(lines, found):
    assert [one.school_id for one in forerunners(lines, "a", YEAR)] == found


def share(part, whole, **more):
    row = {"school_year": "2023-24", "direction": "d", "indicator": "i", "flags": ""}
    own = {"numerator": part, "denominator": whole, "n": whole}
    return (
        row | own | {"value": part / whole if whole else float("nan"), "low": 0, "high": 1} | more
    )


def test_shares_come_together_as_counts_and_not_as_means():
    [row] = pooled([share(1, 10), share(30, 30)])
    assert (row["value"], row["n"]) == (31 / 40, 40)
    assert row["low"] != row["low"], "the interval of a sum is not made of theirs"


def test_one_alone_stays_as_it_is():
    assert pooled([share(1, 10)]) == [share(1, 10)]


@pytest.mark.parametrize("odd", [share(5, 10, value=5.0), share(0, 0)], ids=["a sum", "of none"])
def test_what_is_no_share_is_not_put_together(odd):
    assert pooled([odd, share(1, 10)]) == []
