"""From a frame to a response and a design matrix, with rows that lack a value left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from msoko.stats.estimators.sample import Vector, as_floats

INTERCEPT = "(Intercept)"


@dataclass(frozen=True)
class Design:
    """`y` (n), `x` (n × p) with columns `terms`, `weights` (n), and `rows`, the positions in the
    caller's frame of the rows used."""

    y: Vector
    x: np.ndarray
    terms: tuple[str, ...]
    weights: Vector
    rows: np.ndarray
    frame_length: int

    @property
    def n(self) -> int:
        """The number of rows used."""
        return len(self.y)

    def labels(self, labels: Sequence[object] | pd.Series) -> np.ndarray:
        """Return `labels` (one per row of the caller's frame) of the rows used, as codes 0…G−1.

        Codes follow the order of first appearance. Raises ValueError for a wrong length or a
        missing label.
        """
        column = pd.Series(labels).reset_index(drop=True)
        if len(column) != self.frame_length:
            raise ValueError(f"{len(column)} labels for {self.frame_length} rows")
        used = column.iloc[self.rows]
        if used.isna().any():
            raise ValueError("a row that is used has no label")
        return pd.factorize(used)[0]


def predictor_matrix(
    frame: pd.DataFrame, predictors: Sequence[str], intercept: bool = True
) -> pd.DataFrame:
    """Return the design matrix of named columns, one row per row of `frame`, missing kept.

    A numeric or boolean column stands as it is; a text or categorical column becomes indicators
    `name[level]` of every level but the first (alphabetical, or the category order): R's
    treatment contrasts. Powers and products are columns that the caller makes.
    """
    parts: dict[str, Vector] = {INTERCEPT: np.ones(len(frame))} if intercept else {}
    for name in predictors:
        column = frame[name].reset_index(drop=True)
        if pd.api.types.is_numeric_dtype(column) or column.isna().all():
            parts[name] = as_floats(column)
            continue
        categories = column.astype("category").cat
        codes = categories.codes.to_numpy()
        for place, level in list(enumerate(categories.categories))[1:]:
            parts[f"{name}[{level}]"] = np.where(codes < 0, np.nan, codes == place)
    return pd.DataFrame(parts, index=range(len(frame)))


def design(
    frame: pd.DataFrame,
    response: str,
    predictors: Sequence[str],
    weights: str | None = None,
    intercept: bool = True,
    needed: Sequence[str] = (),
) -> Design:
    """Return the design of a regression; rows with a missing value or zero weight are left out.

    `needed` names further columns (group labels) that must be present in a row that is used.
    Raises KeyError for an unknown column and ValueError for a negative weight.
    """
    matrix = predictor_matrix(frame, predictors, intercept)
    y = as_floats(frame[response].reset_index(drop=True))
    weight = np.ones(len(y)) if weights is None else as_floats(frame[weights])
    if (weight < 0).any():
        raise ValueError("a weight is not negative")
    is_used = ~(np.isnan(y) | matrix.isna().any(axis=1).to_numpy() | np.isnan(weight))
    for name in needed:
        is_used &= frame[name].notna().to_numpy()
    rows = np.flatnonzero(is_used & (np.nan_to_num(weight) > 0))
    return Design(
        y[rows],
        matrix.to_numpy()[rows],
        tuple(matrix.columns),
        weight[rows],
        rows,
        len(frame),
    )


def is_full_rank(matrix: np.ndarray, tolerance: float = 1e-10) -> bool:
    """Return whether the columns are linearly independent, after scaling each to length 1.

    They are not where the smallest singular value is at most `tolerance` times the largest.
    """
    length = np.sqrt((matrix**2).sum(axis=0))
    if matrix.shape[0] < matrix.shape[1] or (length == 0).any():
        return False
    values = np.linalg.svd(matrix / length, compute_uv=False)
    return bool(values[-1] > tolerance * values[0])


def survives_pseudo_inverse(matrix: np.ndarray) -> bool:
    """Return whether statsmodels, which fits by pseudo-inverse, will keep every column.

    Nearer to collinear than 1e-7, or with units 1e14 apart, it loses digits and then a whole
    column, saying so by a warning only.
    """
    is_regular = is_full_rank(matrix, 1e-7)
    return bool(is_regular and np.linalg.matrix_rank(matrix, rtol=1e-14) == matrix.shape[1])
