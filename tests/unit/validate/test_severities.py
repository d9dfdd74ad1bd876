"""The severity of each check is what its page says, and what a row that fails it comes to."""

from __future__ import annotations

import pandas as pd
import pytest

from drawn_year import YEAR, drawn_year
from msoko.core.project import Project
from msoko.core.tables import TABLES
from msoko.ingest.assembly import typed
from msoko.validate.concerned_directions import GROUND
from msoko.validate.findings.check_wording import read_wording
from msoko.validate.rows_set_aside import set_rows_aside
from msoko.validate.suites.row_predicates import ROW_TYPES, UNIQUE_TYPES
from msoko.validate.suites.suite_files import RECEIVED, Check, read_suite

HOUSE = Project.at(None)
OF_HOUSE = ("school_year", "source_id", "source_row")
"""Columns that the program itself fills: a fault in them is none of a row."""
CHECKS = [(name, check) for name in RECEIVED for check in read_suite(HOUSE, name).checks]
OF_ROWS = [(name, check) for name, check in CHECKS if check.severity == "set_aside"]
SPOILT = {
    "expect_column_values_to_not_be_null": lambda kwargs, kind: None,
    "expect_column_values_to_match_regex": lambda kwargs, kind: "!",
    "expect_column_values_to_be_in_set": lambda kwargs, kind: "?" if kind == "text" else 99,
    "expect_column_values_to_be_between": lambda kwargs, kind: (
        kwargs["max_value"] + 1 if kwargs.get("max_value") is not None else kwargs["min_value"] - 1
    ),
}
"""By type of check, a value that fails it."""


@pytest.mark.parametrize(("table", "check"), CHECKS, ids=lambda one: getattr(one, "name", one))
def test_a_severity_is_where_its_behaviour_can_be(table: str, check: Check):
    is_of_rows = (
        check.type in ROW_TYPES
        and check.type not in UNIQUE_TYPES
        and check.kwargs.get("column") not in OF_HOUSE
        and table not in (*GROUND, "findings")
    )
    assert is_of_rows or check.severity != "set_aside"
    assert not is_of_rows or check.severity != "blocking"


def test_the_page_of_checks_names_each_severity():
    page = (HOUSE.home / "docs" / "checks.md").read_text(encoding="utf-8")
    words = read_wording(HOUSE).severities
    for _, check in CHECKS:
        entry = page.partition(f'<a id="{check.name}"></a>')[2].partition("<a id=")[0]
        assert f"\n{words[check.severity]}. {check.reason}\n" in entry, check.name


def stored(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the rows with the columns and types that are stored."""
    none = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    columns = TABLES[table].columns.items()
    return pd.DataFrame({name: typed(frame.get(name, none), kind) for name, kind in columns})


def spoilt(table: str, check: Check) -> tuple[dict[str, pd.DataFrame], pd.Series] | None:
    """Return a year with one row that fails the check, and that row; None where none is drawn."""
    drawn = {**{name: pd.DataFrame() for name in RECEIVED}, **drawn_year()}
    tables = {name: stored(frame, name) for name, frame in drawn.items() if name in RECEIVED}
    tables["sources"]["layout"] = "columns"
    frame = tables[table]
    if frame.empty or check.type not in SPOILT or "row_condition" in check.kwargs:
        return None
    column = check.kwargs["column"]
    frame = frame.copy()
    if check.type == "expect_column_values_to_not_be_null" or frame[column].dtype == bool:
        frame[column] = frame[column].astype(object)
    kind = TABLES[table].columns[column]
    frame.loc[0, column] = SPOILT[check.type](check.kwargs, kind)
    return {**tables, table: frame}, frame.loc[0]


@pytest.mark.parametrize(("table", "check"), OF_ROWS, ids=lambda one: getattr(one, "name", one))
def test_a_row_that_fails_is_taken_out_and_told(table: str, check: Check):
    made = spoilt(table, check)
    if made is None:
        pytest.skip("no such row is drawn")
    tables, row = made
    kept, findings = set_rows_aside(HOUSE, YEAR, tables)
    told = {one.check: one.severity for one in findings}
    assert told[check.name] == "set_aside"
    pair = (row["source_id"], row["source_row"])
    left = kept[table][["source_id", "source_row"]].itertuples(index=False, name=None)
    assert pair not in set(left)
    aside = kept["set_aside"]
    assert list(aside.loc[aside["source_row"] == pair[1], "is_lost"]) == [True]
