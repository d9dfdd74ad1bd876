"""The rows of an indicator, picked once however often blocks ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Name = tuple[str, str, str, frozenset[str]]
"""Direction, indicator, unit of analysis and the grouping's columns, as `COLUMNS` hold them."""
COLUMNS = ["direction", "indicator", "unit_of_analysis", "keys"]


class Selection:
    """Picks from indicator rows that have `keys`, the set of their group's columns."""

    def __init__(self, values: pd.DataFrame) -> None:
        self._values = values
        self._places = values.groupby(COLUMNS, sort=False).indices
        self._picked: dict[tuple[Name, str | None], pd.DataFrame] = {}

    def rows(self, name: Name, year: str | None = None) -> pd.DataFrame:
        """Return the rows of one school year or of all, earliest first."""
        if (name, year) not in self._picked:
            self._picked[name, year] = self._pick(name, year)
        return self._picked[name, year].copy(deep=False)

    def _pick(self, name: Name, year: str | None) -> pd.DataFrame:
        if year is not None:
            rows = self.rows(name)
            return rows[rows["school_year"] == year]
        rows = self._values.iloc[list(self._places.get(name, ()))]
        return rows.sort_values("school_year", kind="stable")
