"""How many participants the exports of one paper name, group by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sheets.cells import fold_text

PAPER = ["procedure", "subject", "grade"]
GROUP = [*PAPER, "group_level", "key"]
COUNTED = ("mark_shares", "score_distribution", "task_performance")
"""Exports that count all who took part."""
COMPARED = "journal_comparison"
"""The export that counts those with a mark in the journal: never more than took part."""
RESULTS = "results"
MOST_SHOWN = 5
ACTION = (
    "Выгрузите отчёты заново в один день; если число в одном из них исправлено вручную, "
    "верните выгруженное."
)
Shown = Mapping[str, tuple[str, str]]


def compare_counts(tables: Mapping[str, pd.DataFrame], shown: Shown) -> Iterator[Finding]:
    """Yield a finding for each pair of files that name different numbers for one group.

    `shown`: source_id → file and sheet. The first file of a pair is Ф3 where there is one.
    """
    counts = [part for name in (*COUNTED, COMPARED) for part in _counts(tables, name)]
    counts += _own_counts(tables)
    if not counts:
        return
    frame = pd.concat(counts, ignore_index=True)
    # the first export of each group is what the others are held against
    first = frame[frame["table"] != COMPARED].drop_duplicates(GROUP)
    both = frame.merge(first, on=GROUP, suffixes=("", "_first"))
    other = both[both["table"] != both["table_first"]]
    is_more = other["participant_count"] > other["participant_count_first"]
    is_other = other["participant_count"] != other["participant_count_first"]
    wrong = other[is_more | (is_other & (other["table"] != COMPARED))]
    for _, pair in wrong.groupby(["source_id_first", "source_id"], sort=False):
        yield _finding(pair, shown)


def _counts(tables: Mapping[str, pd.DataFrame], name: str) -> list[pd.DataFrame]:
    """Return the groups of an export with their counts, one row each."""
    frame = tables.get(name)
    if frame is None or frame.empty:
        return []
    rows = frame.drop_duplicates(["source_id", "source_row"])
    rows = rows[rows["participant_count"].notna()]
    names = rows["group_name"].map(fold_text)
    key = rows["school_id"].astype(object).where(rows["group_level"] == "school", names)
    columns = [*GROUP, "group_name", "participant_count", "source_id", "source_row", "table"]
    return [rows.assign(key=key, table=name)[columns].dropna(subset=["key"])]


def _own_counts(tables: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the participants of Ф1 as those of the municipality, where all its schools are there.

    Whether they are, «Кол-во ОО» of Ф3 says.
    """
    results, shares = tables.get(RESULTS), tables.get("mark_shares")
    if results is None or shares is None or results.empty or shares.empty:
        return []
    present = results[~results["is_absent"].astype(bool) & results["school_id"].notna()]
    own = present.groupby(PAPER, as_index=False).agg(
        participant_count=("school_id", "size"), schools=("school_id", "nunique"),
        source_id=("source_id", "first"), source_row=("source_row", "first"),
    )  # fmt: skip
    stated = shares[(shares["group_level"] == "municipality") & shares["school_count"].notna()]
    alone = stated[~stated.duplicated(PAPER, keep=False)]
    both = alone[[*PAPER, "group_level", "group_name", "school_count"]].merge(own, on=PAPER)
    both = both[both["school_count"] == both["schools"]]
    return [
        both.assign(key=both["group_name"].map(fold_text), table=RESULTS).drop(
            columns=["school_count", "schools"]
        )
    ]


def _finding(pair: pd.DataFrame, shown: Shown) -> Finding:
    """Return the finding on all groups that two files count differently."""
    one = pair.iloc[0]
    file, sheet = shown.get(str(one["source_id"]), ("", ""))
    other, other_sheet = shown.get(str(one["source_id_first"]), ("", ""))
    groups = [
        f"«{row.group_name}» – {row.participant_count_first:g} (строка {row.source_row_first}) "
        f"и {row.participant_count:g}"
        + (f" (строка {row.source_row})" if row.table != RESULTS else "")
        for row in pair.head(MOST_SHOWN).itertuples()
    ]
    more = f" и ещё {len(pair) - MOST_SHOWN}" if len(pair) > MOST_SHOWN else ""
    message = (
        f"число участников не то же, что в «{other}», лист «{other_sheet}»: в нём и здесь "
        f"{'; '.join(groups)}{more}."
    )
    return Finding(
        "exports_disagree", "warning", message, ACTION, table=str(one["table"]), file=file,
        sheet=sheet or None, cell=f"A{one['source_row']}", row_count=len(pair),
    )  # fmt: skip
