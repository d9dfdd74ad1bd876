"""The tables that a report reads, and the rows of them that are its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from msoko import catalog
from msoko.catalog.registry import registry_words
from msoko.core.indicator_groups import grouping
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.report.data.indicator_line import IndicatorLine
from msoko.report.data.indicator_rows import IndicatorRow, IndicatorRows, IndicatorTable, Name
from msoko.stats.estimators.judged_changes import LEVEL_CODE

if TYPE_CHECKING:
    from msoko.catalog import Decision, Direction, Indicator, Profile, Threshold


@dataclass
class ReportTables:
    """The data of one direction, school year, municipality and edition."""

    project: Project
    year: SchoolYear
    profile: Profile
    direction: Direction
    directions: tuple[Direction, ...]
    edition: Literal["internal", "public"]

    @property
    def is_public(self) -> bool:
        return self.edition == "public"

    # What lies in the store

    @cached_property
    def store(self) -> Store:
        return Store(self.project)

    @cached_property
    def years(self) -> list[SchoolYear]:
        """The school years with indicators, up to the report's own."""
        return [year for year in self.store.years("indicators") if year <= self.year]

    @cached_property
    def values(self) -> pd.DataFrame:
        """The indicators of all directions in all years, earliest first.

        In the public edition numbers of few persons are taken away here, before any block
        can print them, draw them or subtract them.
        """
        rows = self.store.read("indicators", self.years)
        if self.is_public:
            # the attacker that the rule is tested by is heavy, and internal reports need none
            from msoko.report.data.suppressed import publishable

            return publishable(rows, self.direction)
        return rows

    @cached_property
    def own(self) -> pd.DataFrame:
        """The direction's own indicators of the year, of all units and groups."""
        is_own = self.values["direction"] == self.direction.direction
        return self.values[is_own & (self.values["school_year"] == str(self.year))]

    @cached_property
    def schools(self) -> pd.DataFrame:
        return self.store.read("schools", [self.year]).set_index("school_id")

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings in the year's data that concern this direction."""
        rows = self.store.read("findings", [self.year])
        named = rows["directions"].fillna("").str.split()
        concerns = [not codes or not self.codes.isdisjoint(codes) for codes in named]
        return rows[np.array(concerns, bool)]

    # What is declared

    @property
    def codes(self) -> frozenset[str]:
        """The direction's code and those of the directions that the profile folds into it."""
        own = self.direction.direction
        return frozenset({own, *(one for one, into in self.profile.folds.items() if into == own)})

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions of all years that aim at this direction, or at one folded into it."""
        found = catalog.load_decisions(self.project, self.profile)
        return tuple(one for one in found if one.direction in self.codes)

    @cached_property
    def thresholds(self) -> dict[str, Threshold]:
        return catalog.load_thresholds(self.project)

    @property
    def change_level(self) -> float:
        """The false discovery rate of the changes that one report calls changes."""
        return self.thresholds[LEVEL_CODE].value

    @cached_property
    def subjects(self) -> dict[str, str]:
        return registry_words.load_subject_names(self.project)

    @cached_property
    def is_synthetic(self) -> bool:
        """Whether the year's own declaration or the profile says that all is invented."""
        return catalog.is_synthetic(self.project, self.profile, self.year)

    @property
    def context_indicators(self) -> list[tuple[str, Indicator]]:
        """The indicators of social context, each with the direction that declares it."""
        return [
            (one.direction, item)
            for one in self.directions
            for item in one.indicators
            if item.is_context
        ]

    # The rows of an indicator

    @cached_property
    def indicator_table(self) -> IndicatorTable:
        return IndicatorTable(self.values)

    def rows(
        self,
        code: str,
        unit: str = "municipality",
        by: Sequence[str] = (),
        year: SchoolYear | None = None,
        direction: str = "",
    ) -> IndicatorRows:
        """Return the indicator's rows of one unit and grouping, of one school year or of all."""
        name = self._name(code, unit, by, direction)
        return self.indicator_table.rows(name, None if year is None else str(year))

    def line_rows(
        self, line: IndicatorLine, unit: str = "municipality", year: SchoolYear | None = None
    ) -> IndicatorRows:
        """Return a line's rows of one unit, of one school year or of all."""
        name = self._name(line.indicator.code, unit, line.by)
        return self.indicator_table.rows(name, None if year is None else str(year), line.subject)

    def line_row(self, line: IndicatorLine) -> IndicatorRow | None:
        """Return a line's row of the report's year, if there is one."""
        return next(iter(self.line_rows(line, year=self.year)), None)

    def _name(self, code: str, unit: str, by: Sequence[str], direction: str = "") -> Name:
        keys = (*by, "school_id") if unit == "school" else by
        return (direction or self.direction.direction, code, unit, grouping(keys))

    def lines(self, code: str) -> list[IndicatorLine]:
        """Return the indicator's lines; one without a grouping for the whole has its subjects.

        One that has neither (a task of a paper, say) has none: only its parts have sense.
        """
        indicator = self.direction.indicator(code)
        if () in indicator.by:
            return [IndicatorLine(indicator)]
        if ("subject",) not in indicator.by:
            return []
        rows = self.rows(code, by=("subject",))
        known = dict.fromkeys(row["subject"] for row in rows if not np.isnan(row["value"]))
        order = {subject: place for place, subject in enumerate(self.subjects)}
        ordered = sorted(known, key=lambda subject: order.get(subject, len(order)))
        return [IndicatorLine(indicator, subject) for subject in ordered]

    @cached_property
    def all_lines(self) -> list[IndicatorLine]:
        """The lines of all indicators of the direction, in the order declared."""
        return [line for one in self.direction.indicators for line in self.lines(one.code)]
