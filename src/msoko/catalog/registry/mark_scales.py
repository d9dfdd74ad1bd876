"""How primary scores become marks: `registry/scales.csv`.

A mark cannot always be recomputed from the total: some scales carry side
conditions (points in geometry, in literacy criteria). Where the parts are not
known, a scale says only which marks are possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from msoko.catalog.yaml.declaration_rows import number_of, read_rows
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

ORIGINS = ("seed", "regulation", "layout", "practice", "unverified")
COLUMNS = (
    "year", "procedure", "subject", "grade", "max_score", "cuts", "conditions", "origin", "source",
)  # fmt: skip


@dataclass(frozen=True)
class PartMinimum:
    """`mark` and those above it need at least `minimum` points in a part of the paper."""

    mark: int
    part: str  # geometry, literacy
    minimum: float


@dataclass(frozen=True)
class Scale:
    """One paper's scale. `cuts`: the lowest scores of «3», «4», «5», empty where unknown.

    `is_test_scale`: the cut is the minimum on the 0–100 scale of ЕГЭ, not a mark.
    """

    first_year: SchoolYear | None
    last_year: SchoolYear | None
    procedure: str
    subject: str
    grade: int
    max_score: float
    cuts: tuple[float, ...]
    conditions: tuple[PartMinimum, ...]
    is_test_scale: bool
    origin: str
    source: str

    def holds(self, year: SchoolYear) -> bool:
        """Return whether the scale is in force in a school year."""
        return (self.first_year is None or self.first_year <= year) and (
            self.last_year is None or year <= self.last_year
        )

    @property
    def gives_marks(self) -> bool:
        return len(self.cuts) == 3 and not self.is_test_scale


def marks_possible(scale: Scale, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest mark each total may have, where parts are unknown."""
    highest = 2 + np.searchsorted(np.asarray(scale.cuts), totals, side="right")
    lowest = highest.copy()
    for condition in sorted(scale.conditions, key=lambda one: -one.mark):
        lowest[lowest == condition.mark] = condition.mark - 1
    if any(condition.mark == 3 for condition in scale.conditions):
        lowest[:] = 2  # the minimum of a subject part fails the paper at any total
    return lowest, highest


@dataclass(frozen=True)
class Scales:
    """All known scales of a project."""

    rows: tuple[Scale, ...]

    @classmethod
    def load(cls, project: Project) -> Scales:
        """Return the registry, the project's own lines before the house's.

        Raises `UsageError` with the line of what is written wrongly.
        """
        paths = project.layers("registry", "scales.csv")
        return cls(tuple(scale for path in paths for scale in _read(path, project.shown(path))))

    def find(
        self,
        year: SchoolYear,
        procedure: str,
        subject: str,
        grade: int,
        max_score: float | None = None,
    ) -> Scale | None:
        """Return the scale of a paper; with `max_score`, only one for that very maximum.

        A scale for another maximum is no scale at all: raw points are not comparable.
        """
        for scale in self.rows:
            if (
                (scale.procedure, scale.subject, scale.grade) == (procedure, subject, grade)
                and scale.holds(year)
                and (max_score is None or scale.is_test_scale or scale.max_score == max_score)
            ):
                return scale
        return None


def _read(path: Path, shown: str) -> list[Scale]:
    scales = []
    for row, place in read_rows(path, shown, COLUMNS):
        try:
            scales.append(_scale(row))
        except (ValueError, UsageError) as error:
            raise UsageError(f"{place}: {str(error).rstrip('.')}.") from error
    return scales


def _scale(row: Mapping[str, str]) -> Scale:
    if row["origin"] not in ORIGINS:
        raise ValueError(f"origin – одно из {', '.join(ORIGINS)}, получено «{row['origin']}»")
    first, last = years_named(row["year"])
    cuts = tuple(number_of(cut, "cuts") for cut in row["cuts"].split(";") if cut.strip())
    max_score = number_of(row["max_score"], "max_score")
    if list(cuts) != sorted(set(cuts)) or any(cut > max_score for cut in cuts):
        raise ValueError("cuts возрастают и не больше max_score")
    words = [word.strip() for word in row["conditions"].split(";") if word.strip()]
    is_test_scale = "scale:test" in words
    if len(cuts) not in ((1,) if is_test_scale else (0, 3)):
        raise ValueError("cuts – три балла (для 3, 4 и 5), один (минимум ЕГЭ) или пусто")
    return Scale(
        first,
        last,
        row["procedure"],
        row["subject"],
        int(number_of(row["grade"], "grade", int)),
        max_score,
        cuts,
        tuple(_condition(word) for word in words if word != "scale:test"),
        is_test_scale,
        row["origin"],
        row["source"],
    )


def years_named(text: str) -> tuple[SchoolYear | None, SchoolYear | None]:
    """Return the bounds of `*`, `2023-24`, `2023-24..`, `..2024-25`, `2022-23..2023-24`."""
    if text == "*":
        return None, None
    first, dots, last = text.partition("..")
    if not dots:
        return SchoolYear.parse(first), SchoolYear.parse(first)
    return (
        SchoolYear.parse(first) if first else None,
        SchoolYear.parse(last) if last else None,
    )


def _condition(text: str) -> PartMinimum:
    match = re.fullmatch(r"([345]):([a-z_]+)>=(\d+(?:\.\d+)?)", text)
    if not match:
        raise ValueError(f"условие пишется как 3:geometry>=2, получено «{text}»")
    return PartMinimum(int(match[1]), match[2], float(match[3]))
