"""How much more units differ than their sampling errors say, as funnels usually tell it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.sample import Vector, as_floats


@dataclass(frozen=True)
class Overdispersion:
    """How much more the units differ than their own sampling error says.

    `phi` is the mean Winsorised z² (1 = no overdispersion); `tau2` the additive between-unit
    variance on the scale of the values; `target` the centre used; `n` the number of units.
    """

    phi: float
    tau2: float
    target: float
    n: int


def winsorise(values: ArrayLike, share: float = 0.1) -> Vector:
    """Return the values with both tails drawn in to their `share` and 1 − `share` quantiles.

    Quantiles interpolate linearly (R type 7), as in FunnelPlotR. Missing values stay missing.
    """
    if not 0 <= share < 0.5:
        raise ValueError(f"share lies in [0, .5), got {share}")
    floats = as_floats(values)
    known = floats[~np.isnan(floats)]
    if len(known) == 0:
        return floats
    low, high = np.quantile(known, [share, 1 - share])
    return np.clip(floats, low, high)


def overdispersion(
    values: ArrayLike, errors: ArrayLike, target: float | None = None, winsor: float = 0.1
) -> Overdispersion | NotEstimable:
    """Return φ and the additive τ² of values with known sampling errors.

    `z = (value − target)/error`, Winsorised; `φ = Σz²/I`;
    `τ² = max(0, (Iφ − (I−1)) / (Σw − Σw²/Σw))`, `w = 1/error²`. Without a target the
    precision-weighted mean is used. Rows with a missing value or error are dropped.
    Not estimable with fewer than two units. Raises ValueError for an error that is not
    positive. The disputable choice: the moment estimator on Winsorised z, which understates
    τ² a little (Winsorised normal z have φ ≈ .79 at 10 %), so that the funnel is slightly narrow.
    """
    estimates, spread = as_floats(values), as_floats(errors)
    if len(estimates) != len(spread):
        raise ValueError(f"{len(estimates)} values, {len(spread)} errors")
    known = ~(np.isnan(estimates) | np.isnan(spread))
    estimates, spread = estimates[known], spread[known]
    if (spread <= 0).any():
        raise ValueError("a sampling standard error is positive")
    units = len(estimates)
    if units < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS if units else Reason.NO_DATA, units)
    weight = 1 / spread**2
    centre = float(weight @ estimates / weight.sum()) if target is None else float(target)
    drawn_in = winsorise((estimates - centre) / spread, winsor)
    phi = float(np.mean(drawn_in**2))
    excess = units * phi - (units - 1)
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    return Overdispersion(phi, max(0.0, excess / room), centre, units)
