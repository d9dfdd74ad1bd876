"""A school year that cannot be wrong."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from msoko.core.errors import UsageError


@dataclass(frozen=True, order=True)
class SchoolYear:
    """A school year, named by the calendar year in which it starts."""

    start: int

    @classmethod
    def parse(cls, text: str) -> SchoolYear:
        """Return the school year spelt as `2024-25`; refuse any other spelling."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", str(text))
        if not match or (int(match[1]) + 1) % 100 != int(match[2]):
            raise UsageError(f"учебный год пишется как 2024-25, получено {text!r}")
        return cls(int(match[1]))

    @classmethod
    def of_date(cls, day: dt.date) -> SchoolYear:
        """Return the school year that a day belongs to; a year begins on 1 September."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    def __str__(self) -> str:
        return f"{self.start}-{(self.start + 1) % 100:02d}"

    @property
    def begins(self) -> dt.date:
        return dt.date(self.start, 9, 1)

    @property
    def ends(self) -> dt.date:
        return dt.date(self.start + 1, 8, 31)

    def shifted(self, years: int) -> SchoolYear:
        """Return the school year that lies `years` later (earlier where negative)."""
        return SchoolYear(self.start + years)
