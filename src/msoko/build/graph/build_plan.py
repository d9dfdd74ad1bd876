"""The steps of a build, and all that each depends on, found without running anything."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msoko.build.graph.build_paths import DERIVED, BuildPaths
from msoko.build.graph.codebase import Codebase
from msoko.build.graph.file_digests import FileDigests, SettledFileDigests, files_under
from msoko.build.graph.input_digests import InputDigests
from msoko.build.graph.planned_schools import PlannedSchool, schools_from_facts
from msoko.build.graph.report_list import PAGES, PASSPORT, ReportList, notebook_of, school_of
from msoko.build.graph.step_records import Step, StepRecords, parameter_parts
from msoko.build.graph.written_pages import available_pages, page_sources
from msoko.build.kernels.notebook_parameters import Value
from msoko.catalog import Direction, load_directions, load_profile
from msoko.catalog.municipality.profile import Profile
from msoko.core.errors import UsageError
from msoko.core.project import MEETINGS, Project
from msoko.core.school_year import SchoolYear

NUMBERS = (
    "msoko.build.steps.number_tables",
    "msoko.build.graph.passport_digests",
    "msoko.validate.verdict",
)
"""What computes the derived tables and the facts that are remembered of them."""
NOT_TRIED = "В этой сборке не строился."
"""Why the site goes without a report of which nothing else is known."""
EDITIONS = {"internal": "для служебного пользования", "public": "открытая редакция"}


def choose_renderer(wanted: str = "auto") -> str:
    """Return the renderer that will be used, without loading what renders."""
    has_quarto = shutil.which("quarto") is not None
    if wanted == "quarto" and not has_quarto:
        raise UsageError(
            "Программа quarto не найдена. Установите Quarto 1.7 или повторите команду "
            "с --renderer embedded."
        )
    return "quarto" if has_quarto and wanted != "embedded" else "embedded"


@dataclass
class BuildPlan:
    """The steps of one municipality and edition, as the files stand now."""

    project: Project
    municipality: str
    edition: str
    renderer: str = "embedded"
    parameters: Mapping[str, Value] = field(default_factory=dict)
    validator: str = "relational"
    are_files_settled: bool = False

    def __post_init__(self) -> None:
        self.paths = BuildPaths(self.project, self.municipality, self.edition)
        self.years = self.project.raw_years()
        read_digests = SettledFileDigests if self.are_files_settled else FileDigests
        self.digests = read_digests(self.project.cache / "files.json")
        self.code = Codebase(self.project, self.digests)
        self.records = StepRecords(self.project, self.digests)
        self.inputs = InputDigests(
            self.paths, self.code, self.records, lambda: self.profile, self.years_to
        )

    @functools.cached_property
    def profile(self) -> Profile:
        return load_profile(self.project, self.municipality)

    @functools.cached_property
    def reports(self) -> ReportList:
        return ReportList(self.paths, self.profile, self.schools)

    @functools.cached_property
    def directions(self) -> tuple[Direction, ...]:
        """The profile's directions, loaded and checked."""
        return load_directions(self.project, self.profile)

    def schools(self, year: SchoolYear) -> tuple[PlannedSchool, ...]:
        """Return the schools of the year as they were last read; none before that."""
        record = self.records.of(f"intake:{year}")
        return schools_from_facts(record.facts.get("schools", [])) if record else ()

    def years_to(self, year: SchoolYear) -> list[SchoolYear]:
        """Return the school years with raw files up to `year`, earliest first."""
        return [one for one in self.years if one <= year]

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

    def published_reports(self, year: SchoolYear) -> tuple[list[str], dict[str, str]]:
        """Return the reports that have been executed, and why the site goes without the others."""
        listed, known = self.reports.of(year), self.refusals(year)
        ready = [one for one in listed if self.paths.executed(year, one).exists()]
        return ready, {one: known.get(one, NOT_TRIED) for one in listed if one not in ready}

    def refusals(self, year: SchoolYear) -> dict[str, str]:
        """Return why the site, as it was last made, goes without reports."""
        record = self.records.of(self._id("site", year))
        keys = {key: key.partition("|") for key in (record.parts if record else ())}
        return {
            name: record.parts[key] for key, (kind, _, name) in keys.items() if kind == "refusal"
        }

    def save(self) -> None:
        """Remember what was read; a build that changed nothing touches nothing."""
        self.digests.save()
        self.code.save()

    # The steps

    def intake(self, year: SchoolYear) -> Step:
        """Raw files become tables."""
        raw = self.project.raw(year)
        roots = (
            *self.code.modules_below("msoko.ingest"),
            "msoko.build.steps.table_intake",
            "msoko.build.graph.planned_schools",
        )
        received = [path for path in files_under(raw) if path != raw / MEETINGS]
        parts = {
            **self.inputs.files("raw", [*received, raw.parent / "schools.csv"]),
            **self.inputs.repeats(year),
            **self.inputs.pseudonyms(),
            **self.inputs.facts(),
            **self.inputs.profile(),
            **self.code.module_parts(*roots),
            **self.code.lock_parts(),
        }
        return self._recorded_step(f"intake:{year}", f"чтение файлов {year}", parts)

    def validation(self, year: SchoolYear) -> Step:
        """Tables are checked."""
        paths, before = self.paths, year.shifted(-1)
        tables = [*paths.received(before), *paths.received(year), paths.reader_findings(year)]
        parts = {
            **self.inputs.files("suite", files_under(self.project.find("expectations"))),
            **self.inputs.files("table", tables),
            **self.inputs.files("raw", [self.project.raw(year).parent / "schools.csv"]),
            **self.inputs.files("declaration", paths.all_declarations()),
            **self.inputs.files("raw", [paths.year_file(year)]),  # its limits
            **self.inputs.facts("wording_checks.yml"),
            **self.code.module_parts(*self.code.modules_below("msoko.validate")),
            **self.code.lock_parts(),
            **parameter_parts({"validator": self.validator}),
        }
        title = f"проверка данных {year}"
        return self._recorded_step(f"validation:{year}", title, parts, (f"intake:{year}",))

    def numbers(self, year: SchoolYear) -> Step:
        """Indicators, objectivity and recommendations are computed."""
        paths, earlier = self.paths, [one for one in self.years_to(year) if one < year]
        tables = [path for one in (*earlier, year) for path in paths.received(one)]
        tables += [paths.table(one, name) for one in earlier for name in DERIVED]
        parts = {
            **self.inputs.files("table", tables),
            **self.inputs.declarations(),
            **self.inputs.registry(),
            **self.inputs.profile(),
            **self.inputs.files("suite", paths.derived_suites()),
            **self.code.module_parts(*NUMBERS),
            **self.code.lock_parts(),
            **parameter_parts({"municipality": self.municipality}),
        }
        checked = self.project.processed(year) / "validation"
        outputs = (
            *(paths.table(year, name) for name in DERIVED),
            *(checked / path.name for path in paths.derived_suites()),
        )
        read = (f"intake:{one}" for one in (*earlier, year))
        after = (*read, *(f"numbers:{one}" for one in earlier))
        return Step(f"numbers:{year}", f"показатели {year}", parts, outputs, after)

    def declarations(self) -> Step:
        """What passports depend on is told apart from the rest of what is declared."""
        parts = {
            **self.inputs.declarations(),
            **self.inputs.registry(),
            **self.inputs.profile(),
            **self.code.module_parts("msoko.build.graph.passport_digests"),
        }
        return Step(f"declared:{self.municipality}", "описания направлений", parts)

    def report(self, year: SchoolYear, report: str) -> Step:
        """A notebook is executed."""
        name, school = notebook_of(report), school_of(report)
        roots = self.code.roots_of(self.paths.notebook(name))
        parts = {
            **self.inputs.files("notebook", self.inputs.notebooks(name)),
            **self.inputs.data_of(year, report),
            **self.code.module_parts(*roots, "msoko.build.kernels.notebook_files"),
            **self.code.lock_parts(),
            **parameter_parts(self.values(year, report)),
        }
        title = f"паспорт {school} {year}" if school else f"отчёт {report} {year}"
        group = f"паспорта школ {year}" if school else ""
        step_id, outputs = self.report_id(year, report), (self.paths.executed(year, report),)
        after = (*self._after_numbers(year), *([f"declared:{self.municipality}"] if school else []))
        return Step(step_id, title, parts, outputs, after, group)

    def annex(self, year: SchoolYear, report: str) -> Step:
        """The tables of a report are put into files that go beside its page."""
        parts = {
            **self.inputs.data_of(year, report),
            **self.inputs.modules("msoko.build.steps.report_annexes"),
            **self.code.lock_parts(),
            **parameter_parts({"municipality": self.municipality, "edition": self.edition}),
        }
        step_id, outputs = self._id("annex", year, report), (self.paths.annex(year, report),)
        title, group = f"приложение {report} {year}", f"приложения {year}"
        return Step(step_id, title, parts, outputs, self._after_numbers(year), group)

    def page(self, year: SchoolYear, report: str) -> Step:
        """An executed notebook becomes the body of a page, whatever shell it will get."""
        parts = {
            **self.inputs.files("report", [self.paths.executed(year, report)]),
            **self.inputs.rendering("msoko.site.rendering.page_bodies"),
            **parameter_parts({"renderer": self.renderer}),
        }
        step_id, after = self._id("page", year, report), (self.report_id(year, report),)
        outputs, school = (self.paths.page(year, report),), school_of(report)
        title = f"страница паспорта {school} {year}" if school else f"страница {report} {year}"
        return Step(step_id, title, parts, outputs, after, f"страницы {year}")

    def written_page(self, name: str) -> Step:
        """What people wrote becomes the body of a page."""
        parts = {
            **self.inputs.files("document", page_sources(self.project)),
            **self.inputs.registry(),
            **self.inputs.rendering("msoko.build.steps.method_page"),
        }
        outputs = (self.paths.written_page(name),)
        return Step(f"page:{name}", f"страница {name}", parts, outputs, (), "страницы методики")

    def site(self, year: SchoolYear, reports: Sequence[str], refused: Mapping[str, str]) -> Step:
        """Pages get their shell and what goes beside them, and become the site.

        `refused` are the reports that it goes without, with the reasons.
        """
        paths, raw = self.paths, self.project.raw(year)
        annexed = [one for one in reports if self.reports.has_annex(one)]
        by_people = available_pages(self.project)
        overall = [one for one in (*reports, *refused) if one in PAGES]
        names_kept_back = [self.project.raw(one) / MEETINGS for one in self.years]
        pages = [paths.page(year, one) for one in reports] + [*map(paths.written_page, by_people)]
        parts = {
            **self.inputs.files("page", pages),
            **self.inputs.files("annex", [paths.annex(year, one) for one in annexed]),
            **self.inputs.files(
                "raw", [path for path in files_under(raw) if path.name != MEETINGS]
            ),
            **self.inputs.files("raw", names_kept_back if self.edition == "public" else ()),
            **self.inputs.files("table", [paths.table(year, "schools")]),
            **self.inputs.declarations(),
            **self.inputs.files("declaration", map(paths.declaration, overall)),
            **self.inputs.registry(),
            **self.inputs.profile(),
            **self.code.module_parts("msoko.build.steps.site_content"),
            **self.inputs.labels(),
            **self.code.lock_parts(),
            **parameter_parts({"renderer": self.renderer}),
            **{("refusal", report): reason for report, reason in refused.items()},
        }
        after = [self._id("page", year, one) for one in reports]
        after += [self._id("annex", year, one) for one in annexed]
        after += [f"page:{name}" for name in by_people]
        title = f"сайт {year} ({EDITIONS.get(self.edition, self.edition)})"
        return self._recorded_step(self._id("site", year), title, parts, tuple(after))

    def _after_numbers(self, year: SchoolYear) -> tuple[str, ...]:
        steps = ("validation", "numbers")
        return tuple(f"{step}:{one}" for one in self.years_to(year) for step in steps)

    def report_id(self, year: SchoolYear, report: str) -> str:
        """Return the name of a report's step."""
        return self._id("report", year, report)

    def _id(self, kind: str, year: SchoolYear, *report: str) -> str:
        return ":".join((kind, str(year), self.municipality, self.edition, *report))

    def _recorded_step(
        self, step_id: str, title: str, parts: Mapping, after: tuple[str, ...] = ()
    ) -> Step:
        """Return a step whose outputs are those of its record: only its work can name them."""
        record = self.records.of(step_id)
        names = record.outputs if record else ()
        outputs = tuple(self.project.root / name for name in names)
        return Step(step_id, title, parts, outputs, after)
