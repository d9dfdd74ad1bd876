"""Words of reports: sentences and the names of subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msoko.catalog.municipality.profile import Profile
from msoko.catalog.registry.form_declarations import load_forms
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import DeclarationLine, line_of, suggestion
from msoko.catalog.yaml.declaration_rows import read_rows
from msoko.core import russian
from msoko.core.errors import UsageError
from msoko.core.project import Project

FILES = (
    "wording.yml",
    "wording_annex.yml",
    "wording_effects.yml",
    "wording_evidence.yml",
    "wording_passport.yml",
    "wording_roadmap.yml",
    "wording_site.yml",
    "wording_summary.yml",
    "wording_tables.yml",
)
"""The house's sentences, in registry/, a theme a file; a section stands in one of them."""
SUBJECT_COLUMNS = (
    "subject", "name", "short_name", "vpr_code", "exam_code", "oral_exam_code", "aliases",
)  # fmt: skip
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
    sentences = load_house_wording(project)
    known = dict(flatten_sentences(sentences)) if profile.wording else {}
    for key, text in profile.wording.items():
        place = line_of(key, profile.place)
        if key not in known:
            raise UsageError(
                f"{place}: в wording нет предложения «{key}». {suggestion(key, known)}"
            )
        _check_slots(key, text, known[key], place)
        sentences = _replace(sentences, key.split("."), text)
    return sentences


def load_house_wording(project: Project) -> dict[str, object]:
    """Return the house's sentences as no profile words them."""
    sentences: dict[str, object] = {}
    for name in FILES:
        sentences |= _read(project, name)
    return sentences


def flatten_sentences(
    sentences: Mapping[str, object], above: str = ""
) -> Iterator[tuple[str, str]]:
    """Give each sentence with its dotted key."""
    for key, said in sentences.items():
        if isinstance(said, Mapping):
            yield from flatten_sentences(said, f"{above}{key}.")
        else:
            yield f"{above}{key}", str(said)


def _replace(sentences: Mapping[str, object], path: list[str], text: str) -> dict[str, object]:
    first, *rest = path
    inner = sentences[first]
    return {
        **sentences,
        first: _replace(inner, rest, text) if isinstance(inner, Mapping) else text,
    }


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
        for row, _ in read_rows(path, project.shown(path), SUBJECT_COLUMNS):
            rows.setdefault(row["subject"], row)
    return list(rows.values())


# Kept by the text and not by the path: a process that lives on, such as a kernel in which a
# notebook is open, must say what the file says now, and so must what is recorded as built from it.
def _read(project: Project, name: str) -> Mapping[str, object]:
    """Return a file of sentences as it stands now: what is read is kept by its text."""
    path = project.find("registry", name)
    return yaml_schema.load(path, Mapping[str, object], project.shown(path))


@dataclass(frozen=True)
class MarkerText:
    """What one marker of objectivity is called, asks, and how its value is to be read."""

    title: str
    question: str
    reading: str
    effect: str


@dataclass(frozen=True)
class ObjectivityWords:
    """What the markers of objectivity, their tiers of n and reasons for none are called."""

    verdict: Mapping[str, str]
    markers: Mapping[str, MarkerText]
    tiers: Mapping[str, str]
    subjects: Mapping[str, str]
    reasons: Mapping[str, str]

    def title(self, marker: str) -> str:
        return self.markers[marker].title if marker in self.markers else marker

    def tier(self, tier: str) -> str:
        return self.tiers.get(tier, tier)


def load_objectivity(project: Project) -> ObjectivityWords:
    """Return the words of `registry/wording_objectivity.yml`."""
    path = project.find("registry", "wording_objectivity.yml")
    return yaml_schema.load(path, ObjectivityWords, project.shown(path))


def load_check_titles(project: Project) -> dict[str, str]:
    """Return the Russian name of each check, from `registry/wording_checks.yml`."""
    words = _read(project, "wording_checks.yml")
    return dict(words["suites"]) | {check: said["title"] for check, said in words["checks"].items()}


def load_form_titles(project: Project) -> dict[str, str]:
    """Return the short Russian name of each form of `registry/forms.yml`."""
    return {form.code: form.short for form in load_forms(project).values()}
