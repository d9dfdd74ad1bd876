"""Where the files of a build lie: declarations, tables, executed notebooks, pages, sites."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

DERIVED = ("indicators", "objectivity_schools", "objectivity_markers", "recommendations")
"""Tables that are computed from the received ones."""


@dataclass(frozen=True)
class BuildPaths:
    """The places of one municipality and edition within a project."""

    project: Project
    municipality: str
    edition: str

    # Declarations

    def notebook(self, name: str) -> Path:
        return self.project.find("notebooks", f"{name}.ipynb")

    def declaration(self, name: str) -> Path:
        return self.project.find("notebooks", f"{name}.yml")

    def all_declarations(self) -> list[Path]:
        """Return every direction's declaration; checks ask which tables each one reads."""
        folders = (self.project.home / "notebooks", self.project.root / "notebooks")
        found = {path.name: path for folder in folders for path in sorted(folder.glob("*.yml"))}
        return [found[name] for name in sorted(found)]

    def roadmap(self) -> Path:
        return self.project.find("profiles", self.municipality, "roadmap.csv")

    def year_file(self, year: SchoolYear) -> Path:
        return self.project.raw(year) / "year.yml"

    def derived_suites(self) -> list[Path]:
        paths = [self.project.find("expectations", f"{name}.json") for name in DERIVED]
        return [path for path in paths if path.exists()]

    # Tables

    def table(self, year: SchoolYear, name: str) -> Path:
        return self.project.processed(year) / f"{name}.parquet"

    def received(self, year: SchoolYear) -> list[Path]:
        """Return the tables that were read; findings are apart, since checks add to them."""
        found = sorted(self.project.processed(year).glob("*.parquet"))
        return [path for path in found if path.stem not in (*DERIVED, "findings")]

    def findings(self, year: SchoolYear) -> Path:
        return self.table(year, "findings")

    def reader_findings(self, year: SchoolYear) -> Path:
        """Return where the readers' own findings are kept, apart from the checks'."""
        return self.project.cache / "intake" / str(year) / "findings.parquet"

    def verdicts(self, year: SchoolYear) -> list[Path]:
        """Return the outcomes of validation, one file a table."""
        return sorted((self.project.processed(year) / "validation").glob("*.json"))

    # What reports become

    def executed(self, year: SchoolYear, report: str) -> Path:
        """Return where a report's executed notebook is put; a passport's is in a folder."""
        return self._made("executed", year, report, "ipynb")

    def page(self, year: SchoolYear, report: str) -> Path:
        """Return where the body of a report's page is kept until the site is composed."""
        return self._made("pages", year, report, "json")

    def annex(self, year: SchoolYear, report: str) -> Path:
        """Return where the files that go beside a report's page are kept until then."""
        return self._made("annexes", year, report, "json")

    def written_page(self, name: str) -> Path:
        """Return where the body of a page that people wrote is kept."""
        return self.project.cache / "pages" / f"{name}.json"

    def site(self, year: SchoolYear) -> Path:
        return self.project.reports(year) / self.edition

    def _made(self, kind: str, year: SchoolYear, report: str, ending: str) -> Path:
        folder = self.project.cache / kind / str(year) / self.municipality / self.edition
        return folder / f"{report.replace(':', '/')}.{ending}"
