"""Working days of the production calendar, as far as `registry/calendar.yml` knows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from msoko.catalog.directions.direction import Origin
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import DeclarationLine
from msoko.core.errors import UsageError
from msoko.core.project import Project


@dataclass(frozen=True)
class CalendarYear:
    """One calendar year: its weekdays off and its working weekends, and whose word that is."""

    year: int
    days_off: tuple[dt.date, ...]
    source: str
    origin: Origin
    working_weekends: tuple[dt.date, ...] = ()
    note: str = ""
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class RegionalYear:
    """The days off that a region adds in one calendar year."""

    region: str
    year: int
    days_off: tuple[dt.date, ...]
    source: str
    origin: Origin
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class CalendarFile:
    """The frame of `registry/calendar.yml`."""

    years: tuple[CalendarYear, ...] = ()
    regional: tuple[RegionalYear, ...] = ()


@dataclass(frozen=True)
class WorkCalendar:
    """The working days of one region; a year that nobody has entered is unknown, not ordinary."""

    years: Mapping[int, CalendarYear]
    regional: Mapping[int, RegionalYear]
    region: str

    def is_known(self, day: dt.date) -> bool:
        return day.year in self.years

    def is_working(self, day: dt.date) -> bool | None:
        """Return whether people work on `day`; None where its year is not entered."""
        year = self.years.get(day.year)
        if year is None:
            return None
        if day.weekday() >= 5:
            return day in year.working_weekends
        own = self.regional.get(day.year)
        return day not in year.days_off and not (own and day in own.days_off)

    def shifted(self, day: dt.date, working_days: int) -> dt.date | None:
        """Return the `working_days`-th working day after `day` (before it where negative).

        `day` itself is not counted (статья 191 ГК РФ: a term runs from the next day). None
        where the way leads through a year that is not entered, or out of all years.
        """
        step = dt.timedelta(days=1 if working_days > 0 else -1)
        left = abs(working_days)
        while left:
            if day in (dt.date.min, dt.date.max):
                return None
            day += step
            is_working = self.is_working(day)
            if is_working is None:
                return None
            left -= is_working
        return day


def load_calendar(project: Project, region: str) -> WorkCalendar:
    """Return the working days of `region` (its name in the nominative, as a profile gives it).

    A year that the project enters itself goes before the house's. A day entered under another
    year, a weekday among working weekends or a weekend among days off is refused: each such
    slip would move a deadline unnoticed.
    """
    years: dict[int, CalendarYear] = {}
    regional: dict[int, RegionalYear] = {}
    for path in project.layers("registry", "calendar.yml"):
        declared = yaml_schema.load(path, CalendarFile, project.shown(path))
        _check(declared)
        years = {one.year: one for one in declared.years} | years
        own = [one for one in declared.regional if one.region == region]
        regional = {one.year: one for one in own} | regional
    return WorkCalendar(years, regional, region)


def _check(declared: CalendarFile) -> None:
    for year in declared.years:
        _require(year, year.days_off, is_weekend=False)
        _require(year, year.working_weekends, is_weekend=True)
    for own in declared.regional:
        _require(own, own.days_off, is_weekend=False)
    _refuse_repeated(declared)


def _require(
    year: CalendarYear | RegionalYear, days: tuple[dt.date, ...], *, is_weekend: bool
) -> None:
    for day in days:
        if day.year != year.year:
            raise UsageError(f"{year.place}: {day:%d.%m.%Y} – не {year.year} год. Исправьте дату.")
        if (day.weekday() >= 5) != is_weekend:
            kind = "выходной (суббота или воскресенье)" if day.weekday() >= 5 else "будний день"
            raise UsageError(
                f"{year.place}: {day:%d.%m.%Y} – {kind}. В days_off пишут будние дни, в которые "
                "не работают, в working_weekends – рабочие субботы и воскресенья."
            )


def _refuse_repeated(declared: CalendarFile) -> None:
    seen: set[tuple[str, int]] = set()
    for one in (*declared.years, *declared.regional):
        key = (one.region if isinstance(one, RegionalYear) else "", one.year)
        if key in seen:
            raise UsageError(f"{one.place}: {one.year} год внесён дважды. Оставьте одну запись.")
        seen.add(key)
