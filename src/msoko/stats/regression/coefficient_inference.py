"""Coefficients with their errors: the form that every regression of this room reports in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from msoko.stats.estimators.estimate import Estimate, require_level
from msoko.stats.estimators.sample import Vector

Labels = Sequence[object] | pd.Series


@dataclass(frozen=True)
class Inference:
    """Coefficients with their errors: `table` by term with `value, se, df, low, high, p`;
    `covariance` by term; `n` rows, `clusters` (None without), `level`, `method`."""

    table: pd.DataFrame
    covariance: pd.DataFrame
    n: int
    clusters: int | None
    level: float
    method: str

    def estimate(self, term: str) -> Estimate:
        """Return one coefficient as an `Estimate`; KeyError for an unknown term."""
        row = self.table.loc[term]
        numbers = (float(row[name]) for name in ("value", "low", "high"))
        extras = (float(row[name]) for name in ("se", "df", "p"))
        return Estimate(*numbers, self.n, self.level, *extras, self.method)


def coefficient_table(
    coefficients: pd.Series, covariance: np.ndarray, df: float | Vector, level: float
) -> pd.DataFrame:
    """Return `value, se, df, low, high, p` by term; df may be infinite (normal law)."""
    require_level(level)
    error = np.sqrt(np.diag(covariance))
    freedom = np.broadcast_to(np.asarray(df, dtype=float), error.shape)
    half = stats.t.ppf(0.5 + level / 2, freedom) * error
    value = coefficients.to_numpy()
    ratio = np.divide(np.abs(value), error, out=np.full(len(error), np.inf), where=error > 0)
    return pd.DataFrame(
        {
            "value": value,
            "se": error,
            "df": freedom,
            "low": value - half,
            "high": value + half,
            "p": np.minimum(1, 2 * stats.t.sf(ratio, freedom)),
        },
        index=coefficients.index,
    )
