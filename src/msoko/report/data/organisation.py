"""One organisation as its passport reads it: its rows, and of the others only what sets it apart.

A municipality may have three hundred passports, so nothing here reads a pupil of another school,
and tables are narrowed before they become frames.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from msoko.catalog.directions.condition_facts import condition_procedures
from msoko.catalog.registry import registry_words
from msoko.core.indicator_groups import Group, group_of
from msoko.core.tables import GROUP
from msoko.disclosure.suppression import SuppressionRule
from msoko.indicators.papers_per_pupil import PAPER, papers_per_pupil
from msoko.report.data import lineage
from msoko.report.data.indicator_rows import NO_ORGANISATIONS, OrganisationValues, Row
from msoko.report.data.suppressed import ORGANISATIONS, PUPILS

if TYPE_CHECKING:
    from msoko.catalog import Direction, Indicator
    from msoko.core.school_year import SchoolYear
    from msoko.ingest.identity.crosswalk import RegisterLine
    from msoko.report.data.report_data import ReportData

SHOWN = SuppressionRule(minimum=5, pooled_below=5, extreme_below=10)
"""What a passport hides although it is internal, for it leaves the department: groups of fewer
than five persons, and shares of none or all of fewer than ten, which tell each one's result."""
PRESCHOOL = "preschool"
RECIPIENTS = ("school", "teachers")
COLUMNS = (
    "school_year", "direction", "indicator", "unit_of_analysis", *GROUP, "numerator",
    "denominator", "value", "low", "high", "n", "flags",
)  # fmt: skip
COMPARED = ("direction", "indicator", "school_id", "numerator", "denominator", "value", "n")
VPR_TABLES = (
    "journal_comparison", "mark_shares", "score_distribution", "task_performance",
    "objectivity_schools",
)  # fmt: skip

WHOLE = {key: [None] for key in GROUP if key != "school_id"}
"""Picks what is of an organisation as a whole, and of none of its parts."""

Key = tuple[str, str]
"""A direction and an indicator."""


@dataclass
class Organisation:
    """The organisation `school_id` in the year of `report`."""

    report: ReportData
    school_id: str

    @cached_property
    def row(self) -> dict[str, Any]:
        return self.report.schools.loc[self.school_id].to_dict()

    @property
    def is_preschool(self) -> bool:
        return bool(self.row["kind"] == PRESCHOOL)

    @cached_property
    def alike(self) -> pd.DataFrame:
        """The organisations of the same kind in the year, itself among them."""
        kinds = self.report.schools["kind"].fillna("")
        return self.report.schools[kinds == kinds[self.school_id]]

    @cached_property
    def before(self) -> dict[str, Row]:
        """The organisation's rows in earlier years by school year, latest first."""
        rows = self.report.store.records(
            "schools", self._earlier, where={"school_id": [self.school_id]}
        )
        return {row["school_year"]: row for row in reversed(rows)}

    @cached_property
    def names(self) -> dict[str, str]:
        """What the year's organisations are called, by code; of those that have a name."""
        return self.report.schools["name"].dropna().to_dict()

    @cached_property
    def register(self) -> list[RegisterLine]:
        """The lines of the municipality's register of organisations, of all years."""
        from msoko.ingest.identity.crosswalk import Crosswalk

        return Crosswalk.load(self.report.project, self.report.year).lines

    @cached_property
    def forerunners(self) -> list[RegisterLine]:
        """The organisations that joined this one, or that it was made of, the earliest first."""
        return lineage.forerunners(self.register, self.school_id, self.report.year)

    @property
    def is_heir_only(self) -> bool:
        """Whether all its earlier years are those of others, whose heir it is."""
        return not self.before and bool(self.forerunners)

    @cached_property
    def wholes(self) -> dict[Key, OrganisationValues]:
        """The year's values of each organisation as a whole: what a comparison needs of them."""
        return self._of_year(self.report.year)

    @cached_property
    def wholes_before(self) -> dict[Key, OrganisationValues]:
        """The same of last year, of the organisations of this one."""
        return self._of_year(self.report.year.shifted(-1))

    def _of_year(self, year: SchoolYear) -> dict[Key, OrganisationValues]:
        where = {**WHOLE, "school_id": list(self.report.schools.index)}
        rows = self.report.store.records("indicators", [year], COMPARED, where)
        of_key: dict[Key, list[Row]] = {}
        for row in rows:
            if not math.isnan(row["value"]):
                of_key.setdefault((row["direction"], row["indicator"]), []).append(row)
        return {key: OrganisationValues.of_rows(own) for key, own in of_key.items()}

    @cached_property
    def own(self) -> dict[Key, Row]:
        """The organisation's own row of each indicator."""
        return {key: rows[-1] for key, rows in self.history.items() if self._is_of_year(rows[-1])}

    @cached_property
    def history(self) -> dict[Key, list[Row]]:
        """The organisation's rows as a whole of all years, earliest first.

        What was made of others this way or that has theirs of the years before it was.
        """
        earlier = self._values(self._earlier, school_id=[self.school_id], **WHOLE)
        if self.is_heir_only:
            codes = [one.school_id for one in self.forerunners]
            earlier = lineage.pooled(self._values(self._earlier, school_id=codes, **WHOLE))
        series: dict[Key, list[Row]] = {}
        for row in [*earlier, *(row for row in self.parts if not any(part_of(row)))]:
            if not math.isnan(row["value"]):
                series.setdefault((row["direction"], row["indicator"]), []).append(row)
        return series

    def _is_of_year(self, row: Row) -> bool:
        return bool(row["school_year"] == str(self.report.year))

    @cached_property
    def parts(self) -> list[Row]:
        """The organisation's own rows of the year: as a whole, by subject, by grade and so on."""
        return self._values([self.report.year], school_id=[self.school_id])

    @cached_property
    def advice(self) -> list[Row]:
        """The year's recommendations that concern the organisation, whoever they are given to."""
        rows = self.report.store.records(
            "recommendations", [self.report.year], where={"school_id": [self.school_id]}
        )
        known = {one.direction for one in self.report.directions}
        return [row for row in rows if row["direction"] in known]

    @cached_property
    def own_advice(self) -> list[Row]:
        """Those of them that the organisation and its teachers are given."""
        return [row for row in self.advice if row["recipient"] in RECIPIENTS]

    @cached_property
    def around(self) -> dict[tuple[str, str, str, Group], float]:
        """Values of municipality and region by unit, direction, indicator and `part_of` a row."""
        names = ("unit_of_analysis", "direction", "indicator")
        return {(*(row[name] for name in names), part_of(row)): row["value"] for row in self._wider}

    @cached_property
    def _wider(self) -> list[Row]:
        names = ("unit_of_analysis", "direction", "indicator", *GROUP, "value", "n")
        where = {"unit_of_analysis": ["municipality", "region"]}
        return self.report.store.records("indicators", [self.report.year], names, where)

    def papers(self, key: Key) -> float:
        """Return how many papers of an indicator one pupil wrote in the municipality."""
        return self._papers.get(key, 1.0)

    @cached_property
    def _papers(self) -> dict[Key, float]:
        of_key: dict[Key, list[Row]] = {}
        for row in self._wider:
            if row["unit_of_analysis"] == "municipality" and row["subject"] is not None:
                of_key.setdefault((row["direction"], row["indicator"]), []).append(row)
        columns = [*PAPER, "n"]
        return {
            key: papers_per_pupil(
                pd.DataFrame([[row[one] for one in columns] for row in rows], columns=columns)
            )
            for key, rows in of_key.items()
        }

    @cached_property
    def indicators(self) -> list[tuple[Direction, Indicator]]:
        """The indicators of all directions with a value of this organisation, as declared."""
        return [
            (direction, indicator)
            for direction in self.report.directions
            for indicator in direction.indicators
            if (direction.direction, indicator.code) in self.own and not _is_apart(indicator)
        ]

    def items(self, form: str) -> dict[str, dict[str, float]]:
        """Return what organisations gave in a form, by item and organisation, as first given."""
        rows = self.report.store.records(
            "monitoring", [self.report.year], ("item", "school_id", "value"), {"form": [form]}
        )
        found: dict[str, dict[str, float]] = {}
        for row in rows:
            if row["school_id"] and not math.isnan(row["value"]):
                found.setdefault(row["item"], {}).setdefault(row["school_id"], row["value"])
        return found

    def of_all(self, direction: Direction, indicator: Indicator) -> OrganisationValues:
        """Return the values of all organisations that have one."""
        return self.wholes.get((direction.direction, indicator.code), NO_ORGANISATIONS)

    @cached_property
    def form_titles(self) -> dict[str, str]:
        """What the forms are called, by code."""
        return registry_words.load_form_titles(self.report.project)

    @property
    def known(self) -> Collection[Key]:
        """The indicators of which any organisation has a value this year."""
        return self.wholes.keys()

    @property
    def _earlier(self) -> list[SchoolYear]:
        return [year for year in self.report.years if year < self.report.year]

    def _values(self, years: Sequence[SchoolYear], **where: Sequence[str | None]) -> list[Row]:
        return self.report.store.records("indicators", years, COLUMNS, where)


def _is_apart(indicator: Indicator) -> bool:
    """Whether a passport tells an indicator elsewhere: context, and verdicts on the whole."""
    is_verdict = indicator.table in ORGANISATIONS and indicator.measure in ("share", "count")
    return indicator.is_context or is_verdict


def part_of(row: Row) -> Group:
    """Return a row's group apart from its organisation: a row of the whole has it too."""
    return group_of(row)[1:]


def base(indicator: Indicator, row: Row) -> float:
    """Return how many persons a row counts; of a form's ratio those it is a share of."""
    is_ratio = indicator.table == "forms" and indicator.measure == "ratio"
    return float(row["denominator"] if is_ratio else row["n"])


def is_of_persons(indicator: Indicator) -> bool:
    """Whether a row's value speaks of persons, and not of the organisation as one thing."""
    if indicator.measure in ("sum", "count"):
        return False
    return indicator.table in PUPILS or indicator.measure == "ratio"


def is_hidden(indicator: Indicator, row: Row) -> bool:
    """Whether a passport keeps a value to itself: too few persons stand behind it.

    The rules are those of `msoko.disclosure.suppression.primary` with the limits of `SHOWN`.
    """
    if not is_of_persons(indicator):
        return False
    size = base(indicator, row)
    is_extreme = indicator.unit == "percent" and row["value"] in (0, 1)
    least = SHOWN.extreme_below if is_extreme else SHOWN.minimum
    return bool(0 < size < least)


def is_vpr(indicator: Indicator) -> bool:
    """Whether an indicator is made of VPR, which are not for judging schools."""
    is_of_papers = "vpr" in condition_procedures(indicator.where)
    return is_of_papers or indicator.table in VPR_TABLES
