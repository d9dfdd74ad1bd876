"""How retakes ended: first results below the minimum, those sat again, those passed at last."""

from __future__ import annotations

import pandas as pd
import pytest

from drawn import table
from msoko import catalog
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.indicators import find_retake_outcomes
from msoko.indicators.values.retake_outcomes import count_outcomes

NONE = pd.DataFrame({"procedure": [], "subject": [], "pupil_id": [], "is_below": []}, dtype=object)


def counted(drawing: str) -> list[tuple[object, ...]]:
    rows = table(drawing)
    rows["is_below"] = rows["is_below"] == "below"
    return [tuple(row) for row in count_outcomes(rows).itertuples(index=False)]


def test_the_first_result_below_and_the_last_one_above_is_passed_at_last():
    assert counted("""
        procedure | subject | pupil_id | is_below
        oge | mathematics | a | below
        oge | mathematics | b | below
        oge | mathematics | c | above
        oge | mathematics | d | below
        oge_reserve | mathematics | a | below
        oge_retake | mathematics | a | above
        oge_reserve | mathematics | b | below
        oge_retake | russian | d | above
    """) == [("oge", 3, 2, 1)]


def test_an_early_sitting_comes_before_the_main_one():
    assert counted("""
        procedure | subject | pupil_id | is_below
        ege | russian | a | above
        ege_early | russian | a | below
    """) == [("ege", 1, 1, 1)]


def test_basic_mathematics_answers_for_profile_mathematics():
    assert counted("""
        procedure | subject | pupil_id | is_below
        ege | mathematics | a | below
        ege_retake | mathematics_basic | a | above
    """) == [("ege", 1, 1, 1)]


def test_who_passed_at_first_and_sits_again_is_no_matter_of_passing():
    assert (
        counted("""
        procedure | subject | pupil_id | is_below
        oge | russian | a | above
        oge_retake | russian | a | below
        ege | russian | b | below
    """)
        == []
    )


def test_without_results_there_is_nothing_to_tell():
    assert count_outcomes(NONE).empty


@pytest.mark.parametrize("many", [1, 2, 5, 30])
def test_everybody_who_failed_and_passed_is_counted_once(many):
    people = [f"p{number}" for number in range(many)]
    first = pd.DataFrame({"procedure": "oge", "subject": "russian", "pupil_id": people})
    later = first.assign(procedure="oge_retake", is_below=False)
    found = count_outcomes(pd.concat([first.assign(is_below=True), later], ignore_index=True))
    assert found.to_dict("records") == [
        {"exam": "oge", "below_count": many, "retaken_count": many, "passed_count": many}
    ]


def test_outcomes_are_read_from_results_by_the_declared_minimum(tmp_path):
    """Mark 2 of ОГЭ, and fewer than 27 points of profile mathematics, are below the minimum."""
    rows = table("""
        procedure | subject | pupil_id | mark | test_score | is_absent
        oge | russian | a | 2 | | no
        oge | russian | b | 2 | | no
        oge | russian | c | 3 | | no
        oge_retake | russian | a | 3 | | no
        oge_retake | russian | b | | | yes
        ege | mathematics | d | | 26 | no
        ege | mathematics | e | | 27 | no
        ege_reserve | mathematics | d | | 22 | no
        ege_retake | mathematics_basic | d | 3 | | no
    """)
    rows = rows.assign(is_absent=rows["is_absent"] == "yes").astype({"mark": "Int64"})
    year = SchoolYear(2024)
    store = Store(Project(tmp_path, HOME))
    store.add(year, "results", rows.assign(school_year=str(year), school_id="s1"))
    low = catalog.load_direction(Project(tmp_path, HOME), "low_results")
    found = find_retake_outcomes([low], store, year)
    assert found.to_dict("records") == [
        {"exam": "oge", "below_count": 2, "retaken_count": 1, "passed_count": 1},
        {"exam": "ege", "below_count": 1, "retaken_count": 1, "passed_count": 1},
    ]
