"""The project that tests of this room keep tables in."""

from stored_project import keep, project

__all__ = ["keep", "project"]
