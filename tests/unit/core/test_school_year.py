import datetime as dt

import pytest

from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear


def test_a_school_year_is_spelt_one_way():
    assert str(SchoolYear.parse("2024-25")) == "2024-25"
    assert str(SchoolYear.parse("1999-00")) == "1999-00"
    assert SchoolYear.parse("2023-24") < SchoolYear.parse("2024-25")


@pytest.mark.parametrize("text", ["2024", "2024-26", "2024/25", "2024-2025", " 2024-25", "", "x"])
def test_any_other_spelling_is_refused(text):
    with pytest.raises(UsageError, match="учебный год пишется как 2024-25"):
        SchoolYear.parse(text)


def test_a_year_runs_from_september_to_august():
    year = SchoolYear.parse("2024-25")
    assert (year.begins, year.ends) == (dt.date(2024, 9, 1), dt.date(2025, 8, 31))
    assert SchoolYear.of_date(dt.date(2025, 8, 31)) == year
    assert SchoolYear.of_date(dt.date(2025, 9, 1)) == year.shifted(1)
