"""What is asked of a `year.yml` before, or without, its strict reading by the intake."""

from __future__ import annotations

from collections.abc import Mapping

from msoko.catalog.municipality.profile import Profile
from msoko.catalog.yaml import yaml_schema
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


def read_year_facts(project: Project, year: SchoolYear) -> Mapping[str, object]:
    """Return what a year's `year.yml` says, nothing where there is none.

    Its keys are not checked here: `msoko.ingest.year_file` does that where files are taken in.
    """
    path = project.raw(year) / "year.yml"
    if not path.exists():
        return {}
    return yaml_schema.load(path, Mapping[str, object], project.shown(path))


def is_synthetic(project: Project, profile: Profile, year: SchoolYear) -> bool:
    """Return whether a year's data are invented, by their own declaration or the profile's.

    The data speak for themselves: under whatever profile they are shown, pages must say so.
    """
    return profile.is_synthetic or read_year_facts(project, year).get("is_synthetic") is True
