"""The region's best values of indicators, as a municipality keeps them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from msoko.catalog.directions.direction import Code, Direction, Indicator, indicators_by_code
from msoko.catalog.municipality.profile import Profile
from msoko.catalog.yaml.declaration_lines import DeclarationLine, require_known
from msoko.catalog.yaml.declaration_rows import Row, number_of, read_rows
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

BEST_FILE = "region_best.csv"


@dataclass(frozen=True)
class RegionBest:
    """The best value of an indicator in the region, whose it is, and who says so.

    `value` is in the indicator's measure, as a target is: a share of 92.5 % is 0.925.
    """

    school_year: str
    indicator: Code
    value: float
    municipality: str
    source: str
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


COLUMNS = tuple(item.name for item in dataclasses.fields(RegionBest) if item.name != "place")


def load_region_best(
    project: Project, profile: Profile, directions: Iterable[Direction], year: SchoolYear
) -> dict[Code, RegionBest]:
    """Return the region's best values of a year from `profiles/<name>/region_best.csv`, if any.

    Raises `UsageError` with the line for an unknown column or indicator, a value that is no
    number or lies outside 0…1 where the indicator is a share, a repeated value, a missing source.
    """
    path = project.find("profiles", profile.profile, BEST_FILE)
    if not path.exists():
        return {}
    known, found = indicators_by_code(directions), {}
    for row in read_rows(path, project.shown(path), COLUMNS):
        best = _best(row, known)
        if (best.school_year, best.indicator) in found:
            first = found[best.school_year, best.indicator].place
            raise UsageError(
                f"{best.place}: лучшее значение «{best.indicator}» за {best.school_year} "
                f"уже названо ({first}). Оставьте одно."
            )
        found[best.school_year, best.indicator] = best
    return {code: best for (named, code), best in found.items() if named == str(year)}


def _best(
    line: tuple[Row, DeclarationLine], known: dict[Code, tuple[Direction, Indicator]]
) -> RegionBest:
    row, place = line
    try:
        SchoolYear.parse(row["school_year"])
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from None
    require_known("indicator", row["indicator"], known, place)
    for name in ("municipality", "source"):
        if not row[name]:
            raise UsageError(f"{place}: столбец «{name}» пуст. Укажите, чьё это значение и откуда.")
    value = _number(row["value"], place)
    if known[row["indicator"]][1].unit == "percent" and not 0 <= value <= 1:
        raise UsageError(
            f"{place}: «value: {row['value']}» – доля пишется числом от 0 до 1 (92,5 % – 0.925)."
        )
    return RegionBest(**{**row, "value": value}, place=place)


def _number(text: str, place: DeclarationLine) -> float:
    try:
        return number_of(text, "value")
    except ValueError as error:
        raise UsageError(f"{place}: {error}.") from None
