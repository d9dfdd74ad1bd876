"""Declared indicators over tables: one long table of values with numerators and intervals."""

from msoko.indicators.computation import compute
from msoko.indicators.rules.recommendations import recommend
from msoko.indicators.rules.school_lists import find_low_results, find_retake_outcomes
from msoko.indicators.sums.table_relations import backend_of
from msoko.indicators.values.motivating_points import motivating_points

__all__ = [
    "backend_of",
    "compute",
    "find_low_results",
    "find_retake_outcomes",
    "motivating_points",
    "recommend",
]
