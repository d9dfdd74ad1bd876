"""Who fell below the minimum at first and passed at last, at a reserve day or a retake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.directions.direction import Indicator
from msoko.core.exam_sittings import EARLY, EXAM_PROCEDURES, EXAMS, RESERVE, RETAKE
from msoko.indicators.sums.conditions import expression

if TYPE_CHECKING:
    from msoko.indicators.sums.table_relations import Relations

ORDER = (EARLY, "", RESERVE, RETAKE)
"""Sittings in the order of the year; the main one has no name."""
ONE_SUBJECT = {"mathematics_basic": "mathematics"}
"""Basic mathematics passed later answers for profile mathematics failed."""
KEY = ["exam", "subject", "pupil_id"]
COLUMNS = ["exam", "below_count", "retaken_count", "passed_count"]


def retake_outcomes(relations: Relations, base: Indicator) -> pd.DataFrame:
    """Return a row for each exam that somebody below the minimum sat again.

    `below_count`: first results below the minimum, one a person and subject; `retaken_count`:
    those of them that were sat again; `passed_count`: those not below it at last. `base` says
    what is below. Results without a pupil's pseudonym cannot be followed.
    """
    if not relations.has("results"):
        return pd.DataFrame(columns=COLUMNS)
    rows = relations.read("results")
    sat = rows.filter(
        rows.procedure.isin(EXAM_PROCEDURES)
        & ~rows.is_absent.fill_null(False)
        & rows.pupil_id.notnull()
        & expression(rows, base.denominator)
    )
    chosen = sat.select(
        "procedure", "subject", "pupil_id", is_below=expression(sat, base.numerator)
    )
    return count_outcomes(relations.backend.to_pyarrow(chosen).to_pandas())


def count_outcomes(sat: pd.DataFrame) -> pd.DataFrame:
    """Return what `retake_outcomes` does of the results that were sat."""
    if sat.empty:
        return pd.DataFrame(columns=COLUMNS)
    named = sat["procedure"].str.partition("_")
    results = sat.assign(
        exam=named[0], place=named[2].map(ORDER.index), subject=sat["subject"].replace(ONE_SUBJECT)
    )
    # of two papers of one sitting (profile and basic mathematics) the better one counts
    results = results.groupby([*KEY, "place"], as_index=False)["is_below"].min()
    is_first = ~results.sort_values("place", kind="stable").duplicated(KEY).reindex(results.index)
    failed = results[is_first & results["is_below"].astype(bool)][KEY]
    later = results[~is_first].merge(failed, on=KEY)
    passed = later[~later["is_below"].astype(bool)].drop_duplicates(KEY)
    later = later.drop_duplicates(KEY)
    counts = [
        (exam, *(int((part["exam"] == exam).sum()) for part in (failed, later, passed)))
        for exam in EXAMS
        if (later["exam"] == exam).any()
    ]
    return pd.DataFrame(counts, columns=COLUMNS)
