"""What a report reads and how it cites: tables, names, numbers with their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from msoko import catalog
from msoko.catalog.registry import registry_words
from msoko.core import russian
from msoko.core.indicator_groups import grouping
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.report.data.evidence import Evidence, Ledger, formula
from msoko.report.data.indicator_line import Line as Line
from msoko.report.data.row_selection import Name, Row, Selection
from msoko.report.words.report_words import ReportWords
from msoko.report.words.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

    from msoko.catalog import Decision, Direction, Indicator, Profile
    from msoko.report.data.judged_change import Change
    from msoko.report.passport.organisation import School


LEAST_COUNT = 5
"""The least count that the public edition prints (`msoko.disclosure.suppression.PUBLIC`)."""
EVERY_SUBJECT = "all"
"""The subject under which the verdict keeps a marker of all subjects together."""


@dataclass
class Reading(ReportWords):
    """The data of one direction, school year, municipality and edition."""

    project: Project
    year: SchoolYear
    profile: Profile
    direction: Direction
    directions: tuple[Direction, ...]
    edition: Literal["internal", "public"]
    ledger: Ledger = field(default_factory=Ledger)
    school_id: str = ""

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
    def school(self) -> School:
        """The organisation whose passport this is."""
        from msoko.report.passport.organisation import School

        return School(self, self.school_id)

    @cached_property
    def subjects(self) -> dict[str, str]:
        return registry_words.load_subject_names(self.project)

    @cached_property
    def check_titles(self) -> dict[str, str]:
        return registry_words.load_check_titles(self.project)

    @property
    def codes(self) -> frozenset[str]:
        """The direction's code and those of the directions that the profile folds into it."""
        own = self.direction.direction
        return frozenset({own, *(one for one, into in self.profile.folds.items() if into == own)})

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings in the year's data that concern this direction."""
        rows = self.store.read("findings", [self.year])
        named = rows["directions"].fillna("").str.split()
        concerns = [not codes or not self.codes.isdisjoint(codes) for codes in named]
        return rows[np.array(concerns, bool)]

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions of all years that aim at this direction, or at one folded into it."""
        found = catalog.load_decisions(self.project, self.profile)
        return tuple(one for one in found if one.direction in self.codes)

    @cached_property
    def changes(self) -> dict[Line, Change]:
        """How each line changed since last year, with one false discovery rate for all."""
        from msoko.report.data.judged_change import changes

        return changes(self)

    @cached_property
    def siblings(self) -> list[Reading]:
        """The readings of all directions of the profile, which write into one evidence."""
        from msoko.report.data.sibling_data import beside

        return [beside(self, one) for one in self.directions]

    @cached_property
    def wording(self) -> Wording:
        return Wording(registry_words.load_wording(self.project, self.profile))

    # Words and numbers

    @property
    def is_public(self) -> bool:
        return self.edition == "public"

    @property
    def context_indicators(self) -> list[tuple[str, Indicator]]:
        """The indicators of social context, each with the direction that declares it."""
        return [
            (one.direction, item)
            for one in self.directions
            for item in one.indicators
            if item.is_context
        ]

    def select(
        self,
        code: str,
        unit: str = "municipality",
        by: Sequence[str] = (),
        year: str | None = None,
        direction: str = "",
    ) -> pd.DataFrame:
        """Return the indicator's rows of one unit and grouping, of one school year or of all."""
        return self.selection.rows(self._named(code, unit, by, direction), year)

    def _named(self, code: str, unit: str, by: Sequence[str], direction: str = "") -> Name:
        keys = (*by, "school_id") if unit == "school" else by
        return (direction or self.direction.direction, code, unit, grouping(keys))

    @cached_property
    def selection(self) -> Selection:
        return Selection(self.values)

    def lines(self, code: str) -> list[Line]:
        """Return the indicator's lines; one without a grouping for the whole has its subjects.

        One that has neither (a task of a paper, say) has none: only its parts have sense.
        """
        indicator = self.direction.indicator(code)
        if () in indicator.by:
            return [Line(indicator)]
        if ("subject",) not in indicator.by:
            return []
        rows = self.select(code, by=("subject",)).dropna(subset=["value"])
        order = {subject: place for place, subject in enumerate(self.subjects)}
        found = sorted(rows["subject"].unique(), key=lambda one: order.get(one, len(order)))
        return [Line(indicator, subject) for subject in found]

    @cached_property
    def all_lines(self) -> list[Line]:
        """The lines of all indicators of the direction, in the order declared."""
        return [line for one in self.direction.indicators for line in self.lines(one.code)]

    def rows_of(
        self, line: Line, unit: str = "municipality", year: SchoolYear | None = None
    ) -> pd.DataFrame:
        """Return a line's rows of one unit, of one school year or of all."""
        return self.selection.rows(*self._rows(line, unit, year))

    def records_of(
        self, line: Line, unit: str = "municipality", year: SchoolYear | None = None
    ) -> list[Row]:
        """Return what `rows_of` does as mappings: the few rows of a line are no frame's work."""
        return self.selection.records(*self._rows(line, unit, year))

    def columns_of(
        self, names: Sequence[str], line: Line, unit: str, year: SchoolYear
    ) -> list[np.ndarray]:
        """Return some columns of what `rows_of` does."""
        return self.selection.columns(names, *self._rows(line, unit, year))

    def row_of(self, line: Line) -> Row | None:
        """Return a line's row of the report's year, if there is one."""
        return next(iter(self.records_of(line, year=self.year)), None)

    def _rows(self, line: Line, unit: str, year: SchoolYear | None) -> tuple:
        name = self._named(line.indicator.code, unit, line.by)
        return name, None if year is None else str(year), line.subject

    def title(self, line: Line, *, is_short: bool = False) -> str:
        """Return what a line is called, with its subject."""
        own = line.indicator.short_title if is_short else ""
        title = own or line.indicator.title
        if not line.subject:
            return title
        return f"{title}: {self.subjects.get(line.subject, line.subject).lower()}"

    def school_name(self, school_id: str) -> str:
        """Return a school's name as data give it; the public edition does not name schools."""
        name = self._school_names.get(school_id)
        return self.say("unit.school", code=school_id) if name is None else str(name)

    @cached_property
    def _school_names(self) -> dict[str, str]:
        return self.schools["name"].to_dict()

    def is_hidden(self, row: pd.Series | Row) -> bool:
        """Whether the public edition keeps a row's value to itself."""
        return bool(row["flags"] == "hidden")

    @cached_property
    def is_synthetic(self) -> bool:
        """Whether the year's own declaration or the profile says that all is invented."""
        return catalog.is_synthetic(self.project, self.profile, self.year)

    def layout_title(self, layout: str) -> str:
        """Return what a kind of file is called."""
        key = f"layout.{layout}"
        return self.say(key) if self.wording.has(key) else russian.escaped(layout)

    def check_title(self, check: str) -> str:
        """Return what a check is called; one without a name keeps its code."""
        return self.check_titles.get(check, check)

    def paper(self, subject: object, grade: object) -> str:
        """Return «Русский язык, 4 класс»."""
        import pandas as pd

        parts = []
        if subject == EVERY_SUBJECT:
            parts.append(self.say("unit.all_subjects"))
        elif not pd.isna(subject):
            parts.append(self.subjects.get(str(subject), str(subject)))
        if not pd.isna(grade):
            parts.append(self.say("unit.grade", grade=int(grade)))
        return ", ".join(parts)

    def number(self, indicator: Indicator, row: pd.Series | Row) -> str:
        """Return the value of an indicator's row, linked to its evidence."""
        return self.ledger.cite(self.evidence(indicator, row))

    def count(self, value: float | None, unit: str = "persons") -> str:
        """Return a count as printed; the public edition says of few only that they are few."""
        if self.is_public and value is not None and 0 < value < LEAST_COUNT:
            return self.say("unit.few", least=LEAST_COUNT)
        return russian.figure(value, unit)

    def evidence(self, indicator: Indicator, row: pd.Series | Row) -> Evidence:
        """Return what stands behind an indicator's row."""
        group = [self.paper(row["subject"], row["grade"])]
        if isinstance(row["school_id"], str) and not self.is_public:
            group.append(self.school_name(row["school_id"]))
        words = "; ".join([indicator.title, *filter(None, group)])
        has_interval = bool(row["low"] == row["low"])
        return Evidence(
            what=self.say("evidence.of_year", what=words, year=row["school_year"]),
            shown=russian.amount(row["value"], indicator.unit),
            formula=formula(indicator),
            numerator=self.count(row["numerator"], "points"),
            denominator=self.count(row["denominator"], "points"),
            n=self.count(row["n"]),
            interval=russian.span(row["low"], row["high"], indicator.unit) if has_interval else "",
            source=indicator.source,
        )
