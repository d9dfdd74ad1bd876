"""How long a large `results` takes to validate: relationally, and with Great Expectations.

A repeated pupil, a mark 7 and absent pupils are among the rows. Great Expectations needs
about 0.7 GB of memory per million rows. Both answers must be the same; loading counts, which
Great Expectations cannot do without.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import Line, count, in_child
from msoko.core.project import Project
from msoko.validate.suites import gx_evaluator, ibis_evaluator
from msoko.validate.suites.suite_files import Suite, read_suite
from msoko.validate.suites.suite_outcome import CheckOutcome, result_document, result_text
from msoko.validate.suites.suite_runner import in_pandas

REFERENCE_LIMIT = 10_000_000
ROWS = """
    SELECT '2024-25' AS school_year, 'vpr' AS "procedure",
        ['russian', 'mathematics', 'physics', 'history'][1 + i % 4] AS subject,
        (4 + i % 5)::BIGINT AS grade, 's' || i // 500 AS school_id,
        (1 + i % 3)::VARCHAR AS class_id,
        substr(md5((CASE WHEN i = 7 THEN 27 ELSE i END)::VARCHAR), 1, 16) AS pupil_id,
        '1' AS variant,
        CASE WHEN i % 50 = 0 THEN NULL ELSE (i * 7919 % 21)::DOUBLE END AS primary_score,
        20.0::DOUBLE AS max_score, NULL::DOUBLE AS test_score,
        CASE WHEN i % 50 = 0 THEN NULL WHEN i = 9 THEN 7 ELSE 2 + i * 7919 % 4 END::BIGINT AS mark,
        (2 + i * 104729 % 4)::BIGINT AS journal_mark, i % 50 = 0 AS is_absent,
        'f' || i // 50000 AS source_id, (10 + i % 50000)::BIGINT AS source_row
    FROM range({count}) AS numbers(i)
"""


def run(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Return the lines of each number of rows; Great Expectations stops at `REFERENCE_LIMIT`."""
    lines = []
    for rows in map(int, chosen.rows or (1e6, 1e7)):
        path = str(folder / "results.parquet")
        in_child("validation:generate", path, rows)
        ours = in_child("validation:relationally", path, str(folder / "spill"))
        if rows > REFERENCE_LIMIT and not chosen.with_pandas:
            lines.append(Line("validation", count(rows), ours["seconds"], memory=ours["peak"]))
            continue
        theirs = in_child("validation:with_great_expectations", path, str(folder / "spill"))
        if theirs["results"] != ours["results"]:
            raise RuntimeError("the two evaluators give other verdicts")
        name = "Great Expectations, pandas"
        ratio = theirs["seconds"] / ours["seconds"]
        lines.append(Line(f"validation, {name}", count(rows), theirs["seconds"],
                          memory=theirs["peak"]))  # fmt: skip
        lines.append(Line("validation, times faster", count(rows), ours["seconds"], ratio, name,
                          ours["peak"], "≥ 5"))  # fmt: skip
    return lines


def generate(path: str, rows: int) -> dict[str, Any]:
    """Write the rows, straight to Parquet."""
    duckdb.sql(f"COPY ({ROWS.format(count=rows)}) TO '{path}' (FORMAT parquet)")
    return {}


def relationally(path: str, spill: str) -> dict[str, Any]:
    """Return the seconds of the relational evaluator, and a digest of its results."""
    suite = read_suite(Project.at(None), "results")
    rows = ibis_evaluator.connect(Path(spill)).read_parquet(path)
    return _timed(suite, lambda: ibis_evaluator.evaluate(suite, rows))


def with_great_expectations(path: str, spill: str) -> dict[str, Any]:
    """Return the seconds of loading and Great Expectations; its import is not counted."""
    suite = read_suite(Project.at(None), "results")
    gx_evaluator.loaded(suite)
    rows = ibis_evaluator.connect(Path(spill)).read_parquet(path)
    return _timed(suite, lambda: gx_evaluator.evaluate(suite, in_pandas(rows.to_pyarrow())))


def _timed(suite: Suite, work: Callable[[], list[CheckOutcome]]) -> dict[str, Any]:
    begun = time.perf_counter()
    outcomes = work()
    seconds = time.perf_counter() - begun
    told = hashlib.sha256(result_text(result_document(suite, outcomes)).encode()).hexdigest()
    return {"seconds": seconds, "results": told}
