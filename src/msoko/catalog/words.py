"""Words of reports: sentences and the names of subjects."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from msoko.catalog.municipality import Profile
from msoko.catalog.strict import suggestion
from msoko.errors import UsageError
from msoko.project import Project


def load_wording(project: Project, profile: Profile) -> Mapping[str, object]:
    """Return the sentences of `registry/wording.yml` with those the profile words otherwise.

    A profile names a sentence by its dotted key; a key that the house does not have is refused.
    """
    files = ("wording.yml", "wording_passport.yml", "wording_summary.yml")
    sentences = {
        key: said for name in files for key, said in _read(project.find("registry", name)).items()
    }
    changed: dict[str, object] = dict(sentences)
    for key, text in profile.wording.items():
        section, _, name = key.partition(".")
        own = changed.get(section)
        if not isinstance(own, Mapping) or name not in own:
            known = [f"{one}.{two}" for one, inner in sentences.items() for two in inner]
            raise UsageError(
                f"{profile.place}: в wording нет предложения «{key}». {suggestion(key, known)}"
            )
        changed[section] = {**own, name: text}
    return changed


def load_subject_names(project: Project) -> dict[str, str]:
    """Return the Russian name of each subject code of `registry/subjects.csv`."""
    return {row["subject"]: row["name"] for row in load_subjects(project)}


def load_subjects(project: Project) -> list[dict[str, str]]:
    """Return the rows of `registry/subjects.csv`; a project's own row replaces the house's."""
    rows: dict[str, dict[str, str]] = {}
    for path in project.layers("registry", "subjects.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                rows.setdefault(row["subject"], row)
    return list(rows.values())


@lru_cache(maxsize=8)
def _read(path: Path) -> Mapping[str, Mapping[str, str]]:
    import yaml

    return yaml.load(
        path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )


@dataclass(frozen=True)
class MarkerWords:
    """What the markers of objectivity and their tiers of n are called."""

    markers: Mapping[str, Mapping[str, str]]
    tiers: Mapping[str, str]

    def title(self, marker: str) -> str:
        return self.markers.get(marker, {}).get("title", marker)

    def tier(self, tier: str) -> str:
        return self.tiers.get(tier, tier)


def load_objectivity(project: Project) -> MarkerWords:
    """Return the words of `registry/wording_objectivity.yml`."""
    words = _read(project.find("registry", "wording_objectivity.yml"))
    return MarkerWords(words["markers"], words["tiers"])


def load_check_titles(project: Project) -> dict[str, str]:
    """Return the Russian name of each check, from `registry/wording_checks.yml`."""
    words = _read(project.find("registry", "wording_checks.yml"))
    return dict(words["suites"]) | {
        check: said["title"] for check, said in words["checks"].items() if "title" in said
    }


def load_form_titles(project: Project) -> dict[str, str]:
    """Return the short Russian name of each form of `registry/forms.yml`."""
    forms = _read(project.find("registry", "forms.yml"))["forms"]
    return {form["code"]: form["short"] for form in forms}
