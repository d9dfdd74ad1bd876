"""Suites evaluated as relational expressions: out of core, on DuckDB or another Ibis engine.

Every expectation becomes three expressions – which rows it is about, what must be present
in them, which are wrong – and all of a suite's counts are one scan of the table.
Only what fails is scanned again, for the place of the wrong rows.

Great Expectations on pandas (`msoko.validate.reference`) is the measure: a test
holds both to the same results for each type below. Why there are two evaluators:
docs/decisions/0020-two-evaluators-of-one-suite.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import and_, or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msoko.validate.outcome import LOCATORS, ROW_LIMIT, Outcome, map_result, map_success
from msoko.validate.suites import Check, Suite
from msoko.validate.whole_tables import TABLE_TYPES

if TYPE_CHECKING:
    import ibis
    import pandas as pd
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
        return _both(self.scope, self.wrong)


def _both(scope: ir.BooleanValue | None, other: ir.BooleanValue) -> ir.BooleanValue:
    return other if scope is None else scope & other


def evaluate(suite: Suite, rows: ir.Table) -> list[Outcome]:
    """Return an outcome for each check of the suite, in its order."""
    predicates = {
        check.name: ROW_TYPES[check.type](rows, check.kwargs)
        for check in suite.checks
        if check.type in ROW_TYPES
    }
    counts = _counts(rows, predicates)
    return [_outcome(check, rows, predicates.get(check.name), counts) for check in suite.checks]


def _outcome(
    check: Check, rows: ir.Table, predicates: Predicates | None, counts: Mapping[str, int]
) -> Outcome:
    if predicates is None:
        success, result = TABLE_TYPES[check.type](rows, check.kwargs, counts["/rows"])
        return Outcome(check, success, result, _located(rows, None))
    element, considered, wrong = (counts.get(f"{check.name}/{part}", 0) for part in _PARTS)
    failing = rows.filter(predicates.failing) if wrong else None
    is_repeated = counts.get(f"{check.name}/distinct", considered) < considered
    if is_repeated:
        failing = _repeated(rows, predicates, _keys(check.kwargs))
    located = _located(rows, failing)
    if is_repeated:
        is_whole = 0 < len(located) < ROW_LIMIT  # then all are here, and counting is spared
        wrong = len(located) if is_whole else _number(failing.count())
    missing = None if predicates.value is None else element - considered
    result = map_result(element, missing, wrong)
    success = map_success(considered, wrong, check.kwargs.get("mostly", 1))
    return Outcome(check, success, result, located)


def _number(count: ir.IntegerScalar) -> int:
    return int(count.to_pyarrow().as_py())


_PARTS = ("element", "considered", "wrong")


def _counts(rows: ir.Table, mapped: Mapping[str, Predicates]) -> dict[str, int]:
    """Return all counts of a suite, from one scan; what several checks count is counted once."""
    measures = {"/rows": rows.count()}
    for name, one in mapped.items():
        element = rows.count(where=one.scope)
        measures[f"{name}/element"] = element
        measures[f"{name}/considered"] = (
            element if one.value is None else one.value.count(where=one.scope)
        )
        if one.wrong is None:
            measures[f"{name}/distinct"] = one.value.nunique(where=one.scope)
        else:
            measures[f"{name}/wrong"] = rows.count(where=one.failing)
    different = {measure.op(): measure for measure in measures.values()}
    known_as = {node: f"count_{number}" for number, node in enumerate(different)}
    asked = [measure.name(known_as[node]) for node, measure in different.items()]
    found = rows.aggregate(asked).to_pyarrow().to_pylist()[0]
    counts = {name: found[known_as[measure.op()]] for name, measure in measures.items()}
    return {name: count or 0 for name, count in counts.items()}  # Spark: null of none


def _located(rows: ir.Table, failing: ir.Table | None) -> pd.DataFrame:
    """Return the locators of the failing rows, ordered by place, at most `ROW_LIMIT`."""
    names = [name for name in LOCATORS if name in rows.columns]
    if failing is None or not names:
        return _nowhere(tuple(names))
    return failing.select(names).order_by(names).limit(ROW_LIMIT).to_pyarrow().to_pandas()


@cache
def _nowhere(names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(names))


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


def _keys(kwargs: Mapping[str, Any]) -> Sequence[str]:
    return kwargs.get("column_list") or [kwargs["column"]]


def _about_key(rows: ir.Table, kwargs: Mapping[str, Any]) -> Predicates:
    """Return the predicates of a key; which rows repeat it, one row alone cannot tell.

    Hashes are counted with the rest: equal keys have equal hashes, so as many different
    hashes as rows mean that no key is repeated, at a fraction of the memory of the keys.
    """
    import ibis

    names = _keys(kwargs)
    digest = ibis.struct({name: rows[name] for name in names}).hash()
    is_present = reduce(or_, (rows[key].notnull() for key in names))
    value = is_present.ifelse(digest, None)
    return Predicates(condition(rows, kwargs.get("row_condition")), value, None)


def _repeated(rows: ir.Table, key: Predicates, names: Sequence[str]) -> ir.Table:
    """Return the rows whose key another row has too.

    Only the rows whose hash repeats are compared by the key itself.
    """
    import ibis

    hashed = rows.mutate(key_hash=key.value).filter(_both(key.scope, key.value.notnull()))
    twice = hashed.group_by("key_hash").aggregate(row_count=hashed.count())
    twice = twice.filter(twice.row_count > 1).select("key_hash")
    suspects = hashed.semi_join(twice, "key_hash")
    counted = suspects.mutate(row_count=suspects.count().over(ibis.window(group_by=list(names))))
    return counted.filter(counted.row_count > 1)


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


SUPPORTED = (*ROW_TYPES, *TABLE_TYPES)
"""Every expectation type that a suite of the project may use."""
