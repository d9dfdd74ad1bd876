"""A municipality's papers beside the region's: one family of conclusions, by schools."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from msoko.indicators.values.interval_rules import is_share
from msoko.stats.estimators.judged_changes import judge

if TYPE_CHECKING:
    import pandas as pd

    from msoko.catalog.directions.direction import Indicator


def sides_of_reference(
    indicator: Indicator,
    schools: pd.DataFrame,
    part: str,
    reference: pd.Series,
    level: float,
) -> dict[Hashable, int]:
    """Return for each part −1 or +1 where it is told from the reference, 0 where it is not.

    `schools` has numerator and denominator of each school and the column `part`, `reference` the
    values to compare with by part. All parts are judged together, at one false discovery rate
    `level`, by the error of their own intervals: schools are what varies. A part that cannot be
    tested is left out, and so is not counted among the comparisons.
    """
    from msoko.stats.estimators.ratio import ratio_against

    tested = {}
    known = schools[schools[part].isin(reference.dropna().index)]
    for name, own in known.groupby(part, sort=True):
        parts = own[["numerator", "denominator"]].to_numpy(float).T
        found = ratio_against(*parts, float(reference[name]), is_share=is_share(indicator))
        if found.is_estimable:
            tested[name] = found
    judged = judge([one.p for one in tested.values()], level)
    return {
        name: (1 if test.statistic > 0 else -1) if one.is_told else 0
        for (name, test), one in zip(tested.items(), judged, strict=True)
    }
