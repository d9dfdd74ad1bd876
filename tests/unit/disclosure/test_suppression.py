import pandas as pd
import pytest

from drawn import table
from msoko.disclosure.attack import Sum, bounds, exposed
from msoko.disclosure.suppression import SuppressionRule, primary, suppress


def hidden(frame: pd.DataFrame, keys: list[str], **choices) -> set[tuple]:
    """Return the hidden groups, `·` where a row is a total."""
    reason = suppress(frame, keys, **choices)
    shown = frame[keys].fillna("·")
    return {tuple(row) for row in shown[reason.notna()].to_numpy()}


def test_groups_under_five_are_hidden_and_under_ten_only_pooled():
    frame = table("""
         n
         0
         1
         4
         5
         9
        10
    """)
    assert primary(frame["n"]).fillna("").tolist() == ["", "small", "small", "pooled", "pooled", ""]


def test_nought_and_hundred_percent_are_hidden_in_a_small_group():
    frame = table("""
         n | passed
         6 |      0
         6 |      6
         6 |      3
        10 |     10
    """)
    rule = SuppressionRule(pooled_below=5)  # groups of 5–9 may be shown, but not their extremes
    reason = primary(frame["n"], frame["passed"], rule)
    assert reason.fillna("").tolist() == ["extreme", "extreme", "", ""]


def test_a_missing_size_is_not_hidden_for_being_small():
    assert primary(pd.Series([pd.NA, 3], dtype="Int64")).isna().tolist() == [True, False]


def test_a_single_hidden_cell_takes_another_with_it():
    frame = table("""
        school | n
               | 63
        a      |  3
        b      | 20
        c      | 40
    """)
    # 63 − 20 − 40 would give the 3 away; 20 persons are the cheaper companion
    assert hidden(frame, ["school"]) == {("a",), ("b",)}


def test_two_hidden_cells_whose_sum_is_small_take_a_third():
    frame = table("""
        school | n
               | 43
        a      |  1
        b      |  2
        c      | 40
    """)
    # 43 − 40 says that a and b together are 3, so each is known within 3 persons
    assert hidden(frame, ["school"]) == {("a",), ("b",), ("c",)}


def test_hidden_cells_of_a_cross_table_cannot_be_worked_out():
    frame = table("""
        school | subject | n
               |         | 300
        a      |         | 103
        b      |         |  97
        c      |         | 100
               | ma      | 133
               | ru      | 167
        a      | ma      |   3
        a      | ru      | 100
        b      | ma      |  60
        b      | ru      |  37
        c      | ma      |  70
        c      | ru      |  30
    """)
    closed = hidden(frame, ["school", "subject"])
    assert ("a", "ma") in closed
    assert len(closed & {("b", "ma"), ("c", "ma")}) >= 1  # a companion in the column
    assert ("·", "·") not in closed  # totals stay where cells are enough
    assert not closed & {("a", "·"), ("b", "·"), ("c", "·"), ("·", "ma"), ("·", "ru")}


def test_the_choice_does_not_depend_on_the_order_of_rows():
    frame = table("""
        school | n
               | 63
        a      |  3
        b      | 20
        c      | 20
        d      | 20
    """)
    turned = frame.iloc[::-1].reset_index(drop=True)
    assert hidden(frame, ["school"]) == hidden(turned, ["school"])


def test_parts_that_do_not_make_up_the_total_need_no_companion():
    frame = table("""
        school | n
               | 99
        a      |  3
        b      | 20
    """)
    assert hidden(frame, ["school"]) == {("a",)}


def test_numerators_are_protected_too():
    frame = table("""
        school | n  | passed
               | 62 |     40
        a      |  2 |      0
        b      | 20 |     10
        c      | 40 |     30
    """)
    closed = hidden(frame, ["school"], numerator="passed")
    assert closed == {("a",), ("b",)}  # 62−40 = 22 and 40−30 = 10 persons remain to guess among


def test_a_group_named_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        suppress(table("school | n\n a | 7\n a | 8"), ["school"])


def test_the_attacker_bounds_what_totals_leave_open():
    # a + b = 10 shown as a total; c is hidden with nothing to subtract from
    found = bounds([10, 4, 6, 3], [Sum(0, (1, 2))], {1, 2, 3})
    assert found[1] == pytest.approx((0, 10))
    assert found[2] == pytest.approx((0, 10))
    assert found[3] == (0, float("inf"))


def test_the_attacker_finds_a_cell_that_only_two_sums_together_give_away():
    # rows 1+2 = 9 and 3+4 = 11, columns 1+3 = 12 and 2+4 = 8; cells 1 2 3 4 at 4..7
    values = [9, 11, 12, 8, 0, 9, 11, 1]
    sums = [Sum(0, (4, 5)), Sum(1, (6, 7)), Sum(2, (4, 6)), Sum(3, (5, 7))]
    assert exposed(values, sums, {4, 5, 6, 7}, protection=20) == {4, 5, 6, 7}
    assert exposed(values, sums, {4, 5, 6}, protection=1) == {4, 5, 6}


def test_the_attacker_refuses_sums_that_contradict_each_other():
    with pytest.raises(ValueError, match="contradict"):
        bounds([10, 0, 25], [Sum(0, (1, 2))], {1})


@pytest.mark.parametrize("seed", range(4))
def test_no_hidden_cell_is_known_within_five_persons(seed):
    """The attacker, run afresh on what is published, never narrows a cell below the rule."""
    import numpy as np

    chance = np.random.default_rng(seed)
    sizes = chance.integers(0, 30, size=(5, 3))
    cells = {(f"s{r}", f"u{c}"): int(sizes[r, c]) for r in range(5) for c in range(3)}
    cells |= {(f"s{r}", None): int(sizes[r].sum()) for r in range(5)}
    cells |= {(None, f"u{c}"): int(sizes[:, c].sum()) for c in range(3)}
    cells[None, None] = int(sizes.sum())
    frame = pd.DataFrame(
        [(*key, n) for key, n in cells.items()], columns=["school", "subject", "n"]
    )
    closed = suppress(frame, ["school", "subject"]).notna()
    place = {key: row for row, key in enumerate(cells)}
    sums = [
        Sum(place[f"s{r}", None], tuple(place[f"s{r}", f"u{c}"] for c in range(3)))
        for r in range(5)
    ]
    sums += [
        Sum(place[None, f"u{c}"], tuple(place[f"s{r}", f"u{c}"] for r in range(5)))
        for c in range(3)
    ]
    sums += [
        Sum(place[None, None], tuple(place[f"s{r}", None] for r in range(5))),
        Sum(place[None, None], tuple(place[None, f"u{c}"] for c in range(3))),
    ]
    values = frame["n"].tolist()
    unknown = {row for row in range(len(frame)) if closed[row]}
    assert {row for row, n in enumerate(values) if 0 < n < 10} <= unknown
    assert exposed(values, sums, unknown, protection=5) == set()
