"""Every type of expectation about rows, as expressions over the table it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ibis import ir

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": lambda column, value: column == value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "IN": lambda column, value: column.isin(value),
}
"""Without `!=` and `NOT_IN`: pandas answers them for a missing value by the column's type."""


@dataclass(frozen=True)
class Predicates:
    """Which rows a check is about, what must be present in them, and which are wrong.

    `scope` is None where every row is meant. A row whose `value` is null is passed over;
    `value` is None for an expectation about missingness itself. A null in `scope` or `wrong`
    is no, as it is where rows are filtered or counted. A key has no `wrong`, which rows repeat
    it one row alone cannot tell, and its `value` is its hash.
    """

    scope: ir.BooleanValue | None
    value: ir.Value | None
    wrong: ir.BooleanValue | None

    @property
    def failing(self) -> ir.BooleanValue:
        """The rows that are wrong; what is missing is never both present and wrong."""
        return both_hold(self.scope, self.wrong)


def both_hold(scope: ir.BooleanValue | None, other: ir.BooleanValue) -> ir.BooleanValue:
    return other if scope is None else scope & other


def condition(rows: ir.Table, declared: Mapping[str, Any] | None) -> ir.BooleanValue | None:
    """Return Great Expectations' `row_condition` as a predicate; a null answer is no.

    None where none is declared.
    """
    if declared is None:
        return None
    kind = declared["type"]
    if kind in ("and", "or"):
        parts = [condition(rows, part) for part in declared["conditions"]]
        return reduce(and_ if kind == "and" else or_, parts)
    column = rows[declared["column"]["name"]]
    if kind == "nullity":
        return column.isnull() if declared["is_null"] else column.notnull()
    return COMPARISONS[declared["operator"]](column, declared["parameter"])


def _about_column(
    wrong: Callable[[ir.Value, Mapping[str, Any]], ir.BooleanValue],
) -> Callable[[ir.Table, Mapping[str, Any]], Predicates]:
    """Return the predicates of an expectation about one column, whose nulls are passed over."""

    def predicates(rows: ir.Table, kwargs: Mapping[str, Any]) -> Predicates:
        column = rows[kwargs["column"]]
        return Predicates(
            condition(rows, kwargs.get("row_condition")), column, wrong(column, kwargs)
        )

    return predicates


def _about_null(is_expected: bool) -> Callable[[ir.Table, Mapping[str, Any]], Predicates]:
    def predicates(rows: ir.Table, kwargs: Mapping[str, Any]) -> Predicates:
        column = rows[kwargs["column"]]
        wrong = column.notnull() if is_expected else column.isnull()
        return Predicates(condition(rows, kwargs.get("row_condition")), None, wrong)

    return predicates


def _about_pair(
    wrong: Callable[[ir.Value, ir.Value, Mapping[str, Any]], ir.BooleanValue],
) -> Callable[[ir.Table, Mapping[str, Any]], Predicates]:
    """Return the predicates of an expectation about two columns, both of them present.

    Their comparison is null where one of them is, so it tells by itself where both are.
    """

    def predicates(rows: ir.Table, kwargs: Mapping[str, Any]) -> Predicates:
        if kwargs.get("ignore_row_if") != "either_value_is_missing":
            raise ValueError("a pair is compared only where both values are present")
        compared = wrong(rows[kwargs["column_A"]], rows[kwargs["column_B"]], kwargs)
        return Predicates(condition(rows, kwargs.get("row_condition")), compared, compared)

    return predicates


def _outside(column: ir.Value, kwargs: Mapping[str, Any]) -> ir.BooleanValue:
    bounds = []
    if kwargs.get("min_value") is not None:
        bounds.append(column < kwargs["min_value"])
    if kwargs.get("max_value") is not None:
        bounds.append(column > kwargs["max_value"])
    return reduce(or_, bounds)


def _unlike(column: ir.Value, kwargs: Mapping[str, Any]) -> ir.BooleanValue:
    # Python ends a text with \Z where RE2, the engine's syntax, has \z.
    return ~column.re_search(kwargs["regex"].replace(r"\Z", r"\z"))


def _below(first: ir.Value, second: ir.Value, kwargs: Mapping[str, Any]) -> ir.BooleanValue:
    return first < second if kwargs.get("or_equal") else first <= second


def _apart(first: ir.Value, second: ir.Value, kwargs: Mapping[str, Any]) -> ir.BooleanValue:
    return (first - second).abs() > kwargs["tolerance"]


def _out_of_ratio(first: ir.Value, second: ir.Value, kwargs: Mapping[str, Any]) -> ir.BooleanValue:
    return (first < second * kwargs["min_ratio"]) | (first > second * kwargs["max_ratio"])


def key_columns(kwargs: Mapping[str, Any]) -> Sequence[str]:
    return kwargs.get("column_list") or [kwargs["column"]]


def _about_key(rows: ir.Table, kwargs: Mapping[str, Any]) -> Predicates:
    """Return the predicates of a key; which rows repeat it, one row alone cannot tell.

    Hashes are counted with the rest: equal keys have equal hashes, so as many different
    hashes as rows mean that no key is repeated, at a fraction of the memory of the keys.
    """
    import ibis

    names = key_columns(kwargs)
    digest = ibis.struct({name: rows[name] for name in names}).hash()
    is_present = reduce(or_, (rows[key].notnull() for key in names))
    value = is_present.ifelse(digest, None)
    return Predicates(condition(rows, kwargs.get("row_condition")), value, None)


UNIQUE_TYPES = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")

ROW_TYPES: Mapping[str, Callable[[ir.Table, Mapping[str, Any]], Predicates]] = {
    "expect_column_values_to_not_be_null": _about_null(is_expected=False),
    "expect_column_values_to_be_null": _about_null(is_expected=True),
    "expect_column_values_to_be_in_set": _about_column(
        lambda column, kwargs: column.notin(kwargs["value_set"])
    ),
    "expect_column_values_to_be_between": _about_column(_outside),
    "expect_column_values_to_match_regex": _about_column(_unlike),
    "expect_column_pair_values_a_to_be_greater_than_b": _about_pair(_below),
    "expect_column_pair_values_to_be_equal": _about_pair(
        lambda first, second, kwargs: first != second
    ),
    "expect_column_pair_values_to_be_close": _about_pair(_apart),
    "expect_column_pair_ratio_to_be_between": _about_pair(_out_of_ratio),
    **dict.fromkeys(UNIQUE_TYPES, _about_key),
}

ABOUT_MISSINGNESS = ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null")
"""For these a missing value is what is judged, and is not passed over."""
