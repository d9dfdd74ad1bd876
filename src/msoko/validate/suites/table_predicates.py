"""Expectations about a table as a whole: its columns, and how many rows it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ibis import ir


def _ordered_columns(
    rows: ir.Table, kwargs: Mapping[str, Any], row_count: int
) -> tuple[bool, dict[str, Any]]:
    expected, observed = list(kwargs["column_list"]), list(rows.columns)
    if observed == expected:
        return True, {"observed_value": observed}
    mismatched = [
        {"Expected Column Position": position, "Expected": one, "Found": other}
        for position, (one, other) in enumerate(zip_longest(expected, observed))
        if one != other
    ]
    return False, {"observed_value": observed, "details": {"mismatched": mismatched}}


def _row_count_between(
    rows: ir.Table, kwargs: Mapping[str, Any], row_count: int
) -> tuple[bool, dict[str, Any]]:
    least, most = kwargs.get("min_value"), kwargs.get("max_value")
    success = (least is None or row_count >= least) and (most is None or row_count <= most)
    return success, {"observed_value": row_count}


TABLE_TYPES: Mapping[
    str, Callable[[ir.Table, Mapping[str, Any], int], tuple[bool, dict[str, Any]]]
] = {
    "expect_table_columns_to_match_ordered_list": _ordered_columns,
    "expect_table_row_count_to_be_between": _row_count_between,
}
