"""A report: one direction, one school year, one municipality, one edition."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msoko import catalog
from msoko.catalog import words
from msoko.errors import UsageError
from msoko.present import russian
from msoko.present.block import Block
from msoko.present.evidence import Evidence, Ledger
from msoko.present.wording import Wording
from msoko.project import Project
from msoko.school_year import SchoolYear
from msoko.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from msoko.catalog import Decision, Direction, Indicator, Profile
    from msoko.present.blocks.change import Change

EDITIONS = ("internal", "public")
PROJECT_VARIABLE = "MSOKO_PROJECT"
"""The environment variable in which the build tells a notebook where its project lies."""


@dataclass
class Report:
    """What the cells of a notebook ask, each answer a block of Markdown."""

    project: Project
    year: SchoolYear
    profile: Profile
    direction: Direction
    directions: tuple[Direction, ...]
    edition: Literal["internal", "public"]
    ledger: Ledger = field(default_factory=Ledger)

    @classmethod
    def open(
        cls, direction: str, school_year: str, municipality: str, edition: str = "internal"
    ) -> Report:
        """Return the report of a direction; its tables must have been built."""
        project = Project.at(os.environ.get(PROJECT_VARIABLE))
        if edition not in EDITIONS:
            raise UsageError(f"редакция отчёта – internal или public, получено {edition!r}")
        year = SchoolYear.parse(school_year)
        profile = catalog.load_profile(project, municipality)
        declared = catalog.load_directions(project, profile)
        chosen = next((one for one in declared if one.direction == direction), None)
        if chosen is None:
            chosen = catalog.load_direction(project, direction)
        if chosen not in declared and chosen.mechanism != "system":
            raise UsageError(f"в профиле {municipality!r} нет направления {direction!r}")
        if year not in Store(project).years("indicators"):
            raise UsageError(
                f"показатели за {year} не рассчитаны. Выполните msoko build {year}, "
                "затем откройте блокнот снова."
            )
        return cls(project, year, profile, chosen, declared, edition)

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
        """The indicators of all directions in all years, with the names of each row's group."""
        rows = self.store.read("indicators", self.years)
        keys = {group: _group_keys(group) for group in rows["group"].unique()}
        return rows.assign(keys=rows["group"].map(keys))

    @cached_property
    def schools(self) -> pd.DataFrame:
        return self.store.read("schools", [self.year]).set_index("school_id")

    @cached_property
    def subjects(self) -> dict[str, str]:
        return words.load_subject_names(self.project)

    @cached_property
    def check_titles(self) -> dict[str, str]:
        return words.load_check_titles(self.project)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings in the year's data that concern this direction."""
        rows = self.store.read("findings", [self.year])
        named = rows["directions"].fillna("").str.split()
        return rows[[not codes or self.direction.direction in codes for codes in named]]

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions of all years that aim at this direction."""
        found = catalog.load_decisions(self.project, self.profile)
        return tuple(one for one in found if one.direction == self.direction.direction)

    @cached_property
    def changes(self) -> dict[str, Change]:
        """How each indicator changed since last year, with one false discovery rate for all."""
        from msoko.present.blocks.change import changes

        return changes(self)

    @cached_property
    def wording(self) -> Wording:
        return Wording(words.load_wording(self.project, self.profile))

    # Words and numbers

    @property
    def is_public(self) -> bool:
        return self.edition == "public"

    def say(self, key: str, **slots: object) -> str:
        return self.wording.say(key, **slots)

    @property
    def context_indicators(self) -> list[tuple[str, Indicator]]:
        """The indicators of social context, each with the direction that declares it."""
        return [(one.direction, item) for one in self.directions for item in one.indicators
                if item.is_context]  # fmt: skip

    def select(
        self,
        code: str,
        unit: str = "municipality",
        by: Sequence[str] = (),
        year: str | None = None,
        direction: str = "",
    ) -> pd.DataFrame:
        """Return the indicator's rows of one unit and grouping, of one school year or of all."""
        wanted = frozenset(by) | ({"school_id"} if unit == "school" else frozenset())
        rows = self.values
        chosen = (
            (rows["direction"] == (direction or self.direction.direction))
            & (rows["indicator"] == code)
            & (rows["unit_of_analysis"] == unit)
            & (rows["keys"] == wanted)
        )
        if year is not None:
            chosen &= rows["school_year"] == year
        return rows[chosen].sort_values("school_year", kind="stable")

    def school_name(self, school_id: str) -> str:
        """Return a school's name as data give it; the public edition does not name schools."""
        if school_id in self.schools.index:
            return str(self.schools.at[school_id, "name"])
        return f"школа {school_id}"

    def layout_title(self, layout: str) -> str:
        """Return what a kind of file is called."""
        key = f"layout.{layout}"
        return self.say(key) if self.wording.has(key) else russian.escaped(layout)

    def check_title(self, check: str) -> str:
        """Return what a check is called; one without a name keeps its code."""
        return self.check_titles.get(check, check)

    def paper(self, subject: object, grade: object) -> str:
        """Return «Русский язык, 4 класс»."""
        parts = []
        if subject == subject and subject is not None:
            parts.append(self.subjects.get(str(subject), str(subject)))
        if grade == grade and grade is not None:
            parts.append(f"{int(grade)} класс")
        return ", ".join(parts)

    def number(self, indicator: Indicator, row: pd.Series) -> str:
        """Return the value of an indicator's row, linked to its evidence."""
        return self.ledger.cite(self.evidence(indicator, row))

    def evidence(self, indicator: Indicator, row: pd.Series) -> Evidence:
        """Return what stands behind an indicator's row."""
        group = [self.paper(row["subject"], row["grade"])]
        if isinstance(row["school_id"], str) and not self.is_public:
            group.append(self.school_name(row["school_id"]))
        words = [indicator.title, *filter(None, group), f"{row['school_year']} учебный год"]
        has_interval = row["low"] == row["low"]
        return Evidence(
            what="; ".join(words),
            shown=russian.amount(row["value"], indicator.unit),
            formula=formula(indicator),
            numerator=russian.figure(row["numerator"], "points"),
            denominator=russian.figure(row["denominator"], "points"),
            n=russian.figure(row["n"], "persons"),
            interval=russian.span(row["low"], row["high"], indicator.unit) if has_interval else "",
            source=indicator.source,
        )

    # The blocks, in the order of the management cycle

    def summary(self, *codes: str) -> Block:
        """The conclusions of the report in a few sentences."""
        from msoko.present.blocks import cycle

        return cycle.summary(self, codes)

    def goals(self) -> Block:
        """What the direction is for."""
        from msoko.present.blocks import cycle

        return cycle.goals(self)

    def indicators(self) -> Block:
        """Every indicator: value, interval, last year, change, target."""
        from msoko.present.blocks import cycle

        return cycle.indicators(self)

    def collection(self) -> Block:
        """How the data were collected, and what arrived."""
        from msoko.present.blocks import cycle

        return cycle.collection(self)

    def data_quality(self) -> Block:
        """What was wrong with the data, and what it means for this report."""
        from msoko.present.blocks import quality

        return quality.data_quality(self)

    def level(self, code: str) -> Block:
        """An indicator by subject and grade, beside the region."""
        from msoko.present.blocks import level

        return level.level(self, code)

    def marks(self, procedure: str = "vpr") -> Block:
        """The distribution of marks beside the region's."""
        from msoko.present.blocks import level

        return level.marks(self, procedure)

    def dynamics(self, *codes: str) -> Block:
        """Indicators over the years with intervals, and what may be said of a trend."""
        from msoko.present.blocks import dynamics

        return dynamics.dynamics(self, codes)

    def compare_schools(self, code: str) -> Block:
        """Schools compared fairly: a funnel with overdispersion."""
        from msoko.present.blocks import comparison

        return comparison.compare_schools(self, code)

    def context(self, code: str) -> Block:
        """An indicator of schools against their social context."""
        from msoko.present.blocks import context

        return context.context(self, code)

    def objectivity(self) -> Block:
        """Signs of biased results: the combined verdict and its markers."""
        from msoko.present.blocks import objectivity

        return objectivity.verdict(self)

    def score_distribution(self) -> Block:
        """Primary scores with the mark boundaries, and the test for heaping."""
        from msoko.present.blocks import objectivity

        return objectivity.score_distribution(self)

    def journal(self) -> Block:
        """Marks of the paper against marks of the journal."""
        from msoko.present.blocks import objectivity

        return objectivity.journal(self)

    def low_results(self) -> Block:
        """Schools with low results, and how the list depends on its thresholds."""
        from msoko.present.blocks import low_results

        return low_results.low_results(self)

    def recommendations(self) -> Block:
        """Address recommendations that follow from the findings."""
        from msoko.present.blocks import advice

        return advice.recommendations(self)

    def decisions_proposed(self) -> Block:
        """Measures of the roadmap and decisions of the year that the findings lead to."""
        from msoko.present.blocks import advice

        return advice.decisions(self)

    def effect(self) -> Block:
        """What last year's decisions changed."""
        from msoko.present.blocks import advice

        return advice.effect(self)

    def arrived(self) -> Block:
        """Which files came, and what each was recognised as."""
        from msoko.present.blocks import intake

        return intake.arrived(self)

    def set_aside(self) -> Block:
        """Which rows were not taken, and why; rows in, kept and set aside add up."""
        from msoko.present.blocks import intake

        return intake.set_aside(self)

    def all_findings(self) -> Block:
        """Every finding in the year's data, by severity, with its cell and what to do."""
        from msoko.present.blocks import intake

        return intake.findings(self)

    def drift(self) -> Block:
        """How this year's data differ from last year's."""
        from msoko.present.blocks import intake

        return intake.drift(self)

    def meaning(self) -> Block:
        """What the findings mean for each report."""
        from msoko.present.blocks import intake

        return intake.meaning(self)

    def method(self) -> Block:
        """How the numbers of this report are made, and what they cannot say."""
        from msoko.present.blocks import account

        return account.method(self)

    def provenance(self) -> Block:
        """Year, profile, code version, raw files, checks; and the evidence of each number."""
        from msoko.present.blocks import account

        return account.provenance(self)


def formula(indicator: Indicator) -> str:
    """Return an indicator's formula as declared, over the rows of its table."""
    made = f"{indicator.measure}({indicator.numerator}"
    if indicator.denominator:
        made += f" / {indicator.denominator}"
    return f"{made}) – {indicator.table}" + (f", {indicator.where}" if indicator.where else "")


def _group_keys(group: object) -> frozenset[str]:
    if not isinstance(group, str) or not group:
        return frozenset()
    return frozenset(part.split("=", 1)[0] for part in group.split(";"))
