"""Rows know their group by its columns; no text is put together or taken apart."""

from drawn import grouped, table
from msoko.core.indicator_groups import group_numbers, group_of, grouping, groupings, groups_of
from msoko.core.tables import GROUP

ROWS = grouped(
    table("""
        group                             | value
                                          | 1
        subject=physics;grade=7           | 2
        school_id=s1;subject=physics;grade=7 | 3
        school_id=s1                      | 4
        school_id=s2                      | 5
    """)
)


def test_a_grouping_is_one_number_whatever_the_order_of_its_columns():
    assert grouping(("grade", "subject")) == grouping(("subject", "grade", "subject"))
    paper, school = grouping(("subject", "grade")), grouping(("school_id",))
    assert groupings(ROWS).tolist() == [0, paper, paper + school, school, school]


def test_the_group_of_a_row_is_that_of_the_frame():
    names = list(GROUP)
    assert dict(zip(names, group_of(ROWS.iloc[1]), strict=True)) == {
        **dict.fromkeys(names), "subject": "physics", "grade": 7,
    }  # fmt: skip
    assert groups_of(ROWS) == [group_of(row) for _, row in ROWS.iterrows()]
    assert len(set(groups_of(ROWS))) == 5


def test_a_part_is_what_a_school_shares_with_the_whole():
    part = group_numbers(ROWS, [key for key in GROUP if key != "school_id"])
    assert part[1] == part[2] and part[0] == part[3] == part[4] and part[0] != part[1]
    assert len(set(group_numbers(ROWS))) == 5
