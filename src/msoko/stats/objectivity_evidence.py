"""What foretells a pupil's result: other scores, the journal, or the score itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from msoko.stats.objectivity_panel import Paper
from msoko.stats.residual_markers import within_slopes

LEAST_LINKED = 0.3
LEAST_FITTED = 30

PupilFrame = pd.DataFrame
"""`school, pupil, outcome, foretold` of one paper, present pupils with complete evidence."""


def standardised(score: pd.Series) -> pd.Series:
    spread = score.std()
    return (score - score.mean()) / (spread if spread > 0 else 1.0)


def score_given(*names: str) -> Callable[[Paper], PupilFrame | str]:
    """Return a builder: standardised score foretold by the named evidence and its square."""

    def build(paper: Paper) -> PupilFrame | str:
        present = paper.present
        rows = present.dropna(subset=list(names))
        if rows.empty:
            unknown = [name for name in names if present[name].isna().all()]
            return "no_" + (unknown[-1] if unknown else names[0]).removesuffix("_others")
        if len(rows) < LEAST_LINKED * len(present):
            return "few_linked"
        evidence = rows[list(names)].to_numpy()
        predictors = np.column_stack([evidence, evidence[:, 0] ** 2])
        outcome = standardised(rows["score"]).to_numpy()
        slopes = within_slopes(outcome, predictors, rows["school"])
        foretold = predictors @ slopes
        return pd.DataFrame(
            {"school": rows["school"], "pupil": rows["pupil"], "outcome": outcome,
             "foretold": foretold}
        )  # fmt: skip

    return build


def agreement_given_score(paper: Paper) -> PupilFrame | str:
    """Return agreement of mark and journal, foretold by the journal, the score and its square."""
    rows = paper.present.dropna(subset=["mark", "journal"])
    if rows.empty:
        return "no_journal" if paper.present["journal"].isna().all() else "no_marks"
    score = standardised(rows["score"]).to_numpy()
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


def expected_strength(paper: Paper) -> pd.Series:
    """Return expected scores from the earlier score and the journal, whichever are known."""
    pupils = paper.pupils
    strength = pd.Series(np.nan, index=pupils.index)
    for names in (["before", "journal"], ["before"], ["journal"]):
        known = pupils[names].notna().all(axis=1)
        fitting = known & pupils["score"].notna()
        is_needed = known & strength.isna()
        if fitting.sum() < LEAST_FITTED or not is_needed.any():
            continue
        design = np.column_stack([np.ones(len(pupils)), pupils[names].fillna(0).to_numpy()])
        slopes = np.linalg.lstsq(
            design[fitting], standardised(pupils.loc[fitting, "score"]).to_numpy(), rcond=None
        )[0]
        strength = strength.where(~is_needed, pd.Series(design @ slopes, index=pupils.index))
    return strength
