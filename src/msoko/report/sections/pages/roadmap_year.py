"""A roadmap's year: what is due when, what was reported, what is late or missing."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.catalog import parse_deadline

if TYPE_CHECKING:
    from msoko.catalog import Deadline, Due, Measure
    from msoko.catalog.municipality.profile import Returns
    from msoko.core.school_year import SchoolYear

PERIOD_MONTHS = {"month": 1, "quarter": 3, "half_year": 6}
NOT_THIS_YEAR = ("other_year",)
"""Kinds of deadline that put a measure outside the school year."""
STATUSES = ("done", "in_progress", "not_done", "unknown")
MOST_UNKNOWN = 0.5
"""Where more of the rows than this name measures that the roadmap lacks, they are of another."""
PERIOD = re.compile(r"(20\d\d)-(?:(Q(?=[1-4]$)|H(?=[12]$))|(?=(?:0[1-9]|1[0-2])$))(\d+)")


@dataclass(frozen=True)
class DatedMeasure:
    """A measure of the roadmap with what its printed deadline means in the year."""

    measure: Measure
    deadline: Deadline

    @property
    def is_of_year(self) -> bool:
        return self.deadline.kind not in NOT_THIS_YEAR

    @property
    def dues(self) -> tuple[Due, ...]:
        """The stretches of days of this year, none where only a kind is said."""
        return self.deadline.dates if self.deadline.kind == "dates" else ()


@dataclass(frozen=True)
class ExpectedReturn:
    """A return that the rule asks for: of which measure, by which day."""

    measure: Measure
    due: dt.date


@dataclass(frozen=True)
class OverdueReturn:
    """A return that came after its day, or (`returned_on` is None) did not come."""

    measure: Measure
    due: dt.date
    returned_on: dt.date | None = None


@dataclass(frozen=True)
class RoadmapYear:
    """The roadmap of one school year beside the returns on it.

    `returns` are rows of the table `roadmap_returns`; `rule` is the profile's, None where its
    founding document has none: then nothing is called late or missing.
    """

    measures: Sequence[Measure]
    year: SchoolYear
    returns: pd.DataFrame
    rule: Returns | None = None

    @cached_property
    def tasks(self) -> list[DatedMeasure]:
        return [DatedMeasure(one, parse_deadline(one.deadline, self.year)) for one in self.measures]

    @property
    def own(self) -> list[DatedMeasure]:
        """The measures of this school year: all whose deadline names no other."""
        return [task for task in self.tasks if task.is_of_year]

    def due_in(self, month: dt.date) -> list[tuple[DatedMeasure, Due]]:
        """Return what ends in the month that begins at `month`.

        What ends after the school year stands in its last month.
        """
        last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        return [
            (task, due)
            for task in self.tasks
            for due in task.dues
            if month <= min(due.end, self.year.ends) <= last
        ]

    @cached_property
    def months(self) -> list[dt.date]:
        """The first days of the school year's months."""
        start = self.year.start
        return [dt.date(start + (number > 12), (number - 1) % 12 + 1, 1) for number in range(9, 21)]

    @cached_property
    def as_of(self) -> dt.date | None:
        """The day of the latest return: what was to come later is not missing yet."""
        days = pd.to_datetime(self.returns["returned_on"]).dropna() if len(self.returns) else []
        return max(days).date() if len(days) else None

    @property
    def past_due(self) -> list[tuple[DatedMeasure, Due]]:
        """Measures whose last deadline is before `as_of`, and that were not reported as done."""
        if self.as_of is None:
            return []
        ended = [
            (task, max(task.dues, key=lambda due: due.end)) for task in self.tasks if task.dues
        ]
        return [
            (task, due)
            for task, due in ended
            if min(due.end, self.year.ends) < self.as_of
            and self.statuses.get(task.measure.code) != "done"
        ]

    @cached_property
    def statuses(self) -> dict[str, str]:
        """What was last reported of each measure that anything was reported of."""
        if self.returns.empty:
            return {}
        ends = [period_end(str(one), self.year) for one in self.returns["period"]]
        rows = self.returns.assign(end=ends).sort_values(["end", "returned_on"], kind="stable")
        last = rows.dropna(subset=["status"]).groupby("measure", sort=True)["status"].last()
        return {str(code): str(status) for code, status in last.items()}

    def due_day(self, day: dt.date) -> dt.date:
        """Return by which day the return on the rule's period that holds `day` is to come."""
        if self.rule is None:
            raise ValueError("the profile has no rule of returns")
        if self.rule.period == "year":
            return self.year.ends
        length = PERIOD_MONTHS[self.rule.period]
        month = -(-day.month // length) * length
        last = calendar.monthrange(day.year, month)[1]
        return dt.date(day.year, month, min(self.rule.day or last, last))

    @cached_property
    def expected(self) -> list[ExpectedReturn]:
        """The returns that should have come by `as_of`, in the order of the roadmap.

        A measure with a date is reported on in each period in which a deadline ends; one
        without a date of its own at the end of each calendar quarter.
        """
        if self.rule is None or self.as_of is None:
            return []
        return [
            ExpectedReturn(task.measure, due)
            for task in self.own
            for due in sorted({self.due_day(day) for day in self._reported(task)})
            if due <= self.as_of
        ]

    def _reported(self, task: DatedMeasure) -> Iterator[dt.date]:
        if task.dues:
            yield from (min(due.end, self.year.ends) for due in task.dues)
            return
        yield from (dt.date(self.year.start + (month < 9), month, 28) for month in (12, 3, 6))

    @cached_property
    def came(self) -> dict[tuple[str, dt.date], dt.date]:
        """The earliest return on each measure and due day."""
        found: dict[tuple[str, dt.date], dt.date] = {}
        if self.rule is None or self.returns.empty:
            return found
        for row in self.returns.dropna(subset=["returned_on"]).itertuples():
            key = str(row.measure), self.due_day(period_end(str(row.period), self.year))
            day = pd.Timestamp(row.returned_on).date()
            found[key] = min(day, found.get(key, day))
        return found

    @cached_property
    def overdue(self) -> list[OverdueReturn]:
        """Returns that were expected and came late or not at all."""
        found = []
        for one in self.expected:
            day = self.came.get((one.measure.code, one.due))
            if day is None or day > one.due:
                found.append(OverdueReturn(one.measure, one.due, day))
        return found


def period_end(period: str, year: SchoolYear) -> dt.date:
    """Return the last day of a reported period: 2024-11, 2024-Q4, 2024-H2 or a school year."""
    if period == str(year):
        return year.ends
    match = PERIOD.fullmatch(period)
    if not match:
        raise ValueError(f"no period: {period!r}")
    length = {"Q": 3, "H": 6}.get(match[2], 1)
    start, month = int(match[1]), int(match[3]) * length
    return dt.date(start, month, calendar.monthrange(start, month)[1])


@dataclass(frozen=True)
class ReceivedReturns:
    """The returns of a year as they can be read.

    `rows` are those on measures of the roadmap, with the measures' codes; `count` is how many
    rows came; `unknown` are the measures named that the roadmap does not have.
    """

    rows: pd.DataFrame
    count: int
    unknown: tuple[str, ...] = ()

    @property
    def is_foreign(self) -> bool:
        """Whether the returns were written on another roadmap: most rows name what is not in it.

        Then the few that do match a number match it by chance, and `rows` holds none.
        """
        return self.count > 0 and self.rows.empty and bool(self.unknown)

    @property
    def unread(self) -> int:
        return self.count - len(self.rows)


def readable_returns(
    returns: pd.DataFrame, measures: Sequence[Measure], year: SchoolYear
) -> ReceivedReturns:
    """Return which returns are on measures of the roadmap, and what the others name.

    People give a measure by its printed number; one printed twice is known by its code alone.
    """
    if returns.empty:
        return ReceivedReturns(returns, 0)
    numbers = [one.number.strip(". ") for one in measures]
    codes = {
        number: one.code
        for number, one in zip(numbers, measures, strict=True)
        if number and numbers.count(number) == 1
    } | {one.code: one.code for one in measures}
    said = returns["measure"].astype("str").str.strip(". ")
    named = said.map(codes)
    is_period = [
        text == str(year) or bool(PERIOD.fullmatch(text)) for text in returns["period"].astype(str)
    ]
    kept = named.notna() & np.array(is_period, bool)
    unknown = tuple(dict.fromkeys(said[named.isna()]))
    if named.isna().mean() > MOST_UNKNOWN:
        kept &= False
    return ReceivedReturns(returns.assign(measure=named)[kept], len(returns), unknown)
