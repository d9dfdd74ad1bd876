"""What the report on low results says of those who sat an exam again."""

import pytest

from msoko.report.sections.results.low_results import _outcome


def test_the_internal_edition_says_how_many_passed_at_last(made):
    said = _outcome(made(1, 1), "oge", 7, 5, 4)
    assert "Пересдача (ОГЭ)" in said
    assert "7\xa0случаях" in said and "5\xa0случаях" in said and "[4](#" in said


@pytest.mark.parametrize("counts", [(4, 4, 4), (20, 17, 10), (20, 10, 7), (20, 10, 2)])
def test_the_public_edition_tells_no_number_of_few(made, counts):
    """Neither those who failed, sat again and passed, nor the rest of each."""
    assert _outcome(made(1, 1, edition="public"), "oge", *counts) == ""


def test_the_public_edition_tells_numbers_of_many(made):
    assert "30\xa0случаях" in _outcome(made(1, 1, edition="public"), "oge", 30, 20, 10)
