"""The steps of a build, and all that each depends on, found without running anything."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msoko.catalog import load_profile
from msoko.catalog.municipality import Profile
from msoko.errors import UsageError
from msoko.project import Project
from msoko.run.codebase import Codebase, Parts
from msoko.run.documents import documents
from msoko.run.fingerprints import Fingerprints, files_under
from msoko.run.guard import DECLARED
from msoko.run.parameters import Value
from msoko.run.staleness import Records, Step, file_parts, parameter_parts
from msoko.school_year import SchoolYear

DERIVED = ("indicators", "objectivity_schools", "objectivity_markers", "recommendations")
"""Tables that are computed from the received ones."""
SUMMARY, ROADMAP = "annual_summary", "roadmap"
PAGES = ("data_quality", SUMMARY, ROADMAP)
"""Notebooks that belong to no direction and become pages of the site."""
LEAST_SUMMED = 3
"""Fewer directions than this are read as they are, with no page of the year's results."""
ATTACHED = ("recommendations", "schools", "roadmap_returns")
"""Tables that the files beside the pages read, besides the indicators."""
SLICED = ("indicators", "recommendations")
"""Derived tables of which a report uses the rows of its direction only."""


@dataclass
class Plan:
    """The steps of one municipality and edition, as the files stand now."""

    project: Project
    municipality: str
    edition: str
    renderer: str = "embedded"
    parameters: Mapping[str, Value] = field(default_factory=dict)
    validator: str = "relational"

    def __post_init__(self) -> None:
        self.prints = Fingerprints(self.project.cache / "files.json")
        self.code = Codebase(self.project, self.prints)
        self.records = Records(self.project, self.prints)

    @functools.cached_property
    def profile(self) -> Profile:
        return load_profile(self.project, self.municipality)

    def years_to(self, year: SchoolYear) -> list[SchoolYear]:
        """Return the school years with raw files up to `year`, earliest first."""
        return [one for one in self.project.raw_years() if one <= year]

    # The steps

    def intake(self, year: SchoolYear) -> Step:
        """Raw files become tables."""
        raw = self.project.raw(year)
        sources = [*files_under(raw), raw.parent / "schools.csv"]
        roots = [*self.code.modules_below("msoko.ingest"), "msoko.run.intake"]
        parts = {
            **file_parts(self.project, self.prints, "raw", sources),
            **self._repeated(year),
            **self._registry(),
            **self._profile_files(),
            **self.code.module_parts(*roots),
            **self.code.lock_parts(),
        }
        step_id = f"intake:{year}"
        return Step(step_id, f"чтение файлов {year}", parts, self._recorded(step_id))

    def validation(self, year: SchoolYear) -> Step:
        """Tables are checked."""
        suites = files_under(self.project.find("expectations"))
        before = self._tables(year.shifted(-1), derived=False)
        parts = {
            **file_parts(self.project, self.prints, "suite", suites),
            **file_parts(self.project, self.prints, "table", before),
            **file_parts(self.project, self.prints, "table", self._tables(year, derived=False)),
            **file_parts(self.project, self.prints, "table", [self.set_aside_findings(year)]),
            **file_parts(self.project, self.prints, "declaration", self._all_declarations()),
            **self._registry(),
            **self.code.module_parts(*self.code.modules_below("msoko.validate")),
            **self.code.lock_parts(),
            **parameter_parts({"validator": self.validator}),
        }
        step_id = f"validation:{year}"
        after = (f"intake:{year}",)
        return Step(step_id, f"проверка данных {year}", parts, self._recorded(step_id), after)

    def numbers(self, year: SchoolYear) -> Step:
        """Indicators, objectivity and recommendations are computed."""
        earlier = [one for one in self.years_to(year) if one < year]
        tables = self._tables(year, derived=False) + self._tables(year.shifted(-1), derived=False)
        tables += [self._table(one, name) for one in earlier for name in DERIVED]
        parts = {
            **file_parts(self.project, self.prints, "table", tables),
            **file_parts(self.project, self.prints, "declaration", self._declarations()),
            **self._registry(),
            **self._profile_files(),
            **file_parts(self.project, self.prints, "suite", self._derived_suites()),
            **self.code.module_parts("msoko.run.numbers", "msoko.validate.verdict"),
            **self.code.lock_parts(),
            **parameter_parts({"municipality": self.municipality}),
        }
        checked = self.project.processed(year) / "validation"
        outputs = (
            *(self._table(year, name) for name in DERIVED),
            *(checked / path.name for path in self._derived_suites()),
        )
        after = [f"intake:{year}", *(f"numbers:{one}" for one in earlier)]
        return Step(f"numbers:{year}", f"показатели {year}", parts, outputs, tuple(after))

    def report(self, year: SchoolYear, direction: str) -> Step:
        """A notebook is executed."""
        notebook = self.notebook(direction)
        years = self.years_to(year)
        tables = [path for one in years for path in self._tables(one, derived=False)]
        tables += [self._table(one, name) for one in years for name in DERIVED[1:3]]
        tables += [path for one in years for path in self._validation_files(one)]
        tables += [self._findings(one) for one in years]
        declarations = [self._declaration(direction)]
        if direction in (SUMMARY, ROADMAP):
            tables += [self._table(one, name) for one in years for name in SLICED]
            declarations += self._declarations()
        parts = {
            **file_parts(self.project, self.prints, "notebook", [notebook]),
            **file_parts(self.project, self.prints, "raw", [self._year_file(year)]),
            **file_parts(self.project, self.prints, "declaration", declarations),
            **file_parts(self.project, self.prints, "table", tables),
            **self._slices(years, direction),
            **self._registry(),
            **self._profile_files(),
            **self.code.module_parts(*self.code.roots_of(notebook), "msoko.run.notebook"),
            **self.code.lock_parts(),
            **parameter_parts(self.values(year)),
        }
        title = f"отчёт {direction} {year}"
        outputs = (self.executed(year, direction),)
        after = tuple(f"{step}:{one}" for one in years for step in ("validation", "numbers"))
        return Step(self.report_id(year, direction), title, parts, outputs, after)

    def site(self, year: SchoolYear, directions: list[str], refused: list[str]) -> Step:
        """Reports become pages, and pages the site."""
        years = self.years_to(year)
        tables = [self._table(one, "indicators") for one in years] + [self._findings(year)]
        tables += [self._table(year, "sources"), *self._validation_files(year)]
        tables += [self._table(year, name) for name in ATTACHED]
        executed = [self.executed(year, one) for one in directions]
        parts = {
            **file_parts(self.project, self.prints, "report", executed),
            **file_parts(self.project, self.prints, "raw", [self._year_file(year)]),
            **file_parts(self.project, self.prints, "table", tables),
            **file_parts(self.project, self.prints, "declaration", self._declarations()),
            **file_parts(self.project, self.prints, "document", self._documents()),
            **self._registry(),
            **self._profile_files(),
            **self.code.module_parts("msoko.run.release"),
            **self.code.lock_parts(),
            **parameter_parts({"renderer": self.renderer, "refused": " ".join(refused)}),
        }
        step_id = f"site:{year}:{self.municipality}:{self.edition}"
        after = tuple(self.report_id(year, one) for one in directions)
        title = f"сайт {year} ({EDITIONS.get(self.edition, self.edition)})"
        return Step(step_id, title, parts, self._recorded(step_id), after)

    # Where things lie

    def notebook(self, direction: str) -> Path:
        return self.project.find("notebooks", f"{direction}.ipynb")

    def executed(self, year: SchoolYear, direction: str) -> Path:
        folder = self.project.cache / "executed" / str(year) / self.municipality / self.edition
        return folder / f"{direction}.ipynb"

    def report_id(self, year: SchoolYear, direction: str) -> str:
        return f"report:{year}:{self.municipality}:{self.edition}:{direction}"

    def values(self, year: SchoolYear) -> dict[str, Value]:
        """Return the parameters that every notebook of this build is given."""
        own = {
            "school_year": str(year),
            "municipality": self.municipality,
            "edition": self.edition,
        }
        return {**own, **self.parameters}

    def set_aside_findings(self, year: SchoolYear) -> Path:
        """Return where the readers' own findings are kept, apart from the checks'."""
        return self.project.cache / "intake" / str(year) / "findings.parquet"

    def save(self) -> None:
        """Remember what was read; a build that changed nothing touches nothing."""
        self.prints.save()
        self.code.save()

    def _recorded(self, step_id: str) -> tuple[Path, ...]:
        record = self.records.of(step_id)
        return tuple(self.project.root / name for name in record.outputs) if record else ()

    def _table(self, year: SchoolYear, name: str) -> Path:
        return self.project.processed(year) / f"{name}.parquet"

    def _findings(self, year: SchoolYear) -> Path:
        return self._table(year, "findings")

    def _tables(self, year: SchoolYear, derived: bool) -> list[Path]:
        """Return the year's tables; findings are apart, since checks add to them."""
        apart = () if derived else (*DERIVED, "findings")
        found = sorted(self.project.processed(year).glob("*.parquet"))
        return [path for path in found if path.stem not in apart]

    def _validation_files(self, year: SchoolYear) -> list[Path]:
        return sorted((self.project.processed(year) / "validation").glob("*.json"))

    def _year_file(self, year: SchoolYear) -> Path:
        return self.project.raw(year) / "year.yml"

    def _derived_suites(self) -> list[Path]:
        paths = [self.project.find("expectations", f"{name}.json") for name in DERIVED]
        return [path for path in paths if path.exists()]

    def _all_declarations(self) -> list[Path]:
        """Return every direction's declaration; checks ask which tables each one reads."""
        folders = {self.project.root / "notebooks", self.project.home / "notebooks"}
        return [path for folder in sorted(folders) for path in sorted(folder.glob("*.yml"))]

    def _declaration(self, direction: str) -> Path:
        return self.project.find("notebooks", f"{direction}.yml")

    def _declarations(self) -> list[Path]:
        return [self._declaration(one) for one in self.directions]

    @functools.cached_property
    def directions(self) -> list[str]:
        """The codes that the profile lists, those folded into others last."""
        return [*self.profile.directions, *self.profile.folds]

    def reports(self) -> list[str]:
        """Return the notebooks of a whole build: the directions', then the site's own pages."""
        return [*self.profile.directions, *(one for one in PAGES if self._has_page(one))]

    def _has_page(self, page: str) -> bool:
        if page == SUMMARY and len(self.profile.directions) < LEAST_SUMMED:
            return False
        roadmap = self.project.find("profiles", self.municipality, "roadmap.csv")
        return self.notebook(page).exists() and (page != ROADMAP or roadmap.exists())

    def published(self, year: SchoolYear) -> tuple[list[str], list[str]]:
        """Return the reports that have been executed, and those that the site goes without."""
        ready = [one for one in self.reports() if self.executed(year, one).exists()]
        return ready, [one for one in self.reports() if one not in ready]

    def chosen(self, wanted: list[str] | None) -> list[str]:
        """Return the directions to report on; a misspelt one is refused with the nearest."""
        from msoko.catalog.strict import suggestion

        listed = self.reports()
        for code in wanted or ():
            if code not in listed:
                hint = suggestion(code, listed)
                raise UsageError(
                    f"В профиле «{self.municipality}» нет направления «{code}». {hint}"
                )
        return [code for code in listed if not wanted or code in wanted]

    def _documents(self) -> list[Path]:
        return documents(self.project)

    def _registry(self) -> Parts:
        folders = {self.project.root / "registry", self.project.home / "registry"}
        paths = [path for folder in sorted(folders) for path in files_under(folder)]
        return file_parts(self.project, self.prints, "registry", paths)

    def _repeated(self, year: SchoolYear) -> Parts:
        """Return the files of other years that equal a file of this one; readers refuse them."""
        own = set(self.prints.of_all(self.project.raw(year)).values())
        parts: Parts = {}
        for other in self.project.raw_years():
            if other != year:
                for name, digest in self.prints.of_all(self.project.raw(other)).items():
                    if digest in own and name not in DECLARED:
                        parts["raw", f"{other}/{name}"] = digest
        return parts

    def _profile_files(self) -> Parts:
        own = self.project.find("profiles", f"{self.municipality}.yml")
        beside = files_under(self.project.find("profiles", self.municipality))
        return file_parts(self.project, self.prints, "profile", [own, *beside])

    def _slices(self, years: list[SchoolYear], direction: str) -> Parts:
        """Return the digests of this direction's rows, as recorded when they were computed."""
        parts: Parts = {}
        for year in years:
            record = self.records.of(f"numbers:{year}")
            slices = record.facts.get("slices", {}) if record else {}
            shared = f"контекст и названия направлений {year}"
            parts["table", shared] = slices.get("shared", {}).get("*", "absent")
            for name in SLICED:
                shown = f"{self.project.shown(self._table(year, name))} ({direction})"
                parts["table", shown] = slices.get(name, {}).get(direction, "absent")
        return parts


EDITIONS = {"internal": "для служебного пользования", "public": "открытая редакция"}
