"""Readings of all blocks → the year's tables, with schools resolved and repeats refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from msoko.core.school_year import SchoolYear
from msoko.core.tables import TABLES
from msoko.ingest.file_reconciliation import reconcile
from msoko.ingest.identity.crosswalk import Crosswalk, attach
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.repeats import (
    Placed,
    repeated_content,
    repeated_papers,
    retaken,
    shared_reference_rows,
)

REGISTER_SOURCE = "schools"
NO_REGISTER = Finding(
    "no_register",
    "warning",
    "нет реестра школ data/raw/schools.csv: школы названы своими кодами, "
    "разные коды одной школы не соединены.",
    "Заведите реестр: одна строка на школу, с логином ВПР и кодом РЦОИ.",
)
KEYED = ("monitoring", "surveys", "olympiad", "roadmap_returns", "school_results")
"""Tables whose key must not stand twice, whatever block a row came from."""


def assemble(
    placed: list[Placed],
    sources: list[dict[str, object]],
    crosswalk: Crosswalk,
    year: SchoolYear,
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Return the year's tables (`schools` and the bookkeeping among them) and findings."""
    findings = attach(placed, crosswalk)
    findings += repeated_content(placed)
    findings += repeated_papers(placed)
    shown = {one.source_id: (one.file, one.sheet) for one in placed}
    aside = [
        (one.source_id, row, reason) for one in placed for row, reason in one.reading.set_aside
    ]
    tables: dict[str, pd.DataFrame] = {}
    for name in sorted({name for one in placed for name in one.reading.tables}):
        frame = _gather(placed, name, year)
        if name == "results":
            frame, gone = _without_retaken(frame)
            aside += gone
            findings += _told_retaken(gone, shown)
        elif "group_level" in frame and name != "school_results":
            frame, gone_rows, clashes = shared_reference_rows(
                frame, name, {key: file for key, (file, _) in shown.items()}
            )
            findings += clashes
            pairs = gone_rows[["source_id", "source_row"]].drop_duplicates()
            reason = "такая же строка уже прочитана из другого файла"
            aside += [(one, int(row), reason) for one, row in pairs.itertuples(index=False)]
        if name in KEYED:
            findings += _repeated_keys(frame, name, shown)
        tables[name] = _shape(frame, name)
    _drop_tasks_of_retaken(tables, aside)
    tables["schools"] = _schools(tables, crosswalk, year)
    tables |= _bookkeeping(placed, sources, aside, crosswalk)
    if not crosswalk.lines and "results" in tables:
        findings.append(NO_REGISTER)
    findings += reconcile(tables, shown)
    return tables, findings


def _gather(placed: list[Placed], name: str, year: SchoolYear) -> pd.DataFrame:
    ones = [one for one in placed if name in one.reading.tables]
    filled = [one for one in ones if len(one.reading.tables[name])] or ones[:1]
    pieces = [one.reading.tables[name] for one in filled]
    which = np.repeat(np.arange(len(filled)), [len(piece) for piece in pieces])
    sources = pd.array([one.source_id for one in filled], dtype="str").take(which)
    frame = pd.concat(pieces, ignore_index=True)
    return frame.assign(source_id=sources, school_year=str(year))


def _without_retaken(
    frame: pd.DataFrame,
) -> tuple[pd.DataFrame, list[tuple[str, int, str]]]:
    """Return results without those that a later sitting replaced, and these as set aside."""
    replaced = retaken(frame)
    gone = frame.loc[replaced, ["source_id", "source_row"]]
    rows = [(one, int(row), RETAKEN) for one, row in gone.itertuples(index=False)]
    return frame[~replaced], rows


RETAKEN = "пересдача: оставлен результат более поздней даты"


def _told_retaken(
    gone: list[tuple[str, int, str]], shown: Mapping[str, tuple[str, str]]
) -> list[Finding]:
    """Return a warning per block whose results gave way to a later sitting."""
    counts = pd.Series([source for source, _, _ in gone], dtype=object).value_counts()
    return [
        Finding("retaken", "warning",
                f"{count} результатов отложено: у этих участников есть результат более поздней "
                "даты.", "Проверьте, что это пересдача, а не один протокол дважды.",
                table="results", file=shown[str(source)][0], sheet=shown[str(source)][1] or None,
                row_count=int(count))
        for source, count in counts.sort_index().items()
    ]  # fmt: skip


def _drop_tasks_of_retaken(
    tables: dict[str, pd.DataFrame], aside: list[tuple[str, int, str]]
) -> None:
    """Take out the points of results that were set aside as retaken."""
    gone = {(source, row) for source, row, reason in aside if reason == RETAKEN}
    if gone and "task_scores" in tables:
        frame = tables["task_scores"]
        rows = pd.MultiIndex.from_frame(frame[["source_id", "source_row"]])
        tables["task_scores"] = frame[~rows.isin(list(gone))].reset_index(drop=True)


def _repeated_keys(
    frame: pd.DataFrame, name: str, shown: Mapping[str, tuple[str, str]]
) -> list[Finding]:
    key = [column for column in TABLES[name].key if column in frame]
    repeated = frame[frame.duplicated(key, keep=False)]
    findings = []
    pairs: dict[tuple[str, ...], int] = {}
    for _, group in repeated.groupby(key, dropna=False, sort=False):
        places = tuple(dict.fromkeys(group["source_id"]))
        pairs[places] = pairs.get(places, 0) + 1
    for places, count in pairs.items():
        files = "; ".join(f"{file}, лист «{sheet}»" for file, sheet in map(shown.get, places))
        findings.append(
            Finding("repeated_block", "blocking",
                    f"одни и те же сведения даны дважды ({count} показателей): {files}.",
                    "Оставьте один экземпляр, лишний удалите из папки года.", table=name,
                    file=shown[places[-1]][0], sheet=shown[places[-1]][1], row_count=count)
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
        return _shape(
            crosswalk.schools().assign(school_year=str(year), source_id=REGISTER_SOURCE), "schools"
        )
    pieces = [tables["schools"]] if "schools" in tables else []
    named = [
        frame.loc[frame["school_id"].notna(), ["school_id", "source_id", "source_row"]]
        for name, frame in tables.items()
        if name in ("results", "mark_shares", "journal_comparison") and len(frame)
    ]
    if named:
        first = pd.concat(named, ignore_index=True).drop_duplicates("school_id")
        names = tables.get("mark_shares", pd.DataFrame(columns=["school_id", "group_name"]))
        known = names.dropna(subset=["school_id"]).drop_duplicates("school_id")
        known = known.set_index("school_id")["group_name"]
        name = first["school_id"].map(known)
        pieces.append(
            first.assign(
                name=name.where(name.notna(), first["school_id"]), kind="school",
                school_year=str(year),
                vpr_login=first["school_id"].where(first["school_id"].str.startswith("edu"), None),
            )
        )  # fmt: skip
    frame = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=["school_id"])
    return _shape(frame.drop_duplicates("school_id").assign(school_year=str(year)), "schools")


def _bookkeeping(
    placed: list[Placed],
    sources: list[dict[str, object]],
    aside: list[tuple[str, int, str]],
    crosswalk: Crosswalk,
) -> dict[str, pd.DataFrame]:
    """Return `sources`, `source_columns` and `set_aside`, in order."""
    columns = [
        (one.source_id, table, column, letter)
        for one in placed
        for table, named in one.reading.columns.items()
        for column, letter in named.items()
    ]
    set_aside = pd.DataFrame(aside, columns=["source_id", "source_row", "reason"])
    set_aside = set_aside.drop_duplicates(["source_id", "source_row"])
    frames = {
        "sources": pd.DataFrame(sources, columns=list(TABLES["sources"].columns)),
        "source_columns": pd.DataFrame(
            columns, columns=["source_id", "table", "column", "source_column"]
        ),
        "set_aside": set_aside.sort_values(["source_id", "source_row"], kind="stable"),
    }
    counted = set_aside.groupby("source_id").size()
    own = frames["sources"]
    own["rows_set_aside"] = own["source_id"].map(counted).fillna(0)
    own["rows_kept"] = own["rows_in"] - own["rows_set_aside"]
    return {name: _shape(frame, name) for name, frame in frames.items()}
