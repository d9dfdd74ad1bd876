"""One index of schools' social context, so that the disadvantaged can be told apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.directions.direction import Direction
from msoko.core.school_year import SchoolYear

if TYPE_CHECKING:
    from msoko.stats.estimators.composite import Composite
    from msoko.stats.estimators.estimate import NotEstimable

ANCHOR = "cx_parents"
"""The index rises with the share of pupils whose parents have higher education."""


def social_wellbeing(
    values: pd.DataFrame, directions: Iterable[Direction], year: SchoolYear
) -> Composite | NotEstimable:
    """Return the index of social well-being of each school: `scores` by `school_id`.

    The first principal component of the standardised context indicators (those declared with
    `is_context`), signed so that a higher score is a better-off school; `loadings` go with it
    in print. The disputable choice: weights come from this year's schools, so scores of
    different years are not to be compared. `values` are rows of table `indicators`.
    """
    from msoko.stats.estimators.composite import first_component

    codes = [
        indicator.code
        for direction in directions
        for indicator in direction.indicators
        if indicator.is_context
    ]
    rows = values[
        values["indicator"].isin(codes)
        & (values["unit_of_analysis"] == "school")
        & (values["school_year"] == str(year))
    ]
    table = rows.pivot_table(index="school_id", columns="indicator", values="value")
    known = [code for code in codes if code in table.columns]
    return first_component(table, known, positive=ANCHOR if ANCHOR in known else None)
