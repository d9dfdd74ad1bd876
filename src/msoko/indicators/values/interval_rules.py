"""Which interval a value has: one rule for each kind of indicator, stated here alone.

| indicator | of several organisations | of one |
|---|---|---|
| `wilson`: a share of persons | by organisation: CR2, Wilson's of the effective size | Wilson's |
| `t`: a mean | by organisation: CR2, Student's | Student's |
| `cluster`: a ratio of points | by organisation: CR2, Wilson's of the effective size | none |
| sums, counts, shares of flagged schools | none | none |

The organisation is the unit that varies, since pupils of one school resemble one another. Of one
organisation nothing is known to vary but its persons, and a ratio of points does not tell how
they do. Forms are filled in by every organisation, so there is no sample: the interval is that
of a superpopulation, as wide as organisations of this kind would make the value differ had others
of them been there. A flag is a verdict, not an observation, so a count of flags has no interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msoko.indicators.sums.sum_terms import SCALE
from msoko.indicators.values import sum_intervals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from msoko.catalog.directions.direction import Indicator
    from msoko.indicators.sums.grouped_sums import Sums
    from msoko.stats.estimators.estimate import Estimate, NotEstimable

ADDED = ("sum", "count")
"""Measures that are no ratio."""
FLAGS = ("low_results", "objectivity_schools")
"""Tables whose rows are verdicts on schools."""

Bounds = tuple[np.ndarray, np.ndarray]


def has_interval(indicator: Indicator) -> bool:
    return not (
        indicator.interval == "none" or indicator.measure in ADDED or indicator.table in FLAGS
    )


def is_share(indicator: Indicator) -> bool:
    """Return whether values lie in [0, 1] as parts of a whole."""
    return indicator.unit == "percent" and indicator.interval != "t"


def persons_bounds(
    indicator: Indicator, sums: Mapping[str, np.ndarray], top: np.ndarray, whole: np.ndarray
) -> Bounds:
    """Return the limits by which persons alone vary, NaN where that is not known."""
    nothing = np.full(len(whole), np.nan)
    if not has_interval(indicator) or indicator.interval == "cluster":
        return nothing, nothing
    if indicator.interval == "wilson":
        return sum_intervals.wilson_bounds(top, whole)
    low, high = sum_intervals.student_bounds(*(sums[name].astype(object) for name in "aqn"))
    return _clipped(indicator, (low / SCALE, high / SCALE))


def school_bounds(
    indicator: Indicator,
    sums: Sums,
    place: int,
    wider: Sequence[Sequence[str]],
    value: np.ndarray,
    whole: np.ndarray,
) -> Bounds:
    """Return the limits by which schools vary of an indicator's groups, of each of `wider` keys.

    NaN for a group of fewer than two schools. `value`, `whole`: the groups' own, in order.
    """
    from msoko.stats.estimators.ratio import ratio_bounds, ratio_errors

    parts = [sums.by_school(place, keys) for keys in wider]
    starts = np.cumsum([0, *(len(sums.columns(place, keys)["n"]) for keys in wider)])
    a, b = (np.concatenate([part[name] for part in parts]) for name in (0, 1))
    group = np.concatenate([part[2] + start for part, start in zip(parts, starts, strict=False)])
    if indicator.measure not in ("share", "count"):
        a = a / SCALE
    if indicator.measure == "ratio":
        b = b / SCALE
    errors = ratio_errors(a, b, group, value, whole)
    return _clipped(indicator, ratio_bounds(value, errors, is_share=is_share(indicator)))


def _clipped(indicator: Indicator, bounds: Bounds) -> Bounds:
    ends = (0.0, 1.0) if indicator.unit == "percent" else (-np.inf, np.inf)
    low, high = (np.clip(bound, *ends) for bound in bounds)
    return low, high


def share_of_schools(parts: Mapping[str, Sequence[float]]) -> Estimate | NotEstimable:
    """Return a share of persons by the rule of `wilson`, from part and whole of each school."""
    from msoko.stats.estimators.proportions import wilson
    from msoko.stats.estimators.ratio import ratio

    known = [(part, whole) for part, whole in parts.values() if whole > 0]
    if len(known) == 1:
        return wilson(int(known[0][0]), int(known[0][1]))
    a, b = np.array(known, float).reshape(-1, 2).T
    return ratio(a, b, is_share=True)


def share_of_persons(is_so: pd.Series, school: pd.Series) -> Estimate | NotEstimable:
    """Return the share of persons of whom something is so, by the rule of `wilson`."""
    counts = is_so.astype(float).groupby(school.to_numpy(object)).agg(["sum", "count"])
    return share_of_schools(dict(zip(counts.index, counts.to_numpy().tolist(), strict=True)))
