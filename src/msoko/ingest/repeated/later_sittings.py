"""One exam sat more than once: the main sitting keeps its results, the rest stand apart."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from msoko.core.exam_sittings import EXAMS, RESERVE
from msoko.ingest.ingest_findings import Finding

RETAKEN = "пересдача: оставлен результат более поздней даты"
PLACE = ["source_id", "source_row"]
KEY = ["procedure", "subject", "grade", "pupil_id"]
CHECK_IT = "Проверьте, что это пересдача, а не один протокол дважды."
RejectedRow = tuple[str, int, str]
"""A row that the table `set_aside` names: source, row from 1, reason."""
Shown = Mapping[str, tuple[str, str]]


def part_sittings(
    results: pd.DataFrame, shown: Shown
) -> tuple[pd.DataFrame, list[RejectedRow], list[Finding]]:
    """Return results with sittings apart, the rows set aside, and a warning per block of either.

    Who sat an exam of the main days once more on a later day did so on a reserve day. Of two
    results of one person in one other sitting the later is kept. `shown`: source → file, sheet.
    """
    if "day" not in results:
        return results, [], []
    again = _repeats(results, "first") & results["procedure"].isin(EXAMS)
    apart = results["procedure"].where(~again, results["procedure"] + f"_{RESERVE}")
    results = results.assign(procedure=apart)
    gone = results[_repeats(results, "last")]
    rejected = [(source, int(row), RETAKEN) for source, row in gone[PLACE].itertuples(index=False)]
    what = (
        "учтены как резервный день: у этих участников есть результат более ранней даты, "
        "он остался без изменений."
    )
    findings = _told(results[again], "later_sitting", what, shown)
    what = "отложено: у этих участников есть результат более поздней даты."
    findings += _told(gone, "retaken", what, shown)
    return results.drop(gone.index), rejected, findings


def _repeats(results: pd.DataFrame, keep: str) -> pd.Series:
    """Return which results of a known day repeat another of the person, by the order of days."""
    order = results.sort_values("day", kind="stable", na_position="first")
    repeated = order.duplicated(KEY, keep=keep) & order["day"].notna()  # type: ignore[arg-type]
    return repeated.reindex(results.index)


def _told(rows: pd.DataFrame, check: str, what: str, shown: Shown) -> list[Finding]:
    counts = rows["source_id"].astype(object).value_counts().sort_index()
    return [
        Finding(
            check, "warning", f"{count} результатов {what}", CHECK_IT, table="results",
            file=shown[str(source)][0], sheet=shown[str(source)][1] or None, row_count=int(count),
        )
        for source, count in counts.items()
    ]  # fmt: skip


def settle_tasks(tables: dict[str, pd.DataFrame], rejected: list[RejectedRow]) -> None:
    """Let the points of tasks follow their results: to another sitting, or out."""
    if "results" not in tables or "task_scores" not in tables:
        return
    tasks, results = tables["task_scores"], tables["results"]
    gone = [(source, row) for source, row, reason in rejected if reason == RETAKEN]
    moved = results[results["procedure"].isin([f"{exam}_{RESERVE}" for exam in EXAMS])]
    if not gone and moved.empty:
        return
    rows = pd.MultiIndex.from_frame(tasks[PLACE])
    procedures = moved.set_index(PLACE)["procedure"]
    own = pd.Series(procedures.reindex(rows).to_numpy(), index=tasks.index)
    tasks = tasks.assign(procedure=tasks["procedure"].where(own.isna(), own).astype("str"))
    tables["task_scores"] = tasks[~rows.isin(gone)].reset_index(drop=True) if gone else tasks
