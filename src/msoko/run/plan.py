"""The steps of a build, and all that each depends on, found without running anything."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msoko.catalog import load_profile
from msoko.catalog.meetings import MEETINGS
from msoko.catalog.municipality import Profile
from msoko.project import Project
from msoko.run.codebase import Codebase, Parts
from msoko.run.documents import documents
from msoko.run.fingerprints import Fingerprints, files_under
from msoko.run.inputs import SLICED, Inputs
from msoko.run.parameters import Value
from msoko.run.reports import PASSPORT, ROADMAP, SUMMARY, Reports, notebook_of, school_of
from msoko.run.schools import School, recalled
from msoko.run.staleness import Records, Step, parameter_parts
from msoko.run.where import DERIVED, Where
from msoko.school_year import SchoolYear

ATTACHED = ("recommendations", "schools", "roadmap_returns")
"""Tables that the files beside the pages read, besides the indicators."""
OF_ALL_DIRECTIONS = (SUMMARY, ROADMAP, PASSPORT)
"""Notebooks that tell of every direction."""
SHELL = (".css", ".js", ".j2")
"""Files of the pages' shell, on which their bodies do not depend."""
EDITIONS = {"internal": "для служебного пользования", "public": "открытая редакция"}


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
        self.where = Where(self.project, self.municipality, self.edition)
        self.prints = Fingerprints(self.project.cache / "files.json")
        self.code = Codebase(self.project, self.prints)
        self.records = Records(self.project, self.prints)
        self.inputs = Inputs(self.where, self.prints, self.records)

    @functools.cached_property
    def profile(self) -> Profile:
        return load_profile(self.project, self.municipality)

    @functools.cached_property
    def directions(self) -> list[str]:
        """The codes that the profile lists, those folded into others last."""
        return [*self.profile.directions, *self.profile.folds]

    @functools.cached_property
    def reports(self) -> Reports:
        return Reports(self.where, self.profile, self.schools)

    def schools(self, year: SchoolYear) -> tuple[School, ...]:
        """Return the schools of the year as they were last read; none before that."""
        record = self.records.of(f"intake:{year}")
        return recalled(record.facts.get("schools", [])) if record else ()

    def years_to(self, year: SchoolYear) -> list[SchoolYear]:
        """Return the school years with raw files up to `year`, earliest first."""
        return [one for one in self.project.raw_years() if one <= year]

    def values(self, year: SchoolYear, report: str = "") -> dict[str, Value]:
        """Return the parameters that a report's notebook is given."""
        own = {
            "school_year": str(year),
            "municipality": self.municipality,
            "edition": self.edition,
        }
        if notebook_of(report) == PASSPORT:
            own["school_id"] = school_of(report)
        return {**own, **self.parameters}

    def published(self, year: SchoolYear) -> tuple[list[str], list[str]]:
        """Return the reports that have been executed, and those that the site goes without."""
        listed = self.reports.of(year)
        ready = [one for one in listed if self.where.executed(year, one).exists()]
        return ready, [one for one in listed if one not in ready]

    def save(self) -> None:
        """Remember what was read; a build that changed nothing touches nothing."""
        self.prints.save()
        self.code.save()

    # The steps

    def intake(self, year: SchoolYear) -> Step:
        """Raw files become tables."""
        raw = self.project.raw(year)
        roots = (*self.code.modules_below("msoko.ingest"), "msoko.run.intake", "msoko.run.schools")
        received = [path for path in files_under(raw) if path != raw / MEETINGS]
        parts = {
            **self.inputs.files("raw", [*received, raw.parent / "schools.csv"]),
            **self.inputs.repeated(year),
            **self.inputs.pseudonyms(),
            **self.inputs.registry(),
            **self.inputs.profile(),
            **self.code.module_parts(*roots),
            **self.code.lock_parts(),
        }
        return self._recorded(f"intake:{year}", f"чтение файлов {year}", parts)

    def validation(self, year: SchoolYear) -> Step:
        """Tables are checked."""
        where, before = self.where, year.shifted(-1)
        tables = [*where.received(before), *where.received(year), where.set_aside_findings(year)]
        parts = {
            **self.inputs.files("suite", files_under(self.project.find("expectations"))),
            **self.inputs.files("table", tables),
            **self.inputs.files("declaration", where.all_declarations()),
            **self.inputs.registry(),
            **self.code.module_parts(*self.code.modules_below("msoko.validate")),
            **self.code.lock_parts(),
            **parameter_parts({"validator": self.validator}),
        }
        title = f"проверка данных {year}"
        return self._recorded(f"validation:{year}", title, parts, (f"intake:{year}",))

    def numbers(self, year: SchoolYear) -> Step:
        """Indicators, objectivity and recommendations are computed."""
        where, earlier = self.where, [one for one in self.years_to(year) if one < year]
        tables = where.received(year) + where.received(year.shifted(-1))
        tables += [where.table(one, name) for one in earlier for name in DERIVED]
        parts = {
            **self.inputs.files("table", tables),
            **self.inputs.files("declaration", map(where.declaration, self.directions)),
            **self.inputs.registry(),
            **self.inputs.profile(),
            **self.inputs.files("suite", where.derived_suites()),
            **self.code.module_parts("msoko.run.numbers", "msoko.validate.verdict"),
            **self.code.lock_parts(),
            **parameter_parts({"municipality": self.municipality}),
        }
        checked = self.project.processed(year) / "validation"
        outputs = (
            *(where.table(year, name) for name in DERIVED),
            *(checked / path.name for path in where.derived_suites()),
        )
        after = (f"intake:{year}", *(f"numbers:{one}" for one in earlier))
        return Step(f"numbers:{year}", f"показатели {year}", parts, outputs, after)

    def report(self, year: SchoolYear, report: str) -> Step:
        """A notebook is executed."""
        where, name, years = self.where, notebook_of(report), self.years_to(year)
        tables = [path for one in years for path in where.received(one)]
        tables += [where.table(one, name) for one in years for name in DERIVED[1:3]]
        tables += [path for one in years for path in where.verdicts(one)]
        tables += [where.findings(one) for one in years]
        folded = [code for code, into in self.profile.folds.items() if into == name]
        declarations = [where.declaration(one) for one in (name, *folded)]
        if name in OF_ALL_DIRECTIONS:
            tables += [where.table(one, table) for one in years for table in SLICED]
            declarations += map(where.declaration, self.directions)
        notebook = where.notebook(name)
        parts = {
            **self.inputs.files("notebook", [notebook, *map(where.notebook, folded)]),
            **self.inputs.files("raw", [where.year_file(year)]),
            **self.inputs.files("declaration", declarations),
            **self.inputs.files("table", tables),
            **self.inputs.rows_of(years, name),
            **self.inputs.registry(),
            **self.inputs.profile(),
            **self.code.module_parts(*self.code.roots_of(notebook), "msoko.run.notebook"),
            **self.code.lock_parts(),
            **parameter_parts(self.values(year, report)),
        }
        outputs = (where.executed(year, report),)
        after = tuple(f"{step}:{one}" for one in years for step in ("validation", "numbers"))
        school = school_of(report)
        title = f"паспорт {school} {year}" if school else f"отчёт {report} {year}"
        group = f"паспорта школ {year}" if school else ""
        return Step(self._id("report", year, report), title, parts, outputs, after, group)

    def page(self, year: SchoolYear, report: str) -> Step:
        """An executed notebook becomes the body of a page, whatever shell it will get."""
        where = self.where
        modules = self.code.module_parts("msoko.publish.rendering")
        parts = {
            **self.inputs.files("report", [where.executed(year, report)]),
            **{part: one for part, one in modules.items() if not part[1].endswith(SHELL)},
            **self._labels(),
            **self.code.lock_parts(),
            **parameter_parts({"renderer": self.renderer}),
        }
        school = school_of(report)
        title = f"страница паспорта {school} {year}" if school else f"страница {report} {year}"
        outputs, after = (where.page(year, report),), (self._id("report", year, report),)
        step_id = self._id("page", year, report)
        return Step(step_id, title, parts, outputs, after, f"страницы {year}")

    def site(self, year: SchoolYear, reports: Sequence[str], refused: Sequence[str]) -> Step:
        """Pages get their shell, and become the site."""
        where = self.where
        tables = [where.table(one, "indicators") for one in self.years_to(year)]
        tables += [where.findings(year), where.table(year, "sources"), *where.verdicts(year)]
        tables += [where.table(year, name) for name in ATTACHED]
        parts = {
            **self.inputs.files("page", [where.page(year, one) for one in reports]),
            **self.inputs.files("raw", [where.year_file(year)]),
            **self.inputs.files("table", tables),
            **self.inputs.files("declaration", map(where.declaration, self.directions)),
            **self.inputs.files("document", documents(self.project)),
            **self.inputs.registry(),
            **self.inputs.profile(),
            **self.code.module_parts("msoko.run.release"),
            **self._labels(),
            **self.code.lock_parts(),
            **parameter_parts({"renderer": self.renderer, "refused": " ".join(refused)}),
        }
        after = tuple(self._id("page", year, one) for one in reports)
        title = f"сайт {year} ({EDITIONS.get(self.edition, self.edition)})"
        return self._recorded(self._id("site", year), title, parts, after)

    def _labels(self) -> Parts:
        return self.inputs.files("asset", [self.project.home / "_quarto.yml"])

    def _id(self, kind: str, year: SchoolYear, *report: str) -> str:
        return ":".join((kind, str(year), self.municipality, self.edition, *report))

    def _recorded(
        self, step_id: str, title: str, parts: Mapping, after: tuple[str, ...] = ()
    ) -> Step:
        """Return a step whose outputs are those of its record: only its work can name them."""
        record = self.records.of(step_id)
        names = record.outputs if record else ()
        outputs = tuple(self.project.root / name for name in names)
        return Step(step_id, title, parts, outputs, after)
