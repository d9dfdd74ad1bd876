"""The assessed papers with everything known of their pupils, linked by `pupil_id`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from msoko.stats.objectivity_inputs import (
    numbers,
    paper_cuts,
    school_context,
    task_points,
    tasks_of,
)

EXAMS = ("oge", "ege")
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
class Paper:
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
    papers: tuple[Paper, ...] = field(repr=False)
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

    Raises ValueError when a needed column is missing or the year has no scores. A pupil's row
    given twice for one paper counts once, the last. Earlier and later scores are standardised
    within their own paper, since raw points of different papers do not compare.
    """
    rows = _prepared(results)
    own = rows[rows["procedure"] == procedure]
    year = school_year or (own.loc[own["primary_score"].notna(), "school_year"].max())
    now = own[own["school_year"] == year]
    if not isinstance(year, str) or not now["primary_score"].notna().any():
        raise ValueError(f"no scores of {procedure!r} in {year!r}")
    before = rows[(rows["school_year"] < year) & rows["primary_score"].notna()]
    is_exam = rows["procedure"].isin(EXAMS) & (rows["procedure"] != procedure)
    after = rows[is_exam & (rows["school_year"] >= year) & rows["primary_score"].notna()]
    now, is_inferred = _with_absent(now, before)
    school, school_ids = pd.factorize(now["school_id"], sort=True)
    pupil, _ = pd.factorize(now["pupil_id"], sort=True)
    groups = now["school_id"] + "\x1f" + now["grade"].astype(str) + "\x1f" + now["class_id"]
    class_code, classes = pd.factorize(groups, sort=True)
    now = now.assign(school=school, pupil=pupil, class_code=class_code)
    now = _linked(now, before, after)
    papers, left_out = _papers(now, task_scores, scales, year, procedure)
    context = school_context(schools, list(school_ids))
    return Panel(
        year, procedure, tuple(school_ids), tuple(papers), context, tuple(left_out),
        len(classes), int(pupil.max()) + 1, is_inferred,
    )  # fmt: skip


def _prepared(results: pd.DataFrame) -> pd.DataFrame:
    needed = ["school_id", "pupil_id", "school_year", "procedure", "subject", "primary_score"]
    missing = [name for name in needed if name not in results.columns]
    if missing:
        raise ValueError(f"results lack the columns {missing}")
    rows = pd.DataFrame(
        {name: results[name].astype("string").str.strip().astype(object) for name in needed[:5]}
    )
    known = rows.notna().all(axis=1)
    for name in ("primary_score", "mark", "journal_mark", "grade"):
        rows[name] = numbers(results, name)
    rows["class_id"] = _texts(results, "class_id")
    rows["is_absent"] = _flags(results, "is_absent")
    rows.loc[rows["is_absent"], "primary_score"] = np.nan
    rows["grade"] = rows["grade"].fillna(0).astype(int)
    key = ["school_year", "procedure", "subject", "grade", "pupil_id"]
    return rows[known].drop_duplicates(key, keep="last").sort_values(key, ignore_index=True)


def _texts(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype=object)
    return frame[name].astype("string").fillna("").astype(object)


def _flags(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series(False, index=frame.index)
    words = frame[name].astype("string").str.lower().fillna("")
    return words.isin(["true", "1", "1.0", "да"])


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


def _linked(now: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    for name, rows in (("before", before), ("after", after)):
        same, others = _evidence(now, rows)
        now = now.assign(
            **{name: same.fillna(others), f"{name}_others": others.fillna(same)},
        )
    return now


def _evidence(now: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return standardised scores elsewhere: in the same subject, and the mean of the others."""
    if rows.empty:
        empty = pd.Series(np.nan, index=now.index)
        return empty, empty
    paper = rows.groupby(["school_year", "procedure", "subject", "grade"])["primary_score"]
    spread = paper.transform("std")
    value = (rows["primary_score"] - paper.transform("mean")) / spread.where(spread > 0)
    known = rows[["school_year", "pupil_id", "subject"]].assign(value=value)
    known = known[value.notna()].sort_values("school_year")
    latest = known.groupby(["pupil_id", "subject"])["value"].last()
    by_pupil = latest.groupby("pupil_id").agg(["sum", "count"])
    keys = pd.MultiIndex.from_frame(now[["pupil_id", "subject"]])
    same = pd.Series(latest.reindex(keys).to_numpy(), index=now.index)
    total = by_pupil["sum"].reindex(now["pupil_id"]).to_numpy() - same.fillna(0).to_numpy()
    count = by_pupil["count"].reindex(now["pupil_id"]).to_numpy() - same.notna().to_numpy()
    others = np.divide(total, count, out=np.full(len(now), np.nan), where=count > 0)
    return same, pd.Series(others, index=now.index)


def _papers(
    now: pd.DataFrame,
    task_scores: pd.DataFrame | None,
    scales: pd.DataFrame | None,
    year: str,
    procedure: str,
) -> tuple[list[Paper], list[LeftOut]]:
    tasks = tasks_of(task_scores, year, procedure)
    papers, left_out = [], []
    now = now.rename(columns={"primary_score": "score", "journal_mark": "journal"})
    ids = now["pupil_id"]
    for (subject, grade), pupils in now[PUPIL].groupby([now["subject"], now["grade"]], sort=True):
        points = task_points(tasks, str(subject), int(grade), ids.loc[pupils.index])
        pupils = pupils.reset_index(drop=True)
        cuts, source = paper_cuts(scales, pupils, year, procedure, str(subject), int(grade))
        if source != "scales":
            left_out.append(LeftOut("scale", str(subject), source, int(grade) or None))
        papers.append(Paper(str(subject), int(grade) or None, pupils, cuts, points))
    return papers, left_out
