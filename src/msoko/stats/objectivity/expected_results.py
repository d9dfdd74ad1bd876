"""What foretells a pupil's result: other scores, the journal, or the score itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from msoko.stats.estimators.sample import Vector
from msoko.stats.objectivity.panel import MarkedPaper
from msoko.stats.objectivity.residual_markers import within_slopes

LEAST_LINKED = 0.3
LEAST_FITTED = 30
ELSEWHERE = ("before", "before_others", "after", "after_others")

PupilFrame = pd.DataFrame
"""`school, pupil, outcome, foretold` of one paper, present pupils with complete evidence."""


def standardised(score: Vector) -> Vector:
    """Return scores less their mean, in standard deviations (n − 1); 0 where all are equal."""
    series = pd.Series(score)
    spread = series.std()
    return ((series - series.mean()) / (spread if spread > 0 else 1.0)).to_numpy()


def score_given(*names: str) -> Callable[[MarkedPaper], PupilFrame | str]:
    """Return a builder: standardised score foretold by the named evidence and its square.

    One row a present pupil with all the named evidence, in standard deviations of the paper. The
    slopes are within schools (Mundlak 1978). The builder returns a code where evidence is missing
    (`no_…`) or fewer than 30 % are linked (`few_linked`).
    """

    def build(paper: MarkedPaper) -> PupilFrame | str:
        present = paper.present
        evidence = present[list(names)]
        is_known = evidence.notna().to_numpy()
        is_linked = is_known.all(axis=1)
        if not is_linked.any():
            unknown = [
                name for name, known in zip(names, is_known.T, strict=True) if not any(known)
            ]
            return "no_" + (unknown[-1] if unknown else names[0]).removesuffix("_others")
        if is_linked.sum() < LEAST_LINKED * len(present):
            return "few_linked"
        evidence = evidence[is_linked].to_numpy()
        predictors = np.column_stack([evidence, evidence[:, 0] ** 2])
        school, pupil, score = (
            present[name].to_numpy()[is_linked] for name in ("school", "pupil", "score")
        )
        outcome = standardised(score)
        foretold = predictors @ within_slopes(outcome, predictors, school)
        return pd.DataFrame(
            {"school": school, "pupil": pupil, "outcome": outcome, "foretold": foretold}
        )

    return build


def agreement_foretold(paper: MarkedPaper) -> PupilFrame | str:
    """Return agreement of mark and journal, foretold by the journal and the pupil's strength.

    Strength is the score that earlier and later results foretell, and its square: the paper's own
    score is what bending it to the journal changes. Where fewer than 30 % are linked to both, the
    own score stands in. Refused with a code where marks or journal marks are unknown.
    """
    present = paper.present
    names = ("school", "pupil", "score", "mark", "journal")
    columns = {name: present[name].to_numpy() for name in names}
    is_known = ~(np.isnan(columns["mark"]) | np.isnan(columns["journal"]))
    if not is_known.any():
        return "no_journal" if np.isnan(columns["journal"]).all() else "no_marks"
    evidence = present[list(ELSEWHERE)].to_numpy()
    is_linked = is_known & ~np.isnan(evidence).any(axis=1)
    has_evidence = is_linked.sum() >= LEAST_LINKED * is_known.sum()
    chosen = is_linked if has_evidence else is_known
    school, pupil, score, mark, journal = (columns[name][chosen] for name in names)
    score = standardised(score)
    if has_evidence:
        score = standardised(evidence[chosen] @ within_slopes(score, evidence[chosen], school))
    predictors = _curves_by_journal(score, journal)
    outcome = (mark == journal).astype(float)
    foretold = predictors @ within_slopes(outcome, predictors, school)
    return pd.DataFrame(
        {"school": school, "pupil": pupil, "outcome": outcome, "foretold": foretold,
         "gap": mark - journal}
    )  # fmt: skip


def _curves_by_journal(strength: Vector, journal: Vector) -> NDArray[np.float64]:
    """Return strength and its square, for each journal mark by itself."""
    dummies = pd.get_dummies(pd.Series(journal.astype(int)), drop_first=True).to_numpy(dtype=float)
    smooth = np.column_stack([strength, strength**2])
    crossed = [dummies * column[:, None] for column in smooth.T]
    return np.column_stack([smooth, dummies, *crossed])


def expected_strength(paper: MarkedPaper) -> Vector:
    """Return expected scores from the earlier score and the journal, whichever are known.

    One value a pupil of the roll, in standard deviations of the paper's scores; NaN where neither
    is known. Least squares on the present pupils (Gauss 1809), at least 30 of them.
    """
    score = paper.pupils["score"].to_numpy()
    strength = np.full(len(score), np.nan)
    for names in (["before", "journal"], ["before"], ["journal"]):
        evidence = paper.pupils[names].to_numpy()
        is_known = ~np.isnan(evidence).any(axis=1)
        fitting = is_known & ~np.isnan(score)
        is_needed = is_known & np.isnan(strength)
        if fitting.sum() < LEAST_FITTED or not is_needed.any():
            continue
        design = np.column_stack([np.ones(len(score)), np.nan_to_num(evidence)])
        slopes = np.linalg.lstsq(design[fitting], standardised(score[fitting]), rcond=None)[0]
        strength = np.where(is_needed, design @ slopes, strength)
    return strength
