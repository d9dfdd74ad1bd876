"""Words of reports: sentences and the names of subjects."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from msoko.catalog.municipality.profile import Profile
from msoko.catalog.yaml.declaration_lines import DeclarationLine, line_of, suggestion
from msoko.core import russian
from msoko.core.errors import UsageError
from msoko.core.project import Project

FILES = (
    "wording.yml",
    "wording_annex.yml",
    "wording_evidence.yml",
    "wording_passport.yml",
    "wording_roadmap.yml",
    "wording_summary.yml",
    "wording_tables.yml",
)
"""The house's sentences, in registry/, a theme a file; a section stands in one of them."""
FILTERS = {
    "capitalised": russian.capitalised,
    "counted": russian.counted,
    "noun": russian.noun,
    "listed": russian.listed,
    "shortened": russian.shortened,
}
"""What a sentence may make of a slot, beside what Jinja has."""


def load_wording(project: Project, profile: Profile) -> Mapping[str, object]:
    """Return the house's sentences with those that the profile words otherwise.

    A profile names a sentence by its dotted key. Refused are a key that the house does not have,
    a sentence that is no template, and a slot that the house does not fill there.
    """
    sentences: dict[str, object] = {}
    for name in FILES:
        sentences |= _read(project.find("registry", name))
    known = dict(flat(sentences)) if profile.wording else {}
    for key, text in profile.wording.items():
        place = line_of(key, profile.place)
        if key not in known:
            raise UsageError(
                f"{place}: в wording нет предложения «{key}». {suggestion(key, known)}"
            )
        _check_slots(key, text, known[key], place)
        sentences = _put(sentences, key.split("."), text)
    return sentences


def flat(sentences: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """Give each sentence with its dotted key."""
    for key, said in sentences.items():
        if isinstance(said, Mapping):
            yield from flat(said, f"{above}{key}.")
        else:
            yield f"{above}{key}", str(said)


def _put(sentences: Mapping[str, object], path: list[str], text: str) -> dict[str, object]:
    first, *rest = path
    inner = sentences[first]
    return {**sentences, first: _put(inner, rest, text) if isinstance(inner, Mapping) else text}


def _check_slots(key: str, text: str, house: str, place: DeclarationLine) -> None:
    from jinja2 import Environment, TemplateSyntaxError, meta

    environment = Environment(autoescape=False)
    environment.filters |= FILTERS

    def slots(sentence: str) -> set[str]:
        return meta.find_undeclared_variables(environment.parse(sentence))

    try:
        own, filled = slots(text), slots(house)
    except TemplateSyntaxError as error:
        raise UsageError(
            f"{place}: предложение «{key}» не разобрано: {str(error.message).rstrip('.')}. "
            "Проверьте скобки {{ }} и имена фильтров."
        ) from None
    for slot in sorted(own - filled):
        hint = suggestion(slot, filled) if filled else "Это предложение ничего не подставляет."
        raise UsageError(f"{place}: в предложении «{key}» неизвестное место «{slot}». {hint}")


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


def _read(path: Path) -> Mapping[str, Mapping[str, str]]:
    return _parsed(path.read_text(encoding="utf-8"))


# By the text and not by the path: a process that lives on, such as a kernel in which a notebook
# is open, must say what the file says now, and so must whatever is recorded as built from it.
@lru_cache(maxsize=32)
def _parsed(text: str) -> Mapping[str, Mapping[str, str]]:
    import yaml

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


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
