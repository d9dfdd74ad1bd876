"""What several steps of a build depend on: registry, profile, tables, rows of a direction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msoko.project import Project
from msoko.run.codebase import Parts
from msoko.run.fingerprints import Fingerprints, files_under
from msoko.run.guard import DECLARED
from msoko.run.staleness import Records, file_parts
from msoko.run.where import Where
from msoko.school_year import SchoolYear

SLICED = ("indicators", "recommendations")
"""Derived tables of which a report uses the rows of its direction only."""


class Inputs:
    """The parts of steps that are not the program's own modules."""

    def __init__(self, where: Where, prints: Fingerprints, records: Records) -> None:
        self.where = where
        self.project: Project = where.project
        self.prints = prints
        self.records = records

    def files(self, kind: str, paths: Iterable[Path]) -> Parts:
        """Return the parts that files are, under their names within the project."""
        return file_parts(self.project, self.prints, kind, paths)

    def registry(self) -> Parts:
        folders = {self.project.root / "registry", self.project.home / "registry"}
        return self.files(
            "registry", [path for folder in sorted(folders) for path in files_under(folder)]
        )

    def profile(self) -> Parts:
        """Return the profile and the files beside it: roadmap, decisions."""
        name = self.where.municipality
        own = self.project.find("profiles", f"{name}.yml")
        return self.files("profile", [own, *files_under(self.project.find("profiles", name))])

    def repeated(self, year: SchoolYear) -> Parts:
        """Return the files of other years that equal a file of this one; readers refuse them."""
        own = set(self.prints.of_all(self.project.raw(year)).values())
        parts: Parts = {}
        for other in self.project.raw_years():
            if other != year:
                for name, digest in self.prints.of_all(self.project.raw(other)).items():
                    if digest in own and name not in DECLARED:
                        parts["raw", f"{other}/{name}"] = digest
        return parts

    def pseudonyms(self) -> Parts:
        """Return a mark of the key that makes pseudonyms; it tells nothing of the key."""
        from msoko.ingest.secret import key_mark

        return {("key", "псевдонимов учеников"): key_mark(self.project)}

    def rows_of(self, years: Sequence[SchoolYear], direction: str) -> Parts:
        """Return the digests of a direction's rows, as recorded when they were computed."""
        parts: Parts = {}
        for year in years:
            slices = self._numbers(year).get("slices", {})
            shared = f"контекст и названия направлений {year}"
            parts["table", shared] = slices.get("shared", {}).get("*", "absent")
            for name in SLICED:
                shown = f"{self.project.shown(self.where.table(year, name))} ({direction})"
                parts["table", shown] = slices.get(name, {}).get(direction, "absent")
        return parts

    def _numbers(self, year: SchoolYear) -> dict:
        record = self.records.of(f"numbers:{year}")
        return record.facts if record else {}
