"""Checks that the readers make too, on the same cells.

A reader sees the sheet before anything is set aside and words its finding for it,
so where it spoke about a sheet, the suite's finding of the same fault is not told
again. The suite's result file keeps it all the same: suites judge tables, whoever
filled them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

READERS: dict[str, tuple[str, ...]] = {
    "task_sums_equal": ("task_sum",),
    "marks_on_scale_not_above": ("mark_scale",),
    "marks_on_scale_not_below": ("mark_scale",),
    "results_mark_known": ("mark_range",),
    "results_journal_mark_known": ("mark_range",),
    "results_primary_score_not_above_max_score": ("score_range",),
    "mark_share_sums_equal": ("percent_sum",),
    "score_distribution_sums_equal": ("percent_sum",),
    "journal_sums_percents": ("percent_sum",),
    "journal_sums_counts": ("journal_sum",),
    **dict.fromkeys(
        (
            "mark_shares_against_results_counts",
            *(f"mark_shares_against_results_share_{mark}" for mark in (2, 3, 4, 5)),
        ),
        ("f1_against_mark_shares",),
    ),
    **dict.fromkeys(
        (f"journal_against_results_{group}" for group in ("lowered", "confirmed", "raised")),
        ("f1_against_journal_comparison",),
    ),
}
"""Check of a suite → checks of the readers that mean the same."""


def untold(found: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return the findings whose fault no reader has told about the same sheet."""
    spoken = {
        (check, file, sheet)
        for check, file, sheet in told[["check", "file", "sheet"]]
        .fillna("")
        .itertuples(index=False, name=None)
    }
    rows = found[["check", "file", "sheet"]].fillna("").itertuples(index=False, name=None)
    keeps = [
        not any((twin, file, sheet) in spoken for twin in READERS.get(check, ()))
        for check, file, sheet in rows
    ]
    return found[np.array(keeps, dtype=bool)].reset_index(drop=True)
