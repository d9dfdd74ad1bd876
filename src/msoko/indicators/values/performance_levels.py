"""Levels of performance in tasks, by the thresholds in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msoko.catalog.directions.direction import Threshold

Level = Literal["sufficient", "middle", "insufficient"]


def task_level(share: float, level: str, thresholds: Mapping[str, Threshold]) -> Level | None:
    """Return how well tasks of a `level` (basic, advanced) are performed; None if unknown.

    Basic tasks suffice from 60 % and do not below 57 %; advanced from 30 % and below 28.5 %
    (regional practice, `registry/thresholds.yml`). `share` is a fraction of 1.
    """
    codes = (f"task_{level}_sufficient", f"task_{level}_insufficient")
    if share != share or any(code not in thresholds for code in codes):
        return None
    enough, lacking = (thresholds[code].value for code in codes)
    if share >= enough:
        return "sufficient"
    return "insufficient" if share < lacking else "middle"


def motivating_points(value: float, best: float, polarity: str) -> float | None:
    """Return an indicator's points of the motivating monitoring: the region's best has 100.

    For an indicator that should be low the ratio is turned over. None where the polarity is
    `none`, or nothing can be divided by.
    """
    if polarity == "higher_is_better" and best > 0:
        return 100 * value / best
    if polarity == "lower_is_better" and value > 0:
        return 100 * best / value
    return None
