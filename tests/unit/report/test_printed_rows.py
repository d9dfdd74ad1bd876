import pytest

from msoko.report.passport.printed_rows import fitting


@pytest.mark.parametrize(
    ("lengths", "lines", "most"),
    [
        ([10, 10, 10], 3, 3),
        ([10, 11, 10], 3, 2),  # the second takes two lines
        ([90, 10], 3, 1),  # longer than the room, and still the first is shown
        ([], 3, 0),
        ([10, 90, 10], 4, 1),  # a short one is not taken before a long one that precedes it
    ],
)
def test_rows_fit_by_the_lines_of_their_longest_cell(lengths, lines, most):
    rows = [["x" * length, "y"] for length in lengths]
    assert fitting(rows, (10, 10), lines) == most
