"""What a report calls things, and how it prints a number: with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.registry import registry_words
from msoko.catalog.registry.wording import Wording
from msoko.core import russian
from msoko.report.data.evidence import Evidence, Ledger, formula
from msoko.report.data.report_tables import ReportTables
from msoko.report.words.report_words import ReportWords

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.indicator_rows import Row

LEAST_COUNT = 5
"""The least count that the public edition prints (`msoko.disclosure.suppression.PUBLIC`)."""
EVERY_SUBJECT = "all"
"""The subject under which the verdict keeps a marker of all subjects together."""


@dataclass
class ReportData(ReportTables, ReportWords):
    """The tables of a report with their names, and the evidence of the numbers it prints."""

    ledger: Ledger = field(default_factory=Ledger)
    school_id: str = ""

    @cached_property
    def wording(self) -> Wording:
        return Wording(registry_words.load_wording(self.project, self.profile))

    # Names

    def title(self, line: IndicatorLine, *, is_short: bool = False) -> str:
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

    def layout_title(self, layout: str) -> str:
        """Return what a kind of file is called."""
        key = f"layout.{layout}"
        return self.say(key) if self.wording.has(key) else russian.escaped(layout)

    def check_title(self, check: str) -> str:
        """Return what a check is called; one without a name keeps its code."""
        return self.check_titles.get(check, check)

    @cached_property
    def check_titles(self) -> dict[str, str]:
        return registry_words.load_check_titles(self.project)

    def paper(self, subject: object, grade: object) -> str:
        """Return «Русский язык, 4 класс»."""
        parts = []
        if subject == EVERY_SUBJECT:
            parts.append(self.say("unit.all_subjects"))
        elif not pd.isna(subject):
            parts.append(self.subjects.get(str(subject), str(subject)))
        if not pd.isna(grade):
            parts.append(self.say("unit.grade", grade=int(grade)))
        return ", ".join(parts)

    # Numbers

    def is_hidden(self, row: pd.Series | Row) -> bool:
        """Whether the public edition keeps a row's value to itself."""
        return bool(row["flags"] == "hidden")

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
