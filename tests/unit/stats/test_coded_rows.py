"""Rows of results as codes: their order, what is left out, and what a code stands for."""

import numpy as np
import pandas as pd
import pytest

from drawn import table
from msoko.stats.objectivity.coded_rows import coded_rows


def drawn() -> pd.DataFrame:
    return table("""
        school_id | pupil_id | school_year | procedure | subject | grade | primary_score | is_absent
        2         | б        | 2024-25     | vpr       | russian | 5     | 7             | нет
        10        | а        | 2024-25     | vpr       | russian | 5     | 9             | нет
        10        | а        | 2023-24     | vpr       | russian | 4     | 3             | нет
        10        | а        | 2024-25     | oge       | russian | 9     | 2             | да
    """).astype({"school_id": "str"})


def named(found, column: str) -> list[str]:
    return found.names[column][found.rows[column].to_numpy()].tolist()


def test_rows_come_by_year_procedure_and_pupil_and_codes_stand_for_texts() -> None:
    found = coded_rows(drawn())
    assert named(found, "school_year") == ["2023-24", "2024-25", "2024-25", "2024-25"]
    assert named(found, "procedure") == ["vpr", "oge", "vpr", "vpr"]
    assert named(found, "pupil_id") == ["а", "а", "а", "б"]
    assert named(found, "school_id") == ["10", "10", "10", "2"]
    assert found.rows["paper"].is_monotonic_increasing
    assert found.rows["paper"].nunique() == 3
    assert list(found.names["school_id"]) == ["10", "2"]
    assert (found.code("procedure", "vpr"), found.code("procedure", "ege")) == (1, -1)


def test_an_absent_pupil_has_no_score() -> None:
    rows = coded_rows(drawn()).rows
    assert rows["is_absent"].tolist() == [False, True, False, False]
    assert np.isnan(rows["primary_score"][1])


def test_truth_values_are_read_as_words_are() -> None:
    frame = drawn()
    frame["is_absent"] = pd.array([None, False, True, False], dtype="boolean")
    rows = coded_rows(frame).rows
    assert rows.loc[rows["is_absent"], "grade"].tolist() == [4]


def test_of_rows_given_twice_the_last_counts_and_names_are_stripped() -> None:
    frame = drawn()
    again = frame.iloc[[0]].assign(pupil_id=" б ", primary_score=1)
    rows = coded_rows(pd.concat([frame, again])).rows
    assert rows["primary_score"].tolist()[-1] == 1
    assert len(rows) == 4


def test_a_row_without_a_school_is_left_out() -> None:
    frame = drawn()
    frame.loc[1, "school_id"] = None
    assert len(coded_rows(frame).rows) == 3


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="pupil_id"):
        coded_rows(drawn().drop(columns="pupil_id"))
