"""A year's folder of raw files: whether there is anything to build from, and whose it is."""

from __future__ import annotations

from msoko.build.graph.file_digests import files_under
from msoko.catalog.municipality.year_facts import read_year_facts
from msoko.core.errors import DataRefused, UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

DECLARED = ("year.yml", "corrections.yml", "meetings.yml")
"""Files of a year that people write; all others are data."""


def refuse_absent_year(project: Project, year: SchoolYear) -> None:
    """Refuse a year without a folder, without `year.yml` or without a single file of data."""
    folder = project.raw(year)
    shown = project.shown(folder)
    if not folder.is_dir():
        known = ", ".join(map(str, project.raw_years())) or "ни одного"
        raise UsageError(
            f"{shown}: такой папки нет. Есть учебные годы: {known}. "
            f"Новый год заводит команда msoko new-year {year}."
        )
    if not (folder / "year.yml").exists():
        raise UsageError(
            f"{shown}: нет файла year.yml, в котором сказано, чьи это данные. "
            f"Его создаст команда msoko new-year {year}; ваши файлы останутся на месте."
        )
    if not has_data(project, year):
        raise DataRefused(
            f"{shown}: файлов с данными нет. Положите в эту папку полученные файлы "
            "и повторите команду. Отчёты не построены"
            + ("; прежние остались на месте." if project.has_reports else ".")
        )


def has_data(project: Project, year: SchoolYear) -> bool:
    """Return whether the year's folder holds anything but declarations."""
    return any(path.name not in DECLARED for path in files_under(project.raw(year)))


def municipality_of(project: Project, year: SchoolYear) -> str:
    """Return whose data the year's `year.yml` says they are."""
    path = project.raw(year) / "year.yml"
    name = read_year_facts(project, year).get("municipality")
    if not isinstance(name, str):
        raise UsageError(
            f"{project.shown(path)}: не сказано, чьи это данные. "
            "Допишите строку «municipality: <имя профиля>»."
        )
    return name
