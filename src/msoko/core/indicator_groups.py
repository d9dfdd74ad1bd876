"""Which group of an indicator a row is of: the columns of `GROUP` that it fills, and with what.

A row of the whole fills none. Rows in memory are told apart here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from msoko.core.tables import GROUP

Group = tuple[Any, ...]
"""What a row has in the columns of `GROUP`, None where it has nothing; the school is first."""
PLACES = {key: place for place, key in enumerate(GROUP)}
_of = itemgetter(*GROUP)


def group_of(row: Mapping[str, Any]) -> Group:
    """Return the group of one row."""
    # as `pandas.isna` says, which asks of each value first what kind of thing it is
    return tuple(
        [None if value is None or value is pd.NA or value != value else value for value in _of(row)]
    )


def groups_of(rows: pd.DataFrame) -> list[Group]:
    """Return the group of each row of a frame."""
    known = rows[list(GROUP)].astype(object)
    return list(known.where(known.notna(), None).itertuples(index=False, name=None))


def grouping(keys: Iterable[str]) -> int:
    """Return the number that stands for a grouping by these columns, whatever their order."""
    return sum(1 << PLACES[key] for key in set(keys))


def groupings(rows: pd.DataFrame) -> np.ndarray:
    """Return the number of each row's grouping."""
    found = np.zeros(len(rows), "int64")
    for key, place in PLACES.items():
        found |= rows[key].notna().to_numpy("int64") << place
    return found


def group_numbers(rows: pd.DataFrame, keys: Sequence[str] = tuple(GROUP)) -> np.ndarray:
    """Return numbers that are equal where rows have the same in all `keys`, nothing included.

    They are in the order of the keys' values.
    """
    known = [key for key in keys if rows[key].notna().any()]
    if not known:
        return np.zeros(len(rows), "int64")
    return rows.groupby(known, dropna=False).ngroup().to_numpy()
