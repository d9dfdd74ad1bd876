"""Heaping, absence and similarity of answers: the markers that need no line between schools."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.estimators.sample import Vector
from msoko.stats.objectivity.answer_similarity import (
    ClassSimilarity,
    class_similarity,
    schools_from_classes,
)
from msoko.stats.objectivity.expected_results import expected_strength
from msoko.stats.objectivity.heaping import Heaping, pool_heaping
from msoko.stats.objectivity.heaping_of_schools import heaping_in_schools
from msoko.stats.objectivity.panel import LeftOut, MarkedPaper, Panel
from msoko.stats.objectivity.school_comparison import (
    ALL,
    Comparison,
    Reference,
    school_rows,
    upper_tail,
)
from msoko.stats.objectivity.selective_absence import SelectiveAbsence, pooled_z, selective_absence

Histograms = list[tuple[NDArray[np.float64], tuple[int, ...]]]
"""Of each paper, pupils by school and score, and its cuts."""


Roll = tuple[NDArray[np.bool_], Vector, NDArray[np.int64]]
"""Who was away, how strong each is, and of which school."""


def compare_heaping(panel: Panel) -> Iterator[Comparison | LeftOut]:
    """Yield heaping at the thresholds, each subject and all together."""
    papers: dict[str, list[MarkedPaper]] = {}
    for paper in panel.papers:
        if paper.cuts:
            papers.setdefault(paper.subject, []).append(paper)
        else:
            yield LeftOut("heaping", paper.subject, "no_scale", paper.grade)
    count = len(panel.school_ids)
    for subject, own in _with_all(papers).items():
        histograms = [(_score_counts(paper, count), paper.cuts) for paper in own]
        n = _pupils([paper.present for paper in own], count)
        yield Comparison("heaping", subject, partial(_judge_heaping, subject, histograms, n))


def _with_all(groups: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the lists by subject, and where there are several, all together."""
    return groups | {ALL: sum(groups.values(), [])} if len(groups) > 1 else groups


def _pupils(rolls: list[pd.DataFrame], school_count: int) -> NDArray[np.int64]:
    """Return how many pupils of each school stand on any of the rolls."""
    roll = pd.concat([rows[["school", "pupil"]] for rows in rolls]).drop_duplicates()
    return np.bincount(roll["school"], minlength=school_count)


def _score_counts(paper: MarkedPaper, school_count: int) -> NDArray[np.float64]:
    score = np.round(paper.present["score"].to_numpy()).astype(int)
    top = max(int(score.max()), max(paper.cuts) + 1)
    counts = np.zeros((school_count, top + 1))
    np.add.at(counts, (paper.present["school"].to_numpy(), np.clip(score, 0, top)), 1)
    return counts


def _judge_heaping(
    subject: str, histograms: Histograms, n: NDArray[np.int64], reference: Reference
) -> pd.DataFrame | str:
    of_papers = [heaping_in_schools(*paper, reference) for paper in histograms]
    of_schools = [
        [test for test in tests if isinstance(test, Heaping)]
        for tests in zip(*of_papers, strict=True)
    ]
    found = [pool_heaping(tests) if tests else None for tests in of_schools]
    if not any(found):
        return "too_few"
    z = np.array([test.z if test else np.nan for test in found])
    effect = np.array([test.delta if test else np.nan for test in found])
    return school_rows(subject, effect, upper_tail(z, reference), n)


def compare_absence(panel: Panel) -> Iterator[Comparison | LeftOut]:
    """Yield the absence of the weak, each subject and all together."""
    rolls: dict[str, list[Roll]] = {}
    count = len(panel.school_ids)
    for paper in panel.papers:
        found = _known_strength(paper)
        if isinstance(found, str):
            yield LeftOut("absence", paper.subject, found, paper.grade)
        else:
            rolls.setdefault(paper.subject, []).append(found)
    for subject, own in _with_all(rolls).items():
        inflation = _shared_absence(panel) if subject == ALL else 1.0
        papers = [paper.pupils for paper in panel.papers if subject in (paper.subject, ALL)]
        n = _pupils(papers, count)
        yield Comparison("absence", subject, partial(_judge_absence, subject, own, inflation, n))


def _judge_absence(
    subject: str, rolls: list[Roll], inflation: float, n: NDArray[np.int64], reference: Reference
) -> pd.DataFrame | str:
    found = [selective_absence(*roll, len(n), reference) for roll in rolls]
    papers = [paper for paper in found if isinstance(paper, SelectiveAbsence)]
    if not papers:
        return found[0].reason.value
    z = papers[0].z if len(papers) == 1 else pooled_z(papers, inflation)
    weak = np.sum([paper.n for paper in papers], axis=0)
    surplus = np.sum([paper.absent - paper.expected for paper in papers], axis=0)
    return school_rows(subject, surplus / np.maximum(weak, 1), upper_tail(z, reference), n)


def _known_strength(paper: MarkedPaper) -> Roll | str:
    strength = expected_strength(paper)
    is_known = ~np.isnan(strength)
    if not is_known.any():
        return "no_before"
    away, school = (paper.pupils[name].to_numpy()[is_known] for name in ("is_absent", "school"))
    return away, strength[is_known], school


def _shared_absence(panel: Panel) -> float:
    """Return by how much shared absences widen the variance of a sum over papers."""
    rows = pd.concat([paper.pupils[["pupil", "is_absent"]] for paper in panel.papers])
    left = rows["is_absent"].astype(float) - rows["is_absent"].mean()
    together = left.groupby(rows["pupil"]).sum()
    own = float((left**2).sum())
    return max(1.0, float((together**2).sum()) / own) if own > 0 else 1.0


def compare_similarity(panel: Panel) -> Iterator[Comparison | LeftOut]:
    """Yield the likeness of answers in classes, each subject and all together."""
    papers: dict[str, list[ClassSimilarity]] = {}
    for paper in panel.papers:
        found = _paper_similarity(paper, panel.class_count)
        if isinstance(found, str):
            yield LeftOut("similarity", paper.subject, found, paper.grade)
        else:
            papers.setdefault(paper.subject, []).append(found)
    school = _school_of_class(panel)
    for subject, own in _with_all(papers).items():
        known = [np.isfinite(found.z) for found in own]
        pairs = [
            np.where(is_known, found.pairs, 0.0) for is_known, found in zip(known, own, strict=True)
        ]
        sums = sum(
            np.where(is_known, found.z, 0) * np.sqrt(weight)
            for is_known, found, weight in zip(known, own, pairs, strict=True)
        )
        size = np.max(
            [np.where(is_known, found.n, 0) for is_known, found in zip(known, own, strict=True)], 0
        )
        n = np.bincount(school, size, len(panel.school_ids)).astype("int64")
        judge = partial(_judge_similarity, subject, sums, sum(pairs), school, n)
        yield Comparison("similarity", subject, judge)


def _judge_similarity(
    subject: str,
    sums: Vector,
    pairs: Vector,
    school: NDArray[np.int64],
    n: NDArray[np.int64],
    reference: Reference,
) -> pd.DataFrame:
    found = schools_from_classes(sums, pairs, school, len(n), reference)
    return school_rows(subject, found.effect, found.p, n)


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
