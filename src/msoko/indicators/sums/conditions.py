"""The SQL conditions of a declaration as Ibis expressions, for whatever engine runs them.

One reading of the YAML serves DuckDB and Spark: nothing is written in two dialects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING

import ibis
from sqlglot import expressions as sql

from msoko.catalog.directions.condition_facts import parse_condition

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

BINARY: Mapping[type, Callable[[Value, Value], Value]] = {
    sql.And: lambda a, b: a & b,
    sql.Or: lambda a, b: a | b,
    sql.EQ: lambda a, b: a == b,
    sql.NEQ: lambda a, b: a != b,
    sql.GT: lambda a, b: a > b,
    sql.GTE: lambda a, b: a >= b,
    sql.LT: lambda a, b: a < b,
    sql.LTE: lambda a, b: a <= b,
    sql.Add: lambda a, b: a + b,
    sql.Sub: lambda a, b: a - b,
    sql.Mul: lambda a, b: a * b,
    sql.Div: lambda a, b: a / b,
}


def column_name(qualifier: str, name: str) -> str:
    """Return the column of a wide table that `form.item` stands for."""
    return f"{qualifier}__{name}" if qualifier else name


def expression(table: Table, text: str) -> Value:
    """Return the SQL expression `text` over the columns of `table`.

    Raises ValueError for a construct outside the small language of declarations:
    comparisons, and/or/not, in, between, is null, arithmetic, case, coalesce, abs, if.
    """
    return _build(table, parse_condition(text))


def _build(table: Table, node: sql.Expression) -> Value:
    kind = type(node)
    if kind in BINARY:
        return BINARY[kind](_build(table, node.left), _build(table, node.right))
    if kind in UNARY:
        return UNARY[kind](table, node)
    raise ValueError(f"not a construct of declarations: {node.sql(dialect='duckdb')}")


def _column(table: Table, node: sql.Column) -> Value:
    return table[column_name(node.table, node.name)]


def _literal(_: Table, node: sql.Literal) -> Value:
    if node.is_string:
        return ibis.literal(node.this)
    return ibis.literal(int(node.this) if node.this.isdigit() else float(node.this))


def _membership(table: Table, node: sql.In) -> Value:
    return _build(table, node.this).isin([_build(table, item) for item in node.expressions])


def _between(table: Table, node: sql.Between) -> Value:
    low, high = (_build(table, node.args[name]) for name in ("low", "high"))
    return _build(table, node.this).between(low, high)


def _identity(table: Table, node: sql.Is) -> Value:
    if not isinstance(node.expression, sql.Null):
        raise ValueError(f"only IS NULL is read: {node.sql(dialect='duckdb')}")
    return _build(table, node.this).isnull()


def _cases(table: Table, node: sql.Case) -> Value:
    branches = [
        (_build(table, item.this), _build(table, item.args["true"])) for item in node.args["ifs"]
    ]
    default = node.args.get("default")
    return ibis.cases(*branches, else_=_build(table, default) if default else None)


def _condition(table: Table, node: sql.If) -> Value:
    otherwise = node.args.get("false")
    return ibis.cases(
        (_build(table, node.this), _build(table, node.args["true"])),
        else_=_build(table, otherwise) if otherwise else None,
    )


def _first_known(table: Table, node: sql.Coalesce) -> Value:
    return ibis.coalesce(*(_build(table, item) for item in (node.this, *node.expressions)))


UNARY: Mapping[type, Callable[[Table, sql.Expression], Value]] = {
    sql.Column: _column,
    sql.Literal: _literal,
    sql.Boolean: lambda _, node: ibis.literal(node.this),
    sql.Null: lambda _, __: ibis.null(),
    sql.Paren: lambda table, node: _build(table, node.this),
    sql.Not: lambda table, node: ~_build(table, node.this),
    sql.Neg: lambda table, node: -_build(table, node.this),
    sql.Abs: lambda table, node: _build(table, node.this).abs(),
    sql.In: _membership,
    sql.Between: _between,
    sql.Is: _identity,
    sql.Case: _cases,
    sql.If: _condition,
    sql.Coalesce: _first_known,
}


def conjunction(conditions: list[Value]) -> Value:
    """Return the conjunction of `conditions`, true where there are none."""
    return reduce(lambda a, b: a & b, conditions) if conditions else ibis.literal(True)
