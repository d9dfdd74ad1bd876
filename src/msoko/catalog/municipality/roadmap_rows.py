"""The rows of `profiles/<name>/roadmap.csv`, as people keep them."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

from msoko.catalog.municipality.profile import Measure, Profile
from msoko.catalog.yaml.declaration_lines import DeclarationLine, refuse_repeated
from msoko.catalog.yaml.declaration_rows import Row, parse_rows
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.written_text import read_written_text

COLUMNS = tuple(item.name for item in dataclasses.fields(Measure) if item.name != "place")


def load_roadmap(project: Project, profile: Profile | str) -> tuple[Measure, ...]:
    """Return the rows of `profiles/<name>/roadmap.csv` in their order; none if there is no file.

    It is read as Excel saves it. Refused are columns that a roadmap does not have or lacks, a row
    longer than the header, a repeated code.
    """
    name = profile if isinstance(profile, str) else profile.profile
    path = project.find("profiles", name, "roadmap.csv")
    if not path.exists():
        return ()
    shown = project.shown(path)
    return _parse_rows(read_written_text(path, shown), shown)


@lru_cache(maxsize=8)
def _parse_rows(text: str, shown: str) -> tuple[Measure, ...]:
    """Return the rows written in `text`; the same text is read once in a process."""
    measures = tuple(_measure(row, place) for row, place in parse_rows(text, shown, COLUMNS))
    refuse_repeated("мероприятие", measures)
    return measures


def _measure(said: Row, place: DeclarationLine) -> Measure:
    if not said["code"] or not said["text"]:
        raise UsageError(
            f"{place}: у мероприятия нет кода или текста. Код нужен каждому: по нему на "
            "мероприятие ссылаются рекомендации и отчёты об исполнении."
        )
    return Measure(**said, place=place)
