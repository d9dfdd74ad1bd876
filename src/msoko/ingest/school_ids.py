"""Which school each row of the read blocks is about, under its permanent id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from msoko.ingest.identity.crosswalk import Crosswalk
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.placed_blocks import PlacedBlock

ACTION = (
    "Допишите школу в data/raw/schools.csv или подтвердите связь в data/raw/crosswalk.yml "
    "(code, school_id, author)."
)


def attach_schools(placed: Iterable[PlacedBlock], crosswalk: Crosswalk) -> list[Finding]:
    """Give each frame its `school_id`, which `school_code` and `school_name` mean.

    Returns a finding for each unmatched school of a file. A row of a region,
    municipality or country names no school and needs none.
    """
    findings: dict[tuple[str, str, str], Finding] = {}
    for one in placed:
        for frame in one.parsed.tables.values():
            if "school_code" not in frame and "school_name" not in frame:
                continue
            which, pairs = _pairs(frame)
            ids = [crosswalk.resolve(*pair) if any(pair) else None for pair in pairs]
            for number, (pair, school_id) in enumerate(zip(pairs, ids, strict=True)):
                key = (one.file, *pair)
                if any(pair) and school_id is None and key not in findings:
                    count = int((which == number).sum())
                    findings[key] = unmatched_school(crosswalk, one, *pair, count)
            _set_ids(frame, pd.Series(pd.array(ids, dtype="str").take(which), frame.index))
        _attach_points(one.parsed.tables)
    return list(findings.values())


def _set_ids(frame: pd.DataFrame, resolved: pd.Series) -> None:
    """Give the rows their resolved ids, but those that the reader knew stay."""
    if "school_id" in frame:
        known = frame["school_id"].astype(object)
        resolved = known.where(known.notna(), resolved)
    frame["school_id"] = resolved


def _attach_points(tables: Mapping[str, pd.DataFrame]) -> None:
    """Give points that name no school the school of the result in the same row."""
    points, results = tables.get("task_scores"), tables.get("results")
    if points is None or results is None or "school_id" in points:
        return
    place = np.searchsorted(results["source_row"], points["source_row"])
    points["school_id"] = results["school_id"].array.take(place)


def _pairs(frame: pd.DataFrame) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Return which pair of code and name each row has, and the pairs."""
    code, codes = _words(frame, "school_code")
    name, names = _words(frame, "school_name")
    which, found = pd.factorize(code * len(names) + name)
    return which, [(codes[one // len(names)], names[one % len(names)]) for one in found]


def _words(frame: pd.DataFrame, column: str) -> tuple[np.ndarray, list[str]]:
    """Return which word each row has, and the words, empty text where there is none."""
    if column not in frame:
        return np.zeros(len(frame), dtype=int), [""]
    which, words = pd.factorize(frame[column])
    return np.where(which < 0, len(words), which), [*words, ""]


def unmatched_school(
    crosswalk: Crosswalk, place: PlacedBlock, code: str, name: str, count: int
) -> Finding:
    """Return the finding for a school that nobody knows, with likely ones."""
    shown = " ".join(part for part in (code, f"«{name}»" if name else "") if part)
    likely = crosswalk.suggest(code, name)
    tail = f" Похожие: {'; '.join(likely)}." if likely else " Похожих нет."
    return Finding(
        "unmatched_school",
        "blocking",
        f"школы {shown} нет в реестре на {crosswalk.year} учебный год.{tail}",
        ACTION,
        table="schools",
        file=place.file,
        sheet=place.sheet or None,
        row_count=count,
    )
