"""The assessed papers with everything known of their pupils, linked by `pupil_id`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from msoko.stats.estimators.sample import Vector
from msoko.stats.objectivity.assessment_inputs import (
    paper_cuts,
    paper_scales,
    school_context,
    task_points,
    year_task_scores,
)
from msoko.stats.objectivity.coded_rows import coded_rows

EXAMS = ("oge", "ege")
MOST_POINTS = 1000
"""More than any paper gives: histograms and candidate thresholds have a cell a point."""
PUPIL = [
    "school", "class_code", "pupil", "score", "mark", "journal", "is_absent",
    "before", "before_others", "after", "after_others",
]  # fmt: skip


@dataclass(frozen=True)
class LeftOut:
    """A marker that was not computed: for which subject ("" for all) and grade, and why."""

    marker: str
    subject: str
    reason: str
    grade: int | None = None


@dataclass(frozen=True)
class MarkedPaper:
    """One subject and grade of the assessed year.

    `pupils`: `school`, `class_code` and `pupil` as integer codes, `score` (NaN when absent),
    `mark`, `journal`, `is_absent`, `before` and `after` (standardised scores of the same subject,
    other subjects filling in), `before_others` (of the other subjects, the same one filling in).
    `cuts` are the lowest scores of the marks 3, 4 and 5, empty when unknown; `points` is
    pupils × tasks in the order of `pupils`, or None.
    """

    subject: str
    grade: int | None
    pupils: pd.DataFrame = field(repr=False)
    cuts: tuple[int, ...]
    points: NDArray[np.float64] | None = field(repr=False)

    @cached_property
    def present(self) -> pd.DataFrame:
        return self.pupils[self.pupils["score"].notna()]


@dataclass(frozen=True)
class Panel:
    """The assessed papers, the schools behind the codes, and one context score per school."""

    school_year: str
    procedure: str
    school_ids: tuple[str, ...]
    papers: tuple[MarkedPaper, ...] = field(repr=False)
    context: NDArray[np.float64] | None = field(repr=False)
    left_out: tuple[LeftOut, ...]
    class_count: int
    pupil_count: int
    is_absence_inferred: bool = False


def build_panel(
    results: pd.DataFrame,
    task_scores: pd.DataFrame | None,
    scales: pd.DataFrame | None,
    schools: pd.DataFrame | None,
    school_year: str | None,
    procedure: str,
) -> Panel:
    """Return the panel of the assessed year (by default the latest with rows of `procedure`).

    Raises ValueError when a needed column is missing, the year has no scores, or one is over
    1000 points. A pupil's row given twice for one paper counts once, the last. Earlier and later
    scores are standardised within their own paper, since raw points of different papers do not
    compare.
    """
    coded = coded_rows(results)
    rows, names = coded.rows, coded.names
    scored = rows["primary_score"].notna()
    own = rows[rows["procedure"] == coded.code("procedure", procedure)]
    held = own.loc[scored, "school_year"]
    year = school_year or (names["school_year"][held.max()] if len(held) else None)
    this = coded.code("school_year", year)
    now = own[own["school_year"] == this]
    if not now["primary_score"].notna().any():
        raise ValueError(f"no scores of {procedure!r} in {year!r}")
    if now["primary_score"].max() > MOST_POINTS:
        raise ValueError(f"a score is at most {MOST_POINTS}, got {now['primary_score'].max():g}")
    before = rows[(rows["school_year"] < this) & scored]
    exams = [coded.code("procedure", name) for name in EXAMS if name != procedure]
    after = rows[rows["procedure"].isin(exams) & (rows["school_year"] >= this) & scored]
    now, is_inferred = _with_absent(now, before)
    school, schools_held = pd.factorize(now["school_id"], sort=True)
    school_ids = names["school_id"][schools_held].tolist()
    pupil, _ = pd.factorize(now["pupil_id"], sort=True)
    class_code, classes = _classes(now)
    now = now.assign(school=school, pupil=pupil, class_code=class_code)
    now = _linked(now, before, after, len(names["subject"]))
    tasks = year_task_scores(task_scores, year, procedure, names["pupil_id"])
    papers, left_out = _papers(now, names["subject"], tasks, scales, year, procedure)
    context = school_context(schools, school_ids)
    return Panel(
        year, procedure, tuple(school_ids), tuple(papers), context, tuple(left_out),
        classes, int(pupil.max()) + 1, is_inferred,
    )  # fmt: skip


def _classes(now: pd.DataFrame) -> tuple[NDArray[np.int64], int]:
    """Return a code for each row's class, in the order of school, grade and class, and how many."""
    code = now["school_id"].to_numpy()
    for texts in (now["grade"].astype(str), now["class_id"]):
        own, known = pd.factorize(texts, sort=True)
        code = code * len(known) + own
    codes, classes = pd.factorize(code, sort=True)
    return codes, len(classes)


def _with_absent(now: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return the assessed rows with absent pupils marked, and whether they had to be inferred.

    Absent are rows so marked; failing any, rows without a score; failing those too, pupils
    without a row for a paper that at least half of their class wrote. A class is then everybody
    with a row this year, and those who were in the school a grade earlier and have none at all.
    """
    if now["is_absent"].any():
        return now[now["is_absent"] | now["primary_score"].notna()], False
    now = now.assign(is_absent=now["primary_score"].isna())
    if now["is_absent"].any():
        return now, False
    group = ["school_id", "grade", "class_id"]
    roll = pd.concat([now[[*group, "pupil_id"]], _gone(now, before)]).drop_duplicates()
    written = now.groupby([*group, "subject"]).size().rename("written").reset_index()
    size = now.groupby(group)["pupil_id"].nunique().rename("size").reset_index()
    held = written.merge(size, on=group).query("written >= size / 2")
    expected = pd.concat(
        [roll[roll["class_id"].notna()].merge(held[[*group, "subject"]], on=group),
         roll[roll["class_id"].isna()].drop(columns="class_id").merge(
             held[["school_id", "grade", "subject"]].drop_duplicates(), on=["school_id", "grade"]
         )]
    )  # fmt: skip
    key = ["pupil_id", "subject", "grade"]
    known = pd.MultiIndex.from_frame(now[key])
    absent = expected[~pd.MultiIndex.from_frame(expected[key]).isin(known)].drop_duplicates(key)
    absent = absent.assign(
        school_year=now["school_year"].iloc[0], procedure=now["procedure"].iloc[0],
        is_absent=True, primary_score=np.nan, mark=np.nan, journal_mark=np.nan,
        class_id=absent["class_id"].astype(object).where(absent["class_id"].notna(), ""),
    )  # fmt: skip
    return pd.concat([now, absent], ignore_index=True), len(absent) > 0


def _gone(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return pupils of last year, a grade older, who have no row this year; class unknown."""
    last = before[before["school_year"] == before["school_year"].max()]
    last = last[(last["procedure"] == now["procedure"].iloc[0]) & (last["grade"] > 0)]
    gone = last[~last["pupil_id"].isin(now["pupil_id"])]
    gone = gone.assign(grade=gone["grade"] + 1, class_id=None)
    return gone[["school_id", "grade", "class_id", "pupil_id"]]


def _linked(
    now: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, subject_count: int
) -> pd.DataFrame:
    for name, rows in (("before", before), ("after", after)):
        same, others = _evidence(now, rows, subject_count)
        now = now.assign(
            **{
                name: np.where(np.isnan(same), others, same),
                f"{name}_others": np.where(np.isnan(others), same, others),
            }
        )
    return now


def _evidence(now: pd.DataFrame, rows: pd.DataFrame, subject_count: int) -> tuple[Vector, Vector]:
    """Return standardised scores elsewhere: in the same subject, and the mean of the others.

    The latest year counts, and of several papers of that year the last in the order of `rows`,
    which is that of years, procedures and subjects.
    """
    paper = rows.groupby("paper")["primary_score"]
    spread = paper.transform("std")
    value = (rows["primary_score"] - paper.transform("mean")) / spread.where(spread > 0)
    line = rows["pupil_id"] * subject_count + rows["subject"]
    known = np.flatnonzero(value.notna())
    latest = value.iloc[known].groupby(line.iloc[known]).last()
    by_pupil = latest.groupby(latest.index // subject_count).agg(["sum", "count"])
    same = latest.reindex(now["pupil_id"] * subject_count + now["subject"]).to_numpy()
    total, count = by_pupil.reindex(now["pupil_id"]).to_numpy().T
    total, count = total - np.nan_to_num(same), count - ~np.isnan(same)
    others = np.divide(total, count, out=np.full(len(now), np.nan), where=count > 0)
    return same, others


def _papers(
    now: pd.DataFrame,
    subjects: Sequence[str],
    tasks: Mapping[str, pd.DataFrame] | None,
    scales: pd.DataFrame | None,
    year: str,
    procedure: str,
) -> tuple[list[MarkedPaper], list[LeftOut]]:
    papers, left_out = [], []
    now = now.rename(columns={"primary_score": "score", "journal_mark": "journal"})
    own_scales = paper_scales(scales, year, procedure)
    for (code, grade), rows in now.groupby(["subject", "grade"], sort=True):
        subject, grade = str(subjects[code]), int(grade)
        points = task_points(tasks, subject, grade, rows["pupil_id"])
        pupils = rows[PUPIL].reset_index(drop=True)
        cuts, source = paper_cuts(own_scales, pupils, subject, grade)
        if source != "scales":
            left_out.append(LeftOut("scale", subject, source, grade or None))
        papers.append(MarkedPaper(subject, grade or None, pupils, cuts, points))
    return papers, left_out
