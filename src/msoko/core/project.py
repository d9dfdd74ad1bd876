"""Where everything lies. Nothing here depends on the current folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear

HOME = Path(__file__).resolve().parents[3]
"""The checkout that this package runs from: its notebooks, suites and registry."""
MEETINGS = "meetings.yml"
"""Among a year's raw files, what people write of the working group's meetings."""


@dataclass(frozen=True)
class Project:
    """A folder with raw files and a profile, served by the house at `home`.

    What a project does not bring itself (notebooks, suites, registry, profiles)
    is taken from `home`; the main project is its own home.
    """

    root: Path
    home: Path = HOME

    @classmethod
    def at(cls, folder: Path | str | None) -> Project:
        """Return the project at `folder`, by default the checkout itself."""
        if folder is None:
            return cls(HOME)
        root = Path(folder).resolve()
        if not (root / "data" / "raw").is_dir():
            raise UsageError(
                f"{folder}: это не проект msoko – нет папки data/raw. "
                "Укажите в --project папку, в которой она есть."
            )
        return cls(root)

    def raw(self, year: SchoolYear) -> Path:
        return self.root / "data" / "raw" / str(year)

    def processed(self, year: SchoolYear) -> Path:
        return self.root / "data" / "processed" / str(year)

    def reports(self, year: SchoolYear) -> Path:
        return self.root / "reports" / str(year)

    @property
    def cache(self) -> Path:
        return self.root / ".cache" / "msoko"

    @property
    def has_reports(self) -> bool:
        """Whether a site of any year and edition was published here before."""
        return any((self.root / "reports").glob("*/*/index.html"))

    def raw_years(self) -> list[SchoolYear]:
        """Return the school years that have a folder in data/raw, earliest first."""
        folder = self.root / "data" / "raw"
        names = (entry.name for entry in folder.iterdir() if entry.is_dir())
        return sorted(SchoolYear.parse(name) for name in names if name[:1].isdigit())

    def find(self, *parts: str) -> Path:
        """Return a declared file: the project's own if it has one, else the house's."""
        own = self.root.joinpath(*parts)
        return own if own.exists() else self.home.joinpath(*parts)

    def layers(self, *parts: str) -> list[Path]:
        """Return the project's own file and the house's, those that are there, in this order.

        A registry is read from both, so that a project adds a line without copying the rest.
        """
        folders = dict.fromkeys((self.root, self.home))
        return [path for path in (one.joinpath(*parts) for one in folders) if path.exists()]

    def shown(self, path: Path) -> str:
        """Return `path` as messages print it: relative to the project, with `/`."""
        text = str(path)
        for base in (self.root, self.home):
            before = f"{base}{os.sep}"
            if text.startswith(before):  # as `relative_to`, too slow for the thousands of a plan
                return legible_name(text[len(before) :].replace(os.sep, "/"))
        return legible_name(path.name)


def legible_name(name: str) -> str:
    """Return a file's name as it can be printed and stored; bytes that are no text as `\\udc94`."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8")
