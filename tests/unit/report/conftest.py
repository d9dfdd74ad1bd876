"""The reports that tests of this room are given."""

from drawn_report import made, with_roadmap

__all__ = ["made", "with_roadmap"]
