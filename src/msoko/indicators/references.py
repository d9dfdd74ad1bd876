"""The same figure for the region and the country, as their reports print it."""

from __future__ import annotations

from msoko.catalog.checks import columns_in
from msoko.catalog.model import Indicator
from msoko.indicators import terms, values
from msoko.indicators.expressions import expression
from msoko.indicators.passes import Sums
from msoko.indicators.relations import Relations

LEVEL = "group_level"


def rows(relations: Relations, direction: str, indicator: Indicator) -> list[values.Columns]:
    """Return an indicator's rows for the wider groups of its `reference`, without intervals.

    The printed shares are rounded and the whole is no sample, so there is no interval to give.
    """
    reference = indicator.reference
    if reference is None or not relations.has(reference.table):
        return []
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
    sums = {f"i0_{name}": term.sum() for name, term in terms.row_terms(table, stand_in).items()}
    frame = table.aggregate(sums, by=[LEVEL, *keys]).execute()
    parts = []
    for level, part in frame.groupby(LEVEL, sort=True):
        own = Sums(part.drop(columns=LEVEL).reset_index(drop=True), keys, 1)
        parts += values.grouped(own, 0, direction, stand_in, 0, unit_of_analysis=level)
    return parts
