"""The markers of an assessed panel: one row per school, subject and marker.

Each marker is computed for every subject and once over all subjects together (`subject` "all"),
since a school that bends one paper mostly bends the others too, and small schools show it only
in the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.objectivity.expected_results import (
    PupilFrame,
    agreement_foretold,
    score_given,
)
from msoko.stats.objectivity.panel import LeftOut, MarkedPaper, Panel
from msoko.stats.objectivity.paper_comparisons import (
    compare_absence,
    compare_heaping,
    compare_similarity,
)
from msoko.stats.objectivity.residual_markers import SchoolResiduals, school_residuals
from msoko.stats.objectivity.school_comparison import ALL, Comparison, Reference, school_rows

COLUMNS = ("school", "subject", "marker", "effect", "p", "n")
LEAST_PUPILS = 6
LEAST_SCHOOLS = 5

Found = Iterator[Comparison | LeftOut]


@dataclass(frozen=True)
class MarkerRows:
    """Rows `school, subject, marker, effect, p, n`, and what was left out."""

    rows: pd.DataFrame
    left_out: list[LeftOut]


def compare_schools(panel: Panel) -> list[Comparison | LeftOut]:
    """Return every marker that the data allow, ready to be judged, with reasons for the rest.

    One item a marker and subject; under five schools only reasons.
    """
    if len(panel.school_ids) < LEAST_SCHOOLS:
        return [LeftOut(marker, "", "too_few_groups") for marker in MARKERS]
    return [found for compare in MARKERS.values() for found in compare(panel)]


def judge_schools(found: list[Comparison | LeftOut], reference: Reference) -> MarkerRows:
    """Return the markers of all schools, compared with the schools of reference.

    A school's marker stands on at least 6 pupils, and a comparison on at least 5 schools.
    """
    left_out = [item for item in found if isinstance(item, LeftOut)]
    frames: list[pd.DataFrame] = []
    for item in found:
        if isinstance(item, LeftOut):
            continue
        rows = item.judge(reference)
        if isinstance(rows, str):
            left_out.append(LeftOut(item.marker, item.subject, rows))
        else:
            frames.append(rows.assign(marker=item.marker))
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    rows = rows[(rows["n"] >= LEAST_PUPILS) & rows["p"].notna()]
    return MarkerRows(rows[list(COLUMNS)].reset_index(drop=True), left_out)


def _compare_residuals(
    marker: str, of_paper: Callable[[MarkedPaper], PupilFrame | str], has_extra: bool = False
) -> Callable[[Panel], Found]:
    def compare(panel: Panel) -> Found:
        frames: dict[str, list[pd.DataFrame]] = {}
        for paper in panel.papers:
            frame = of_paper(paper)
            if isinstance(frame, str):
                yield LeftOut(marker, paper.subject, frame, paper.grade)
            else:
                frames.setdefault(paper.subject, []).append(frame)
        groups = {subject: pd.concat(parts) for subject, parts in frames.items()}
        if len(groups) > 1:
            columns = ["school", "pupil"]
            together = pd.concat(groups.values()).groupby(columns, as_index=False).mean()
            groups[ALL] = together
        for subject, rows in groups.items():
            yield Comparison(
                marker, subject, partial(_judge_residuals, subject, rows, panel, has_extra)
            )

    return compare


def _judge_residuals(
    subject: str, rows: PupilFrame, panel: Panel, has_extra: bool, reference: Reference
) -> pd.DataFrame | str:
    found = _residuals_of(rows, panel, has_extra, reference)
    if isinstance(found, NotEstimable):
        return found.reason.value
    return school_rows(subject, found.effect, found.p, found.n)


def _residuals_of(
    rows: PupilFrame, panel: Panel, has_extra: bool, reference: Reference
) -> SchoolResiduals | NotEstimable:
    count = len(panel.school_ids)
    school = rows["school"].to_numpy()
    extra = [] if panel.context is None else [panel.context]
    if has_extra:
        size = np.maximum(np.bincount(school, minlength=count), 1)
        gap = np.bincount(school, rows["gap"], count) / size
        extra.append((gap**2)[:, None])
    level = np.hstack(extra) if extra else None
    outcome, foretold = rows["outcome"].to_numpy(), rows["foretold"].to_numpy()
    return school_residuals(outcome, foretold, school, count, level, reference)


MARKERS: dict[str, Callable[[Panel], Found]] = {
    "heaping": compare_heaping,
    "journal": _compare_residuals("journal", score_given("before", "before_others", "journal")),
    "agreement": _compare_residuals("agreement", agreement_foretold, has_extra=True),
    "exam": _compare_residuals("exam", score_given("after", "after_others")),
    "break": _compare_residuals("break", score_given("before", "before_others")),
    "absence": compare_absence,
    "similarity": compare_similarity,
}
"""The markers by name; each yields a comparison per subject, or what it had to leave out."""
