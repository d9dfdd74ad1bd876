"""Funnels: schools against a common target with limits as wide as their size demands.

Spiegelhalter (2005), Funnel plots for comparing institutional performance, Stat Med 24:1185.
φ and τ² agree with FunnelPlotR 0.6.0 (method "CQC", Winsorised).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import ndtr

from msoko.stats.estimators.estimate import NotEstimable, Reason, critical_value
from msoko.stats.estimators.sample import Vector, as_floats

EXACT_BELOW = 10
QUADRATURE_NODES = 61


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


@dataclass(frozen=True)
class Funnel:
    """A funnel and the place of each unit in it.

    `points`, one row per unit in the order given: `value` (share or mean), `n` (pupils; null
    for means given with their errors), `error` (sampling standard error on the analysis
    scale), `z` (with τ² in its error), `p_lower`, `p_upper` (one-sided), `reason` (a code where
    the unit has no place, else null). `target` is on the scale of the values; `phi`, `tau2`
    as in `Overdispersion` (arcsine scale for shares). `kind` is "share" or "mean".
    """

    points: pd.DataFrame
    target: float
    phi: float
    tau2: float
    n: int
    kind: str

    def limits(self, sizes: ArrayLike, level: float = 0.95) -> pd.DataFrame:
        """Return the limits `low`, `high` for each of `sizes`.

        `sizes` are numbers of pupils for a share funnel and sampling standard errors for a mean
        funnel. Shares with fewer than 10 pupils have the exact limits: the least and greatest
        share whose tail probability is more than (1−level)/2, at the target with τ².
        """
        margin = critical_value(level)
        given = as_floats(sizes)
        if np.isnan(given).any() or (given <= 0).any():
            raise ValueError("sizes are known and positive")
        if self.kind == "mean":
            half = margin * np.sqrt(given**2 + self.tau2)
            return pd.DataFrame(
                {"size": given, "low": self.target - half, "high": self.target + half}
            )
        rows = [self._share_limits(size, level, margin) for size in given]
        return pd.DataFrame(rows, columns=["low", "high"]).assign(size=given)[
            ["size", "low", "high"]
        ]

    def _share_limits(self, size: float, level: float, margin: float) -> tuple[float, float]:
        centre = float(np.arcsin(np.sqrt(self.target)))
        if size < EXACT_BELOW:
            return _exact_limits(int(size), centre, self.tau2, level)
        half = margin * np.sqrt(1 / (4 * size) + self.tau2)
        ends = np.clip([centre - half, centre + half], 0, np.pi / 2)
        return float(np.sin(ends[0]) ** 2), float(np.sin(ends[1]) ** 2)


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


def share_funnel(
    successes: ArrayLike, totals: ArrayLike, target: float | None = None, winsor: float = 0.1
) -> Funnel | NotEstimable:
    """Return the funnel of shares `successes/totals`, with additive overdispersion.

    Analysis on `y = asin √p`, `s = 1/(2√n)`, against `asin √target`; the default target is
    Σsuccesses/Σtotals, so large schools weigh more. `z = (y − θ)/√(s² + τ²)`. Units with
    fewer than 10 pupils get exact tail probabilities P(X ≤ k), P(X ≥ k) of the binomial mixed
    over θ + N(0, τ²) (the plain binomial at τ² = 0), and z from the mid-p. A unit without
    pupils or with a missing count has `reason = "no_data"`. Not estimable with fewer than two
    units.
    Raises ValueError for counts that are negative or exceed their total, or a target outside
    [0, 1]. φ, τ² checked against FunnelPlotR 0.6.0.
    """
    hits, sizes = _counts(successes, totals)
    known = ~(np.isnan(hits) | np.isnan(sizes)) & (sizes > 0)
    units = int(known.sum())
    if units < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS if units else Reason.NO_DATA, units)
    centre = float(hits[known].sum() / sizes[known].sum()) if target is None else float(target)
    if not 0 <= centre <= 1:
        raise ValueError(f"a target share lies in [0, 1], got {target}")
    angle = float(np.arcsin(np.sqrt(centre)))
    y = np.arcsin(np.sqrt(hits[known] / sizes[known]))
    error = 1 / (2 * np.sqrt(sizes[known]))
    spread = overdispersion(y, error, angle, winsor)
    if isinstance(spread, NotEstimable):
        return spread
    z = (y - angle) / np.sqrt(error**2 + spread.tau2)
    lower, upper = ndtr(z), ndtr(-z)
    for unit in np.flatnonzero(sizes[known] < EXACT_BELOW):
        count, size = int(hits[known][unit]), int(sizes[known][unit])
        mass = _mixed_binomial(size, angle, spread.tau2)
        lower[unit], upper[unit] = mass[: count + 1].sum(), mass[count:].sum()
        z[unit] = stats.norm.ppf(np.clip(mass[:count].sum() + mass[count] / 2, 1e-300, 1 - 1e-16))
    lower, upper = np.minimum(lower, 1.0), np.minimum(upper, 1.0)
    points = _points(hits, sizes, known, np.column_stack([error, z, lower, upper]))
    return Funnel(points, centre, spread.phi, spread.tau2, units, "share")


def share_place(successes: ArrayLike, totals: ArrayLike, unit: int) -> float:
    """Return the z of one unit of at least ten pupils in the funnel of `share_funnel`.

    For a page about one school, which needs no other school's tail probabilities. NaN for a
    unit without a count or of fewer pupils, and where there are fewer than two units. Errors as
    in `share_funnel`.
    """
    hits, sizes = _counts(successes, totals)
    known = ~(np.isnan(hits) | np.isnan(sizes)) & (sizes > 0)
    if known.sum() < 2 or not known[unit] or sizes[unit] < EXACT_BELOW:
        return float("nan")
    angle = float(np.arcsin(np.sqrt(hits[known].sum() / sizes[known].sum())))
    y = np.arcsin(np.sqrt(np.divide(hits, sizes, out=np.zeros(len(hits)), where=known)))
    error = 1 / (2 * np.sqrt(np.where(known, sizes, 1.0)))
    spread = overdispersion(y[known], error[known], angle)
    if isinstance(spread, NotEstimable):
        return float("nan")
    return float((y[unit] - angle) / np.sqrt(error[unit] ** 2 + spread.tau2))


def mean_funnel(
    means: ArrayLike, errors: ArrayLike, target: float | None = None, winsor: float = 0.1
) -> Funnel | NotEstimable:
    """Return the funnel of means with their sampling standard errors.

    `z = (mean − target)/√(error² + τ²)`; the default target is the precision-weighted mean.
    Tail probabilities are normal; for few schools use t with `min(.66 I, 25)` degrees of
    freedom on `z`. A unit with a missing mean or error has `reason = "no_data"`.
    Errors as in `overdispersion`.
    """
    values, spreads = as_floats(means), as_floats(errors)
    spread = overdispersion(values, spreads, target, winsor)
    if isinstance(spread, NotEstimable):
        return spread
    z = (values - spread.target) / np.sqrt(spreads**2 + spread.tau2)
    known = ~np.isnan(z)
    points = pd.DataFrame(
        {
            "value": values,
            "n": np.nan,
            "error": spreads,
            "z": z,
            "p_lower": stats.norm.cdf(z),
            "p_upper": stats.norm.sf(z),
            "reason": np.where(known, None, Reason.NO_DATA.value),
        }
    )
    return Funnel(points, spread.target, spread.phi, spread.tau2, spread.n, "mean")


def outside(funnel: Funnel, level: float = 0.95) -> Sequence[str]:
    """Return for each unit "below", "above", "inside" or, without a place, "unknown".

    A unit is outside when its one-sided tail probability is at most (1−level)/2. This is a
    pointwise limit: among 40 honest schools two lie outside at .95.
    """
    critical_value(level)
    tail = (1 - level) / 2
    points = funnel.points
    place = np.select(
        [points["reason"].notna(), points["p_lower"] <= tail, points["p_upper"] <= tail],
        ["unknown", "below", "above"],
        "inside",
    )
    return [str(name) for name in place]


def _counts(successes: ArrayLike, totals: ArrayLike) -> tuple[Vector, Vector]:
    hits, sizes = as_floats(successes), as_floats(totals)
    if len(hits) != len(sizes):
        raise ValueError(f"{len(hits)} successes, {len(sizes)} totals")
    known = ~(np.isnan(hits) | np.isnan(sizes))
    pairs = np.column_stack([hits[known], sizes[known]])
    if (pairs < 0).any() or (pairs[:, 0] > pairs[:, 1]).any() or (pairs % 1 != 0).any():
        raise ValueError("counts are whole, non-negative, and do not exceed their totals")
    return hits, sizes


def _points(hits: Vector, sizes: Vector, known: np.ndarray, placed: np.ndarray) -> pd.DataFrame:
    """Return one row per unit; `placed` has the error, z and tails of those that are known."""
    share = np.divide(hits, sizes, out=np.full(len(hits), np.nan), where=known)
    places = np.full((len(hits), 4), np.nan)
    places[known] = placed
    reason = np.where(known, None, Reason.NO_DATA.value)
    named = dict(zip(("error", "z", "p_lower", "p_upper"), places.T, strict=True))
    return pd.DataFrame({"value": share, "n": sizes, **named, "reason": reason})


def _mixed_binomial(size: int, angle: float, tau2: float) -> Vector:
    """Binomial masses at sin²(θ + τu), averaged over u ~ N(0, 1)."""
    counts = np.arange(size + 1)
    if tau2 == 0:
        return stats.binom.pmf(counts, size, np.sin(angle) ** 2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_NODES)
    angles = np.clip(angle + np.sqrt(tau2) * nodes, 0, np.pi / 2)
    mass = stats.binom.pmf(counts[:, None], size, np.sin(angles) ** 2) @ weights
    return mass / mass.sum()


def _exact_limits(size: int, angle: float, tau2: float, level: float) -> tuple[float, float]:
    mass = _mixed_binomial(size, angle, tau2)
    tail = (1 - level) / 2
    low = int(np.argmax(np.cumsum(mass) > tail))
    high = size - int(np.argmax(np.cumsum(mass[::-1]) > tail))
    return low / size, high / size
