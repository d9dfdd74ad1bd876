"""Which school each row of the read blocks is about, under its permanent id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from msoko.ingest.identity.crosswalk import Crosswalk
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.placed_blocks import PlacedBlock

UNKNOWN = "школы нет в реестре"
ACTION = (
    "Допишите школу в data/raw/schools.csv или подтвердите связь в data/raw/crosswalk.yml "
    "(code, school_id, author)."
)


def attach_schools(placed: Iterable[PlacedBlock], crosswalk: Crosswalk) -> list[Finding]:
    """Give each frame its `school_id`, which `school_code` and `school_name` mean.

    Returns a finding for each unmatched school of a file, whose rows are set aside. A row
    of a region, municipality or country names no school and needs none.
    """
    findings: dict[tuple[str, str, str], Finding] = {}
    contradicted: list[Finding] = []
    for one in placed:
        unknown: dict[tuple[str, str, str], set[int]] = {}
        contradicted += _refuse_contradicted(one, crosswalk)
        for frame in one.parsed.tables.values():
            if "school_code" not in frame and "school_name" not in frame:
                continue
            which, pairs = _pairs(frame)
            ids = [crosswalk.resolve(*pair) if any(pair) else None for pair in pairs]
            for number, (pair, school_id) in enumerate(zip(pairs, ids, strict=True)):
                key = (one.file, *pair)
                if any(pair) and school_id is None:
                    rows = frame.loc[which == number, "source_row"].unique()
                    unknown.setdefault(key, set()).update(map(int, rows))
                    findings.setdefault(key, unmatched_school(crosswalk, one, *pair, len(rows)))
            _set_ids(frame, pd.Series(pd.array(ids, dtype="str").take(which), frame.index))
        _attach_points(one.parsed.tables)
        for rows in unknown.values():
            one.parsed.lose(rows, UNKNOWN)
    return [*contradicted, *findings.values()]


def _refuse_contradicted(one: PlacedBlock, crosswalk: Crosswalk) -> list[Finding]:
    """Set aside the rows of a form whose code and name mean two organisations."""
    letters = one.parsed.paper.get("school_columns")
    if not letters:
        return []
    findings: dict[int, Finding] = {}
    for table, frame in one.parsed.tables.items():
        if not {"school_code", "school_name"} <= set(frame):
            continue
        which, pairs = _pairs(frame)
        is_off = np.array([bool(crosswalk.named_otherwise(*pair)) for pair in pairs], dtype=bool)
        wrong = is_off[which] if len(pairs) else np.zeros(len(frame), dtype=bool)
        for number, row in zip(which[wrong], frame["source_row"][wrong], strict=True):
            cells = tuple(f"{letter}{row}" for letter in letters)
            findings[int(row)] = _contradiction(crosswalk, one, *pairs[number], cells)
        one.parsed.tables[table] = frame[~wrong].reset_index(drop=True)
    one.parsed.lose(list(findings), "код и название – о разных организациях")
    return list(findings.values())


def _contradiction(
    crosswalk: Crosswalk, one: PlacedBlock, code: str, name: str, cells: tuple[str, ...]
) -> Finding:
    names = {line.school_id: line.name for line in crosswalk.lines if line.holds(crosswalk.year)}
    meant = names.get(crosswalk.resolve(code, None) or "", "другая организация")
    return Finding(
        "school_names_disagree",
        "set_aside",
        f"код {code} ({cells[0]}) – это {meant}, а названа {name} ({cells[1]}); строка не принята.",
        "Исправьте код или название в форме и пришлите её заново.",
        file=one.file,
        sheet=one.sheet or None,
        cell=", ".join(cells),
        row_count=1,
        directions=one.parsed.paper.get("direction") or None,
    )


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
        "set_aside",
        f"школы {shown} нет в реестре на {crosswalk.year} учебный год.{tail}",
        ACTION,
        table="schools",
        file=place.file,
        sheet=place.sheet or None,
        row_count=count,
    )
