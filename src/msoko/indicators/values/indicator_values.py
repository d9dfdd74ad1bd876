"""Sums → values with intervals and flags, as rows of table `indicators`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from msoko.catalog.directions.direction import Indicator
from msoko.catalog.directions.direction_faults import FORMS
from msoko.core.school_year import SchoolYear
from msoko.core.tables import GROUP, TABLES
from msoko.indicators.sums.grouped_sums import Sums
from msoko.indicators.sums.sum_terms import SCALE
from msoko.indicators.sums.table_relations import Relations
from msoko.indicators.values import sum_intervals

KINDS = TABLES["indicators"].columns
COLUMNS = list(KINDS)
SCHOOL_ROWS = ("low_results", "objectivity_schools")
ADDED = ("sum", "count")
"""Measures that are no ratio, and have no interval."""


Columns = dict[str, np.ndarray]
"""Some rows of table `indicators`, a column of each name: text as objects, numbers as floats."""
Asked = tuple[Sequence[str], Columns]
"""The keys of a grouping that an indicator asks for, and its groups with their sums."""


def join_rows(parts: Sequence[Columns], year: SchoolYear) -> pd.DataFrame:
    """Return the year's rows with the types of table `indicators`: whole numbers may be null."""
    kinds = {"text": "str", "int": "Int64", "float": "float64"}
    types = {name: kinds[kind] for name, kind in KINDS.items()}
    rows = {name: [part[name] for part in parts] for name in COLUMNS if parts}
    frame = pd.DataFrame({name: np.concatenate(own) for name, own in rows.items()}, columns=COLUMNS)
    return frame.assign(school_year=str(year)).astype(types)


def no_data_row(direction: str, indicator: Indicator) -> Columns:
    """Return the one row that says an indicator has no data in the year."""
    row = {
        "direction": direction,
        "indicator": indicator.code,
        "unit_of_analysis": "municipality",
        "n": 0,
        "flags": "no_data",
    }
    return {name: _column(row.get(name), kind, 1) for name, kind in KINDS.items()}


def group_rows(
    sums: Sums,
    place: int,
    direction: str,
    indicator: Indicator,
    small_n: int,
    unit_of_analysis: str = "",
) -> list[Columns]:
    """Return an indicator's rows, grouping after grouping; `place` is its place in the scan.

    They are one part, or none without rows: each step takes as long for one row as for many.
    """
    found = [(keys, sums.columns(place, keys)) for keys in indicator.by]
    asked = [(keys, rows) for keys, rows in found if len(rows["n"])]
    if not asked:
        return []
    names = [name for name in "abqn" if name in asked[0][1]]
    totals = {name: np.concatenate([rows[name] for _, rows in asked]) for name in names}
    measured = _measure_groups(totals, indicator)
    if indicator.interval == "cluster" and indicator.measure not in ADDED:
        low, high = _cluster_bounds(measured, asked, sums, place)
        low, high = _around(measured["value"], low, high)
        measured |= {"low": low, "high": high}
    told = {"direction": direction, "indicator": indicator.code}
    return [
        _shape_rows({**told, **measured}, totals["n"], asked, indicator, small_n, unit_of_analysis)
    ]


def _measure_groups(rows: Columns, indicator: Indicator) -> Columns:
    """Return numerator, denominator, value, low and high of each row, without clusters."""
    n = rows["n"].astype(float)
    scale = 1 if indicator.measure in ("share", "count") else SCALE
    top = rows["a"].astype(float) / scale
    whole = rows["b"].astype(float) / SCALE if "b" in rows else n
    nothing = np.full(len(n), np.nan)
    if indicator.measure in ADDED:
        measured = {"numerator": top, "denominator": nothing, "value": top}
        return {**measured, "low": nothing, "high": nothing}
    low, high = nothing, nothing
    if indicator.interval == "wilson":
        low, high = sum_intervals.wilson_bounds(top, whole)
    elif indicator.interval == "t":
        low, high = sum_intervals.student_bounds(*(rows[name].astype(object) for name in "aqn"))
        ends = (0.0, 1.0) if indicator.unit == "percent" else (-np.inf, np.inf)
        low, high = (np.clip(bound / SCALE, *ends) for bound in (low, high))
    value = np.divide(top, whole, out=nothing.copy(), where=whole > 0)
    low, high = _around(value, low, high)
    return {"numerator": top, "denominator": whole, "value": value, "low": low, "high": high}


def _cluster_bounds(
    measured: Columns, asked: Sequence[Asked], sums: Sums, place: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high where schools vary: within one school they are those of its pupils."""
    bounds, start = [], 0
    for keys, rows in asked:
        own = slice(start, start + len(rows["n"]))
        start = own.stop
        if "school_id" in keys:
            bounds.append(
                sum_intervals.wilson_bounds(
                    measured["numerator"][own], measured["denominator"][own]
                )
            )
        elif "school_id" in sums.keys:
            bounds.append(_between_schools(rows, sums.of(place), keys))
        else:
            bounds.append((np.full(len(rows["n"]), np.nan),) * 2)
    low, high = (np.concatenate(bound) for bound in zip(*bounds, strict=True))
    return low, high


def _around(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds, moved to the value where only the last digit's rounding parts them.

    Equal observations have an interval of no width, and its ends are computed another way.
    """
    with np.errstate(invalid="ignore"):
        low = np.where(np.isclose(low, value, rtol=1e-12, atol=0), np.minimum(low, value), low)
        high = np.where(np.isclose(high, value, rtol=1e-12, atol=0), np.maximum(high, value), high)
    return low, high


def _between_schools(
    rows: Columns, clusters: pd.DataFrame, keys: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return intervals in which the school is the unit that varies (`stats.ratio`)."""
    from msoko.stats.estimators.ratio import ratio

    whole = "b" if "b" in clusters else "n"
    by_school = clusters.groupby(["school_id", *keys], sort=True)[["a", whole]].sum().reset_index()
    bounds = []
    for place in range(len(rows["n"])):
        chosen = np.ones(len(by_school), dtype=bool)
        for key in keys:
            chosen &= (by_school[key] == rows[key][place]).to_numpy()
        part = by_school.loc[chosen, ["a", whole]].astype(float)
        found = ratio(part["a"], part[whole])
        bounds.append((found.low, found.high) if found.is_estimable else (np.nan, np.nan))
    low, high = np.array(bounds).T
    return low, high


def _shape_rows(
    given: Mapping[str, object],
    counted: np.ndarray,
    asked: Sequence[Asked],
    indicator: Indicator,
    small_n: int,
    unit_of_analysis: str,
) -> Columns:
    """Return the rows with what is `given`, their groups, the persons behind them, and flags."""
    n = _persons(counted, given["denominator"], indicator)
    counts = [len(rows["n"]) for _, rows in asked]
    units = [
        unit_of_analysis or ("school" if "school_id" in keys else "municipality")
        for keys, _ in asked
    ]
    known = {
        **given,
        "unit_of_analysis": np.repeat(np.array(units, dtype=object), counts),
        "n": n,
        "flags": np.where((n < small_n) & _is_of_persons(indicator), "small_n", ""),
    }
    for name in GROUP:
        parts = [
            _column(rows[name] if name in keys else None, KINDS[name], len(rows["n"]))
            for keys, rows in asked
        ]
        known[name] = np.concatenate(parts)
    return {name: _column(known.get(name), kind, len(n)) for name, kind in KINDS.items()}


def _column(value: object, kind: str, count: int) -> np.ndarray:
    dtype = object if kind == "text" else float
    if isinstance(value, np.ndarray):
        return value.astype(dtype)
    return np.full(count, value if dtype is object or value is not None else np.nan, dtype)


def _is_of_persons(indicator: Indicator) -> bool:
    """Return whether few rows mean few persons: an indicator over schools has one row a school."""
    if indicator.measure in ADDED or indicator.table in SCHOOL_ROWS:
        return False
    return indicator.table != FORMS or indicator.measure == "ratio"


def _persons(counted: np.ndarray, whole: np.ndarray, indicator: Indicator) -> np.ndarray:
    """Return the number behind each value: of a share's denominator where persons make it up."""
    if indicator.measure == "ratio" and not indicator.size and indicator.interval != "none":
        return whole.round().astype("int64")
    return counted.astype("int64")


def flag_incomparable(
    frame: pd.DataFrame,
    indicators: Mapping[tuple[str, str], Indicator],
    relations: Relations,
    previous: Relations,
) -> pd.DataFrame:
    """Return `frame` with `not_comparable` where another year's value is another quantity.

    Papers of different years are different papers: an indicator declared incomparable is
    flagged whether or not its scale's maximum changed; `scale_changed` says that it did.
    """
    raw = [key for key, indicator in indicators.items() if not indicator.comparable_across_years]
    if not raw:
        return frame
    is_raw = pd.MultiIndex.from_frame(frame[["direction", "indicator"]]).isin(raw)
    changed = [
        (subject, grade)
        for (procedure, subject, grade), top in relations.maxima.items()
        if previous.maxima.get((procedure, subject, grade), top) != top
    ]
    papers = frame[["subject", "grade"]].astype({"grade": "float64"})
    is_changed = is_raw & pd.MultiIndex.from_frame(papers).isin(changed) if changed else False
    flags = frame["flags"].fillna("").astype(object)
    flags += np.where(is_raw, " not_comparable", "") + np.where(is_changed, " scale_changed", "")
    return frame.assign(flags=flags.str.strip().astype(frame["flags"].dtype))
