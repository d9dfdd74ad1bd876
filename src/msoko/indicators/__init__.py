"""Declared indicators over tables: one long table of values with numerators and intervals."""

from msoko.indicators.computing import compute
from msoko.indicators.levels import motivating_points, task_level
from msoko.indicators.lists import find_low_results
from msoko.indicators.recommending import recommend
from msoko.indicators.relations import backend_of
from msoko.indicators.wellbeing import social_wellbeing

__all__ = [
    "backend_of",
    "compute",
    "find_low_results",
    "motivating_points",
    "recommend",
    "social_wellbeing",
    "task_level",
]
