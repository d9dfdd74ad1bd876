"""Which cells of published tables stay hidden, and why.

Primary rules look at one cell; complementary suppression then hides as many more as
it takes for the attacker of `attack.py` to learn nothing from totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from msoko.disclosure.attack import Sum, exposed, gives_away

SMALL = "small"
POOLED = "pooled"
EXTREME = "extreme"
COMPLEMENTARY = "complementary"


@dataclass(frozen=True)
class SuppressionRule:
    """The limits of a public edition.

    `minimum`: groups of fewer persons are hidden. `pooled_below`: groups of fewer are
    shown only inside a larger one. `extreme_below`: shares of 0 and 1 are hidden in
    groups of fewer, for they tell every member's result.
    """

    minimum: int = 5
    pooled_below: int = 10
    extreme_below: int = 10


PUBLIC = SuppressionRule()


def primary(
    n: pd.Series, numerator: pd.Series | None = None, rule: SuppressionRule = PUBLIC
) -> pd.Series:
    """Return why each cell is hidden (`small`, `pooled`, `extreme`) or missing where it is shown.

    A group of nobody holds nobody's secret and is shown. `numerator` gives the persons
    that a share counts; without it the rule on extreme shares does not apply.
    """
    size = n.astype("Float64")
    reason = pd.Series(pd.NA, index=n.index, dtype="str")
    occupied = size > 0
    if numerator is not None:
        part = numerator.astype("Float64")
        extreme = occupied & (size < rule.extreme_below) & ((part == 0) | (part == size))
        reason[extreme.fillna(False)] = EXTREME
    reason[(occupied & (size < rule.pooled_below)).fillna(False)] = POOLED
    reason[(occupied & (size < rule.minimum)).fillna(False)] = SMALL
    return reason


def small_parts(n: pd.Series, numerator: pd.Series, rule: SuppressionRule = PUBLIC) -> pd.Series:
    """Return `small` where a group's count, or the rest of the group, is of too few persons.

    A share that is shown with its base gives both counts away; nobody is not too few.
    """
    size, part = n.astype("Float64"), numerator.astype("Float64")
    reason = pd.Series(pd.NA, index=n.index, dtype="str")
    for count in (part, size - part):
        reason[((count > 0) & (count < rule.minimum)).fillna(False)] = SMALL
    return reason


def suppress(
    frame: pd.DataFrame,
    keys: Sequence[str],
    n: str = "n",
    numerator: str | None = None,
    rule: SuppressionRule = PUBLIC,
    also: pd.Series | None = None,
) -> pd.Series:
    """Return why each row of a published table is hidden; missing where it may be shown.

    A row is a group; a missing key means «all», so the rows hold their own totals. All
    rows must belong to one published whole: an attacker subtracts what is shown from
    the totals that are shown. Rows are hidden until no hidden count is known more
    closely than `rule.minimum` persons, totals themselves where nothing less helps.
    `also` gives reasons of the caller's own, which hide rows that `primary` would show.
    The choice is the same whatever the order of the rows.
    """
    reason = primary(frame[n], frame[numerator] if numerator else None, rule)
    if also is not None:
        reason = reason.fillna(also)
    labels = [tuple("" if pd.isna(v) else str(v) for v in row) for row in frame[list(keys)].values]
    order = sorted(range(len(frame)), key=lambda place: labels[place])
    if len(set(labels)) < len(labels):
        raise ValueError("a group occurs twice in a published table")
    rank = {place: position for position, place in enumerate(order)}
    ordered = [labels[place] for place in order]
    measures = [n] + ([numerator] if numerator else [])
    counts = [[float(frame[name].iloc[place] or 0) for place in order] for name in measures]
    hidden = {rank[place] for place in range(len(frame)) if pd.notna(reason.iloc[place])}
    added = complementary(counts, _sums(ordered, counts), hidden, rule)
    for position in added:
        reason.iloc[order[position]] = COMPLEMENTARY
    return reason


def complementary(
    counts: Sequence[Sequence[float]],
    sums: Sequence[Sum],
    hidden: set[int],
    rule: SuppressionRule = PUBLIC,
) -> set[int]:
    """Return the cells to hide besides `hidden` so that none of those is exposed.

    `counts` are the measures published of each cell (group size, numerator): a cell is
    hidden in all of them or in none. Greedy: the smallest cell that shares a sum with
    an exposed one is hidden next, parts before totals; the result is safe, though not
    always the fewest.
    """
    added: set[int] = set()
    safe: list[set[int]] = [set() for _ in counts]
    while True:
        closed = hidden | added
        guilty = _guilty(counts, sums, closed, rule.minimum, safe)
        wanted = _next_cells(counts[0], sums, guilty, closed)
        if not wanted:
            return added
        added |= wanted


def _guilty(
    counts: Sequence[Sequence[float]],
    sums: Sequence[Sum],
    closed: set[int],
    minimum: int,
    safe: list[set[int]],
) -> list[Sum]:
    """Return the sums that expose something; programs run once single sums give nothing away.

    `safe` remembers the cells of each measure that were found wide enough: to hide more
    never narrows them.
    """
    alone = [whole for whole in sums if any(gives_away(v, whole, closed, minimum) for v in counts)]
    if alone:
        return alone
    known: set[int] = set()
    for values, cleared in zip(counts, safe, strict=True):
        doubtful = closed - cleared
        narrow = exposed(values, sums, closed, minimum, among=doubtful)
        cleared |= doubtful - narrow
        known |= narrow
    return [whole for whole in sums if known & {whole.total, *whole.parts}]


def _next_cells(
    sizes: Sequence[float], sums: Sequence[Sum], guilty: Sequence[Sum], closed: set[int]
) -> set[int]:
    """Return cells to hide next, one for each guilty sum that shares none with another.

    Parts go before totals. Among parts, one whose other sums already hide something
    is better, for it exposes nothing new; then the one of fewest persons.
    """
    holders: dict[int, int] = {}
    for whole in sums:
        if not closed & {whole.total, *whole.parts}:
            for cell in (whole.total, *whole.parts):
                holders[cell] = holders.get(cell, 0) + 1

    def choose(candidates: list[tuple[Sum, list[int]]]) -> set[int]:
        chosen: set[int] = set()
        touched: set[int] = set()
        for whole, cells in candidates:
            if cells and not touched & {whole.total, *whole.parts}:
                chosen.add(min(cells, key=lambda cell: (holders.get(cell, 0), sizes[cell], cell)))
                touched |= {whole.total, *whole.parts}
        return chosen

    parts = [(w, [p for p in w.parts if p not in closed and sizes[p] > 0]) for w in guilty]
    return choose(parts) or choose([(w, [w.total]) for w in guilty if w.total not in closed])


def _sums(labels: Sequence[tuple[str, ...]], counts: Sequence[Sequence[float]]) -> list[Sum]:
    """Return the sums that the table's own rows allow: a total and the parts that make it up.

    Parts that do not add up to the total (a school is missing, or pupils count twice)
    give nothing to subtract and are no sum.
    """
    place = {label: position for position, label in enumerate(labels)}
    by_total: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for label, position in place.items():
        for key, value in enumerate(label):
            if value:
                total = (*label[:key], "", *label[key + 1 :])
                by_total.setdefault((total, key), []).append(position)
    candidates = [
        Sum(place[total], tuple(parts))
        for (total, _), parts in sorted(by_total.items())
        if total in place
    ]
    return [whole for whole in candidates if all(_adds_up(whole, values) for values in counts)]


def _adds_up(whole: Sum, values: Sequence[float]) -> bool:
    return sum(values[part] for part in whole.parts) == values[whole.total]
