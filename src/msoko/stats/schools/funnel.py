"""Funnels: schools against a common target with limits as wide as their size demands.

Spiegelhalter (2005), Funnel plots for comparing institutional performance, Stat Med 24:1185,
with three departures that keep the printed limits to their rate (`make proof`): τ² is robust
and not Winsorised, limits are Student's, and the arcsine is Anscombe's (1948). φ and τ² of
`overdispersion` agree with FunnelPlotR 0.6.0 (method "CQC", Winsorised).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import ndtri, stdtr, stdtrit

from msoko.stats.estimators.estimate import NotEstimable, Reason, critical_value, require_level
from msoko.stats.estimators.robust_spread import robust_tau2
from msoko.stats.estimators.sample import Vector, as_floats
from msoko.stats.schools.overdispersion import overdispersion

EXACT_BELOW = 10
MOST_DEGREES = 25
DEGREES_A_SCHOOL = 0.66
"""τ² is estimated from the schools themselves; bounding costs a third of what they tell."""
QUADRATURE_NODES = 61


@dataclass(frozen=True)
class Funnel:
    """A funnel and the place of each unit in it.

    `points`, one row per unit in the order given: `value` (share or mean), `n` (pupils; null
    for means given with their errors), `error` (sampling standard error on the analysis
    scale), `z` (the normal score of its tail, τ² in its error), `p_lower`, `p_upper` (one-sided,
    Student's), `reason` (a code where the unit has no place, else null). `target` is on the scale
    of the values; `phi` as in `Overdispersion`, `tau2` robust (arcsine scale for shares). `kind` is
    "share" or "mean"; `papers` the papers that one pupil wrote, on average.
    """

    points: pd.DataFrame
    target: float
    phi: float
    tau2: float
    n: int
    kind: str
    papers: float = 1.0

    @property
    def df(self) -> float:
        """The degrees of freedom of limits and tails."""
        return degrees(self.n)

    def limits(self, sizes: ArrayLike, level: float = 0.95) -> pd.DataFrame:
        """Return the limits `low`, `high` for each of `sizes`.

        `sizes` are numbers of pupils for a share funnel and sampling standard errors for a mean
        funnel. Shares with fewer than 10 pupils have the exact limits: the least and greatest
        share whose tail probability is more than (1−level)/2, at the target with τ².
        """
        require_level(level)
        margin = float(stdtrit(self.df, 0.5 + level / 2))
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
        half = margin * np.sqrt(_error(size, self.papers) ** 2 + self.tau2)
        ends = np.sin(np.clip([centre - half, centre + half], 0, np.pi / 2)) ** 2
        low, high = np.clip((ends * (size + 0.75) - 0.375) / size, 0, 1)
        return float(low), float(high)


def degrees(units: int) -> float:
    """Return the degrees of freedom of a funnel of so many units: min(.66 I, 25)."""
    return min(DEGREES_A_SCHOOL * units, MOST_DEGREES)


def share_funnel(
    successes: ArrayLike,
    totals: ArrayLike,
    target: float | None = None,
    winsor: float = 0.1,
    papers: float = 1.0,
) -> Funnel | NotEstimable:
    """Return the funnel of shares `successes/totals`, with additive overdispersion.

    Analysis on Anscombe's `y = asin √((k + ⅜)/(n + ¾))`, `s² = papers/(4n + 2)`, against
    `asin √target`; the default target is Σsuccesses/Σtotals, so large schools weigh more. `papers`
    is how many of a total one pupil wrote: they are no more than that one pupil.
    `t = (y − θ)/√(s² + τ²)`, τ² by `robust_tau2` about the median, `min(.66 I, 25)` degrees.
    Units with fewer than 10 pupils get exact tail probabilities P(X ≤ k), P(X ≥ k) of the binomial
    mixed over θ + N(0, τ²) (the plain binomial at τ² = 0), and z from the mid-p. A unit without
    pupils or with a missing count has `reason = "no_data"`. Not estimable with fewer than two
    units. Raises ValueError for counts that are negative or exceed their total, or a target
    outside [0, 1].
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
    y, error = anscombe_angles(hits[known], sizes[known]), _error(sizes[known], papers)
    spread = overdispersion(y, error, angle, winsor)
    if isinstance(spread, NotEstimable):
        return spread
    tau2 = _between(y, error)
    z, lower, upper = _tails((y - angle) / np.sqrt(error**2 + tau2), units)
    for unit in np.flatnonzero(sizes[known] < EXACT_BELOW):
        count, size = int(hits[known][unit]), int(sizes[known][unit])
        mass = _mixed_binomial(size, angle, tau2)
        lower[unit], upper[unit] = mass[: count + 1].sum(), mass[count:].sum()
        z[unit] = stats.norm.ppf(np.clip(mass[:count].sum() + mass[count] / 2, 1e-300, 1 - 1e-16))
    lower, upper = np.minimum(lower, 1.0), np.minimum(upper, 1.0)
    points = _points(hits, sizes, known, np.column_stack([error, z, lower, upper]))
    return Funnel(points, centre, spread.phi, tau2, units, "share", papers)


def share_place(successes: ArrayLike, totals: ArrayLike, unit: int, papers: float = 1.0) -> float:
    """Return the z of one unit of at least ten pupils in the funnel of `share_funnel`.

    For a page about one school, which needs no other school's tail probabilities. NaN for a
    unit without a count or of fewer pupils, and where there are fewer than two units. Errors as
    in `share_funnel`.
    """
    hits, sizes = _counts(successes, totals)
    known = ~(np.isnan(hits) | np.isnan(sizes)) & (sizes > 0)
    units = int(known.sum())
    if units < 2 or not known[unit] or sizes[unit] < EXACT_BELOW:
        return float("nan")
    angle = float(np.arcsin(np.sqrt(hits[known].sum() / sizes[known].sum())))
    y, error = anscombe_angles(hits[known], sizes[known]), _error(sizes[known], papers)
    tau2, own = _between(y, error), int(known[:unit].sum())
    t = (y[own] - angle) / np.sqrt(error[own] ** 2 + tau2)
    return float(_tails(np.array([t]), units)[0][0])


def mean_funnel(
    means: ArrayLike, errors: ArrayLike, target: float | None = None, winsor: float = 0.1
) -> Funnel | NotEstimable:
    """Return the funnel of means with their sampling standard errors.

    `t = (mean − target)/√(error² + τ²)`, τ² by `robust_tau2`, with `min(.66 I, 25)` degrees of
    freedom; the default target is the precision-weighted mean. A unit with a missing mean or
    error has `reason = "no_data"`. Errors as in `overdispersion`.
    """
    values, spreads = as_floats(means), as_floats(errors)
    spread = overdispersion(values, spreads, target, winsor)
    if isinstance(spread, NotEstimable):
        return spread
    gap, known = values - spread.target, ~np.isnan(values + spreads)
    tau2 = _between(values[known], spreads[known])
    z, lower, upper = _tails(gap / np.sqrt(spreads**2 + tau2), spread.n)
    points = pd.DataFrame(
        {
            "value": values,
            "n": np.nan,
            "error": spreads,
            "z": z,
            "p_lower": lower,
            "p_upper": upper,
            "reason": np.where(known, None, Reason.NO_DATA.value),
        }
    )
    return Funnel(points, spread.target, spread.phi, tau2, spread.n, "mean")


def anscombe_angles(hits: Vector, sizes: Vector) -> Vector:
    """Return asin √((k + ⅜)/(n + ¾)), whose variance is 1/(4n + 2) whatever the share."""
    return np.arcsin(np.sqrt((hits + 0.375) / (sizes + 0.75)))


def _error(sizes: Vector | float, papers: float) -> Vector:
    return np.sqrt(papers / (4 * np.asarray(sizes, float) + 2))


def _between(values: Vector, errors: Vector) -> float:
    """Return τ², about the median: a school that stands out draws the target, and all from it."""
    return robust_tau2(values - np.median(values), errors**2)


def _tails(t: Vector, units: int) -> tuple[Vector, Vector, Vector]:
    """Return the normal scores of Student's t, and its lower and upper tails."""
    df = degrees(units)
    return -np.sign(t) * ndtri(stdtr(df, -np.abs(t))), stdtr(df, t), stdtr(df, -t)


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
