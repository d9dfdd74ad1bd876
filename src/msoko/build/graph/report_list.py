"""Which reports a year has: the directions', the site's own pages, a passport of each school.

A report is named by its notebook; a passport by its notebook and the school after a colon,
`school_passport:s07`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from msoko.build.graph.build_paths import BuildPaths
from msoko.build.graph.planned_schools import PlannedSchool
from msoko.catalog.municipality.profile import Profile
from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear

QUALITY, SUMMARY, ROADMAP = "data_quality", "annual_summary", "roadmap"
PAGES = (QUALITY, SUMMARY, ROADMAP)
"""Notebooks that belong to no direction and become pages of the site."""
PASSPORT = "school_passport"
"""The notebook that is executed for each school, in the internal edition only."""
LEAST_SUMMED = 3
"""Fewer directions than this are read as they are: no summary of the year, no passports."""


def notebook_of(report: str) -> str:
    """Return the notebook that a report is made by."""
    return report.partition(":")[0]


def school_of(report: str) -> str:
    """Return the school that a passport is of; nothing for other reports."""
    return report.partition(":")[2]


def passport(school_id: str) -> str:
    """Return the name of a school's passport."""
    return f"{PASSPORT}:{school_id}"


@dataclass(frozen=True)
class ReportList:
    """The reports of one municipality and edition; `schools` tells those of a year."""

    paths: BuildPaths
    profile: Profile
    schools: Callable[[SchoolYear], Sequence[PlannedSchool]]

    def notebooks(self) -> list[str]:
        """Return the notebooks of a whole build, in the order of the site."""
        pages = [one for one in (*PAGES, PASSPORT) if not self._absence(one)]
        return [*self.profile.directions, *pages]

    def of(self, year: SchoolYear) -> list[str]:
        """Return the reports of a whole build of the year."""
        return self.expand(self.notebooks(), year)

    def expand(
        self, notebooks: Sequence[str], year: SchoolYear, only: Sequence[str] = ()
    ) -> list[str]:
        """Return the reports that the notebooks become: one, or one for each school.

        `only` are the schools whose passports are wanted, by default all. One that the
        year does not have is refused with the nearest.
        """
        known = [school.school_id for school in self.schools(year)]
        refuse_unknown_schools(only, known, year)
        wanted = [passport(one) for one in known if not only or one in only]
        found = [[one] if one != PASSPORT else wanted for one in notebooks]
        return [report for group in found for report in group]

    def choose(self, wanted: Sequence[str] | None, only: Sequence[str] = ()) -> list[str]:
        """Return the notebooks to build; a misspelt one is refused with the nearest.

        Schools in `only` ask for their passports, besides what else is wanted.
        """
        asked = [*(wanted or ()), *([PASSPORT] if only else ())]
        listed = self.notebooks()
        for code in asked:
            if code not in listed:
                raise UsageError(self._refusal(code, listed))
        return [code for code in listed if not asked or code in asked]

    def has_annex(self, report: str) -> bool:
        """Return whether tables go beside the report's page: a direction's, the roadmap's."""
        return report in (*self.profile.directions, ROADMAP)

    def _absence(self, page: str) -> str:
        """Return why a page of no direction is not built here; nothing if it is."""
        count = len(self.profile.directions)
        if page in (SUMMARY, PASSPORT) and count < LEAST_SUMMED:
            return (
                f"Направлений в профиле {count}, а «{page}» строится, когда их не меньше "
                f"{LEAST_SUMMED}."
            )
        if page == PASSPORT and self.paths.edition != "internal":
            return (
                "Паспорта организаций – для служебного пользования: в открытой редакции "
                "их нет. Повторите команду с --edition internal."
            )
        if not self.paths.notebook(page).exists():
            return f"Нет блокнота notebooks/{page}.ipynb."
        if page == ROADMAP and not self.paths.roadmap().exists():
            return f"Нет файла profiles/{self.paths.municipality}/roadmap.csv."
        return ""

    def _refusal(self, code: str, listed: list[str]) -> str:
        head = f"В профиле «{self.paths.municipality}» нет направления «{code}»."
        reason = self._absence(code) if code in (*PAGES, PASSPORT) else suggestion(code, listed)
        return f"{head} {reason}"


def refuse_unknown_schools(only: Iterable[str], known: Sequence[str], year: SchoolYear) -> None:
    """Refuse a school that the year does not have, with the nearest."""
    for school_id in only:
        if school_id not in known:
            raise UsageError(_unknown_school(school_id, known, year))


def _unknown_school(school_id: str, known: Sequence[str], year: SchoolYear) -> str:
    near = difflib.get_close_matches(school_id, known, n=1, cutoff=0.5)
    hint = f"Возможно, имелось в виду «{near[0]}»." if near else "Коды – в data/raw/schools.csv."
    return f"В {year} учебном году нет организации с кодом «{school_id}». {hint}"
