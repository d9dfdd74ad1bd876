"""The markers of an assessed panel: one row per school, subject and marker.

Each marker is computed for every subject and once over all subjects together (`subject` "all"),
since a school that bends one paper mostly bends the others too, and small schools show it only
in the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.estimators.sample import Vector
from msoko.stats.objectivity.answer_similarity import (
    ClassSimilarity,
    class_similarity,
    schools_from_classes,
)
from msoko.stats.objectivity.expected_results import (
    PupilFrame,
    agreement_given_score,
    expected_strength,
    score_given,
)
from msoko.stats.objectivity.heaping import Heaping, heaping_in_school, pool_heaping
from msoko.stats.objectivity.panel import LeftOut, MarkedPaper, Panel
from msoko.stats.objectivity.residual_markers import (
    BOUND,
    BOUNDED_SQUARE,
    SchoolResiduals,
    school_residuals,
)
from msoko.stats.objectivity.selective_absence import SelectiveAbsence, pooled_z, selective_absence

ALL = "all"
COLUMNS = ("school", "subject", "marker", "effect", "p", "n")
LEAST_PUPILS = 10
LEAST_SCHOOLS = 5
RESERVE_DF = 50
"""Of the t law that stands for the normal: heaping and absence keep their size to p = .001, but
one list reads p-values of .0001, which no simulation vouches for in other data."""


@dataclass(frozen=True)
class MarkerRows:
    """Rows `school, subject, marker, effect, p, n`, and what was left out."""

    rows: pd.DataFrame
    left_out: list[LeftOut]


def compute_markers(panel: Panel) -> MarkerRows:
    """Return every marker that the data allow, with the reasons for the rest.

    A school's marker stands on at least 10 pupils, and a comparison on at least 5 schools.
    """
    frames: list[pd.DataFrame] = []
    if len(panel.school_ids) < LEAST_SCHOOLS:
        reasons = [LeftOut(marker, "", "too_few_groups") for marker in MARKERS]
        return MarkerRows(pd.DataFrame(columns=list(COLUMNS)), reasons)
    left_out: list[LeftOut] = []
    for marker in MARKERS:
        for found in MARKERS[marker](panel):
            if isinstance(found, LeftOut):
                left_out.append(found)
            else:
                frames.append(found.assign(marker=marker))
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    rows = rows[(rows["n"] >= LEAST_PUPILS) & rows["p"].notna()]
    return MarkerRows(rows[list(COLUMNS)].reset_index(drop=True), left_out)


Found = Iterator[pd.DataFrame | LeftOut]


def _frame(subject: str, effect: Vector, p: Vector, n: Vector) -> pd.DataFrame:
    columns = {"school": np.arange(len(p)), "subject": subject, "effect": effect, "p": p, "n": n}
    return pd.DataFrame(columns)


def _heaping(panel: Panel) -> Found:
    tests: dict[str, list[list[Heaping]]] = {}
    for paper in panel.papers:
        if not paper.cuts:
            yield LeftOut("heaping", paper.subject, "no_scale", paper.grade)
            continue
        found = _paper_heaping(paper, len(panel.school_ids))
        lists = tests.setdefault(paper.subject, [[] for _ in panel.school_ids])
        for school, test in enumerate(found):
            if isinstance(test, Heaping):
                lists[school].append(test)
    if len(tests) > 1:
        tests[ALL] = [sum(lists, []) for lists in zip(*tests.values(), strict=True)]
    for subject, lists in tests.items():
        found = [pool_heaping(items) if items else None for items in lists]
        if not any(found):
            yield LeftOut("heaping", subject, "too_few")
            continue
        z = np.array([test.z if test else np.nan for test in found])
        effect = np.array([test.delta if test else np.nan for test in found])
        n = np.array([test.n if test else 0 for test in found])
        yield _frame(subject, effect, _tail(z), n)


def _paper_heaping(paper: MarkedPaper, school_count: int) -> list[Heaping | NotEstimable]:
    present = paper.present
    score = np.round(present["score"].to_numpy()).astype(int)
    top = max(int(score.max()), max(paper.cuts) + 1)
    counts = np.zeros((school_count, top + 1))
    np.add.at(counts, (present["school"].to_numpy(), np.clip(score, 0, top)), 1)
    whole = counts.sum(axis=0)
    return [heaping_in_school(own, whole - own, paper.cuts) for own in counts]


def _tail(z: Vector) -> Vector:
    """Return one-sided p-values of z that should be normal, with a reserve in the far tail."""
    return stats.t.sf(z / _scale_of(z), RESERVE_DF)


def _scale_of(z: Vector) -> float:
    """Return √φ of z-values about zero, at least 1: a test wider than nominal is made narrower."""
    known = z[np.isfinite(z)]
    if len(known) < 8:
        return 1.0
    return float(np.sqrt(max(1.0, np.mean(np.minimum(known**2, BOUND**2)) / BOUNDED_SQUARE)))


def _residual_marker(
    marker: str, of_paper: Callable[[MarkedPaper], PupilFrame | str], has_extra: bool = False
) -> Callable[[Panel], Found]:
    def compute(panel: Panel) -> Found:
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
            found = _residuals_of(rows, panel, has_extra)
            if isinstance(found, NotEstimable):
                yield LeftOut(marker, subject, found.reason.value)
            else:
                yield _frame(subject, found.effect, found.p, found.n)

    return compute


def _residuals_of(
    rows: pd.DataFrame, panel: Panel, has_extra: bool
) -> SchoolResiduals | NotEstimable:
    count = len(panel.school_ids)
    school = rows["school"].to_numpy()
    extra = [] if panel.context is None else [panel.context]
    if has_extra:
        size = np.maximum(np.bincount(school, minlength=count), 1)
        gap = np.bincount(school, rows["gap"], count) / size
        extra.append((gap**2)[:, None])
    level = np.hstack(extra) if extra else None
    return school_residuals(
        rows["outcome"].to_numpy(), rows["foretold"].to_numpy(), school, count, level
    )


def _absence(panel: Panel) -> Found:
    by_subject: dict[str, list[SelectiveAbsence]] = {}
    for paper in panel.papers:
        found = _paper_absence(paper, len(panel.school_ids))
        if isinstance(found, str):
            yield LeftOut("absence", paper.subject, found, paper.grade)
            continue
        by_subject.setdefault(paper.subject, []).append(found)
    groups = dict(by_subject)
    if len(groups) > 1:
        groups[ALL] = sum(groups.values(), [])
    for subject, papers in groups.items():
        inflation = _shared_absence(panel) if subject == ALL else 1.0
        z = papers[0].z if len(papers) == 1 else pooled_z(papers, inflation)
        weak = np.sum([paper.n for paper in papers], axis=0)
        surplus = np.sum([paper.absent - paper.expected for paper in papers], axis=0)
        effect = surplus / np.maximum(weak, 1)
        n = _pupils_on_roll(panel, subject)
        yield _frame(subject, effect, _tail(z), n)


def _paper_absence(paper: MarkedPaper, school_count: int) -> SelectiveAbsence | str:
    strength = expected_strength(paper)
    is_known = ~np.isnan(strength)
    if not is_known.any():
        return "no_before"
    away, school = (paper.pupils[name].to_numpy()[is_known] for name in ("is_absent", "school"))
    found = selective_absence(away, strength[is_known], school, school_count)
    return found.reason.value if isinstance(found, NotEstimable) else found


def _pupils_on_roll(panel: Panel, subject: str) -> NDArray[np.int64]:
    chosen = [paper.pupils for paper in panel.papers if subject in (paper.subject, ALL)]
    roll = pd.concat(chosen)[["school", "pupil"]].drop_duplicates()
    return np.bincount(roll["school"], minlength=len(panel.school_ids))


def _shared_absence(panel: Panel) -> float:
    """Return by how much shared absences widen the variance of a sum over papers."""
    rows = pd.concat([paper.pupils[["pupil", "is_absent"]] for paper in panel.papers])
    left = rows["is_absent"].astype(float) - rows["is_absent"].mean()
    together = left.groupby(rows["pupil"]).sum()
    own = float((left**2).sum())
    return max(1.0, float((together**2).sum()) / own) if own > 0 else 1.0


def _similarity(panel: Panel) -> Found:
    sums: dict[str, NDArray[np.float64]] = {}
    pairs: dict[str, NDArray[np.float64]] = {}
    sizes: dict[str, NDArray[np.float64]] = {}
    for paper in panel.papers:
        found = _paper_similarity(paper, panel.class_count)
        if isinstance(found, str):
            yield LeftOut("similarity", paper.subject, found, paper.grade)
            continue
        known = np.isfinite(found.z)
        weight = np.where(known, found.pairs, 0).astype(float)
        for key in (paper.subject, ALL):
            sums[key] = sums.get(key, 0) + np.where(known, found.z, 0) * np.sqrt(weight)
            pairs[key] = pairs.get(key, 0) + weight
            sizes[key] = np.maximum(sizes.get(key, 0), np.where(known, found.n, 0))
    if len(sums) == 2:
        del sums[ALL]
    school = _school_of_class(panel)
    for subject in sums:
        found = schools_from_classes(sums[subject], pairs[subject], school, len(panel.school_ids))
        n = np.bincount(school, sizes[subject], len(panel.school_ids))
        yield _frame(subject, found.effect, found.p, n)


def _paper_similarity(paper: MarkedPaper, class_count: int) -> ClassSimilarity | str:
    if paper.points is None:
        return "no_tasks"
    has_tasks = (paper.pupils["score"].notna() & np.isfinite(paper.points).any(axis=1)).to_numpy()
    classes = paper.pupils.loc[has_tasks, "class_code"]
    found = class_similarity(paper.points[has_tasks], classes, class_count)
    return found.reason.value if isinstance(found, NotEstimable) else found


def _school_of_class(panel: Panel) -> NDArray[np.int64]:
    rows = pd.concat([paper.pupils[["class_code", "school"]] for paper in panel.papers])
    return rows.groupby("class_code")["school"].first().to_numpy()


MARKERS: dict[str, Callable[[Panel], Found]] = {
    "heaping": _heaping,
    "journal": _residual_marker("journal", score_given("before", "before_others", "journal")),
    "agreement": _residual_marker("agreement", agreement_given_score, has_extra=True),
    "exam": _residual_marker("exam", score_given("after", "after_others")),
    "break": _residual_marker("break", score_given("before", "before_others")),
    "absence": _absence,
    "similarity": _similarity,
}
"""The markers by name; each yields one frame per subject, or what it had to leave out."""
