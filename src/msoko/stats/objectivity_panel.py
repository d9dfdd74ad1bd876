"""The assessed papers with everything known of their pupils, linked by `pupil_id`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EXAMS = ("oge", "ege")
LEAST_MATCH = 0.95
CONTEXT_SCHOOLS = 20
NOT_CONTEXT = ("source_row", "pupil_count", "school_id", "school_year")


@dataclass(frozen=True)
class LeftOut:
    """A marker that was not computed: for which subject ("" for all), and why, as a code."""

    marker: str
    subject: str
    reason: str


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

    @property
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
    context = _context(schools, list(school_ids))
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
        rows[name] = _numbers(results, name)
    rows["class_id"] = _texts(results, "class_id")
    rows["is_absent"] = _flags(results, "is_absent")
    rows.loc[rows["is_absent"], "primary_score"] = np.nan
    rows["grade"] = rows["grade"].fillna(0).astype(int)
    key = ["school_year", "procedure", "subject", "grade", "pupil_id"]
    return rows[known].drop_duplicates(key, keep="last").sort_values(key, ignore_index=True)


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(frame[name], errors="coerce").astype("float64")


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

    Absent are rows so marked; failing any, rows without a score; failing those too, pupils who
    wrote the same subject a grade earlier in the same school a year ago, where the paper was
    written, and have no row now.
    """
    if now["is_absent"].any():
        return now[now["is_absent"] | now["primary_score"].notna()], False
    now = now.assign(is_absent=now["primary_score"].isna())
    if now["is_absent"].any() or before.empty:
        return now, False
    last = before[before["school_year"] == before["school_year"].max()]
    ghosts = last.assign(grade=last["grade"] + (last["grade"] > 0))
    paper = ["school_id", "subject", "grade"]
    ghosts = ghosts.merge(now[paper].drop_duplicates(), on=paper)
    ghosts = ghosts[~ghosts["pupil_id"].isin(now["pupil_id"])]
    ghosts = ghosts.drop_duplicates(["pupil_id", "subject", "grade"])
    ghosts = ghosts.assign(
        school_year=now["school_year"].iloc[0], procedure=now["procedure"].iloc[0],
        is_absent=True, primary_score=np.nan, mark=np.nan, journal_mark=np.nan,
    )  # fmt: skip
    return pd.concat([now, ghosts], ignore_index=True), len(ghosts) > 0


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
    known = rows.assign(value=value).dropna(subset=["value"]).sort_values("school_year")
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
    tasks = _tasks_of(task_scores, year, procedure)
    papers, left_out = [], []
    for (subject, grade), pupils in now.groupby(["subject", "grade"], sort=True):
        pupils = pupils.rename(columns={"primary_score": "score", "journal_mark": "journal"})
        pupils = pupils.reset_index(drop=True)
        cuts, source = _cuts(scales, pupils, year, procedure, str(subject), int(grade))
        if source != "scales":
            left_out.append(LeftOut("scale", str(subject), source))
        points = _points(tasks, str(subject), int(grade), pupils["pupil_id"])
        papers.append(Paper(str(subject), int(grade) or None, pupils, cuts, points))
    return papers, left_out


def _cuts(
    scales: pd.DataFrame | None,
    pupils: pd.DataFrame,
    year: str,
    procedure: str,
    subject: str,
    grade: int,
) -> tuple[tuple[int, ...], str]:
    """Return the cuts and where they came from: the table, the marks themselves, or nowhere."""
    if scales is not None and {"school_year", "subject", "cuts"} <= set(scales.columns):
        found = scales[
            (scales["school_year"].astype(str) == year) & (scales["subject"].astype(str) == subject)
        ]
        if "procedure" in found.columns:
            found = found[found["procedure"].astype(str) == procedure]
        if "grade" in found.columns and grade:
            found = found[_numbers(found, "grade").isin([grade]) | found["grade"].isna()]
        if len(found) and isinstance(found["cuts"].iloc[-1], str):
            return parse_cuts(found["cuts"].iloc[-1]), "scales"
    return _cuts_from_marks(pupils)


def parse_cuts(text: str) -> tuple[int, ...]:
    """Return the lowest scores of 3, 4 and 5 from `6;10;15`; ValueError unless ascending."""
    cuts = tuple(int(float(part)) for part in text.replace(",", ".").split(";") if part.strip())
    if any(low >= high for low, high in zip(cuts, cuts[1:], strict=False)):
        raise ValueError(f"cuts ascend, got {text!r}")
    return cuts


def _cuts_from_marks(pupils: pd.DataFrame) -> tuple[tuple[int, ...], str]:
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


def _tasks_of(task_scores: pd.DataFrame | None, year: str, procedure: str) -> pd.DataFrame | None:
    needed = {"pupil_id", "school_year", "subject", "task", "score"}
    if task_scores is None or not needed <= set(task_scores.columns):
        return None
    is_own = task_scores["school_year"].astype(str) == year
    if "procedure" in task_scores.columns:
        is_own &= task_scores["procedure"].astype(str) == procedure
    rows = task_scores[is_own]
    frame = rows[["task", "subject", "pupil_id"]].astype(str)
    frame["score"] = _numbers(rows, "score")
    if "grade" in rows.columns:
        frame["grade"] = _numbers(rows, "grade")
    return frame


def _points(
    tasks: pd.DataFrame | None, subject: str, grade: int, pupil_ids: pd.Series
) -> NDArray[np.float64] | None:
    if tasks is None:
        return None
    rows = tasks[tasks["subject"] == subject]
    if "grade" in rows.columns and grade:
        rows = rows[(rows["grade"] == grade) | rows["grade"].isna()]
    place = pd.Series(np.arange(len(pupil_ids)), index=pupil_ids.to_numpy())
    position = place.reindex(rows["pupil_id"]).to_numpy()
    is_here = np.isfinite(position)
    if not is_here.any():
        return None
    task, names = pd.factorize(rows["task"].to_numpy()[is_here], sort=True)
    points = np.full((len(pupil_ids), len(names)), np.nan)
    points[position[is_here].astype(int), task] = rows["score"].to_numpy()[is_here]
    return points


def _context(schools: pd.DataFrame | None, school_ids: Iterable[str]) -> NDArray[np.float64] | None:
    """Return the first principal component of the context columns, or None where unusable."""
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
