"""Suites evaluated as relational expressions: out of core, on DuckDB or another Ibis engine.

Every expectation becomes three expressions – which rows it is about, what must be present
in them, which are wrong – and all of a suite's counts are one scan of the table.
Only what fails is scanned again, for the place of the wrong rows.

Great Expectations on pandas (`msoko.validate.suites.gx_evaluator`) is the measure: a test
holds both to the same results for each type below. Why there are two evaluators:
docs/decisions/0020-two-evaluators-of-one-suite.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msoko.validate.suites.row_predicates import (
    ABOUT_MISSINGNESS,
    Predicates,
    both_hold,
    key_columns,
)
from msoko.validate.suites.suite_files import Check, Suite
from msoko.validate.suites.suite_outcome import (
    LOCATORS,
    ROW_LIMIT,
    CheckOutcome,
    map_result,
    map_success,
)
from msoko.validate.suites.suite_query import PARTS, SuiteQuery
from msoko.validate.suites.table_predicates import TABLE_TYPES

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    from ibis import ir


def connect(spill: Path, memory_limit: str | None = None) -> ibis.BaseBackend:
    """Return an embedded DuckDB that spills to `spill` and asks no network for extensions."""
    import ibis

    spill.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
    }
    if memory_limit:
        options["memory_limit"] = memory_limit
    return ibis.duckdb.connect(**options)


def show(engine: ibis.BaseBackend, name: str, path: Path) -> None:
    """Let the engine know a stored table by `name`; its rows stay where they lie."""
    if engine.name == "duckdb":  # through Ibis it would be asked for the columns, known already
        where = str(path).replace("'", "''")
        engine.raw_sql(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet('{where}')")
    else:
        engine.read_parquet(str(path), table_name=name)


def evaluate(suite: Suite, rows: ir.Table) -> list[CheckOutcome]:
    """Return an outcome for each check of the suite, in its order."""
    return answers(SuiteQuery(suite, rows), rows.get_backend())


def answers(asked: SuiteQuery, engine: ibis.BaseBackend) -> list[CheckOutcome]:
    """Return what the engine answers to each check of a suite, in its order."""
    counts = asked.counts(engine)
    return [_outcome(check, asked, counts, engine) for check in asked.suite.checks]


def _outcome(
    check: Check, asked: SuiteQuery, counts: Mapping[str, int], engine: ibis.BaseBackend
) -> CheckOutcome:
    rows = asked.rows
    if check.type in TABLE_TYPES:
        success, result = TABLE_TYPES[check.type](rows, check.kwargs, counts["/rows"])
        return CheckOutcome(check, success, result, _located(rows, None, engine))
    element, considered, wrong = (counts.get(f"{check.name}/{part}", 0) for part in PARTS)
    failing = rows.filter(asked.predicates[check.name].failing) if wrong else None
    is_repeated = counts.get(f"{check.name}/distinct", considered) < considered
    if is_repeated:
        failing = _repeated(rows, asked.predicates[check.name], key_columns(check.kwargs))
    located = _located(rows, failing, engine)
    if is_repeated:
        is_whole = 0 < len(located) < ROW_LIMIT  # then all are here, and counting is spared
        wrong = len(located) if is_whole else engine.to_pyarrow(failing.count()).as_py()
    missing = None if check.type in ABOUT_MISSINGNESS else element - considered
    result = map_result(element, missing, wrong)
    success = map_success(considered, wrong, check.kwargs.get("mostly", 1))
    return CheckOutcome(check, success, result, located)


def _located(rows: ir.Table, failing: ir.Table | None, engine: ibis.BaseBackend) -> pd.DataFrame:
    """Return the locators of the failing rows, ordered by place, at most `ROW_LIMIT`."""
    names = [name for name in LOCATORS if name in rows.columns]
    if failing is None or not names:
        return _nowhere(tuple(names))
    return engine.to_pyarrow(failing.select(names).order_by(names).limit(ROW_LIMIT)).to_pandas()


@cache
def _nowhere(names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(names))


def _repeated(rows: ir.Table, key: Predicates, names: Sequence[str]) -> ir.Table:
    """Return the rows whose key another row has too.

    Only the rows whose hash repeats are compared by the key itself.
    """
    import ibis

    hashed = rows.mutate(key_hash=key.value).filter(both_hold(key.scope, key.value.notnull()))
    twice = hashed.group_by("key_hash").aggregate(row_count=hashed.count())
    twice = twice.filter(twice.row_count > 1).select("key_hash")
    suspects = hashed.semi_join(twice, "key_hash")
    counted = suspects.mutate(row_count=suspects.count().over(ibis.window(group_by=list(names))))
    return counted.filter(counted.row_count > 1)
