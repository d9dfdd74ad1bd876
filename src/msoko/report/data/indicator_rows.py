"""The rows of an indicator, picked once however often blocks ask for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from msoko.core.indicator_groups import groupings

Row = Mapping[str, Any]
"""A row of a table: of the store as `Store.records` gives it, or an `IndicatorRow`."""
Name = tuple[str, str, str, int]
"""Direction, indicator, unit of analysis and the number of the grouping."""
COLUMNS = ["direction", "indicator", "unit_of_analysis"]
NOWHERE = np.array([], int)


class IndicatorRow(Mapping[str, Any]):
    """One row of the table `indicators`: numbers are floats, all else as a frame has it."""

    __slots__ = ("_column", "_names", "_place")

    def __init__(self, column: Callable[[str], np.ndarray], names: pd.Index, place: int) -> None:
        self._column, self._names, self._place = column, names, place

    def __getitem__(self, name: str) -> Any:
        return self._column(name)[self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class IndicatorRows:
    """Some rows of the table: one by one, a column of them, or a frame, as the reader likes.

    A line has a few rows and a report has hundreds of lines, so a frame is made only where
    one is asked for.
    """

    def __init__(self, table: IndicatorTable, places: np.ndarray) -> None:
        self._table, self._places = table, places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[IndicatorRow]:
        names, column = self._table.values.columns, self._table.column
        return (IndicatorRow(column, names, place) for place in self._places.tolist())

    def column(self, name: str) -> np.ndarray:
        """Return a column of the rows: numbers as floats, all else as objects."""
        return self._table.column(name)[self._places]

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a frame, which may be changed without changing another reader's."""
        return self._frame.copy(deep=False)

    @cached_property
    def _frame(self) -> pd.DataFrame:
        return self._table.values.iloc[self._places]


class IndicatorTable:
    """The table `indicators` of all years, earliest first, and where the rows of each kind are."""

    def __init__(self, values: pd.DataFrame) -> None:
        self.values = values
        named = values[COLUMNS].assign(grouping=groupings(values))
        self._places = named.groupby([*COLUMNS, "grouping"], sort=False).indices
        self._columns: dict[str, np.ndarray] = {}
        self._picked: dict[tuple[Name, str | None, str], IndicatorRows] = {}

    def rows(self, name: Name, year: str | None = None, subject: str = "") -> IndicatorRows:
        """Return the rows of one school year and subject, or of all, earliest first."""
        key = (name, year, subject)
        if key not in self._picked:
            self._picked[key] = IndicatorRows(self, self._found(*key))
        return self._picked[key]

    def column(self, name: str) -> np.ndarray:
        """Return a column of all rows, made once."""
        if name not in self._columns:
            column = self.values[name]
            is_float = column.dtype == float
            self._columns[name] = column.to_numpy() if is_float else column.to_numpy(object)
        return self._columns[name]

    def _found(self, name: Name, year: str | None, subject: str) -> np.ndarray:
        places = self._places.get(name, NOWHERE)
        if year is not None:
            places = places[self.column("school_year")[places] == year]
        return places[self.column("subject")[places] == subject] if subject else places


class OrganisationValues(NamedTuple):
    """One indicator of all organisations, an entry each."""

    school_id: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    value: np.ndarray
    n: np.ndarray

    @classmethod
    def of_rows(cls, rows: Sequence[Row]) -> OrganisationValues:
        """Return the columns of rows of the table `indicators`."""
        numbers = [np.array([row[name] for row in rows], float) for name in cls._fields[1:]]
        return cls(np.array([row["school_id"] for row in rows], object), *numbers)

    def counts(self, codes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return numerator and denominator of these organisations, NaN of those without."""
        known = dict(
            zip(self.school_id, zip(self.numerator, self.denominator, strict=True), strict=True)
        )
        pairs = np.array([known.get(code, (np.nan, np.nan)) for code in codes]).reshape(-1, 2)
        return pairs[:, 0].round(), pairs[:, 1].round()

    def of(self, codes: Collection[str]) -> OrganisationValues:
        chosen = [code in codes for code in self.school_id]
        return OrganisationValues(*(column[chosen] for column in self))


NO_ORGANISATIONS = OrganisationValues.of_rows(())
