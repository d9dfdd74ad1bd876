"""What surrounds the results: the cuts of a paper, its task points, the schools' context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEAST_MATCH = 0.95
CONTEXT_SCHOOLS = 20
NOT_CONTEXT = ("source_row", "pupil_count", "school_id", "school_year")


def number_column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as floats in the order of the rows; NaN where it is missing or no number."""
    if name not in frame.columns:
        return pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(frame[name], errors="coerce").astype("float64")


def paper_scales(scales: pd.DataFrame | None, year: str, procedure: str) -> pd.DataFrame | None:
    """Return the scales of the year's papers; None where the table says nothing of cuts."""
    if scales is None or not {"school_year", "subject", "cuts"} <= set(scales.columns):
        return None
    is_own = scales["school_year"].astype(str) == year
    if "procedure" in scales.columns:
        is_own &= scales["procedure"].astype(str) == procedure
    return scales[is_own]


def paper_cuts(
    scales: pd.DataFrame | None, pupils: pd.DataFrame, subject: str, grade: int
) -> tuple[tuple[int, ...], str]:
    """Return the cuts and where they came from: the scales, the marks themselves, or nowhere.

    `scales`, `scale_from_marks` or `no_scale` is where they came from; cuts are points.
    """
    if scales is not None:
        found = scales[scales["subject"].astype(str) == subject]
        if "grade" in found.columns and grade:
            found = found[number_column(found, "grade").isin([grade]) | found["grade"].isna()]
        if len(found) and isinstance(found["cuts"].iloc[-1], str):
            return parse_cuts(found["cuts"].iloc[-1]), "scales"
    return cuts_from_marks(pupils)


def parse_cuts(text: str) -> tuple[int, ...]:
    """Return the lowest scores of 3, 4 and 5 from `6;10;15`; ValueError unless ascending."""
    cuts = tuple(int(float(part)) for part in text.replace(",", ".").split(";") if part.strip())
    if any(low >= high for low, high in zip(cuts, cuts[1:], strict=False)):
        raise ValueError(f"cuts ascend, got {text!r}")
    return cuts


def cuts_from_marks(pupils: pd.DataFrame) -> tuple[tuple[int, ...], str]:
    """Return the lowest scores of the marks above the least, and `scale_from_marks`.

    Each cut is the score that puts fewest pupils on the wrong side of a mark. Empty, with
    `no_scale`, under 30 pupils with score and mark, with one mark only, where two cuts coincide, or
    where fewer than 95 % of the marks are those of the cuts (LEAST_MATCH): then the mark is not of
    the score.
    """
    known = pupils.dropna(subset=["score", "mark"])
    score, mark = known["score"].to_numpy(), known["mark"].to_numpy()
    if len(known) < 30 or len(np.unique(mark)) < 2:
        return (), "no_scale"
    candidates = np.unique(score)
    cuts = []
    for grade in np.unique(mark)[1:]:
        wrong = [np.mean((score >= cut) != (mark >= grade)) for cut in candidates]
        cuts.append(int(candidates[int(np.argmin(wrong))]))
    fits = np.mean(np.searchsorted(cuts, score, side="right") == np.searchsorted(
        np.unique(mark)[1:], mark, side="right"))  # fmt: skip
    if len(set(cuts)) < len(cuts) or fits < LEAST_MATCH:
        return (), "no_scale"
    return tuple(cuts), "scale_from_marks"


def year_task_scores(
    task_scores: pd.DataFrame | None, year: str, procedure: str, pupils: NDArray[np.object_]
) -> dict[str, pd.DataFrame] | None:
    """Return `task`, `pupil`, `score` and, where known, `grade` by the subject of the paper.

    `pupil` is the place in `pupils`, -1 for others; `task` that among the names of all tasks.
    """
    needed = {"pupil_id", "school_year", "subject", "task", "score"}
    if task_scores is None or not needed <= set(task_scores.columns):
        return None
    is_own = task_scores["school_year"].astype(str) == year
    if "procedure" in task_scores.columns:
        is_own &= task_scores["procedure"].astype(str) == procedure
    rows = task_scores[is_own]
    code, known = pd.factorize(rows["pupil_id"].astype(str))
    place = pd.Index(pupils).get_indexer(pd.Index(known, dtype=object))
    task, _ = pd.factorize(rows["task"].astype(str), sort=True)
    columns = {"task": task, "pupil": np.append(place, -1)[code]}
    known = [name for name in ("score", "grade") if name in rows.columns]
    columns |= {name: number_column(rows, name) for name in known}
    frame = pd.DataFrame(columns, index=rows.index)
    subject, subjects = pd.factorize(rows["subject"].astype(str))
    return {str(subjects[code]): part for code, part in frame.groupby(subject) if code >= 0}


def task_points(
    tasks: Mapping[str, pd.DataFrame] | None, subject: str, grade: int, pupils: pd.Series
) -> NDArray[np.float64] | None:
    """Return the points of the pupils (by their codes) in the paper's tasks; None without any.

    Pupils × tasks in points, in the order of `pupils` and of the task names; NaN for no answer.
    """
    if tasks is None or subject not in tasks:
        return None
    rows = tasks[subject]
    if "grade" in rows.columns and grade:
        rows = rows[(rows["grade"] == grade) | rows["grade"].isna()]
    position = pd.Index(pupils).get_indexer(rows["pupil"])
    is_here = position >= 0
    if not is_here.any():
        return None
    task, names = pd.factorize(rows["task"].to_numpy()[is_here], sort=True)
    points = np.full((len(pupils), len(names)), np.nan)
    points[position[is_here], task] = rows["score"].to_numpy()[is_here]
    return points


def school_context(
    schools: pd.DataFrame | None, school_ids: Sequence[str]
) -> NDArray[np.float64] | None:
    """Return the first principal component of the context columns, or None where unusable.

    One column, schools × 1, mean 0 and mean square 1; None under 20 schools or without a column
    that at least 80 % of them fill and that varies. Principal component: Hotelling (1933).
    """
    ids = list(school_ids)
    if schools is None or "school_id" not in schools.columns or len(ids) < CONTEXT_SCHOOLS:
        return None
    frame = schools.assign(school_id=schools["school_id"].astype(str))
    frame = frame.drop_duplicates("school_id", keep="last").set_index("school_id").reindex(ids)
    numeric = frame.drop(columns=list(NOT_CONTEXT), errors="ignore")
    numeric = numeric.select_dtypes("number").astype("float64")
    numeric = numeric.loc[:, numeric.notna().mean() >= 0.8]
    numeric = numeric.fillna(numeric.mean())
    numeric = numeric.loc[:, numeric.std() > 0]
    if numeric.empty:
        return None
    standard = ((numeric - numeric.mean()) / numeric.std()).to_numpy()
    left, size, right = np.linalg.svd(standard, full_matrices=False)
    sign = 1.0 if right[0].sum() >= 0 else -1.0
    return (sign * left[:, 0] * np.sqrt(len(ids)))[:, None]
