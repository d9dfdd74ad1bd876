"""The blocks of all files → the year's tables, with schools resolved and repeats refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.core.school_year import SchoolYear
from msoko.core.tables import TABLES
from msoko.ingest.file_reconciliation import reconcile
from msoko.ingest.identity.crosswalk import Crosswalk
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.file_entry import COLUMNS
from msoko.ingest.placed_blocks import ONE_COPY, PlacedBlock
from msoko.ingest.repeated.later_sittings import RejectedRow, part_sittings, settle_tasks
from msoko.ingest.repeated.repeated_rows import REPEATED, RowRepeats, rows_wholly_gone
from msoko.ingest.repeated.repeats import (
    repeated_content,
    repeated_papers,
    shared_reference_rows,
)
from msoko.ingest.school_ids import attach_schools

REGISTER_SOURCE = "schools"
NO_REGISTER = Finding(
    "no_register",
    "warning",
    "нет реестра школ data/raw/schools.csv: школы названы своими кодами, "
    "разные коды одной школы не соединены.",
    "Заведите реестр: одна строка на школу, с логином ВПР и кодом РЦОИ.",
)
VPR_LOGIN = r"(?:edu|sch)\d"
KEYED = ("monitoring", "surveys", "olympiad", "roadmap_returns", "school_results")
"""Tables whose key must not stand twice, whatever block a row came from."""


def assemble(
    placed: list[PlacedBlock], crosswalk: Crosswalk, year: SchoolYear
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Return the year's tables (`schools` and the bookkeeping among them) and findings."""
    findings = attach_schools(placed, crosswalk)
    repeats = RowRepeats(placed)
    shown = {one.source_id: (one.file, one.sheet) for one in placed}
    rejected = [
        (one.source_id, row, reason) for one in placed for row, reason in one.parsed.rejected_rows
    ]
    tables: dict[str, pd.DataFrame] = {}
    for name in sorted({name for one in placed for name in one.parsed.tables}):
        frame, gone = repeats.take_out(_gather(placed, name, year), name)
        rejected += rows_wholly_gone(gone, frame)
        frame, repeated, told = _without_repeats(frame, name, shown)
        rejected += repeated
        findings += told
        if name in KEYED:
            findings += _repeated_keys(frame, name, shown)
        tables[name] = _shape(frame, name)
    findings += repeats.findings()
    findings += repeated_content(placed, repeats.explains)
    findings += repeated_papers(placed, repeats.explains)
    settle_tasks(tables, rejected)
    findings += _unused_schools(placed, crosswalk)
    tables["schools"] = _schools(tables, crosswalk, year)
    tables |= _bookkeeping(placed, rejected)
    if not crosswalk.lines and "results" in tables:
        findings.append(NO_REGISTER)
    findings += reconcile(tables, shown)
    return tables, findings


def _gather(placed: list[PlacedBlock], name: str, year: SchoolYear) -> pd.DataFrame:
    ones = [one for one in placed if name in one.parsed.tables]
    filled = [one for one in ones if len(one.parsed.tables[name])] or ones[:1]
    pieces = [one.parsed.tables[name] for one in filled]
    which = np.repeat(np.arange(len(filled)), [len(piece) for piece in pieces])
    sources = pd.array([one.source_id for one in filled], dtype="str").take(which)
    frame = pd.concat(pieces, ignore_index=True)
    return frame.assign(source_id=sources, school_year=str(year))


def _without_repeats(
    frame: pd.DataFrame, name: str, shown: Mapping[str, tuple[str, str]]
) -> tuple[pd.DataFrame, list[RejectedRow], list[Finding]]:
    """Return the rows of a table that are kept, those that repeat others, and findings."""
    if name == "results":
        return part_sittings(frame, shown)
    if "group_level" not in frame or name == "school_results":
        return frame, [], []
    files = {source: file for source, (file, _) in shown.items()}
    frame, repeated, clashes = shared_reference_rows(frame, name, files)
    pairs = repeated[["source_id", "source_row"]].drop_duplicates()
    rejected = [(source, int(row), REPEATED) for source, row in pairs.itertuples(index=False)]
    return frame, rejected, clashes


def _repeated_keys(
    frame: pd.DataFrame, name: str, shown: Mapping[str, tuple[str, str]]
) -> list[Finding]:
    key = [column for column in TABLES[name].key if column in frame]
    repeated = frame[frame.duplicated(key, keep=False)]
    counts: dict[tuple[str, ...], int] = {}
    for _, group in repeated.groupby(key, dropna=False, sort=False):
        sources = tuple(dict.fromkeys(group["source_id"]))
        counts[sources] = counts.get(sources, 0) + 1
    findings = []
    for sources, count in counts.items():
        files = "; ".join(f"{file}, лист «{sheet}»" for file, sheet in map(shown.get, sources))
        message = f"одни и те же сведения даны дважды ({count} показателей): {files}."
        file, sheet = shown[sources[-1]]
        findings.append(
            Finding("repeated_block", "blocking", message, ONE_COPY, table=name, file=file,
                    sheet=sheet, row_count=count)
        )  # fmt: skip
    return findings


TYPES = {"int": "Int64", "text": "str"}
"""Types whose columns would come out of `typed` as they are."""


def _shape(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the frame with the table's columns, in its order and types."""
    empty = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    table = TABLES[name]
    shaped = pd.DataFrame(
        {column: typed(frame.get(column, empty), kind) for column, kind in table.columns.items()}
    )
    return shaped.reset_index(drop=True)


def typed(values: pd.Series, kind: str) -> pd.Series:
    """Return a column as its type of `msoko.core.tables`; missing stays missing."""
    if str(values.dtype) == TYPES.get(kind):
        return values
    if kind == "int":
        return pd.to_numeric(values).astype("Float64").astype("Int64")
    if kind == "float":
        return pd.to_numeric(values).astype("float64")
    if kind == "bool":
        return values.astype("boolean")
    if kind == "text":
        return values.astype(object).where(values.notna(), None).astype("str")
    return values


def _schools(
    tables: Mapping[str, pd.DataFrame], crosswalk: Crosswalk, year: SchoolYear
) -> pd.DataFrame:
    """Return the year's schools: of the register, or else those that the files speak of."""
    if crosswalk.lines:
        registered = crosswalk.schools()
        frame = registered.assign(school_year=str(year), source_id=REGISTER_SOURCE)
        return _shape(frame, "schools")
    pieces = [tables["schools"]] if "schools" in tables else []
    named = [
        frame.loc[frame["school_id"].notna(), ["school_id", "source_id", "source_row"]]
        for name, frame in tables.items()
        if name in ("results", "mark_shares", "journal_comparison") and len(frame)
    ]
    if named:
        first = pd.concat(named, ignore_index=True).drop_duplicates("school_id")
        pieces.append(_unregistered(first, tables, year))
    none = pd.DataFrame(columns=["school_id", "name"])
    frame = pd.concat(pieces, ignore_index=True) if pieces else none
    return _shape(_each_once(frame).assign(school_year=str(year)), "schools")


def _each_once(schools: pd.DataFrame) -> pd.DataFrame:
    """Return each school once, with what any row says of it; one without a name has its code."""
    once = schools.drop_duplicates("school_id").set_index("school_id")
    if len(once) < len(schools):
        said = schools.groupby("school_id", sort=False).first()
        once = once.combine_first(said).reindex(once.index)
    once = once.reset_index()
    return once.assign(name=once["name"].where(once["name"].notna(), once["school_id"]))


def _unused_schools(placed: list[PlacedBlock], crosswalk: Crosswalk) -> list[Finding]:
    """Return a warning for each declared table of schools beside a register, which prevails."""
    return [
        Finding("register_prevails", "warning",
                "школы называет реестр data/raw/schools.csv; таблица школ из файла не взята.",
                "Перенесите её сведения в реестр или уберите реестр.", table="schools",
                file=one.file, sheet=one.sheet or None)
        for one in placed
        if crosswalk.lines and one.layout == COLUMNS and [*one.parsed.tables] == ["schools"]
    ]  # fmt: skip


def _unregistered(
    schools: pd.DataFrame, tables: Mapping[str, pd.DataFrame], year: SchoolYear
) -> pd.DataFrame:
    """Return schools that no register names, called as Ф3 calls them or else by their codes."""
    shares = tables.get("mark_shares", pd.DataFrame(columns=["school_id", "group_name"]))
    known = shares.dropna(subset=["school_id"]).drop_duplicates("school_id")
    code = schools["school_id"]
    name = code.map(known.set_index("school_id")["group_name"])
    return schools.assign(
        name=name.where(name.notna(), code),
        kind="school",
        school_year=str(year),
        vpr_login=code.where(code.str.match(VPR_LOGIN), None),
    )


def _bookkeeping(placed: list[PlacedBlock], rejected: list[RejectedRow]) -> dict[str, pd.DataFrame]:
    """Return `sources`, `source_columns` and `set_aside`, in order."""
    columns = [
        (one.source_id, table, column, letter)
        for one in placed
        for table, named in one.parsed.columns.items()
        for column, letter in named.items()
    ]
    lost = {(one.source_id, row) for one in placed for row in one.parsed.lost_rows}
    rows = pd.DataFrame(rejected, columns=["source_id", "source_row", "reason"])
    rows = rows.drop_duplicates(["source_id", "source_row"])
    pairs = zip(rows["source_id"], rows["source_row"], strict=True)
    rows["is_lost"] = pd.Series([pair in lost for pair in pairs], rows.index, dtype=bool)
    sources = pd.DataFrame([one.source for one in placed], columns=list(TABLES["sources"].columns))
    counted = rows.groupby("source_id").size()
    sources["rows_set_aside"] = sources["source_id"].map(counted).fillna(0)
    sources["rows_kept"] = sources["rows_in"] - sources["rows_set_aside"]
    frames = {
        "sources": sources,
        "source_columns": pd.DataFrame(
            columns, columns=["source_id", "table", "column", "source_column"]
        ),
        "set_aside": rows.sort_values(["source_id", "source_row"], kind="stable"),
    }
    return {name: _shape(frame, name) for name, frame in frames.items()}
