"""One declaration, two engines: Spark gives what DuckDB gives."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from msoko import catalog
from msoko.catalog.directions.direction import Direction, Goal, Indicator
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.indicators import backend_of, compute

YEAR = SchoolYear.parse("2024-25")
HOUSE = Project(HOME)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError, match="неизвестный движок таблиц «sqlite»"):
        backend_of("sqlite")


def test_spark_that_is_not_installed_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(UsageError, match="не установлен PySpark.*requirements-scale.lock"):
        backend_of("spark")


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


MEASURES = {
    "share": {"numerator": "mark >= 3", "denominator": "mark is not null", "interval": "wilson"},
    "every": {"numerator": "not is_absent", "denominator": "grade > 0"},
    "named": {"numerator": "subject in ('русский язык', 'ёж')", "denominator": "mark is not null"},
    "count": {"measure": "count", "numerator": "primary_score between 0 and 10.5"},
    "total": {"measure": "sum", "numerator": "primary_score"},
    "ones": {"measure": "sum", "numerator": "1"},
    "mean": {"measure": "mean", "numerator": "primary_score", "interval": "t"},
    "cases": {"measure": "mean", "interval": "t",
              "numerator": "case when mark is null then -0.0005 when mark > 3 then 0.0015 end"},
    "filled": {"measure": "mean", "numerator": "coalesce(test_score, abs(primary_score), 0)"},
    "part": {"measure": "mean", "where": "max_score > 0", "numerator": "primary_score / max_score"},
    "ratio": {"measure": "ratio", "numerator": "primary_score", "denominator": "max_score"},
    "between": {"measure": "ratio", "numerator": "primary_score", "denominator": "max_score",
                "interval": "cluster"},
}  # fmt: skip
GROUPS = ((), ("school_id",), ("subject", "grade"), ("school_type",), ("school_id", "grade"))


def measured() -> Direction:
    """Return one indicator of every kind, cut in every way."""
    common = {"measure": "share", "where": "", "denominator": "", "interval": "none",
              "goal": "g1", "table": "results", "unit": "points", "polarity": "none",
              "source": "Ф1", "by": GROUPS}  # fmt: skip
    declared = [
        Indicator(**{**common, "code": code, "title": code, **own})
        for code, own in MEASURES.items()
    ]
    return Direction(
        direction="measured", number=1, mechanism="results", title="Всё", purpose="…",
        goals=(Goal("g1", "Цель"),), indicators=tuple(declared),
    )  # fmt: skip


def hostile(seed: int, rows: int) -> pd.DataFrame:
    """Return results with nulls everywhere, ties at the half, and scores of any size."""
    draw = np.random.default_rng(seed)
    frame = results(YEAR, seed, rows)
    scores = np.array([0.0, -0.0, 0.0005, -0.0005, 2.5, 10.5, 1e9, -1e9, 123456789.0125])
    frame["primary_score"] = draw.choice(scores, rows)
    frame["max_score"] = draw.choice([0.0, 20.0, 0.001, 1e9], rows)
    frame["subject"] = draw.choice(["русский язык", "ёж", "Ёж", "it's «so» \\ %", ""], rows)
    frame["school_id"] = draw.choice(["школа № 1", "001", "1", " 1"], rows)
    for name in ("school_id", "subject", "primary_score", "max_score", "is_absent", "grade"):
        frame[name] = frame[name].astype(object).where(draw.random(rows) > 0.15, None)
    return frame


@pytest.mark.parametrize(("seed", "rows"), [(1, 4000), (2, 7), (3, 1), (4, 0)])
def test_engines_agree_on_hostile_tables(tmp_path: Path, seed: int, rows: int) -> None:
    pytest.importorskip("pyspark")
    store = Store(Project(tmp_path))
    store.add(YEAR, "results", hostile(seed, rows))
    kinds = {"001": "лицей", "1": "школа", " 1": None}
    schools = pd.DataFrame({"school_id": list(kinds), "school_type": list(kinds.values())})
    store.add(YEAR, "schools", schools.assign(school_year=str(YEAR)))
    duckdb, spark = (
        compute([measured()], store, YEAR, backend=backend_of(engine))
        for engine in ("duckdb", "spark")
    )
    pd.testing.assert_frame_equal(duckdb, spark, check_exact=True)
    assert rows == 0 or duckdb.loc[duckdb["indicator"] == "ones", "value"].iloc[0] == rows


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
