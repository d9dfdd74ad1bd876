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

from msoko.stats.absence import SelectiveAbsence, pooled_z, selective_absence
from msoko.stats.estimate import NotEstimable
from msoko.stats.heaping import Heaping, heaping_in_school, pooled
from msoko.stats.objectivity_panel import LeftOut, Panel, Paper
from msoko.stats.residual_markers import (
    BOUND,
    BOUNDED_SQUARE,
    SchoolResiduals,
    school_residuals,
    within_slopes,
)
from msoko.stats.sample import Vector
from msoko.stats.similarity import ClassSimilarity, class_similarity

ALL = "all"
LEAST_LINKED = 0.3
LEAST_PUPILS = 5
HEAVY_DF = 25
RESERVE_DF = 50
"""Of the t law that stands for the normal: heaping and absence keep their size to p = .001, but
one list reads p-values of .0001, which no simulation vouches for in other data."""


@dataclass(frozen=True)
class MarkerRows:
    """Rows `school, subject, marker, effect, p, n`, and what was left out."""

    rows: pd.DataFrame
    left_out: list[LeftOut]


def compute_markers(panel: Panel) -> MarkerRows:
    """Return every marker that the data allow, with the reasons for the rest."""
    frames, left_out = [], []
    for marker in MARKERS:
        for found in MARKERS[marker](panel):
            if isinstance(found, LeftOut):
                left_out.append(found)
            else:
                frames.append(found.assign(marker=marker))
    columns = ["school", "subject", "marker", "effect", "p", "n"]
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    rows = rows[(rows["n"] >= LEAST_PUPILS) & rows["p"].notna()]
    return MarkerRows(rows[columns].reset_index(drop=True), left_out)


Found = Iterator[pd.DataFrame | LeftOut]


def _subjects(panel: Panel) -> list[str]:
    return sorted({paper.subject for paper in panel.papers})


def _frame(subject: str, effect: Vector, p: Vector, n: Vector) -> pd.DataFrame:
    columns = {"school": np.arange(len(p)), "subject": subject, "effect": effect, "p": p, "n": n}
    return pd.DataFrame(columns)


def _heaping(panel: Panel) -> Found:
    tests: dict[str, list[list[Heaping]]] = {}
    for paper in panel.papers:
        if not paper.cuts:
            yield LeftOut("heaping", paper.subject, "no_scale")
            continue
        found = _paper_heaping(paper, len(panel.school_ids))
        lists = tests.setdefault(paper.subject, [[] for _ in panel.school_ids])
        for school, test in enumerate(found):
            if isinstance(test, Heaping):
                lists[school].append(test)
    if len(tests) > 1:
        tests[ALL] = [sum(lists, []) for lists in zip(*tests.values(), strict=True)]
    for subject, lists in tests.items():
        found = [pooled(items) if items else None for items in lists]
        if not any(found):
            yield LeftOut("heaping", subject, "too_few")
            continue
        z = np.array([test.z if test else np.nan for test in found])
        effect = np.array([test.delta if test else np.nan for test in found])
        n = np.array([test.n if test else 0 for test in found])
        yield _frame(subject, effect, _tail(z), n)


def _paper_heaping(paper: Paper, school_count: int) -> list[Heaping | NotEstimable]:
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


PupilFrame = pd.DataFrame
"""`school, pupil, outcome, foretold` of one paper, present pupils with complete evidence."""


def _residual_marker(
    marker: str, of_paper: Callable[[Paper], PupilFrame | str], has_extra: bool = False
) -> Callable[[Panel], Found]:
    def compute(panel: Panel) -> Found:
        frames: dict[str, list[pd.DataFrame]] = {}
        for paper in panel.papers:
            frame = of_paper(paper)
            if isinstance(frame, str):
                yield LeftOut(marker, paper.subject, frame)
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


def _standard(score: pd.Series) -> pd.Series:
    spread = score.std()
    return (score - score.mean()) / (spread if spread > 0 else 1.0)


def _score_given(*names: str) -> Callable[[Paper], PupilFrame | str]:
    """Return a builder: standardised score foretold by the named evidence and its square."""

    def build(paper: Paper) -> PupilFrame | str:
        present = paper.present
        rows = present.dropna(subset=list(names))
        if rows.empty:
            return "no_" + names[0]
        if len(rows) < LEAST_LINKED * len(present):
            return "few_linked"
        evidence = rows[list(names)].to_numpy()
        predictors = np.column_stack([evidence, evidence[:, 0] ** 2])
        outcome = _standard(rows["score"]).to_numpy()
        slopes = within_slopes(outcome, predictors, rows["school"])
        foretold = predictors @ slopes
        return pd.DataFrame(
            {"school": rows["school"], "pupil": rows["pupil"], "outcome": outcome,
             "foretold": foretold}
        )  # fmt: skip

    return build


def _agreement_given_score(paper: Paper) -> PupilFrame | str:
    """Return agreement of mark and journal, foretold by the journal, the score and its square."""
    rows = paper.present.dropna(subset=["mark", "journal"])
    if rows.empty:
        return "no_journal" if paper.present["journal"].isna().all() else "no_marks"
    score = _standard(rows["score"]).to_numpy()
    journal = pd.get_dummies(rows["journal"].astype(int), drop_first=True).to_numpy(dtype=float)
    smooth = np.column_stack([score, score**2])
    crossed = [journal * column[:, None] for column in smooth.T]
    predictors = np.column_stack([smooth, journal, *crossed])
    outcome = (rows["mark"] == rows["journal"]).to_numpy(dtype=float)
    slopes = within_slopes(outcome, predictors, rows["school"])
    gap = (rows["mark"] - rows["journal"]).to_numpy()
    return pd.DataFrame(
        {"school": rows["school"], "pupil": rows["pupil"], "outcome": outcome,
         "foretold": predictors @ slopes, "gap": gap}
    )  # fmt: skip


def _absence(panel: Panel) -> Found:
    by_subject: dict[str, list[SelectiveAbsence]] = {}
    for paper in panel.papers:
        found = _paper_absence(paper, len(panel.school_ids))
        if isinstance(found, str):
            yield LeftOut("absence", paper.subject, found)
            continue
        by_subject.setdefault(paper.subject, []).append(found)
    groups = dict(by_subject)
    if len(groups) > 1:
        groups[ALL] = sum(groups.values(), [])
    for subject, papers in groups.items():
        inflation = _shared_absence(panel) if subject == ALL else 1.0
        z = papers[0].z if len(papers) == 1 else pooled_z(papers, inflation)
        n = np.sum([paper.n for paper in papers], axis=0)
        surplus = np.sum([paper.absent - paper.expected for paper in papers], axis=0)
        effect = surplus / np.maximum(n, 1)
        yield _frame(subject, effect, _tail(z), n)


def _paper_absence(paper: Paper, school_count: int) -> SelectiveAbsence | str:
    rows = paper.pupils.assign(strength=_strength(paper))
    rows = rows[rows["strength"].notna()]
    if rows.empty:
        return "no_before"
    found = selective_absence(rows["is_absent"], rows["strength"], rows["school"], school_count)
    return found.reason.value if isinstance(found, NotEstimable) else found


def _strength(paper: Paper) -> pd.Series:
    """Return expected scores from the earlier score and the journal, whichever are known."""
    pupils = paper.pupils
    strength = pd.Series(np.nan, index=pupils.index)
    for names in (["before", "journal"], ["before"], ["journal"]):
        known = pupils[names].notna().all(axis=1)
        fitting = known & pupils["score"].notna()
        is_needed = known & strength.isna()
        if fitting.sum() < 30 or not is_needed.any():
            continue
        design = np.column_stack([np.ones(len(pupils)), pupils[names].fillna(0).to_numpy()])
        slopes = np.linalg.lstsq(
            design[fitting], _standard(pupils.loc[fitting, "score"]).to_numpy(), rcond=None
        )[0]
        strength = strength.where(~is_needed, pd.Series(design @ slopes, index=pupils.index))
    return strength


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
            yield LeftOut("similarity", paper.subject, found)
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
        yield _schools_from_classes(
            subject, sums[subject], pairs[subject], sizes[subject], school, len(panel.school_ids)
        )


def _paper_similarity(paper: Paper, class_count: int) -> ClassSimilarity | str:
    if paper.points is None:
        return "no_tasks"
    has_tasks = (paper.pupils["score"].notna() & np.isfinite(paper.points).any(axis=1)).to_numpy()
    classes = paper.pupils.loc[has_tasks, "class_code"]
    found = class_similarity(paper.points[has_tasks], classes, class_count)
    return found.reason.value if isinstance(found, NotEstimable) else found


def _school_of_class(panel: Panel) -> NDArray[np.int64]:
    rows = pd.concat([paper.pupils[["class_code", "school"]] for paper in panel.papers])
    return rows.groupby("class_code")["school"].first().to_numpy()


def _schools_from_classes(
    subject: str, sums: Vector, pairs: Vector, sizes: Vector, school: NDArray, count: int
) -> pd.DataFrame:
    """Return school rows: all classes together and the most alike class, whichever says more.

    A class's mean likeness is centred on the region and widened by the spread of honest classes
    (a shared teacher), estimated on the lower half, which sharing does not reach.
    """
    known = pairs > 0
    centre, tau2 = _honest_spread(sums[known] / pairs[known], 1 / pairs[known])
    z = np.full(len(pairs), np.nan)
    z[known] = (sums[known] / pairs[known] - centre) / np.sqrt(1 / pairs[known] + tau2)
    p_class = stats.t.sf(z, HEAVY_DF)
    p, effect = np.full(count, np.nan), np.full(count, np.nan)
    n = np.zeros(count)
    for code in np.unique(school[known]):
        here = known & (school == code)
        weight = 1 / (1 / pairs[here] + tau2)
        pooled_value = float(np.sum(weight * z[here] / np.sqrt(weight)) / np.sqrt(weight.sum()))
        together = stats.t.sf(pooled_value, HEAVY_DF)
        single = 1 - (1 - p_class[here].min()) ** here.sum()
        p[code] = together if here.sum() == 1 else min(1.0, 2 * min(together, single))
        effect[code] = float(sums[here].sum() / pairs[here].sum()) - centre
        n[code] = sizes[here].sum()
    return _frame(subject, effect, p, n)


def _honest_spread(values: Vector, error2: Vector) -> tuple[float, float]:
    centre, tau2 = float(np.median(values)), 0.0
    for _ in range(20):
        z = (values - centre) / np.sqrt(error2 + tau2)
        lower = z[z <= 0]
        phi = float(np.mean(np.clip(lower, -3, 0) ** 2)) if len(lower) else 1.0
        tau2 = max(0.0, (error2 + tau2).mean() * phi - error2.mean())
        weight = 1 / (error2 + tau2)
        order = np.argsort(values, kind="stable")
        half = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
        centre = float(values[order][min(half, len(values) - 1)])
    return centre, tau2


MARKERS: dict[str, Callable[[Panel], Found]] = {
    "heaping": _heaping,
    "journal": _residual_marker("journal", _score_given("before", "before_others", "journal")),
    "agreement": _residual_marker("agreement", _agreement_given_score, has_extra=True),
    "exam": _residual_marker("exam", _score_given("after", "after_others")),
    "break": _residual_marker("break", _score_given("before", "before_others")),
    "absence": _absence,
    "similarity": _similarity,
}
"""The markers by name; each yields one frame per subject, or what it had to leave out."""
