"""How long a large `results` takes to validate: relationally, and with Great Expectations.

Run: `python benchmarks/validation.py [rows]`, by default 10 million. The table is made in
a temporary folder, with a repeated pupil, a mark 7 and absent pupils among the rows.
Great Expectations needs about 0.7 GB of memory per million rows. Both answers are
compared byte by byte; the ratio counts loading, which Great Expectations cannot do without.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from msoko.project import Project
from msoko.validate import reference, relational
from msoko.validate.judge import in_pandas
from msoko.validate.outcome import document, serialised
from msoko.validate.suites import read_suite

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


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """Return what the work gave, and its seconds."""
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    suite = read_suite(Project.at(None), "results")
    reference.loaded(suite)  # the import is a cost of every run, and told apart from the work
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.parquet"
        duckdb.sql(f"COPY ({ROWS.format(count=count)}) TO '{path}' (FORMAT parquet)")
        rows = relational.connect(Path(folder) / "spill").read_parquet(path)
        ours, quick = timed(lambda: relational.evaluate(suite, rows))
        print(f"relational: {quick:.1f} s, peak {peak_gigabytes():.1f} GB, {count:,} rows")
        frame, loading = timed(lambda: in_pandas(rows))
        theirs, slow = timed(lambda: reference.evaluate(suite, frame))
    print(f"great expectations: {loading:.1f} s to load, {slow:.1f} s, "
          f"peak {peak_gigabytes():.1f} GB")  # fmt: skip
    is_same = serialised(document(suite, ours)) == serialised(document(suite, theirs))
    failed = [one.check.name for one in ours if not one.success]
    print(f"ratio {(loading + slow) / quick:.1f}; equal results: {is_same}; failed: {failed}")


if __name__ == "__main__":
    main()
