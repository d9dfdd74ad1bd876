"""Vectors as the functions of this room need them: floats, without missing values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]


def as_floats(values: ArrayLike | pd.Series | Sequence[Any]) -> Vector:
    """Return the values as a float vector; None, pd.NA and NaN become NaN.

    Raises ValueError for text, for an infinite value and for more than one dimension.
    """
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "fiu":
        floats = values.astype(np.float64)  # what is numbers already needs no series
    else:
        series = pd.Series(values) if not isinstance(values, pd.Series) else values
        floats = pd.to_numeric(series).to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(floats).any():
        raise ValueError("an infinite value is not an observation")
    return floats


def known_values(values: ArrayLike | pd.Series) -> Vector:
    """Return the non-missing values as floats, in their order."""
    floats = as_floats(values)
    return floats[~np.isnan(floats)]


def complete_pairs(*columns: ArrayLike | pd.Series) -> tuple[Vector, ...]:
    """Return the columns without the rows in which any of them is missing.

    Raises ValueError when their lengths differ.
    """
    floats = [as_floats(column) for column in columns]
    if len({len(column) for column in floats}) > 1:
        raise ValueError(f"columns differ in length: {[len(column) for column in floats]}")
    is_complete = ~np.isnan(np.column_stack(floats)).any(axis=1)
    return tuple(column[is_complete] for column in floats)


def is_constant(values: Vector) -> bool:
    """Return whether the values do not vary beyond rounding error."""
    if len(values) == 0:
        return True
    spread = float(np.ptp(values))
    return spread <= 1e-12 * max(1.0, float(np.abs(values).max()))
