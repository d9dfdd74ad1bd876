"""Points of the motivating monitoring."""

from __future__ import annotations

import pytest

from msoko.indicators import motivating_points


def test_the_best_of_the_region_has_a_hundred_points() -> None:
    assert motivating_points(0.45, 0.9, "higher_is_better") == pytest.approx(50)
    assert motivating_points(0.10, 0.05, "lower_is_better") == pytest.approx(50)
    assert motivating_points(0.9, 0.9, "higher_is_better") == pytest.approx(100)
    assert motivating_points(0.0, 0.05, "lower_is_better") is None
    assert motivating_points(0.5, 0.9, "none") is None
