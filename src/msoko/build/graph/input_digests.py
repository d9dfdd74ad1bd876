"""What several steps of a build depend on: registry, profile, tables, rows of a direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msoko.build.graph.build_paths import DERIVED, BuildPaths
from msoko.build.graph.codebase import Codebase, Parts
from msoko.build.graph.file_digests import ABSENT, FileDigests, files_under
from msoko.build.graph.raw_year import DECLARED
from msoko.build.graph.report_list import PASSPORT, ROADMAP, SUMMARY, notebook_of, school_of
from msoko.build.graph.step_records import StepRecords, file_parts
from msoko.catalog.municipality.profile import Profile
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.identity.pseudonyms import key_mark

SLICED = ("indicators", "recommendations")
"""Derived tables of which a report uses the rows of its direction only."""
OF_ALL_DIRECTIONS = (SUMMARY, ROADMAP)
"""Notebooks that tell all that is declared and found in every direction."""
SHELL = (".css", ".js", ".j2")
"""Files of the pages' shell, on which their bodies do not depend."""


class InputDigests:
    """The parts of steps; `profile` tells the municipality's, `years_to` the years there are."""

    def __init__(
        self,
        paths: BuildPaths,
        code: Codebase,
        records: StepRecords,
        profile: Callable[[], Profile],
        years_to: Callable[[SchoolYear], Sequence[SchoolYear]],
    ) -> None:
        self.paths = paths
        self.project: Project = paths.project
        self.digests: FileDigests = code.digests
        self.code = code
        self.records = records
        self.profile_of = profile
        self.years_to = years_to
        self._key_mark = ABSENT
        self._settled: dict[tuple, Parts] | None = None

    def settle(self) -> None:
        """Take it that from now on data and declarations stay, so that all reports share them."""
        self._settled = {}

    def files(self, kind: str, paths: Iterable[Path]) -> Parts:
        """Return the parts that files are, under their names within the project."""
        return file_parts(self.project, self.digests, kind, paths)

    def registry(self) -> Parts:
        """Return the facts and the words of the registry, the project's own and the house's.

        Both are read (`Project.layers`), so the project's own have names apart.
        """
        parts = self.files("registry", files_under(self.project.home / "registry"))
        if self.project.root == self.project.home:
            return parts
        own = self.files("registry", files_under(self.project.root / "registry"))
        return parts | {(kind, f"проекта: {name}"): digest for (kind, name), digest in own.items()}

    def facts(self, *words: str) -> Parts:
        """Return the registry without the words of reports, but for the files named in `words`."""
        parts = self.registry().items()
        named = {part: (part[1].rpartition("/")[2], digest) for part, digest in parts}
        return {
            part: digest
            for part, (name, digest) in named.items()
            if name in words or not name.startswith("wording")
        }

    def profile(self) -> Parts:
        """Return the profile and the files beside it: roadmap, decisions."""
        name = self.paths.municipality
        own = self.project.find("profiles", f"{name}.yml")
        return self.files("profile", [own, *files_under(self.project.find("profiles", name))])

    def declarations(self) -> Parts:
        """Return what the profile's directions declare, those folded into others too."""
        profile = self.profile_of()
        listed = (*profile.directions, *profile.folds)
        return self.files("declaration", map(self.paths.declaration, listed))

    def repeats(self, year: SchoolYear) -> Parts:
        """Return the files of other years that equal a file of this one, with their year.yml.

        Readers refuse them, unless the two declarations take different rows.
        """
        own = set(self._raw_digests(year).values())
        parts: Parts = {}
        for other in self.project.raw_years():
            found = self._raw_digests(other) if other != year else {}
            equal = [name for name, one in found.items() if one in own and name not in DECLARED]
            for name in [*equal, "year.yml"] if equal else ():
                shown = self.project.shown(self.project.raw(other) / name)
                parts["repeat", shown] = found.get(name, ABSENT)
        return parts

    def _raw_digests(self, year: SchoolYear) -> dict[str, str]:
        return self.digests.of_all(self.project.raw(year))

    def pseudonyms(self) -> Parts:
        """Return a mark of the key that makes pseudonyms; it tells nothing of the key."""
        if self._key_mark == ABSENT:  # until the first reading makes the key
            self._key_mark = key_mark(self.project)
        return {("key", "псевдонимов учеников"): self._key_mark}

    def modules(self, *roots: str) -> Parts:
        """Return the modules of what has no shell yet, without the shell's files."""
        found = self.code.module_parts(*roots)
        return {part: one for part, one in found.items() if not part[1].endswith(SHELL)}

    def rendering(self, *roots: str) -> Parts:
        """Return the modules and labels that render the bodies of pages."""
        return {**self.modules(*roots), **self.labels(), **self.code.lock_parts()}

    def labels(self) -> Parts:
        return self.files("asset", [self.project.home / "_quarto.yml"])

    def notebooks(self, name: str) -> list[Path]:
        """Return a notebook and those folded into it."""
        return [self.paths.notebook(one) for one in (name, *self._folded_directions(name))]

    def data_of(self, year: SchoolYear, report: str) -> Parts:
        """Return the tables and declarations that a report and its annex read."""
        name = notebook_of(report)
        parts = self._once(("notebook", year, name), lambda: self._of_notebook(year, name))
        school = school_of(report)
        return {**parts, **self._advice_parts(year, school)} if school else parts

    def _once(self, key: tuple, find: Callable[[], Parts]) -> Parts:
        """Return what `find` finds; once all is settled, what it found the first time."""
        if self._settled is None:
            return find()
        if key not in self._settled:
            self._settled[key] = find()
        return self._settled[key]

    def _of_notebook(self, year: SchoolYear, name: str) -> Parts:
        paths, years = self.paths, self.years_to(year)
        own = [paths.declaration(one) for one in (name, *self._folded_directions(name))]
        parts = {
            **self._once(("shared", year), lambda: self._shared_parts(year)),
            **self.files("declaration", own),
            **self._rows_of(years, name),
        }
        if name in OF_ALL_DIRECTIONS:
            tables = [paths.table(one, table) for one in years for table in SLICED]
            parts |= {**self.files("table", tables), **self.declarations()}
        if name == PASSPORT:
            tables = [paths.table(one, "indicators") for one in years]
            register = self.project.root / "data" / "raw" / "schools.csv"  # who joined whom
            parts |= {
                **self.files("table", tables),
                **self.files("raw", [register]),
                **self._declared_parts(),
            }
        return parts

    def _shared_parts(self, year: SchoolYear) -> Parts:
        """Return what every notebook may read."""
        paths, years = self.paths, self.years_to(year)
        tables = [path for one in years for path in paths.received(one)]
        tables += [paths.table(one, table) for one in years for table in DERIVED[1:3]]
        tables += [path for one in years for path in paths.verdicts(one)]
        tables += [paths.findings(one) for one in years]
        return {
            **self.files("raw", [paths.year_file(year)]),
            **self.files("table", tables),
            **self.registry(),
            **self.profile(),
        }

    def _folded_directions(self, name: str) -> list[str]:
        """Return the directions that the profile folds into this one."""
        return [code for code, into in self.profile_of().folds.items() if into == name]

    def _rows_of(self, years: Sequence[SchoolYear], direction: str) -> Parts:
        """Return the digests of a direction's rows, as recorded when they were computed."""
        parts: Parts = {}
        for year in years:
            slices = self._facts(f"numbers:{year}").get("slices", {})
            shared = f"контекст и названия направлений {year}"
            parts["table", shared] = slices.get("shared", {}).get("*", "absent")
            for name in SLICED:
                shown = f"{self.project.shown(self.paths.table(year, name))} ({direction})"
                parts["table", shown] = slices.get(name, {}).get(direction, "absent")
        return parts

    def _declared_parts(self) -> Parts:
        """Return the digest of what is declared apart from rules of recommendation."""
        digest = self._facts(f"declared:{self.paths.municipality}").get("digest", "absent")
        return {("declaration", "всех направлений, кроме правил рекомендаций"): digest}

    def _advice_parts(self, year: SchoolYear, school: str) -> Parts:
        """Return the digests of the recommendations that concern a school."""
        parts: Parts = {}
        for one in self.years_to(year):
            own = self._facts(f"numbers:{one}").get("advice", {})
            shown = f"{self.project.shown(self.paths.table(one, 'recommendations'))} ({school})"
            parts["table", shown] = own.get(school, "absent")
        return parts

    def _facts(self, step_id: str) -> dict:
        record = self.records.of(step_id)
        return record.facts if record else {}
