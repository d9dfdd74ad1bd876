"""What the public edition keeps to itself, and what it may not keep."""

import pandas as pd
import pytest

from drawn import group_names, grouped, table
from msoko.catalog import Indicator
from msoko.disclosure.attack import Sum, exposed
from msoko.report.data.suppressed import (
    HIDDEN,
    NUMBERS,
    publishable,
    shown_counts,
    shown_rows,
)


class Declared:
    """The part of a direction that is asked for."""

    direction = "d"

    def __init__(self, *indicators: Indicator) -> None:
        self.indicators = indicators


def indicator(code: str = "passed", **changed: object) -> Indicator:
    given = {
        "code": code,
        "title": code,
        "goal": "g1",
        "table": "results",
        "measure": "share",
        "numerator": "x",
        "unit": "percent",
        "polarity": "none",
        "source": "s",
    }
    return Indicator(**(given | changed))


def rows(drawing: str) -> pd.DataFrame:
    """Return indicator rows of one year; value, interval and n follow from the counts."""
    made = grouped(table(drawing))
    return made.assign(
        school_year="2024-25",
        direction=made.get("direction", "d"),
        unit_of_analysis=made.get("unit_of_analysis", "municipality"),
        value=made["numerator"] / made["denominator"],
        low=0.1,
        high=0.9,
        n=made["denominator"],
        flags="",
    )


def hidden(values: pd.DataFrame, *indicators: Indicator) -> list[str]:
    shown = publishable(values, Declared(*indicators))
    gone = shown["flags"] == HIDDEN
    assert shown.loc[gone, NUMBERS].isna().all(axis=None)
    pd.testing.assert_frame_equal(
        shown.loc[~gone, NUMBERS].astype(float), values.loc[~gone, NUMBERS].astype(float)
    )
    return [name or "all" for name in group_names(values[gone])]


def test_a_group_of_few_is_hidden_and_one_more_so_that_the_total_tells_nothing():
    values = rows("""
        indicator | group           | numerator | denominator
        passed    |                 |        80 |         123
        passed    | subject=physics |         3 |           3
        passed    | subject=history |        20 |          40
        passed    | subject=russian |        57 |          80
    """)
    assert hidden(values, indicator()) == ["subject=physics", "subject=history"]


@pytest.mark.parametrize(
    ("numerator", "is_hidden"), [(4, True), (5, False), (96, True), (0, False)]
)
def test_a_count_under_five_is_hidden_on_either_side_of_a_share(numerator: int, is_hidden: bool):
    values = rows(f"""
        indicator | group | numerator | denominator
        passed    |       | {numerator} | 98
    """)
    assert bool(hidden(values, indicator())) is is_hidden


def test_few_schools_hide_what_is_said_of_schools_but_not_what_they_have():
    values = rows("""
        indicator | group | numerator | denominator
        low       |       |         1 |           4
        sites     |       |         3 |           4
    """)
    low, sites = indicator("low", table="low_results"), indicator("sites", table="forms")
    shown = publishable(values, Declared(low, sites))
    assert shown["flags"].tolist() == [HIDDEN, ""]


def test_a_sum_of_few_persons_is_hidden_and_of_few_things_is_not():
    values = rows("""
        indicator | group | numerator | denominator
        winners   |       |         2 |           1
        contracts |       |         2 |           1
    """)
    winners = indicator("winners", table="olympiad", measure="sum", unit="persons")
    contracts = indicator("contracts", table="forms", measure="sum", unit="pieces")
    shown = publishable(values, Declared(winners, contracts))
    assert shown["flags"].tolist() == [HIDDEN, ""]


def test_the_region_and_schools_stay_and_other_directions_leave_no_number():
    values = rows("""
        indicator | group | direction | unit_of_analysis | numerator | denominator
        passed    |       | d         | region           |         1 |           3
        passed    | school_id=a | d   | school           |         1 |           3
        other     |       | e         | municipality     |        50 |         100
    """)
    shown = publishable(values, Declared(indicator()))
    assert shown["flags"].tolist() == ["", "", HIDDEN]


def test_counts_shown_beside_their_sum_give_no_hidden_one_away():
    counts = [0, 2, 9, 30, 41, 22, 7, 3]
    shown = shown_counts(counts)
    assert not any(is_shown for count, is_shown in zip(counts, shown, strict=True) if 0 < count < 5)
    closed = [place for place, is_shown in enumerate(shown) if not is_shown]
    whole = Sum(len(counts), tuple(range(len(counts))))
    assert not exposed([*counts, sum(counts)], [whole], closed, protection=5)
    assert sum(shown) >= 3


def test_a_row_is_hidden_whole_where_one_kind_is_of_few():
    counts = table("""
        two | three | four
          3 |    40 |   50
         12 |    30 |   60
         15 |    35 |   61
    """)
    assert shown_rows(counts).tolist() == [False, False, True]
