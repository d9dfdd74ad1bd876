"""What a plus of each short task of an exam is worth: `registry/task_maxima.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from msoko.catalog.registry.mark_scales import ORIGINS, years_named
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

COLUMNS = ("year", "procedure", "subject", "grade", "maxima", "origin", "source")


@dataclass(frozen=True)
class TaskMaxima:
    """The maximum of each task with a short answer, in the order of the answer string."""

    first_year: SchoolYear | None
    last_year: SchoolYear | None
    paper: tuple[str, str, int]  # procedure, subject, grade
    maxima: tuple[float, ...]

    def holds(self, year: SchoolYear) -> bool:
        """Return whether the paper has these maxima in a school year."""
        return (self.first_year is None or self.first_year <= year) and (
            self.last_year is None or year <= self.last_year
        )


def load_task_maxima(project: Project) -> tuple[TaskMaxima, ...]:
    """Return the registry, the project's own lines before the house's.

    Raises `UsageError` with the line of what is written wrongly.
    """
    paths = project.layers("registry", "task_maxima.csv")
    return tuple(one for path in paths for one in _read(path, project.shown(path)))


def _read(path: Path, shown: str) -> list[TaskMaxima]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise UsageError(f"{shown}, строка 1: ожидаются столбцы {', '.join(COLUMNS)}.")
        found = []
        for number, row in enumerate(reader, start=2):
            try:
                found.append(_line(row))
            except (ValueError, TypeError, AttributeError, UsageError) as error:
                raise UsageError(
                    f"{shown}, строка {number}: нужны год, процедура, предмет, класс и максимумы "
                    f"через точку с запятой, например 1;1;2 ({error})."
                ) from error
        return found


def _line(row: dict[str, str]) -> TaskMaxima:
    if row["origin"] not in ORIGINS:
        raise ValueError(f"origin – одно из {', '.join(ORIGINS)}")
    maxima = tuple(float(one) for one in row["maxima"].split(";"))
    if not all(most >= 1 and most == int(most) for most in maxima):
        raise ValueError("максимум задания – целое число от 1")
    paper = (row["procedure"], row["subject"], int(row["grade"]))
    return TaskMaxima(*years_named(row["year"]), paper, maxima)
