"""Pupil rows → indicators: ours, against SQL written by hand for DuckDB and against pandas.

All three give every group's value and interval; that they are the same is checked each time.
A municipality of any size has the same 3,400 schools, some 95,000 smallest groups.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Line, count, in_child

SCHOOLS = 3_400
PANDAS_LIMIT = 10_000_000
YEAR = "2024-25"
BY = ((), ("subject", "grade"), ("school_id",), ("school_id", "subject", "grade"))
KEYS = ["school_id", "subject", "grade"]
SHARES = {
    "basic": ("procedure = 'vpr' and not is_absent", "mark >= 3"),
    "high": ("procedure = 'vpr' and not is_absent", "mark >= 4"),
    "low": ("procedure = 'vpr' and not is_absent", "mark = 2"),
    "first": ("procedure = 'vpr' and not is_absent and grade <= 6", "mark >= 3"),
    "oge": ("procedure = 'oge' and not is_absent", "mark >= 3"),
    "oge_high": ("procedure = 'oge' and not is_absent", "mark >= 4"),
    "below": ("not is_absent", "mark = 2"),
    "gap": ("procedure = 'vpr' and not is_absent", "abs(mark - journal_mark) >= 2"),
}
ROWS = """
    SELECT '2024-25' AS school_year,
        CASE i % 6 WHEN 4 THEN 'oge' WHEN 5 THEN 'ege' ELSE 'vpr' END AS "procedure",
        ['russian', 'mathematics', 'physics', 'history'][1 + i // 6 % 4] AS subject,
        (CASE i % 6 WHEN 4 THEN 9 WHEN 5 THEN 11 ELSE 4 + i // 24 % 5 END)::BIGINT AS grade,
        's' || i // 120 % {schools} AS school_id, i::VARCHAR AS pupil_id,
        (h % 41 / 2)::DOUBLE AS primary_score, 20.0::DOUBLE AS max_score,
        CASE WHEN i % 6 = 5 THEN (h % 101)::DOUBLE END AS test_score,
        CASE WHEN i % 6 < 5 THEN 2 + h % 41 // 11 END::BIGINT AS mark,
        (2 + h // 64 % 4)::BIGINT AS journal_mark, h % 50 = 0 AS is_absent
    FROM (SELECT i, hash(i) AS h FROM range({rows}) AS numbers(i))
"""


def run(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Return the lines of each number of rows."""
    lines = []
    for rows in map(int, chosen.rows or (1e6, 1e7, 1e8)):
        path = folder / YEAR / "results.parquet"
        path.parent.mkdir(exist_ok=True)
        in_child("indicators:generate", str(path), rows)
        repeat = chosen.repeat if rows <= PANDAS_LIMIT else 1
        ours = in_child("indicators:ours", str(folder), repeat)
        raw = in_child("indicators:raw", str(folder), repeat)
        found = {"raw DuckDB SQL": raw}
        if rows <= PANDAS_LIMIT or chosen.with_pandas:
            found["pandas"] = in_child("indicators:in_pandas", str(folder), 1)
        for name, other in found.items():
            if other["checksum"] != ours["checksum"]:
                raise RuntimeError(f"{name} gives other values: {other['checksum']}")
            lines.append(Line(f"indicators, {name}", count(rows), other["seconds"],
                              memory=other["peak"]))  # fmt: skip
            limit = "≤ 1.3, 3 GiB" if other is raw else ""
            ratio = ours["seconds"] / other["seconds"]
            lines.append(Line("indicators", count(rows), ours["seconds"], ratio, name,
                              ours["peak"], limit))  # fmt: skip
    return lines


def generate(path: str, rows: int) -> dict[str, Any]:
    """Write the rows, straight to Parquet and never whole in memory."""
    import duckdb

    engine = duckdb.connect(config={"preserve_insertion_order": False, "memory_limit": "2GB"})
    query = ROWS.format(rows=rows, schools=SCHOOLS)
    engine.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return {}


class Folder:
    """Where the generated table lies, told as a store tells it."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def path(self, year: object, name: str) -> Path:
        return self.folder / str(year) / f"{name}.parquet"


def ours(folder: str, repeat: int) -> dict[str, Any]:
    """Return what `msoko.indicators.compute` takes."""
    from msoko.catalog.directions.direction import Direction, Goal, Indicator
    from msoko.core.school_year import SchoolYear
    from msoko.indicators import backend_of, compute

    def indicator(code: str, **declared: str) -> Indicator:
        given = {"title": code, "goal": "g1", "table": "results", "by": BY, "unit": "percent",
                 "polarity": "none", "source": "benchmark", **declared}  # fmt: skip
        return Indicator(code=code, **given)

    shares = [
        indicator(
            code,
            measure="share",
            where=where,
            numerator=part,
            denominator="mark is not null",
            interval="wilson",
        )  # fmt: skip
        for code, (where, part) in SHARES.items()
    ]
    mean = indicator("score", measure="mean", where="procedure = 'vpr' and not is_absent",
                     numerator="primary_score", interval="t", unit="points")  # fmt: skip
    direction = Direction(direction="benchmark", number=1, mechanism="results", title="…",
                          purpose="…", goals=(Goal("g1", "…"),),
                          indicators=(*shares, mean))  # fmt: skip
    backend_of()
    return _timed(
        lambda: compute((direction,), Folder(folder), SchoolYear.parse(YEAR)),
        lambda found: found[["value", "low", "high"]].sum().tolist() + [len(found)],
        repeat,
    )


def raw(folder: str, repeat: int) -> dict[str, Any]:
    """Return what SQL written for DuckDB takes; the result comes as a pandas frame, as ours."""
    import duckdb

    engine = duckdb.connect()
    query = hand_written(str(Path(folder) / YEAR / "results.parquet"))

    def checksum(found: Any) -> list[float]:
        return found[["value", "low", "high"]].sum().tolist() + [len(found)]

    return _timed(lambda: _with_student(engine.execute(query).df()), checksum, repeat)


def hand_written(path: str) -> str:
    """Return the SQL: sums of the smallest groups, wider groups, shares with Wilson's interval."""
    sums = [
        f"sum(CASE WHEN {where} AND mark IS NOT NULL AND {part} THEN 1 ELSE 0 END) AS {code}_a, "
        f"sum(CASE WHEN {where} AND mark IS NOT NULL THEN 1 ELSE 0 END) AS {code}_n"
        for code, (where, part) in SHARES.items()
    ]
    score = "CASE WHEN procedure = 'vpr' AND NOT is_absent THEN primary_score END"
    sums += [f"sum({score}) AS score_a, count({score}) AS score_n, "
             f"sum({score} * {score}) AS score_q"]  # fmt: skip
    names = [f"{code}_{part}" for code in SHARES for part in "an"]
    names += ["score_a", "score_n", "score_q"]
    sets = ", ".join("(" + ", ".join(keys) + ")" for keys in BY)
    measured = [
        f"SELECT '{code}' AS indicator, school_id, subject, grade, {code}_a AS a, {code}_n AS n, "
        f"{'NULL::DOUBLE' if code != 'score' else 'score_q'} AS q FROM wider WHERE {code}_n > 0"
        for code in (*SHARES, "score")
    ]
    z = 1.959963984540054
    half = f"{z} / (n + {z * z}) * sqrt(n * p * (1 - p) + {z * z / 4})"
    centre = f"(a + {z * z / 2}) / (n + {z * z})"
    return (
        f"WITH finest AS (SELECT school_id, subject, grade, {', '.join(sums)} FROM '{path}' "
        f"GROUP BY ALL), wider AS (SELECT school_id, subject, grade, "
        f"{', '.join(f'sum({name})::DOUBLE AS {name}' for name in names)} FROM finest "
        f"GROUP BY GROUPING SETS ({sets})), long AS ({' UNION ALL '.join(measured)}), "
        f"valued AS (SELECT *, a / n AS p FROM long) "
        f"SELECT indicator, school_id, subject, grade, a, n, q, p AS value, "
        f"CASE WHEN q IS NULL THEN greatest({centre} - {half}, 0) END AS low, "
        f"CASE WHEN q IS NULL THEN least({centre} + {half}, 1) END AS high FROM valued"
    )


def in_pandas(folder: str, repeat: int) -> dict[str, Any]:
    """Return what pandas takes that reads the columns it needs and groups once."""
    path = Path(folder) / YEAR / "results.parquet"

    def checksum(found: Any) -> list[float]:
        return found[["value", "low", "high"]].sum().tolist() + [len(found)]

    return _timed(lambda: _with_student(_valued(_finest(path))), checksum, repeat)


def _finest(path: Path) -> Any:
    """Return the sums of the smallest groups, in pandas."""
    import pandas as pd

    columns = [*KEYS, "procedure", "mark", "journal_mark", "is_absent", "primary_score"]
    rows = pd.read_parquet(path, columns=columns)
    sat, kind, mark = ~rows["is_absent"], rows["procedure"], rows["mark"]
    vpr, oge = sat & (kind == "vpr"), sat & (kind == "oge")
    conditions = {
        "basic": (vpr, mark >= 3),
        "high": (vpr, mark >= 4),
        "low": (vpr, mark == 2),
        "first": (vpr & (rows["grade"] <= 6), mark >= 3),
        "oge": (oge, mark >= 3),
        "oge_high": (oge, mark >= 4),
        "below": (sat, mark == 2),
        "gap": (vpr, (mark - rows["journal_mark"]).abs() >= 2),
    }
    terms = {}
    for code, (where, part) in conditions.items():
        whole = where & mark.notna()
        terms |= {f"{code}_a": whole & part, f"{code}_n": whole}
    score = rows["primary_score"].where(vpr)
    terms |= {"score_a": score, "score_n": score.notna(), "score_q": score**2}
    return rows[KEYS].assign(**terms).groupby(KEYS, observed=True).sum().reset_index()


def _valued(finest: Any) -> Any:
    """Return every group's value with Wilson's interval, in pandas."""
    import numpy as np
    import pandas as pd

    sums = finest.drop(columns=KEYS)
    parts = []
    for by in BY:
        whole = sums.sum().to_frame().T
        wider = finest.groupby(list(by))[list(sums)].sum().reset_index() if by else whole
        for code in (*SHARES, "score"):
            names = {f"{code}_a": "a", f"{code}_n": "n", f"{code}_q": "q"}
            own = wider[wider[f"{code}_n"] > 0].rename(columns=names)
            parts.append(own[[*by, *(name for name in "anq" if name in own)]])
    found = pd.concat(parts, ignore_index=True).astype({"a": float, "n": float})
    z2, n, p = 1.959963984540054**2, found["n"], found["a"] / found["n"]
    half = np.sqrt(z2) / (n + z2) * np.sqrt((n * p * (1 - p)).clip(0) + z2 / 4)
    centre = (found["a"] + z2 / 2) / (n + z2)
    is_share = found["q"].isna()
    low, high = (centre - half).clip(0), (centre + half).clip(upper=1)
    return found.assign(value=p, low=low.where(is_share), high=high.where(is_share))


def _with_student(found: Any) -> Any:
    """Fill Student's interval of the means, for which SQL has no quantile."""
    import numpy as np
    from scipy.stats import t

    is_mean = (found["q"].notna() & (found["n"] > 1)).to_numpy()
    a, n, q = (found.loc[is_mean, name].to_numpy(float) for name in "anq")
    half = t.ppf(0.975, n - 1) * np.sqrt((n * q - a * a) / (n * (n - 1)) / n)
    found.loc[is_mean, "low"], found.loc[is_mean, "high"] = a / n - half, a / n + half
    return found


def _timed(work: Any, checksum: Any, repeat: int) -> dict[str, Any]:
    seconds = []
    for _ in range(repeat):
        begun = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - begun)
    rounded = [f"{number:.6g}" for number in checksum(found)]
    return {"seconds": median(seconds), "checksum": rounded}
