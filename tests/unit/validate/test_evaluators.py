"""Both evaluators say the same: Great Expectations on pandas, and Ibis on DuckDB."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msoko.indicators import backend_of
from msoko.validate.suites import gx_evaluator, ibis_evaluator
from msoko.validate.suites.suite_files import GX_SEVERITY, KNOWN_TYPES, Check, Suite
from msoko.validate.suites.suite_outcome import result_document, result_text
from msoko.validate.suites.suite_runner import in_pandas

META = {"reason": "–", "severity": "note", "guidance": "–", "link": "–", "directions": ["*"]}
PRESENT = {"ignore_row_if": "either_value_is_missing"}


def comparison(column: str, operator: str, value: object) -> dict:
    return {
        "type": "comparison",
        "column": {"name": column},
        "operator": operator,
        "parameter": value,
    }


WRITER = comparison("is_absent", "==", False)
FILLED = {"type": "nullity", "column": {"name": "name"}, "is_null": False}

CASES = [
    ("expect_table_columns_to_match_ordered_list", {"column_list": ["name", "score"]}),
    ("expect_table_row_count_to_be_between", {"min_value": 3, "max_value": 8}),
    ("expect_column_values_to_not_be_null", {"column": "name"}),
    ("expect_column_values_to_not_be_null", {"column": "mark", "row_condition": WRITER}),
    ("expect_column_values_to_not_be_null", {"column": "score", "mostly": 0.8}),
    (
        "expect_column_values_to_be_null",
        {"column": "mark", "row_condition": comparison("is_absent", "==", True)},
    ),
    ("expect_column_values_to_be_in_set", {"column": "mark", "value_set": [2, 3, 4, 5]}),
    ("expect_column_values_to_be_in_set", {"column": "name", "value_set": ["a", "b"]}),
    ("expect_column_values_to_be_in_set", {"column": "is_absent", "value_set": [False]}),
    ("expect_column_values_to_be_between", {"column": "mark", "min_value": 2, "max_value": 5}),
    ("expect_column_values_to_be_between", {"column": "score", "min_value": 0}),
    ("expect_column_values_to_be_between", {"column": "score", "max_value": 3, "mostly": 0.9}),
    ("expect_column_values_to_match_regex", {"column": "name", "regex": r"^[a-z]{1,2}\Z"}),
    ("expect_column_values_to_be_unique", {"column": "name"}),
    ("expect_column_values_to_be_unique", {"column": "mark", "mostly": 0.5}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["name", "mark"]}),
    (
        "expect_compound_columns_to_be_unique",
        {"column_list": ["name", "is_absent"], "row_condition": FILLED},
    ),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "max_score", "column_B": "score", "or_equal": True, **PRESENT},
    ),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "mark", "column_B": "score", **PRESENT},
    ),
    ("expect_column_pair_values_to_be_equal", {"column_A": "mark", "column_B": "score", **PRESENT}),
    (
        "expect_column_pair_values_to_be_close",
        {"column_A": "mark", "column_B": "score", "tolerance": 0.5, **PRESENT},
    ),
    (
        "expect_column_pair_ratio_to_be_between",
        {"column_A": "score", "column_B": "mark", "min_ratio": 0.5, "max_ratio": 2.0, **PRESENT},
    ),
    (
        "expect_column_values_to_be_between",
        {
            "column": "score",
            "max_value": 2,
            "row_condition": {
                "type": "or",
                "conditions": [
                    {"type": "and", "conditions": [WRITER, comparison("mark", ">=", 3)]},
                    comparison("name", "IN", ["a", "zz"]),
                ],
            },
        },
    ),
]


def suite_of(cases: list[tuple[str, dict]]) -> Suite:
    """Return a suite with one check per case, as a file would declare it."""
    checks = []
    for number, (kind, kwargs) in enumerate(cases):
        config = {
            "type": kind,
            "kwargs": kwargs,
            "severity": GX_SEVERITY["note"],
            "meta": {"check": f"check_{number}", **META},
        }
        checks.append(
            Check(f"check_{number}", kind, kwargs, "note", "–", "–", "–", ("*",), (), config)
        )
    config = {
        "name": "pupils",
        "expectations": [check.config for check in checks],
        "meta": {"great_expectations_version": "1.24.1"},
    }
    return Suite("pupils", "pupils", tuple(checks), config)


SCHEMA = pa.schema(
    {
        "name": pa.string(),
        "score": pa.float64(),
        "max_score": pa.float64(),
        "mark": pa.int64(),
        "is_absent": pa.bool_(),
        "school_id": pa.string(),
        "source_id": pa.string(),
        "source_row": pa.int64(),
    }
)


def both(suite: Suite, rows: pa.Table, tmp_path):
    """Return the outcomes of the relational evaluator and of the reference."""
    pq.write_table(rows, tmp_path / "pupils.parquet")
    stored = ibis_evaluator.connect(tmp_path).read_parquet(tmp_path / "pupils.parquet")
    return ibis_evaluator.evaluate(suite, stored), gx_evaluator.evaluate(
        suite, in_pandas(stored.to_pyarrow())
    )


def rows_of(records: list[tuple]) -> pa.Table:
    columns = zip(*records, strict=True) if records else [()] * 5
    names = SCHEMA.names[:5]
    arrays = {
        name: pa.array(list(values), SCHEMA.field(name).type)
        for name, values in zip(names, columns, strict=True)
    }
    arrays["school_id"] = pa.array([f"s{n % 3}" for n in range(len(records))], pa.string())
    arrays["source_id"] = pa.array(["f1"] * len(records), pa.string())
    arrays["source_row"] = pa.array(range(10, 10 + len(records)), pa.int64())
    return pa.table(arrays, schema=SCHEMA)


def agree(ours, theirs, suite: Suite) -> None:
    assert result_text(result_document(suite, ours)) == result_text(result_document(suite, theirs))
    for mine, other in zip(ours, theirs, strict=True):
        left = mine.rows.astype(object).where(mine.rows.notna(), None).values.tolist()
        right = other.rows.astype(object).where(other.rows.notna(), None).values.tolist()
        assert left == right, mine.check.name


def test_every_supported_type_is_compared():
    assert {kind for kind, _ in CASES} == KNOWN_TYPES


WRONG = [
    ("a", -1.0, 2.0, 2, True),
    ("a", 9.0, 2.0, 2, False),
    (None, None, 2.0, 7, None),
    ("Ы", 4.5, None, None, False),
    ("abc\n", 0.0, 0.0, 0, False),
    ("a", 1.0, 2.0, 2, True),
    ("b", None, 1.0, None, False),
    ("b", 2.0, 1.0, 3, False),
    ("zz", 2.5, 5.0, 2, False),
]


def test_each_check_both_passes_and_fails_somewhere(tmp_path):
    suite = suite_of(CASES)
    ours, theirs = both(suite, rows_of(WRONG), tmp_path)
    agree(ours, theirs, suite)
    assert [one.check.type for one in ours if one.success] == []


def test_an_empty_table_passes_every_check_of_rows(tmp_path):
    suite = suite_of(CASES[2:])
    ours, theirs = both(suite, rows_of([]), tmp_path)
    agree(ours, theirs, suite)
    assert all(one.success for one in ours)


def test_spark_judges_as_duckdb_does(tmp_path):
    pytest.importorskip("pyspark")
    suite = suite_of(CASES)
    for place, records in enumerate((WRONG, WRONG[2:3], [])):
        path = tmp_path / f"pupils_{place}.parquet"
        pq.write_table(rows_of(records), path)
        ours = ibis_evaluator.evaluate(suite, ibis_evaluator.connect(tmp_path).read_parquet(path))
        theirs = ibis_evaluator.evaluate(suite, backend_of("spark").read_parquet(str(path)))
        agree(ours, theirs, suite)


VALUES = st.tuples(
    st.sampled_from([None, "a", "b", "zz", "A", "a\n", ""]),
    st.sampled_from([None, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0, -1.0]),
    st.sampled_from([None, 0.0, 2.0, 3.0]),
    st.sampled_from([None, 0, 2, 3, 5, 7]),
    st.sampled_from([None, True, False]),
)


@settings(max_examples=12, deadline=None)
@given(records=st.lists(VALUES, max_size=12))
def test_any_small_table_gets_the_same_answer(tmp_path_factory, records):
    suite = suite_of(CASES)
    agree(*both(suite, rows_of(records), tmp_path_factory.mktemp("spill")), suite)
