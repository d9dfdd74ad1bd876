"""Sums → values with intervals and flags, as rows of table `indicators`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from msoko.catalog.checks import FORMS
from msoko.catalog.model import Indicator
from msoko.indicators import intervals
from msoko.indicators.relations import Relations
from msoko.indicators.terms import SCALE
from msoko.school_year import SchoolYear
from msoko.tables import TABLES

COLUMNS = list(TABLES["indicators"].columns)
SCHOOL_ROWS = ("low_results", "objectivity_schools")
NAMED_KEYS = ("school_id", "subject", "grade")


def empty() -> pd.DataFrame:
    """Return no rows of table `indicators`."""
    return pd.DataFrame(columns=COLUMNS)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the types of table `indicators`, missing whole numbers as null."""
    kinds = {"text": "str", "int": "Int64", "float": "float64"}
    types = {name: kinds[kind] for name, kind in TABLES["indicators"].columns.items()}
    return frame.astype(types)


def no_data(year: SchoolYear, direction: str, indicator: Indicator) -> pd.DataFrame:
    """Return the one row that says an indicator has no data in the year."""
    row = {
        "school_year": str(year),
        "direction": direction,
        "indicator": indicator.code,
        "unit_of_analysis": "municipality",
        "group": "",
        "n": 0,
        "flags": "no_data",
    }
    return pd.DataFrame([row], columns=COLUMNS)


def grouped(
    finest: pd.DataFrame,
    direction: str,
    indicator: Indicator,
    small_n: int,
    unit_of_analysis: str = "",
) -> pd.DataFrame:
    """Return an indicator's rows for all its groupings, from the sums of its finest groups.

    A row of `finest` with a missing key belongs to no group of that key, and to the whole.
    """
    if finest.empty:
        return empty()
    names = [name for name in ("a", "b", "q", "n") if name in finest.columns]
    finest = finest.assign(**{name: _whole(finest[name]) for name in names})
    parts = []
    for keys in indicator.by:
        unit = unit_of_analysis or ("school" if "school_id" in keys else "municipality")
        rows = _summed(finest, keys, names)
        rows = rows[rows["n"] > 0].reset_index(drop=True)
        if rows.empty:
            continue
        clusters = finest if "school_id" in finest and "school_id" not in keys else None
        measured = _measured(rows, indicator, clusters, keys)
        parts.append(_shaped(rows, measured, keys, unit, direction, indicator, small_n))
    return pd.concat(parts, ignore_index=True) if parts else empty()


def _whole(sums: pd.Series) -> pd.Series:
    """Return sums as whole numbers, of 64 bits where no sum of them can pass those."""
    exact = [0 if value is None or value != value else int(value) for value in sums]
    is_small = sum(abs(value) for value in exact) < 2**62
    return pd.Series(exact, index=sums.index, dtype="int64" if is_small else object)


def _summed(finest: pd.DataFrame, keys: Sequence[str], names: list[str]) -> pd.DataFrame:
    if not keys:
        return pd.DataFrame({name: [finest[name].sum()] for name in names})
    return finest.groupby(list(keys), sort=True, dropna=True)[names].sum().reset_index()


def _measured(
    rows: pd.DataFrame,
    indicator: Indicator,
    clusters: pd.DataFrame | None,
    keys: Sequence[str],
) -> pd.DataFrame:
    """Return numerator, denominator, value, low and high of each row."""
    a, n = rows["a"].to_numpy(object), rows["n"].to_numpy(object)
    scale = 1 if indicator.measure in ("share", "count") else SCALE
    top = a.astype(float) / scale
    whole = rows["b"].astype(float).to_numpy() / SCALE if "b" in rows else n.astype(float)
    nothing = np.full(len(rows), np.nan)
    if indicator.measure in ("sum", "count"):
        measured = {"numerator": top, "denominator": nothing, "value": top}
        return pd.DataFrame({**measured, "low": nothing, "high": nothing})
    low, high = nothing, nothing
    if indicator.interval == "wilson" or (indicator.interval == "cluster" and "school_id" in keys):
        low, high = intervals.wilson(top, whole)
    elif indicator.interval == "t":
        low, high = intervals.student_mean(a, rows["q"].to_numpy(object), n)
        ends = (0.0, 1.0) if indicator.unit == "percent" else (-np.inf, np.inf)
        low, high = (np.clip(bound / SCALE, *ends) for bound in (low, high))
    elif indicator.interval == "cluster" and clusters is not None:
        low, high = _between_schools(rows, clusters, keys)
    return pd.DataFrame(
        {
            "numerator": top,
            "denominator": whole,
            "value": np.divide(top, whole, out=nothing.copy(), where=whole > 0),
            "low": low,
            "high": high,
        }
    )


def _between_schools(
    rows: pd.DataFrame, clusters: pd.DataFrame, keys: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return intervals in which the school is the unit that varies (`stats.ratio`)."""
    from msoko.stats.ratio import ratio

    whole = "b" if "b" in clusters else "n"
    by_school = clusters.groupby(["school_id", *keys], sort=True)[["a", whole]].sum().reset_index()
    bounds = []
    for row in rows.itertuples(index=False):
        chosen = np.ones(len(by_school), dtype=bool)
        for key in keys:
            chosen &= (by_school[key] == getattr(row, key)).to_numpy()
        part = by_school.loc[chosen, ["a", whole]].astype(float)
        found = ratio(part["a"], part[whole])
        bounds.append((found.low, found.high) if found.is_estimable else (np.nan, np.nan))
    low, high = np.array(bounds).T
    return low, high


def _shaped(
    rows: pd.DataFrame,
    measured: pd.DataFrame,
    keys: Sequence[str],
    unit: str,
    direction: str,
    indicator: Indicator,
    small_n: int,
) -> pd.DataFrame:
    n = _persons(rows, measured, indicator)
    is_small = (n < small_n) & _is_of_persons(indicator)
    given = {
        **{name: measured[name] for name in measured},
        **{key: rows[key] for key in NAMED_KEYS if key in keys},
        "direction": direction,
        "indicator": indicator.code,
        "unit_of_analysis": unit,
        "group": group_name(rows, keys),
        "n": n,
        "flags": np.where(is_small, "small_n", ""),
    }
    return pd.DataFrame({name: given.get(name) for name in COLUMNS}, index=rows.index)


def _is_of_persons(indicator: Indicator) -> bool:
    """Return whether few rows mean few persons: an indicator over schools has one row a school."""
    if indicator.measure in ("sum", "count") or indicator.table in SCHOOL_ROWS:
        return False
    return indicator.table != FORMS or indicator.measure == "ratio"


def _persons(rows: pd.DataFrame, measured: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Return the number behind each value: of a share's denominator where persons make it up."""
    if indicator.measure == "ratio" and not indicator.size and indicator.interval != "none":
        return measured["denominator"].round().astype("int64")
    return rows["n"].astype("int64")


def group_name(rows: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """Return `school_id=…;subject=…;grade=…` for each row, empty for the whole."""
    parts = [key + "=" + rows[key].map(_plain) for key in keys]
    if not parts:
        return pd.Series([""] * len(rows), index=rows.index)
    return parts[0].str.cat(parts[1:], sep=";") if len(parts) > 1 else parts[0]


def _plain(value: object) -> str:
    return (
        str(int(value)) if isinstance(value, (int, float, np.integer, np.floating)) else str(value)
    )


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
