"""What a file calls a subject → its code in `registry/subjects.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from msoko.catalog.registry.registry_words import load_subjects
from msoko.core.project import Project
from msoko.ingest.sheets.cells import fold_text


@dataclass(frozen=True)
class Subjects:
    """The registry of subjects, by every name that files use."""

    rows: tuple[dict[str, str], ...]

    @classmethod
    def load(cls, project: Project) -> Subjects:
        """Return the project's registry."""
        return cls(tuple(load_subjects(project)))

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for row in self.rows:
            for name in (row["name"], row["vpr_code"], *row["aliases"].split("|")):
                if name:
                    names[fold_text(name)] = row["subject"]
        return names

    @cached_property
    def _by_code(self) -> dict[str, str]:
        return {
            code: row["subject"]
            for row in self.rows
            for code in (*row["exam_code"].split("|"), row["oral_exam_code"])
            if code
        }

    def code(self, name: str | None) -> str | None:
        """Return the code of the subject so named in a file, `None` where it is unknown."""
        return self._by_name.get(fold_text(name)) if name else None

    def code_of_number(self, number: str) -> str | None:
        """Return the subject of an exam code; the title goes first, since sources disagree."""
        return self._by_code.get(str(int(number))) if number.isdecimal() else None

    def knows(self, code: str) -> bool:
        """Return whether `code` is in the registry."""
        return any(row["subject"] == code for row in self.rows)

    def name(self, code: str) -> str:
        """Return the Russian name of a subject; the code itself where it is unknown."""
        return next((row["name"] for row in self.rows if row["subject"] == code), code)
