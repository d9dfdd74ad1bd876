"""How many rows were set aside for a fault, and where that is too many to go on without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from msoko.core import russian
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts import code_register
from msoko.validate.file_tables import FileTables
from msoko.validate.findings.check_wording import CheckWording
from msoko.validate.loss_limits import LossLimits

ROWS_LOST = "rows_lost"
MOST_NAMED = 3


def lost_by_source(project: Project, year: SchoolYear) -> pd.DataFrame:
    """Return `source_id`, `file`, `lost` and `received` (rows) of the year's sources.

    Rows that hold nothing to count, such as totals, are not received; of a register of
    codes, which is never kept, all are.
    """
    store = Store(project)
    sources = store.read("sources", [year])
    aside = store.read("set_aside", [year])
    if sources.empty or aside.empty:
        return pd.DataFrame(columns=["source_id", "file", "lost", "received"])
    is_lost = aside["is_lost"].fillna(False).astype(bool)
    lost = sources["source_id"].map(aside[is_lost].groupby("source_id").size()).fillna(0)
    planned = sources["source_id"].map(aside[~is_lost].groupby("source_id").size()).fillna(0)
    planned = planned.where(sources["layout"] != code_register.LAYOUT.name, 0)
    return pd.DataFrame(
        {
            "source_id": sources["source_id"],
            "file": sources["file"],
            "lost": lost.astype(int),
            "received": (sources["rows_in"].fillna(0) - planned).astype(int),
        }
    )


def too_many_lost(
    project: Project,
    year: SchoolYear,
    files: FileTables,
    directions: Mapping[str, tuple[str, ...]],
    words: CheckWording,
) -> Iterator[Finding]:
    """Yield a blocking finding for each file, and each table, that has lost too many rows.

    `directions`: table → those that read it.
    """
    rows = lost_by_source(project, year)
    if not rows["lost"].any():
        return
    limits, fed = LossLimits.of(project), files.sources()
    told: set[str] = set()
    for file, own in rows.groupby("file"):
        lost, received = int(own["lost"].sum()), int(own["received"].sum())
        concerned = _readers(files.of(str(file)), directions)
        if lost >= limits.least and lost > limits.file * received and concerned:
            told.add(str(file))
            yield _finding(lost, received, limits.file, concerned, file=str(file))
    for table in sorted({one for tables in fed.values() for one in tables}):
        feeds = [table in fed.get(source, ()) for source in rows["source_id"]]
        own, concerned = rows[feeds], directions.get(table, ())
        lost, received = int(own["lost"].sum()), int(own["received"].sum())
        where = dict.fromkeys(own.loc[own["lost"] > 0, "file"])
        if lost > limits.table * received and concerned and not told.issuperset(where):
            name = words.suites[table.partition("/")[0]]
            yield _finding(lost, received, limits.table, concerned, table=table, name=name,
                           where=tuple(where))  # fmt: skip


def _readers(tables: Iterable[str], directions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = {code for table in tables for code in directions.get(table, ())}
    return tuple(sorted(found))


def _finding(
    lost: int,
    received: int,
    limit: float,
    concerned: Iterable[str],
    *,
    file: str | None = None,
    table: str | None = None,
    name: str = "",
    where: tuple[str, ...] = (),
) -> Finding:
    share = russian.decimal(100 * lost / received, 1)
    what = f"таблица «{name}»: отложено строк" if table else "отложено строк"
    more = f" и ещё {len(where) - MOST_NAMED}" if len(where) > MOST_NAMED else ""
    files = f" Файлы: {', '.join(where[:MOST_NAMED])}{more}." if where else ""
    message = (
        f"{what} – {lost} из {received} ({share} %), больше допустимых "
        f"{russian.decimal(100 * limit, 0)} %: без них числа отчёта были бы неверны.{files}"
    )
    return Finding(
        ROWS_LOST, "blocking", message,
        "Исправьте строки, названные в замечаниях к этим данным, и замените файл; допустимая доля "
        "записана в registry/thresholds.yml.",
        table=table and table.partition("/")[0], file=file, row_count=lost,
        directions=" ".join(concerned),
    )  # fmt: skip
