"""A block or a row that arrived twice. What cannot be used once stops the run."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from msoko.core.tables import TABLES
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ParsedBlock
from msoko.ingest.placed_blocks import PlacedBlock

FEWEST = 4
"""Blocks of fewer rows may agree by chance."""
NOT_CONTENT = {
    "procedure", "subject", "grade", "pupil_id", "day", "source_row", "source_column",
    "school_code", "school_name",
}  # fmt: skip
PLACE = ("source_id", "source_row", "source_column")
PAPER = ("procedure", "subject", "grade")
Explains = Callable[[PlacedBlock, PlacedBlock], bool]


def repeated_content(
    placed: Iterable[PlacedBlock], explains: Explains = lambda first, other: False
) -> Iterable[Finding]:
    """Yield a finding for each block whose rows equal an earlier block's, whatever its title.

    `explains` says which pairs are told of already.
    """
    alike: dict[tuple[str, int], list[PlacedBlock]] = {}
    for one in placed:
        for table, frame in one.parsed.tables.items():
            if table not in ("schools", "task_scores") and len(frame) >= FEWEST:
                alike.setdefault((table, len(frame)), []).append(one)
    for (table, _), group in alike.items():
        # to compare whole blocks takes long, and most differ in their first rows
        for candidates in _together(group, table, _first_row):
            for first, *others in _together(candidates, table, _content):
                for one in others:
                    if explains(first, one):
                        continue
                    what = f"блок повторяет содержание другого блока: {first.shown}; {one.shown}."
                    yield one.finding("repeated_block", what, table)


def _together(
    group: Sequence[PlacedBlock], table: str, key: Callable[[ParsedBlock, str], object]
) -> Iterable[list[PlacedBlock]]:
    """Return the blocks of equal keys together; a block without another of its group is left."""
    alike: dict[object, list[PlacedBlock]] = {}
    for one in group if len(group) > 1 else ():
        alike.setdefault(key(one.parsed, table), []).append(one)
    return alike.values()


def _first_row(parsed: ParsedBlock, table: str) -> tuple[str, ...]:
    """Return the words of the first row, which equal blocks have in common."""
    frame = parsed.tables[table]
    values = [frame[name].iloc[0] for name in frame.columns if name not in NOT_CONTENT]
    return tuple("" if pd.isna(value) else str(value) for value in values)


def _content(parsed: ParsedBlock, table: str) -> str:
    digest = hashlib.sha256()
    for name in (table, "task_scores"):
        frame = parsed.tables.get(name)
        if frame is None:
            continue
        kept = frame.drop(columns=[c for c in frame.columns if c in NOT_CONTENT])
        hashes = pd.util.hash_pandas_object(kept.astype(str), index=False).to_numpy()
        digest.update(hashes.tobytes())
    return digest.hexdigest()


def repeated_papers(
    placed: list[PlacedBlock], explains: Explains = lambda first, other: False
) -> Iterable[Finding]:
    """Yield a finding for each paper of a school that stands in two blocks.

    An exam may be sat on several days, so its day counts too; of a test (ВПР) a
    school has one sitting a year.
    """
    seen: dict[tuple[object, ...], PlacedBlock] = {}
    told: set[tuple[str, str]] = set()
    for one in placed:
        for table in ("results", "mark_shares", "journal_comparison", "score_distribution",
                      "task_performance"):  # fmt: skip
            frame = one.parsed.tables.get(table)
            if frame is None:
                continue
            if table == "results" and one.parsed.paper.get("declared"):
                continue  # classes may come in files of their own: the key tells pupils apart
            day = "" if table != "results" or one.layout == "vpr_f1" else one.parsed.paper["day"]
            for key in _papers_of_schools(frame):
                first = seen.setdefault((table, day, *key), one)
                pair = (first.source_id, one.source_id)
                if first is not one and pair not in told and not explains(first, one):
                    told.add(pair)
                    message = (
                        "одна и та же работа одной и той же школы встречается дважды: "
                        f"{first.shown}; {one.shown}."
                    )
                    yield one.finding("repeated_block", message, table)


def _papers_of_schools(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return each (procedure, subject, grade, school) of the rows once, those wholly known."""
    columns = [frame[name].tolist() for name in (*PAPER, "school_id")]
    is_school = itertools.repeat(True)
    if "group_level" in frame:
        is_school = (frame["group_level"] == "school").tolist()
    keys = itertools.compress(zip(*columns, strict=True), is_school)
    return [key for key in dict.fromkeys(keys) if not any(map(pd.isna, key))]


def shared_reference_rows(
    frame: pd.DataFrame, table: str, shown: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Return the rows kept, the equal repeats of region and country rows, and findings.

    Each school's export repeats the rows of its region: equal rows are kept once,
    rows that contradict each other stop the run.
    """
    key = [name for name in TABLES[table].key if name != "school_id"]
    is_reference = frame["group_level"] != "school"
    repeated = is_reference & frame.duplicated([*key, "group_level"], keep="first")
    if not repeated.any():
        return frame, frame.iloc[:0], []
    values = [name for name in TABLES[table].columns if name in frame and name not in PLACE]
    is_equal = frame.duplicated(values, keep="first")
    findings = [
        Finding(
            "reference_differs", "blocking",
            f"строка «{row.group_name}» расходится с такой же строкой другого файла "
            f"(строка {row.source_row}).",
            "Оставьте выгрузку, сделанную последней.", table=table,
            file=shown.get(str(row.source_id)), cell=f"A{row.source_row}",
        )
        for row in frame[repeated & ~is_equal].drop_duplicates(["source_id", "source_row"])
        .itertuples()
    ]  # fmt: skip
    return frame[~repeated], frame[repeated], findings
