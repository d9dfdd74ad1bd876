"""Words of the working group's papers: the house's, with those a project says otherwise."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from msoko.catalog.registry.wording import Wording
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core import russian
from msoko.core.errors import UsageError
from msoko.core.project import Project

Sentences = Mapping[str, Mapping[str, object]]
"""Sentences by section and key."""


def load_words(project: Project) -> Wording:
    """Return the sentences of `registry/wording_meeting.yml` in two layers.

    A key that the house does not have is refused, but for rapporteurs: a direction of one's own
    has one of its own.
    """
    *own, house = project.layers("registry", "wording_meeting.yml")
    sentences = yaml_schema.load(house, Sentences, project.shown(house))
    for path in own:
        changed = yaml_schema.load(path, Mapping[str, object], project.shown(path))
        sentences = _laid_over(sentences, changed, project.shown(path))
    return Wording(sentences)


def _laid_over(
    house: Sentences, own: Mapping[str, object], shown: str
) -> dict[str, dict[str, object]]:
    merged = {section: dict(inner) for section, inner in house.items()}
    known = [f"{section}.{key}" for section, inner in house.items() for key in inner]
    for section, inner in own.items():
        said = inner if isinstance(inner, Mapping) else {"": inner}
        for key, text in said.items():
            if f"{section}.{key}" not in known and section != "rapporteur":
                hint = suggestion(f"{section}.{key}", known)
                raise UsageError(f"{shown}: нет предложения «{section}.{key}». {hint}")
            merged[section][key] = text
    return merged


def long_date(day: dt.date) -> str:
    """Return «22 августа 2025 г.»."""
    return f"{day.day} {russian.MONTHS_OF_DATES[day.month - 1]} {day.year}{russian.YEAR_SIGN}"


def short_date(day: dt.date | None) -> str:
    """Return «22.08.2025», a dash where there is no day."""
    return f"{day:%d.%m.%Y}" if day else "–"


def initials(name: str) -> str:
    """Return «А.\N{NO-BREAK SPACE}П. Дубова» of «Дубова Анна Петровна», as signatures have it."""
    words = name.replace(".", ". ").split()
    surname = next((word for word in words if not word.endswith(".")), "")
    letters = [f"{word[0]}." for word in words if word != surname]
    return "\N{NO-BREAK SPACE}".join([*letters, surname])


def uncapitalised(text: str) -> str:
    """Return a text that goes on a sentence: its first letter small, but of «ОГЭ» as it is."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def plain(markdown: str) -> str:
    """Return a sentence of a report without its links and escapes, for a paper."""
    text = re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", markdown)
    text = re.sub(r"\\([^\w\s])", r"\1", text)
    return re.sub(r"^- ", "", text.replace("**", "")).strip()
