"""Units alike in their context: how far each stands from one of them, in standard deviations."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from msoko.stats.estimators.sample import Vector

LEAST_KNOWN = 3
"""A characteristic known of fewer units than this has no spread to be measured in."""


def context_distances(values: ArrayLike, unit: int, *, least: int = 1) -> Vector:
    """Return the distance of every unit from row `unit`, in standard deviations; its own is 0.

    `values` has a row a unit and a column a characteristic, NaN where it is not known. Each
    characteristic is divided by its standard deviation over all units (n − 1), and
    `d = √(Σ_k ((x_ik − x_jk) / s_k)² / K)` over the K characteristics known of both: the
    standardised Euclidean distance of CIPFA's nearest neighbours and Ohio's similar districts,
    divided by √K, so that it does not grow with the number of characteristics and two units
    drawn at random stand about √2 apart. NaN where fewer than `least` are known of both. The
    disputable choice: characteristics count alike and are not rotated (Mahalanobis), for a
    covariance of seven of them cannot be had from twenty schools. A characteristic that is known of
    fewer than three units, or the same for all, is left out. Raises ValueError for `values`
    that are not a table or a `unit` that is not in it.
    """
    table = np.asarray(values, float)
    if table.ndim != 2 or not 0 <= unit < len(table):
        raise ValueError(f"a table with row {unit} is expected, got shape {table.shape}")
    known = np.isfinite(table)
    usable = known.sum(axis=0) >= LEAST_KNOWN
    spread = np.full(table.shape[1], np.nan)
    for column in np.flatnonzero(usable):
        spread[column] = table[known[:, column], column].std(ddof=1)
    usable &= spread > 0
    both = (known & known[unit])[:, usable]
    gaps = (table[:, usable] - table[unit, usable]) / spread[usable]
    count = both.sum(axis=1)
    total = np.where(both, gaps, 0.0) ** 2
    enough = count >= max(least, 1)
    mean = np.divide(total.sum(axis=1), count, out=np.full(len(table), np.nan), where=enough)
    return np.sqrt(mean)
