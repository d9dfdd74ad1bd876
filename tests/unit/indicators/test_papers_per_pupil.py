import pandas as pd
import pytest

from msoko.indicators.papers_per_pupil import papers_per_pupil


def drawn(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["procedure", "grade", "subject", "n"])


def test_pupils_are_those_of_the_most_frequented_paper_of_their_grade():
    rows = drawn(
        (None, 4, "russian", 100), (None, 4, "mathematics", 90), (None, 5, "russian", 60),
        (None, 5, "mathematics", 60), (None, 5, "biology", 20),
    )  # fmt: skip
    assert papers_per_pupil(rows) == pytest.approx(330 / 160)


def test_grades_are_not_taken_for_one_where_subjects_are_told_apart_too():
    rows = drawn((None, 4, "russian", 100), (None, 5, "russian", 60), (None, None, "russian", 160))
    assert papers_per_pupil(rows) == 1


def test_without_papers_each_row_is_a_person():
    assert papers_per_pupil(drawn()) == 1
    assert papers_per_pupil(drawn((None, None, None, 40))) == 1
