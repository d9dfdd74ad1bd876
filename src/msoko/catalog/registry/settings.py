"""`msoko.yml`: what an installation sets once for all its years, municipalities and reports."""

from __future__ import annotations

from dataclasses import dataclass

from msoko.catalog.yaml import yaml_schema
from msoko.core.project import Project

FILE = "msoko.yml"


@dataclass(frozen=True)
class Settings:
    """What `msoko.yml` may say.

    `engine` is what computes tables of pupils: `duckdb`, `spark` (on this machine) or the
    address of a cluster, such as `spark://host:7077`. Results do not depend on it.
    """

    engine: str = "duckdb"


def load_settings(project: Project) -> Settings:
    """Return the project's settings, else those of the house, else the usual ones."""
    path = project.find(FILE)
    if not path.exists():
        return Settings()
    return yaml_schema.load(path, Settings, project.shown(path))
