"""Suites evaluated by Great Expectations itself, on a table held in pandas.

This is the only module, with `msoko.validate.suites.custom_expectations`, that imports Great
Expectations, and it does so when a suite is evaluated: the import takes seconds.
"""

from __future__ import annotations

import copy
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from msoko.validate.suites.suite_files import Suite
from msoko.validate.suites.suite_outcome import LOCATORS, ROW_LIMIT, CheckOutcome

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.data_context import EphemeralDataContext

RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}
"""The places of failing rows are asked for, their values never."""

PLACES = ("unexpected_index_list", "partial_unexpected_index_list")


def evaluate(suite: Suite, rows: pd.DataFrame) -> list[CheckOutcome]:
    """Return an outcome for each check of the suite, in its order.

    An expectation that Great Expectations cannot evaluate is a defect of the suite,
    not of the data, and raises `RuntimeError`.
    """
    frame = rows.reset_index(drop=True)
    batch = ephemeral_context().data_sources.pandas_default.read_dataframe(frame)
    answer = batch.validate(loaded(suite), result_format=RESULT_FORMAT).to_json_dict()
    found = {one["expectation_config"]["meta"]["check"]: one for one in answer["results"]}
    return [_outcome(check, found[check.name], frame) for check in suite.checks]


@cache
def ephemeral_context() -> EphemeralDataContext:
    """Return a context that keeps nothing, reports nothing and draws no progress bars."""
    # Read by Great Expectations when a context is made; a setting of the context comes too late.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def loaded(suite: Suite) -> ExpectationSuite:
    """Return the suite as Great Expectations' own object, our expectations registered."""
    import great_expectations as gx

    import msoko.validate.suites.custom_expectations  # noqa: F401 - registers the expectations

    own = gx.ExpectationSuite(**copy.deepcopy(dict(suite.config)))  # a suite is read once
    if len(own.expectations) != len(suite.checks):  # it logs what it cannot load, and goes on
        raise RuntimeError(f"Great Expectations did not load every expectation of {suite.name}")
    return own


def _outcome(check: Any, answer: dict[str, Any], frame: pd.DataFrame) -> CheckOutcome:
    if answer["exception_info"].get("raised_exception") is not False:
        raise RuntimeError(f"{check.name}: {answer['exception_info']}")
    result = {key: value for key, value in answer["result"].items() if key not in PLACES}
    names = [name for name in LOCATORS if name in frame.columns]
    failing = frame.loc[answer["result"].get("unexpected_index_list", []), names]
    placed = failing.sort_values(names) if names else failing
    return CheckOutcome(
        check, answer["success"], result, placed.head(ROW_LIMIT).reset_index(drop=True)
    )
