"""The derived tables of a year come from the engine that `msoko.yml` names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from msoko.build.steps.number_tables import _steady, compute_values, write_recommendations
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store

YEAR = SchoolYear.parse("2024-25")
DERIVED = ("indicators", "objectivity_schools", "objectivity_markers", "recommendations")


def project(root: Path) -> Project:
    """Return a project with the results of one year and no other table."""
    draw = np.random.default_rng(5)
    rows = 400
    papers = pd.DataFrame({"school_id": draw.integers(0, 6, rows).astype(str)})
    papers["pupil_id"] = [f"p{number}" for number in range(rows)]
    papers["primary_score"] = draw.integers(0, 21, rows) / 1.0
    papers["mark"] = 2 + (papers["primary_score"] >= 6) + (papers["primary_score"] >= 14)
    papers["journal_mark"], papers["is_absent"] = draw.integers(2, 6, rows), False
    (root / "data" / "raw").mkdir(parents=True)
    made = Project(root)
    same = {"procedure": "vpr", "subject": "mathematics", "grade": 5, "max_score": 20.0}
    Store(made).add(YEAR, "results", papers.assign(school_year=str(YEAR), **same))
    return made


def test_an_engine_that_is_none_stops_the_numbers(tmp_path: Path) -> None:
    made = project(tmp_path / "one")
    (made.root / "msoko.yml").write_text("engine: sqlite\n", encoding="utf-8")
    with pytest.raises(UsageError, match="msoko.yml: неизвестный движок таблиц «sqlite»"):
        compute_values(made, "demo", YEAR, [YEAR])


def test_spark_writes_the_tables_that_duckdb_writes(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    written, slices = [], []
    for engine in ("duckdb", "spark"):
        made = project(tmp_path / engine)
        (made.root / "msoko.yml").write_text(f"engine: {engine}\n", encoding="utf-8")
        compute_values(made, "demo", YEAR, [YEAR])
        slices.append(write_recommendations(made, "demo", YEAR))
        written.append([Store(made).path(YEAR, name).read_bytes() for name in DERIVED])
    assert slices[0] == slices[1]
    assert written[0] == written[1]


def test_a_number_does_not_depend_on_the_last_digits_of_a_processor() -> None:
    seen = (0.0047378829903834685, 0.0047378829903834754, 0.004737883014466426)
    frames = [
        pd.DataFrame(
            {"effect": [one, np.nan], "p": pd.array([1 / 3, None], "Float64"), "n": [7, 8]}
        )
        for one in seen
    ]
    made = [_steady(frame) for frame in frames]
    for other in made[1:]:
        pd.testing.assert_frame_equal(made[0], other, check_exact=True)
    assert made[0].dtypes.to_dict() == frames[0].dtypes.to_dict()
    assert made[0]["effect"].iloc[0] == pytest.approx(seen[0], rel=1e-5)
    assert made[0]["p"].isna().tolist() == [False, True]


def test_a_table_without_rows_stays_as_it_is() -> None:
    empty = pd.DataFrame({"effect": pd.Series(dtype=float), "tier": pd.Series(dtype="str")})
    pd.testing.assert_frame_equal(_steady(empty), empty)
