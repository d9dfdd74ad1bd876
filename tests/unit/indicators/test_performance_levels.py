"""Levels of performance in tasks, and points of the motivating monitoring."""

from __future__ import annotations

import pytest

from msoko import catalog
from msoko.core.project import HOME, Project
from msoko.indicators import motivating_points, task_level

THRESHOLDS = catalog.load_thresholds(Project(HOME))


@pytest.mark.parametrize(
    ("share", "level", "expected"),
    [
        (0.60, "basic", "sufficient"),
        (0.599, "basic", "middle"),
        (0.57, "basic", "middle"),
        (0.569, "basic", "insufficient"),
        (0.30, "advanced", "sufficient"),
        (0.285, "advanced", "middle"),
        (0.284, "advanced", "insufficient"),
        (float("nan"), "basic", None),
        (0.9, "olympiad", None),
    ],
)
def test_levels_follow_the_registry(share: float, level: str, expected: str | None) -> None:
    assert task_level(share, level, THRESHOLDS) == expected


def test_the_best_of_the_region_has_a_hundred_points() -> None:
    assert motivating_points(0.45, 0.9, "higher_is_better") == pytest.approx(50)
    assert motivating_points(0.10, 0.05, "lower_is_better") == pytest.approx(50)
    assert motivating_points(0.9, 0.9, "higher_is_better") == pytest.approx(100)
    assert motivating_points(0.0, 0.05, "lower_is_better") is None
    assert motivating_points(0.5, 0.9, "none") is None
