"""What is summed for an indicator: whole numbers only, so that any order gives the same sum.

A float average on two threads may differ in its last bits from run to run; a sum of scaled
integers cannot. Numbers are kept to 1/SCALE of their unit before they are summed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from msoko.catalog.directions.direction import Indicator
from msoko.indicators.sums.conditions import conjunction, expression

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

SCALE = 1_000
"""Numbers are kept to a thousandth; their sums fit 64 bits up to nine million millions."""
LARGEST = 3 * 10**9
"""The largest scaled number whose square fits 64 bits: three million, and sums in roubles pass."""


def row_terms(rows: Table, indicator: Indicator, *, is_wide: bool = False) -> dict[str, Value]:
    """Return what each row adds to the indicator, by the name of the sum.

    `a` numerator, `b` denominator (both scaled unless counted), `q` the square of the
    scaled number, `n` the persons or rows counted. Null adds nothing; a condition counts the
    rows where it is true. Squares are of 64 bits, and `w` counts those that fit: fewer of them
    than rows mean that one does not, as `is_wide` squares do, at a price.
    """
    where = [expression(rows, indicator.where)] if indicator.where else []
    if indicator.measure == "ratio":
        return _ratio_terms(rows, indicator, where)
    if indicator.measure in ("mean", "sum"):
        if indicator.denominator:
            where.append(expression(rows, indicator.denominator))
        number = expression(rows, indicator.numerator).cast("float64")
        kept = _scale(ibis.cases((conjunction(where), number)) if where else number)
        terms = {"a": kept, "n": kept.notnull()}
        if indicator.interval != "t":
            return terms
        if is_wide:
            exact = kept.cast("decimal(19, 0)")
            return {**terms, "q": exact * exact}
        fits = kept.abs() <= LARGEST
        return {**terms, "q": ibis.cases((fits, kept * kept)), "w": fits}
    if indicator.denominator:
        where.append(expression(rows, indicator.denominator))
    whole = conjunction(where)
    part = whole & expression(rows, indicator.numerator)
    return {"a": part, "n": whole}


def _ratio_terms(rows: Table, indicator: Indicator, where: list[Value]) -> dict[str, Value]:
    top, bottom = (
        expression(rows, text).cast("float64")
        for text in (indicator.numerator, indicator.denominator)
    )
    kept = conjunction([*where, top.notnull(), bottom > 0])
    a, b = (_scale(ibis.cases((kept, number))) for number in (top, bottom))
    terms = {"a": a, "b": b, "n": kept}
    if indicator.size:
        size = expression(rows, indicator.size).cast("float64")
        terms["n"] = ibis.cases((kept, size)).round().cast("int64")
    return terms


def _scale(number: Value) -> Value:
    return (number * SCALE).round().cast("int64")
