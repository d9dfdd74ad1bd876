"""The same figure for the region and the country, as their reports print it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msoko.catalog.directions.condition_facts import indicator_columns
from msoko.catalog.directions.direction import Indicator, Reference
from msoko.indicators.sums import table_scan
from msoko.indicators.sums.grouped_sums import Sums
from msoko.indicators.sums.table_relations import Relations
from msoko.indicators.values import indicator_values

LEVEL = "group_level"


def reference_rows(
    relations: Relations, declared: Sequence[tuple[str, Indicator]]
) -> dict[int, list[indicator_values.Columns]]:
    """Return indicators' rows for the wider groups of their `reference`, without intervals.

    They are given by the places in `declared` (direction and indicator), and counted in one
    pass over a table for all that share its groups. The printed shares are rounded and the
    whole is no sample, so there is no interval to give.
    """
    shared: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[int]] = {}
    for place, (_, indicator) in enumerate(declared):
        asked = indicator.reference
        if asked is not None and relations.has(asked.table):
            keys = tuple(sorted({key for group in asked.by for key in group}))
            shared.setdefault((asked.table, asked.levels, keys), []).append(place)
    found: dict[int, list[indicator_values.Columns]] = {
        place: [] for own in shared.values() for place in own
    }
    for (table, levels, keys), places in shared.items():
        stand_ins = [_stand_in(declared[place][1]) for place in places]
        for level, sums in _by_level(relations, table, levels, keys, stand_ins):
            for number, place in enumerate(places):
                direction, own = declared[place][0], stand_ins[number]
                found[place] += indicator_values.group_rows(sums, number, direction, own, 0, level)
    return found


def _stand_in(indicator: Indicator) -> Indicator:
    """Return the indicator as it is counted from the reference's table."""
    reference: Reference = indicator.reference
    return Indicator(
        code=indicator.code,
        title=indicator.title,
        goal=indicator.goal,
        table=reference.table,
        measure="ratio",
        where=reference.where,
        numerator=reference.numerator,
        denominator=reference.denominator,
        size=reference.denominator,
        unit=indicator.unit,
        polarity=indicator.polarity,
        source=indicator.source,
        by=reference.by,
    )


def _by_level(
    relations: Relations,
    name: str,
    levels: Sequence[str],
    keys: Sequence[str],
    stand_ins: Sequence[Indicator],
) -> Iterator[tuple[str, Sums]]:
    """Yield the sums of each level of groups, of the indicators in their order."""
    columns = {pair for indicator in stand_ins for pair in indicator_columns(indicator)}
    table = relations.table(name, columns)
    table = table.filter(table[LEVEL].isin(list(levels)))
    frame = table_scan.scan_table(relations.backend, table, stand_ins, [LEVEL, *keys])
    for level, part in frame.groupby(LEVEL, sort=True):
        yield level, Sums(part.drop(columns=LEVEL), keys, len(stand_ins))
