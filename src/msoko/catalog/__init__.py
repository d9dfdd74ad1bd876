"""What people declare in YAML and CSV, as frozen dataclasses; nothing unknown gets through."""

from msoko.catalog.deadlines import Deadline, Due, parse_deadline
from msoko.catalog.loading import (
    load_decisions,
    load_direction,
    load_directions,
    load_form_items,
    load_profile,
    load_roadmap,
    load_thresholds,
    require_notebook,
)
from msoko.catalog.model import (
    Advice,
    CollectionMethod,
    Direction,
    Goal,
    Indicator,
    IndicatorGroup,
    Place,
    RecommendationRule,
    Reference,
    Seed,
    Target,
    Threshold,
)
from msoko.catalog.municipality import (
    Decision,
    Measure,
    Name,
    Profile,
)

__all__ = [
    "Advice",
    "CollectionMethod",
    "Deadline",
    "Decision",
    "Direction",
    "Due",
    "Goal",
    "Indicator",
    "IndicatorGroup",
    "Measure",
    "Name",
    "Place",
    "Profile",
    "RecommendationRule",
    "Reference",
    "Seed",
    "Target",
    "Threshold",
    "load_decisions",
    "load_direction",
    "load_directions",
    "load_form_items",
    "load_profile",
    "load_roadmap",
    "load_thresholds",
    "parse_deadline",
    "require_notebook",
]
