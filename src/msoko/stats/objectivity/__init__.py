"""The verdict on objectivity: markers of each school, one p-value a school, one list."""

from msoko.stats.objectivity.assessment import Assessment, assess, tier

__all__ = ["Assessment", "assess", "tier"]
