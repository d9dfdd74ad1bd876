"""The rows of an indicator, picked once however often blocks ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from msoko.core.indicator_groups import groupings

Row = Mapping[str, Any]
"""A row of the table `indicators`."""
Name = tuple[str, str, str, int]
"""Direction, indicator, unit of analysis and the number of the grouping."""
COLUMNS = ["direction", "indicator", "unit_of_analysis"]
NOWHERE = np.array([], int)


class Selection:
    """Picks from rows of the table `indicators` of all years, earliest first."""

    def __init__(self, values: pd.DataFrame) -> None:
        self._values = values
        named = values[COLUMNS].assign(grouping=groupings(values))
        self._places = named.groupby([*COLUMNS, "grouping"], sort=False).indices
        self._arrays: dict[str, np.ndarray] = {}
        self._years, self._subjects = self._array("school_year"), self._array("subject")
        self._picked: dict[tuple[Name, str | None, str], pd.DataFrame] = {}

    def rows(self, name: Name, year: str | None = None, subject: str = "") -> pd.DataFrame:
        """Return the rows of one school year and subject, or of all, earliest first."""
        key = (name, year, subject)
        if key not in self._picked:
            self._picked[key] = self._values.iloc[self._found(*key)]
        return self._picked[key].copy(deep=False)

    def columns(
        self, names: Sequence[str], name: Name, year: str | None = None, subject: str = ""
    ) -> list[np.ndarray]:
        """Return some columns of the rows: numbers as floats, all else as it is in a row."""
        places = self._found(name, year, subject)
        return [self._array(column)[places] for column in names]

    def records(self, name: Name, year: str | None = None, subject: str = "") -> list[Row]:
        """Return the rows as mappings."""
        names = list(self._values.columns)
        columns = (column.tolist() for column in self.columns(names, name, year, subject))
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _array(self, name: str) -> np.ndarray:
        """Return a column of all rows, made once."""
        if name not in self._arrays:
            column = self._values[name]
            is_float = column.dtype == float
            self._arrays[name] = column.to_numpy() if is_float else column.to_numpy(object)
        return self._arrays[name]

    def _found(self, name: Name, year: str | None, subject: str) -> np.ndarray:
        places = self._places.get(name, NOWHERE)
        if year is not None:
            places = places[self._years[places] == year]
        return places[self._subjects[places] == subject] if subject else places
