"""The SQL conditions of declarations, parsed once and asked: which columns, which values.

Nothing else may read a condition as text: `procedure <> 'vpr'` also contains `'vpr'`.
SQLGlot is imported where it is needed, for it is heavy and most commands parse nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msoko.catalog.directions.direction import Indicator

if TYPE_CHECKING:
    from sqlglot import Expression

Columns = tuple[tuple[str, str], ...]
"""Pairs of a qualifier (a form, or empty) and a column."""
PROCEDURE_COLUMNS = ("procedure", "earlier")
"""The columns that name a procedure: of the paper, and of the earlier one it is set beside."""


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Expression:
    """Return the tree of one SQL expression; `ValueError`, in Russian, where it is none."""
    import sqlglot
    from sqlglot import expressions as sql

    try:
        tree = sqlglot.parse_one(f"SELECT {text}", dialect="duckdb")
    except sqlglot.errors.ParseError as error:
        raise ValueError(error.errors[0]["description"] if error.errors else str(error)) from None
    if not isinstance(tree, sql.Select) or len(tree.expressions) != 1:
        raise ValueError("ожидалось одно выражение")
    if tree.find(sql.From, sql.Subquery):
        raise ValueError("обращение к другой таблице не допускается")
    return tree.expressions[0]


@lru_cache(maxsize=4096)
def condition_columns(text: str) -> Columns:
    """Return the columns that an expression reads, none of an empty one; see `parse_condition`."""
    from sqlglot import expressions as sql

    if not text:
        return ()
    found = {(column.table, column.name) for column in parse_condition(text).find_all(sql.Column)}
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def condition_values(text: str, column: str) -> frozenset[str]:
    """Return the values that `column` may have in rows that meet a condition.

    They are written as in the condition, numbers too: `grade in (4, 5)` gives "4" and "5". Empty
    where the condition does not hold the column to a list of values: it names another column,
    compares otherwise, or leaves a way round in an `or`. `form.item` names a qualified column.
    """
    return (_held(parse_condition(text), column) if text else None) or frozenset()


def condition_procedures(text: str) -> frozenset[str]:
    """Return the procedures (vpr, oge, …) that a condition picks papers of."""
    return frozenset().union(*(condition_values(text, column) for column in PROCEDURE_COLUMNS))


def indicator_columns(indicator: Indicator) -> set[tuple[str, str]]:
    """Return the columns that an indicator reads from its table, those of its groups included."""
    texts = (indicator.where, indicator.numerator, indicator.denominator, indicator.size)
    read = {pair for text in texts for pair in condition_columns(text)}
    return read | {("", key) for keys in indicator.by for key in keys}


def _held(node: Expression, column: str) -> frozenset[str] | None:
    """Return the values that a part of a condition leaves to `column`; None: any."""
    from sqlglot import expressions as sql

    if isinstance(node, sql.Paren):
        return _held(node.this, column)
    if isinstance(node, sql.And | sql.Or):
        left, right = _held(node.left, column), _held(node.right, column)
        if isinstance(node, sql.Or):
            return None if left is None or right is None else left | right
        if left is None or right is None:
            return right if left is None else left
        return left & right
    if isinstance(node, sql.EQ):
        named, value = node.left, node.right
        if isinstance(named, sql.Literal):
            named, value = value, named
        return _listed(named, [value], column)
    if isinstance(node, sql.In):
        return _listed(node.this, node.expressions, column)
    return None


def _listed(named: Expression, values: list[Expression], column: str) -> frozenset[str] | None:
    from sqlglot import expressions as sql

    is_asked = isinstance(named, sql.Column) and column == ".".join(
        filter(None, (named.table, named.name))
    )
    if not is_asked or not all(isinstance(value, sql.Literal) for value in values):
        return None
    return frozenset(value.this for value in values)
