"""The same figure for the region and the country, as their reports print it."""

from __future__ import annotations

import pandas as pd

from msoko.catalog.checks import columns_in
from msoko.catalog.model import Indicator
from msoko.indicators import terms, values
from msoko.indicators.expressions import expression
from msoko.indicators.relations import Relations

LEVEL = "group_level"


def rows(relations: Relations, direction: str, indicator: Indicator) -> pd.DataFrame:
    """Return an indicator's rows for the wider groups of its `reference`, without intervals.

    The printed shares are rounded and the whole is no sample, so there is no interval to give.
    """
    reference = indicator.reference
    if reference is None or not relations.has(reference.table):
        return values.empty()
    texts = (reference.where, reference.numerator, reference.denominator)
    keys = sorted({key for group in reference.by for key in group})
    columns = {pair for text in texts if text for pair in columns_in(text)}
    table = relations.table(reference.table, columns | {("", key) for key in keys})
    table = table.filter(table[LEVEL].isin(list(reference.levels)))
    if reference.where:
        table = table.filter(expression(table, reference.where))
    stand_in = Indicator(
        code=indicator.code,
        title=indicator.title,
        goal=indicator.goal,
        table=reference.table,
        measure="ratio",
        numerator=reference.numerator,
        denominator=reference.denominator,
        size=reference.denominator,
        unit=indicator.unit,
        polarity=indicator.polarity,
        source=indicator.source,
        by=reference.by,
    )
    summed = table.select(LEVEL, *keys, **terms.row_terms(table, stand_in))
    names = [name for name in summed.columns if name not in (LEVEL, *keys)]
    sums = summed.aggregate({name: summed[name].sum() for name in names}, by=[LEVEL, *keys])
    frame = sums.execute()
    parts = [
        values.grouped(part.drop(columns=LEVEL), direction, stand_in, 0, unit_of_analysis=level)
        for level, part in frame.groupby(LEVEL, sort=True)
    ]
    return pd.concat(parts, ignore_index=True) if parts else values.empty()
