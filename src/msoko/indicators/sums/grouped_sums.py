"""One pass over a table for all indicators that share its smallest groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from msoko.catalog.directions.condition_facts import indicator_columns
from msoko.catalog.directions.direction import Indicator
from msoko.catalog.directions.direction_faults import FORMS
from msoko.indicators.sums import form_scan, table_scan
from msoko.indicators.sums.table_relations import Relations

KEY_ORDER = ("school_id", "procedure", "subject", "grade")


def finest_keys(indicator: Indicator) -> tuple[str, ...]:
    """Return the columns that tell an indicator's smallest groups apart, in their one order.

    The school is one of them wherever an interval is asked for: schools are what varies.
    """
    keys = {key for group in indicator.by for key in group}
    keys |= {"school_id"} if indicator.interval != "none" else set()
    known = [key for key in KEY_ORDER if key in keys]
    return (*known, *sorted(keys.difference(KEY_ORDER)))


def plan_scans(indicators: Sequence[Indicator]) -> list[tuple[tuple[str, ...], list[int]]]:
    """Return the scans to make: smallest groups, and the places of the indicators they serve.

    An indicator joins the scan of a table whose groups are at least as small as its own, so
    that a table is read as rarely as the declared groups allow.
    """
    order = sorted(range(len(indicators)), key=lambda place: -len(finest_keys(indicators[place])))
    scans: list[tuple[str, tuple[str, ...], list[int]]] = []
    for place in order:
        table, keys = indicators[place].table, finest_keys(indicators[place])
        for known, smaller, places in scans:
            if known == table and set(keys) <= set(smaller):
                places.append(place)
                break
        else:
            scans.append((table, keys, [place]))
    return [(keys, sorted(places)) for _, keys, places in scans]


class Sums:
    """What was summed over the smallest groups for each indicator of one scan.

    Wider groups are added up once for all indicators that ask for them.
    """

    def __init__(self, finest: pd.DataFrame, keys: Sequence[str], places: int) -> None:
        self.keys = tuple(keys)
        self._names = [
            [name for name in "abqn" if f"i{place}_{name}" in finest] for place in range(places)
        ]
        numbers = {name: _whole(finest[name]) for name in finest.columns if name not in keys}
        for place, names in enumerate(self._names):
            is_out = numbers[f"i{place}_n"] <= 0
            for name in names if is_out.any() else ():
                numbers[f"i{place}_{name}"][is_out] = 0  # such a group counts nothing
        self._finest = {key: finest[key].to_numpy() for key in keys} | numbers
        self._wider: dict[tuple[str, ...], dict[str, np.ndarray]] = {}
        self._schools: dict[tuple[str, ...], np.ndarray] = {}

    def of(self, place: int, keys: Sequence[str] | None = None) -> pd.DataFrame:
        """Return an indicator's sums over the groups of `keys`, by default the smallest."""
        return pd.DataFrame(self.columns(place, keys))

    def columns(self, place: int, keys: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """Return what `of` does as columns: a frame for each of many groupings takes long.

        Columns: the keys, then the sums that `terms.row_terms` names; only groups in which the
        indicator counts something. A group with a missing key belongs to no group of that key,
        and to the whole.
        """
        shown = self.keys if keys is None else tuple(keys)
        if not self._names:
            return {name: np.empty(0, object) for name in (*shown, "n")}
        columns = self._finest if keys is None else self._grouped(shown)
        is_in = columns[f"i{place}_n"] > 0
        own = {name: columns[f"i{place}_{name}"] for name in self._names[place]}
        rows = {**{key: columns[key] for key in shown}, **own}
        return {name: column[is_in] for name, column in rows.items()}

    def by_school(
        self, place: int, keys: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return numerator, denominator and group of each school in each group of `keys`.

        Groups are numbered as `columns` gives them; a row without a school is of none.
        """
        wide = tuple(keys)
        parts = (*wide, "school_id")
        if wide not in self._schools:
            order, starts = self._groups(wide)
            own = np.full(len(self._finest["school_id"]), -1)
            own[order] = np.repeat(np.arange(len(starts)), np.diff([*starts, len(order)]))
            order, starts = self._groups(parts)
            self._schools[wide] = own[order[starts]]
        group = self._schools[wide]
        sums, whole = self._grouped(parts), self._grouped(wide)
        is_in = whole[f"i{place}_n"] > 0
        number = np.where(is_in, np.cumsum(is_in) - 1, -1)[group]
        bottom = "b" if "b" in self._names[place] else "n"
        kept = number >= 0
        a, b = (sums[f"i{place}_{name}"][kept].astype(float) for name in ("a", bottom))
        return a, b, number[kept]

    def _grouped(self, keys: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Return all sums over wider groups in the order of their keys; they are kept."""
        if keys not in self._wider:
            order, starts = self._groups(keys)
            first = {key: self._finest[key][order[starts]] for key in keys}
            self._wider[keys] = first | {
                name: np.add.reduceat(column[order], starts) if keys else np.array([column.sum()])
                for name, column in self._finest.items()
                if name not in self.keys
            }
        return self._wider[keys]

    def _groups(self, keys: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows with all `keys`, group after group, and where each group begins."""
        length = len(next(iter(self._finest.values()), ()))
        code, is_known = np.zeros(length, dtype="int64"), np.ones(length, dtype=bool)
        for key in keys:
            own, names = pd.factorize(self._finest[key], sort=True)
            code, is_known = code * max(len(names), 1) + own, is_known & (own >= 0)
        order = np.argsort(code, kind="stable")
        order = order[is_known[order]]
        return order, np.flatnonzero(np.diff(code[order], prepend=-1))


def sum_groups(relations: Relations, indicators: Sequence[Indicator], keys: Sequence[str]) -> Sums:
    """Return the sums of each indicator over the groups of `keys`, from one scan of their table.

    A table that is not there gives sums without rows.
    """
    table = indicators[0].table
    if not relations.has(table):
        return Sums(pd.DataFrame(columns=list(keys)), keys, 0)
    columns = {pair for indicator in indicators for pair in indicator_columns(indicator)}
    rows = relations.table(table, columns | {("", key) for key in keys})
    scan = form_scan.scan_forms if table == FORMS else table_scan.scan_table
    return Sums(scan(relations.backend, rows, indicators, keys), keys, len(indicators))


def _whole(sums: pd.Series) -> np.ndarray:
    """Return sums as whole numbers, of 64 bits where no sum of them can pass those."""
    if sums.dtype == "int64" and np.abs(sums.to_numpy(float)).sum() < 2**62:
        return sums.to_numpy(copy=True)
    exact = [0 if value is None or value != value else int(value) for value in sums]
    is_small = sum(abs(value) for value in exact) < 2**62
    return np.array(exact, dtype="int64" if is_small else object)
