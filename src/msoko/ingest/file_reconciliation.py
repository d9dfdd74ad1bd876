"""Reconciliations between files: individual results against Ф3, the journal, the distribution."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from msoko.ingest.export_counts import compare_counts
from msoko.ingest.ingest_findings import Finding

PAPER = ["procedure", "subject", "grade"]
TOLERANCE = 0.06
"""Percentage points; exports round to two decimals, some to one, which is off by 0.05 at most."""
ACTION = (
    "Выгрузите оба отчёта заново в один день: между выгрузками могли добавиться участники "
    "или измениться отметки."
)
Tables = Mapping[str, pd.DataFrame]
Row = dict[Hashable, Any]


def reconcile(tables: Tables, shown: Mapping[str, tuple[str, str]]) -> list[Finding]:
    """Return findings where reports of one group, or of one school, and paper disagree.

    `shown`: source_id → file and sheet.
    """
    findings = list(compare_counts(tables, shown))
    results = tables.get("results")
    if results is None or results.empty:
        return findings
    present = results[~results["is_absent"].astype(bool)]
    for table, compare in (
        ("mark_shares", _marks),
        ("journal_comparison", _journal),
        ("score_distribution", _distribution),
    ):
        groups = tables.get(table)
        if groups is not None and len(groups) and len(present):
            schools = groups[groups["group_level"] == "school"]
            for row, message in compare(present, schools):
                file, sheet = shown.get(str(row["source_id"]), (None, None))
                findings.append(
                    Finding(f"f1_against_{table}", "warning",
                            f"строка {row['source_row']}: {message}", ACTION, table=table,
                            school_id=row["school_id"], file=file, sheet=sheet,
                            cell=f"A{row['source_row']}")
                )  # fmt: skip
    return findings


def _joined(own: pd.DataFrame, groups: pd.DataFrame) -> list[Row]:
    both = groups.merge(own, on=[*PAPER, "school_id"], how="inner", suffixes=("", "_own"))
    return both.to_dict("records")


def _marks(present: pd.DataFrame, groups: pd.DataFrame) -> Iterable[tuple[Row, str]]:
    """Yield the rows of Ф3 whose count or shares differ from the individual results."""
    marks = present.dropna(subset=["mark"])
    own_marks = {f"own_{mark}": 100.0 * (marks["mark"] == mark) for mark in (2, 3, 4, 5)}
    by_school = marks.assign(**own_marks).groupby([*PAPER, "school_id"])
    own = by_school[list(own_marks)].mean().assign(count_own=by_school.size())
    for row in _joined(own.reset_index(), groups):
        if row["participant_count"] != row["count_own"]:
            yield row, (f"в Ф3 участников – {row['participant_count']}, "
                        f"в Ф1 – {row['count_own']}.")  # fmt: skip
            continue
        gaps = [abs(row[f"own_{mark}"] - row[f"share_{mark}_percent"]) for mark in (2, 3, 4, 5)]
        if max(gaps) > TOLERANCE:
            yield row, "доли отметок в Ф3 не равны долям, посчитанным по Ф1."


def _journal(present: pd.DataFrame, groups: pd.DataFrame) -> Iterable[tuple[Row, str]]:
    """Yield the rows of the comparison whose counts differ from the individual results."""
    both = present.dropna(subset=["mark", "journal_mark"])
    side = np.sign(both["mark"].astype(float) - both["journal_mark"].astype(float))
    own = (
        both.assign(lowered=side < 0, confirmed=side == 0, raised=side > 0)
        .groupby([*PAPER, "school_id"])[["lowered", "confirmed", "raised"]]
        .sum()
        .reset_index()
    )
    for row in _joined(own, groups):
        if any(row[name] != row[f"{name}_count"] for name in ("lowered", "confirmed", "raised")):
            yield row, "числа понизивших, подтвердивших и повысивших не равны посчитанным по Ф1."


def _distribution(present: pd.DataFrame, groups: pd.DataFrame) -> Iterable[tuple[Row, str]]:
    """Yield the groups whose shares by score differ from the individual results."""
    if groups.empty:
        return
    own = present.groupby([*PAPER, "school_id"])["primary_score"].agg(
        count_own="size", mean_own="mean"
    )
    weighted = groups.assign(part=groups["share_percent"] * groups["primary_score"] / 100)
    stated = weighted.groupby([*PAPER, "school_id", "source_id", "source_row"], as_index=False).agg(
        participant_count=("participant_count", "first"), mean_stated=("part", "sum"),
        top=("primary_score", "max"),
    )  # fmt: skip
    for row in _joined(own.reset_index(), stated):
        # shares rounded to 0.01 move the mean by at most 0.005 % of the sum of scores
        limit = 0.00006 * row["top"] * (row["top"] + 1) / 2 + 0.01
        if row["participant_count"] != row["count_own"]:
            yield row, (f"в распределении участников – {row['participant_count']}, "
                        f"в Ф1 – {row['count_own']}.")  # fmt: skip
        elif abs(row["mean_stated"] - row["mean_own"]) > limit:
            yield row, "распределение баллов не соответствует Ф1."
