"""A report: what the cells of a notebook ask, each answer a block of Markdown."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pandas as pd

from msoko import catalog
from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.report.analyst_frames import YearTables, indicator_frame
from msoko.report.notebook_figures import draw_as_svg
from msoko.report.questions import Questions

EDITIONS = ("internal", "public")
PASSPORT = "school_passport"
"""The page that is about one organisation."""
PROJECT_VARIABLE = "MSOKO_PROJECT"
"""The environment variable in which the build tells a notebook where its project lies."""


class Report(Questions):
    """What a notebook opens: the data of a direction or page, and the questions to ask of them."""

    @classmethod
    def open(
        cls,
        direction: str,
        school_year: str,
        municipality: str,
        edition: str = "internal",
        school_id: str = "",
    ) -> Report:
        """Return the report of a direction, or of one organisation; tables must have been built."""
        draw_as_svg()
        project = Project.at(os.environ.get(PROJECT_VARIABLE))
        if edition not in EDITIONS:
            raise UsageError(f"редакция отчёта – internal или public, получено {edition!r}")
        year = SchoolYear.parse(school_year)
        profile = catalog.load_profile(project, municipality)
        declared = catalog.load_directions(project, profile)
        chosen = next((one for one in declared if one.direction == direction), None)
        if chosen is None:
            chosen = catalog.load_direction(project, direction)
        if chosen not in declared and chosen.mechanism != "system":
            raise UsageError(f"в профиле {municipality!r} нет направления {direction!r}")
        if year not in Store(project).years("indicators"):
            raise UsageError(
                f"показатели за {year} не рассчитаны. Выполните msoko build {year}, "
                "затем откройте блокнот снова."
            )
        report = cls(project, year, profile, chosen, declared, edition, school_id=school_id)
        if school_id or chosen.direction == PASSPORT:
            _require_school(report)
        return report

    def frame(
        self,
        code: str,
        by: Sequence[str] = (),
        unit: str = "municipality",
        year: str | None = None,
    ) -> pd.DataFrame:
        """Return an indicator's rows of all years, or of one, as a frame to go on from."""
        wanted = None if year is None else SchoolYear.parse(year)
        return indicator_frame(self, code, by, unit, wanted)

    @property
    def tables(self) -> YearTables:
        """The year's tables by name, such as `results`, as frames; in the internal edition."""
        return YearTables(self)


def _require_school(report: Report) -> None:
    """Refuse an organisation that the year lacks, and a passport that would be published."""
    if report.is_public:
        raise UsageError(
            "паспорт организации – для служебного пользования: в редакции для публикации его нет. "
            'Откройте блокнот с edition = "internal".'
        )
    known = [str(code) for code in report.schools.index]
    if not report.school_id:
        raise UsageError(
            "паспорт составляется по одной организации: впишите её код в school_id. "
            "Коды – в data/raw/schools.csv."
        )
    if report.school_id not in known:
        raise UsageError(
            f"в {report.year} учебном году нет организации с кодом «{report.school_id}». "
            f"{suggestion(report.school_id, known)}"
        )
