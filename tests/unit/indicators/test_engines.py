"""One declaration, two engines: Spark gives what DuckDB gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from msoko import catalog
from msoko.errors import UsageError
from msoko.indicators import backend_of, compute
from msoko.project import HOME, Project
from msoko.school_year import SchoolYear
from msoko.store import Store

YEAR = SchoolYear.parse("2024-25")
HOUSE = Project(HOME)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError, match="неизвестный движок таблиц «sqlite»"):
        backend_of("sqlite")


def results(year: SchoolYear, seed: int, rows: int = 3000) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "procedure": draw.choice(["vpr", "oge", "ege"], rows),
            "subject": draw.choice(["russian", "mathematics"], rows),
            "grade": draw.integers(4, 10, rows),
            "school_id": draw.integers(0, 12, rows).astype(str),
            "pupil_id": draw.integers(0, 800, rows).astype(str),
            "primary_score": draw.integers(0, 41, rows) / 2,
            "max_score": 20.0 + seed,
            "mark": pd.array(draw.integers(2, 6, rows), dtype="Int64"),
            "journal_mark": draw.integers(2, 6, rows),
            "is_absent": draw.random(rows) < 0.05,
            "school_year": str(year),
        }
    )
    frame["test_score"] = np.where(frame["procedure"] == "ege", draw.integers(0, 101, rows), np.nan)
    frame["mark"] = frame["mark"].mask(frame["procedure"] == "ege")
    return frame


def test_spark_gives_what_duckdb_gives(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    store = Store(Project(tmp_path))
    for seed, year in enumerate((YEAR.shifted(-1), YEAR)):
        store.add(year, "results", results(year, seed))
    returned = pd.DataFrame({"school_id": ["1", "1", "2"], "value": [3.0, 8.0, 5.0]})
    returned["item"] = ["meta_basic", "meta_participants", "meta_basic"]
    store.add(YEAR, "monitoring", returned.assign(form="student_outcomes", school_year=str(YEAR)))
    codes = ("student_outcomes", "objectivity", "low_results")
    directions = [catalog.load_direction(HOUSE, code) for code in codes]
    thresholds = catalog.load_thresholds(HOUSE)
    duckdb, spark = (
        compute(directions, store, YEAR, backend=backend_of(engine), thresholds=thresholds)
        for engine in ("duckdb", "spark")
    )
    assert (duckdb["flags"] != "no_data").sum() > 1000
    pd.testing.assert_frame_equal(duckdb, spark, check_exact=True)
