"""Points of the motivating monitoring: how near an indicator is to the region's best."""

from __future__ import annotations


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
