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
from msoko.indicators.values import interval_rules

KINDS = TABLES["indicators"].columns
COLUMNS = list(KINDS)


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
    if interval_rules.has_interval(indicator) and "school_id" in sums.keys:
        measured |= _by_school(measured, asked, indicator, sums, place)
    told = {"direction": direction, "indicator": indicator.code}
    return [
        _shape_rows({**told, **measured}, totals["n"], asked, indicator, small_n, unit_of_analysis)
    ]


def _measure_groups(rows: Columns, indicator: Indicator) -> Columns:
    """Return numerator, denominator, value, low and high of each row, as if of one school."""
    n = rows["n"].astype(float)
    scale = 1 if indicator.measure in ("share", "count") else SCALE
    top = rows["a"].astype(float) / scale
    whole = rows["b"].astype(float) / SCALE if "b" in rows else n
    nothing = np.full(len(n), np.nan)
    if indicator.measure in interval_rules.ADDED:
        measured = {"numerator": top, "denominator": nothing, "value": top}
        return {**measured, "low": nothing, "high": nothing}
    value = np.divide(top, whole, out=nothing.copy(), where=whole > 0)
    low, high = _around(value, *interval_rules.persons_bounds(indicator, rows, top, whole))
    return {"numerator": top, "denominator": whole, "value": value, "low": low, "high": high}


def _by_school(
    measured: Columns, asked: Sequence[Asked], indicator: Indicator, sums: Sums, place: int
) -> Columns:
    """Return low and high: by schools where several make up a group."""
    is_whole = [np.full(len(rows["n"]), "school_id" not in keys) for keys, rows in asked]
    own = np.flatnonzero(np.concatenate(is_whole))
    if not len(own):
        return {}
    wider = [keys for keys, _ in asked if "school_id" not in keys]
    value, whole = measured["value"][own], measured["denominator"][own]
    bounds = interval_rules.school_bounds(indicator, sums, place, wider, value, whole)
    bounds = _around(value, *bounds)
    told = {name: measured[name].copy() for name in ("low", "high")}
    is_told = ~np.isnan(bounds[0])
    for end, bound in zip(told.values(), bounds, strict=True):
        end[own[is_told]] = bound[is_told]
    return told


def _around(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds, moved to the value where only the last digit's rounding parts them.

    Equal observations have an interval of no width, and its ends are computed another way.
    """
    near = 1e-12 * np.abs(value)
    low = np.where(np.abs(low - value) <= near, np.minimum(low, value), low)
    return low, np.where(np.abs(high - value) <= near, np.maximum(high, value), high)


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
    if indicator.measure in interval_rules.ADDED or indicator.table in interval_rules.FLAGS:
        return False
    return indicator.table != FORMS or indicator.measure == "ratio"


def _persons(counted: np.ndarray, whole: np.ndarray, indicator: Indicator) -> np.ndarray:
    """Return the number behind each value: of a share's denominator where persons make it up."""
    if indicator.measure == "ratio" and not indicator.size and indicator.interval == "wilson":
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
