"""Change between years: did the municipality change, and which schools did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason, critical_value
from msoko.stats.estimators.means import welch_difference
from msoko.stats.estimators.multiplicity import adjust
from msoko.stats.estimators.sample import as_floats
from msoko.stats.regression.multilevel import MixedFit, mixed_model, random_effects
from msoko.stats.regression.multilevel_inference import contrast


@dataclass(frozen=True)
class MunicipalChange:
    """A change of the municipality's mean with the right error term.

    `change` from the mixed model; `pupil_se` what the error would be if pupils were independent;
    `inflation` = se / pupil_se; `fit` the model.
    """

    change: Estimate
    pupil_se: float
    inflation: float
    fit: MixedFit


def standardise(frame: pd.DataFrame, value: str, by: Sequence[str]) -> pd.Series:
    """Return `value` as z-scores within each group of `by` (a year, subject and grade).

    (x − mean)/sd with n−1. A group of one pupil or without variation has missing z: there is
    nothing to compare with. The result is comparable between years only as a place within the
    region of its own year; raw points of different papers are not comparable at all.
    """
    grouped = frame.groupby(list(by), dropna=False)[value]
    spread = grouped.transform("std")
    centred = frame[value] - grouped.transform("mean")
    return centred.div(spread.where(spread > 1e-12))


def percentile_rank(frame: pd.DataFrame, value: str, by: Sequence[str]) -> pd.Series:
    """Return the mid-percentile of `value` within each group of `by`, in (0, 100).

    Ties share their mid-rank: `100 (r − ½)/n`. Missing values stay missing.
    """
    grouped = frame.groupby(list(by), dropna=False)[value]
    return 100 * (grouped.rank(method="average") - 0.5) / grouped.transform("count")


def municipal_change(
    frame: pd.DataFrame,
    value: str,
    year: str,
    school: str,
    between: tuple[object, object] | None = None,
    level: float = 0.95,
) -> MunicipalChange | NotEstimable:
    """Return the change of the mean between two years, second minus first.

    Mixed model `value ~ year + (1|school) + (1|school:year)` on pupils, year as categories:
    what repeats itself is the school-year, not the pupil, so the pupils-only standard error
    is usually 1.4–2.4 times too small. t with Satterthwaite df. `between` names the two years
    (default: the first and last present, sorted); all years inform the variances. Rows with a
    missing value are left out. Not estimable with fewer than two years ("too_few_years"),
    fewer than three schools ("too_few_groups"), or by the model's own refusals.
    """
    used = frame.dropna(subset=[value, year, school]).reset_index(drop=True)
    years = sorted(used[year].unique())
    first, last = between or ((years[0], years[-1]) if years else (None, None))
    if len(years) < 2 or first not in years or last not in years or first == last:
        return NotEstimable(Reason.TOO_FEW_YEARS if len(used) else Reason.NO_DATA, len(used))
    if used[school].nunique() < 3:
        return NotEstimable(Reason.TOO_FEW_GROUPS, len(used))
    coded = used.assign(_year=pd.Categorical(used[year], categories=years))
    fit = mixed_model(coded, value, ["_year"], {school: [], f"{school}:_year": []})
    if isinstance(fit, NotEstimable):
        return fit
    weights = {f"_year[{last}]": 1.0, f"_year[{first}]": -1.0}
    known = {term: weight for term, weight in weights.items() if term in fit.fixed.index}
    change = contrast(fit, pd.Series(known), level)
    pupils = welch_difference(
        used.loc[used[year] == last, value], used.loc[used[year] == first, value]
    )
    if isinstance(pupils, NotEstimable) or pupils.se is None or change.se is None:
        return NotEstimable(Reason.TOO_FEW, len(used))
    return MunicipalChange(change, pupils.se, change.se / pupils.se, fit)


def school_changes(
    frame: pd.DataFrame, value: str, year: str, school: str, level: float = 0.95
) -> pd.DataFrame | NotEstimable:
    """Return each school's change per year, shrunken towards the municipality's.

    Mixed model `value ~ year + (1 + year | school) + (1 | school:year)` with numeric `year`
    centred at its mean; the school:year term is left out when there are only two years, for then
    it cannot be told from the slope. Columns `school, n, change, se, low, high, p, q_bh, reason`:
    `change` = common slope + the school's conditional mode, `se` adds the error of the common slope
    to the comparative one (their covariance is left out, the disputable choice); p two-sided
    normal; q Benjamini–Hochberg over the schools of this one question. When no variation of
    slopes is found every school has the common slope and reason "no_variation".
    Not estimable with fewer than two years or three schools, or by the model's refusals.
    """
    margin = critical_value(level)
    used = frame.dropna(subset=[value, year, school]).reset_index(drop=True)
    times = as_floats(used[year])
    if len(np.unique(times)) < 2:
        return NotEstimable(Reason.TOO_FEW_YEARS if len(used) else Reason.NO_DATA, len(used))
    if used[school].nunique() < 3:
        return NotEstimable(Reason.TOO_FEW_GROUPS, len(used))
    coded = used.assign(_time=times - times.mean(), _cell=used[year])
    random: dict[str, list[str]] = {school: ["_time"]}
    if len(np.unique(times)) > 2:
        random[f"{school}:_cell"] = []
    fit = mixed_model(coded, value, ["_time"], random)
    if isinstance(fit, NotEstimable):
        return fit
    return _changes(fit, school, margin)


def _changes(fit: MixedFit, school: str, margin: float) -> pd.DataFrame:
    """Return the table of `school_changes` from the fitted slopes."""
    effects = random_effects(fit, school)
    slopes = effects[effects["effect"] == "_time"].reset_index(drop=True)
    change = fit.fixed["_time"] + slopes["value"]
    error = np.sqrt(slopes["se"] ** 2 + fit.se["_time"] ** 2)
    p = 2 * stats.norm.sf(np.abs(change) / error)
    is_flat = fit.variance(school, "_time") <= 1e-10 * fit.residual_variance
    return pd.DataFrame(
        {
            "school": slopes["level"],
            "n": slopes["n"],
            "change": change,
            "se": error,
            "low": change - margin * error,
            "high": change + margin * error,
            "p": p,
            "q_bh": adjust(p, "bh"),
            "reason": Reason.NO_VARIATION.value if is_flat else None,
        }
    )
