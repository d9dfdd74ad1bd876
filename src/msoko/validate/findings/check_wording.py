"""The Russian names of checks and the words of findings, from registry/wording_checks.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from msoko.catalog.yaml import yaml_schema
from msoko.core.project import Project


@dataclass(frozen=True)
class CheckWords:
    """What a check expects, for tables of checks, and what is wrong where it fails.

    A check of the readers has no message: they word their own findings.
    """

    title: str
    message: str = ""


@dataclass(frozen=True)
class CheckWording:
    """What checks, suites, severities and the columns that indicators read are called."""

    severities: Mapping[str, str]
    procedures: Mapping[str, str]
    suites: Mapping[str, str]
    columns: Mapping[str, str]
    checks: Mapping[str, CheckWords]

    @cached_property
    def titles(self) -> dict[str, str]:
        """What is expected, for tables of checks."""
        return {name: words.title for name, words in self.checks.items()}

    @cached_property
    def messages(self) -> dict[str, str]:
        """What is wrong, for findings."""
        return {name: words.message for name, words in self.checks.items() if words.message}


def read_wording(project: Project) -> CheckWording:
    """Return the wording of the project; refuse a file that misses a part."""
    path = project.find("registry", "wording_checks.yml")
    return yaml_schema.load(path, CheckWording, project.shown(path))
