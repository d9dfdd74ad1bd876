"""What people declare in YAML and CSV, as frozen dataclasses; nothing unknown gets through."""

from msoko.catalog.directions.direction import (
    CollectionMethod,
    Direction,
    Goal,
    Indicator,
    IndicatorGroup,
    RecipientAdvice,
    RecommendationRule,
    Reference,
    Seed,
    Target,
    Threshold,
    indicators_by_code,
)
from msoko.catalog.loading import (
    load_decisions,
    load_direction,
    load_directions,
    load_profile,
    load_thresholds,
    require_notebook,
)
from msoko.catalog.municipality.deadlines import Deadline, Due, parse_deadline
from msoko.catalog.municipality.profile import Decision, Measure, Name, Profile
from msoko.catalog.municipality.region_best import (
    RegionBest,
    load_region_best,
)
from msoko.catalog.municipality.roadmap_rows import load_roadmap
from msoko.catalog.municipality.summary_blocks import SummaryBlock, SummaryItem
from msoko.catalog.municipality.year_facts import is_synthetic
from msoko.catalog.registry.form_declarations import load_form_items
from msoko.catalog.registry.settings import Settings, load_settings
from msoko.catalog.yaml.declaration_lines import DeclarationLine

__all__ = [
    "CollectionMethod",
    "Deadline",
    "Decision",
    "DeclarationLine",
    "Direction",
    "Due",
    "Goal",
    "Indicator",
    "IndicatorGroup",
    "Measure",
    "Name",
    "Profile",
    "RecipientAdvice",
    "RecommendationRule",
    "Reference",
    "RegionBest",
    "Seed",
    "Settings",
    "SummaryBlock",
    "SummaryItem",
    "Target",
    "Threshold",
    "indicators_by_code",
    "is_synthetic",
    "load_decisions",
    "load_direction",
    "load_directions",
    "load_form_items",
    "load_profile",
    "load_region_best",
    "load_roadmap",
    "load_settings",
    "load_thresholds",
    "parse_deadline",
    "require_notebook",
]
