"""Expectations of our own, for reconciliations: what is stated against what adds up.

Importing this module registers them with Great Expectations; it imports Great
Expectations, so import it only where that is meant. The same meaning for large
tables is in `msoko.validate.suites.ibis_evaluator`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnPairMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnPairMapMetricProvider,
    column_pair_condition_partial,
)

PAIR_KEYS = ("column_A", "column_B", "ignore_row_if", "mostly")


class ColumnPairValuesClose(ColumnPairMapMetricProvider):
    """Whether two columns differ by no more than the tolerance, row by row."""

    condition_metric_name = "column_pair_values.close"
    condition_value_keys = ("tolerance",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls, column_A: pd.Series, column_B: pd.Series, tolerance: float, **_: Any
    ) -> pd.Series:
        return (column_A - column_B).abs() <= tolerance


class ExpectColumnPairValuesToBeClose(ColumnPairMapExpectation):
    """Expect what is stated and what is computed to differ by no more than `tolerance`.

    The tolerance is absolute, in the unit of the columns: 0.05 for percents that are
    rounded to one decimal, 0 for counts.
    """

    tolerance: float
    ignore_row_if: Literal["either_value_is_missing"] = "either_value_is_missing"

    map_metric: ClassVar[str] = "column_pair_values.close"
    success_keys: ClassVar[tuple[str, ...]] = (*PAIR_KEYS, "tolerance")
    args_keys: ClassVar[tuple[str, ...]] = ("column_A", "column_B", "tolerance")


class ColumnPairRatioBetween(ColumnPairMapMetricProvider):
    """Whether the first column is at least `min_ratio` and at most `max_ratio` of the second."""

    condition_metric_name = "column_pair_values.ratio_between"
    condition_value_keys = ("min_ratio", "max_ratio")

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls,
        column_A: pd.Series,
        column_B: pd.Series,
        min_ratio: float,
        max_ratio: float,
        **_: Any,
    ) -> pd.Series:
        return (column_A >= column_B * min_ratio) & (column_A <= column_B * max_ratio)


class ExpectColumnPairRatioToBeBetween(ColumnPairMapExpectation):
    """Expect one year's count to stay within a range of ratios to the year before.

    Bounds multiply the second column and nothing is divided, so a zero count is legal.
    """

    min_ratio: float
    max_ratio: float
    ignore_row_if: Literal["either_value_is_missing"] = "either_value_is_missing"

    map_metric: ClassVar[str] = "column_pair_values.ratio_between"
    success_keys: ClassVar[tuple[str, ...]] = (*PAIR_KEYS, "min_ratio", "max_ratio")
    args_keys: ClassVar[tuple[str, ...]] = ("column_A", "column_B", "min_ratio", "max_ratio")
