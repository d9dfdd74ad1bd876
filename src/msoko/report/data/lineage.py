"""Where an organisation comes from: those that joined it or became it, by the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from msoko.core.school_year import SchoolYear
    from msoko.ingest.identity.crosswalk import RegisterLine
    from msoko.report.data.indicator_rows import Row

POOLED = ("numerator", "denominator", "n")
NEAR = 1e-9


def forerunners(
    register: Sequence[RegisterLine], school_id: str, year: SchoolYear
) -> list[RegisterLine]:
    """Return the last lines of those that ended before the year and whose heir is the school.

    An heir that ended too passes on what it was left. The earliest ended come first.
    """
    ended = [one for one in register if one.last and one.last < year and one.successor_id]
    found: dict[str, RegisterLine] = {}
    heirs = {school_id}
    while heirs:
        own = [one for one in ended if one.successor_id in heirs and one.school_id != school_id]
        fresh = {one.school_id: one for one in own if one.school_id not in found}
        found |= fresh
        heirs = set(fresh)
    return sorted(found.values(), key=lambda one: (one.last, one.row))


def pooled(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return shares of several organisations as shares of all of them, a row an indicator and year.

    What is no share, or has no counts, cannot be put together and is left out.
    """
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        key = (row["school_year"], row["direction"], row["indicator"])
        groups.setdefault(key, []).append(row)
    return [made for group in groups.values() if (made := _together(group))]


def _together(rows: Sequence[Row]) -> dict[str, Any] | None:
    if len(rows) == 1:
        return dict(rows[0])
    sums = {name: float(sum(row[name] for row in rows)) for name in POOLED}
    whole = np.array([row["denominator"] for row in rows], float)
    parts = np.array([row["numerator"] for row in rows], float)
    values = np.array([row["value"] for row in rows], float)
    if not (whole > 0).all() or not np.allclose(parts / whole, values, atol=NEAR):
        return None
    share = sums["numerator"] / sums["denominator"]
    flags = " ".join(dict.fromkeys(row["flags"] for row in rows if isinstance(row["flags"], str)))
    own = {"value": share, "low": float("nan"), "high": float("nan"), "flags": flags}
    return {**rows[0], **sums, **own}
