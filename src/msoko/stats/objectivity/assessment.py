"""Objectivity as one verdict: markers of each school, one p-value per school, one list.

What is flagged is a ground for review and never guilt; what is not flagged is not thereby
objective: a single class hides most kinds of bias. Region-wide bias cancels out of the
comparison of schools and is tested for the municipality by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from msoko import __version__
from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.estimators.multiplicity import adjust, cauchy_combination
from msoko.stats.estimators.sample import Vector
from msoko.stats.objectivity.heaping import heaping_on_curve, pool_heaping
from msoko.stats.objectivity.markers import MarkerRows, compare_schools, judge_schools
from msoko.stats.objectivity.panel import LeftOut, Panel, build_panel
from msoko.stats.objectivity.school_comparison import ALL

P_CAP = 0.9
Q = 0.10
WEIGHT_ALL = 0.6
UNLISTED = ("journal",)
"""Markers that are reported and never flag: divergence from the journal may come from the
journal alone."""
LEAST_REFERENCE = 8
DIGITS = 6
MUNICIPAL_REASON = "needs_other_municipalities"
SCHOOL_COLUMNS = {
    "school_year": "object", "school_id": "object", "p_combined": "float64", "q_bh": "float64",
    "q_by": "float64", "is_flagged": "bool", "marker_count": "int64",
}  # fmt: skip
MARKER_COLUMNS = (
    "school_year", "school_id", "subject", "grade", "marker", "effect", "p", "n", "tier",
)  # fmt: skip


@dataclass(frozen=True)
class Assessment:
    """The verdict on every school and on the municipality.

    `schools` and `markers` have the columns of the tables `objectivity_schools` and
    `objectivity_markers`; the municipality's markers have a null `school_id`, a marker over
    all subjects has `subject` "all". `municipality` has the fields of one school. `meta` names
    the parameters and what was left out, with reasons as codes.
    """

    schools: pd.DataFrame = field(repr=False)
    markers: pd.DataFrame = field(repr=False)
    municipality: Mapping[str, Any]
    meta: Mapping[str, Any]

    def as_json_dict(self) -> dict[str, Any]:
        """Return plain values in a fixed order, rounded to 6 significant digits."""
        by_school = dict(list(self.markers.fillna({"school_id": ""}).groupby("school_id")))
        rows = [
            {
                "school_id": row.school_id,
                "p_combined": _rounded(row.p_combined),
                "q_bh": _rounded(row.q_bh),
                "q_by": _rounded(row.q_by),
                "flagged": bool(row.is_flagged),
                "markers": _marker_dicts(by_school.get(row.school_id)),
            }
            for row in self.schools.itertuples(index=False)
        ]
        municipality = {
            name: _rounded(value) if isinstance(value, float) else value
            for name, value in self.municipality.items()
        }
        municipality["markers"] = _marker_dicts(by_school.get(""))
        return {"meta": dict(self.meta), "schools": rows, "municipality": municipality}


def assess(
    results: pd.DataFrame,
    task_scores: pd.DataFrame | None = None,
    scales: pd.DataFrame | None = None,
    schools: pd.DataFrame | None = None,
    *,
    school_year: str | None = None,
    procedure: str = "vpr",
    q: float = Q,
) -> Assessment:
    """Return the verdict on the schools of one municipality or region.

    Tables as documented for `msoko objectivity`; whatever a marker lacks leaves it out, with the
    reason in `meta["left_out"]`. Each school's p-values (subjects at weight .4, all subjects
    together at .6, shared evenly) are joined by the truncated Cauchy combination (p capped at .9);
    the list is cut by Benjamini–Hochberg at `q`, and Benjamini–Yekutieli is given for what is shown
    outside. Raises ValueError when a needed column or the year is missing, or for a q outside (0,
    1). Truncated Cauchy: Liu & Xie (2020); lists: Benjamini & Hochberg (1995), Benjamini &
    Yekutieli (2001).
    """
    if not 0 < q < 1:
        raise ValueError(f"q lies inside (0, 1), got {q}")
    panel = build_panel(results, task_scores, scales, schools, school_year, procedure)
    found, combined = _judged(panel, q)
    own_markers, own_left_out = _municipal_markers(panel)
    municipality = _municipality(own_markers, combined, q)
    markers = _marker_table(panel, found.rows, own_markers)
    left_out = [*panel.left_out, *found.left_out]
    meta = _meta(panel, left_out, own_left_out, q)
    meta["schools_not_assessed"] = list(combined.loc[combined["p_combined"].isna(), "school_id"])
    return Assessment(combined, markers, municipality, meta)


def _judged(panel: Panel, q: float) -> tuple[MarkerRows, pd.DataFrame]:
    """Return markers and the list, judged a second time against the schools not on it themselves.

    Once only, and never against fewer than half of the schools or eight.
    """
    comparisons = compare_schools(panel)
    everybody = np.ones(len(panel.school_ids), dtype=bool)
    found = judge_schools(comparisons, everybody)
    combined = _combined(panel, found.rows, q)
    unflagged = ~combined["is_flagged"].to_numpy()
    if unflagged.all() or unflagged.sum() < max(LEAST_REFERENCE, len(unflagged) / 2):
        return found, combined
    found = judge_schools(comparisons, unflagged)
    return found, _combined(panel, found.rows, q)


def tier(n: int) -> str:
    """Return how much a distribution of n pupils can say: informative, approximate, limited.

    By pupils, not papers; the bounds 20 and 50 are this project's (decision 0041).
    """
    return "informative" if n >= 50 else "approximate" if n >= 20 else "limited"


def _combined(panel: Panel, rows: pd.DataFrame, q: float) -> pd.DataFrame:
    school = rows["school"].to_numpy(dtype=int)
    count = np.bincount(school, minlength=len(panel.school_ids))
    listed = ~rows["marker"].isin(UNLISTED).to_numpy()
    values = rows["p"].to_numpy(dtype=float)
    is_all = (rows["subject"] == ALL).to_numpy()
    p = np.full(len(panel.school_ids), np.nan)
    for code in np.unique(school[listed]):
        own = listed & (school == code)
        p[code] = _combined_p(values[own], is_all[own])
    q_bh = adjust(p, "bh")
    table = pd.DataFrame(
        {
            "school_year": panel.school_year,
            "school_id": list(panel.school_ids),
            "p_combined": p,
            "q_bh": q_bh,
            "q_by": adjust(p, "by"),
            "is_flagged": np.nan_to_num(q_bh, nan=1.0) <= q,
            "marker_count": count,
        }
    )
    return table.astype(SCHOOL_COLUMNS)


def _combined_p(p: Vector, is_all: NDArray[np.bool_]) -> float:
    weights = np.where(
        is_all, WEIGHT_ALL / max(is_all.sum(), 1), (1 - WEIGHT_ALL) / max((~is_all).sum(), 1)
    )
    test = cauchy_combination(p, weights, cap=P_CAP)
    return np.nan if isinstance(test, NotEstimable) else float(np.clip(test.p, 0, 1))


def _municipal_markers(panel: Panel) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Return heaping of the whole municipality, the one marker that needs no comparison."""
    rows, tests = [], []
    left_out = [
        LeftOut(marker, "", MUNICIPAL_REASON)
        for marker in ("absence", "agreement", "break", "exam", "journal", "similarity")
    ]
    for paper in panel.papers:
        if not paper.cuts:
            left_out.append(LeftOut("heaping", paper.subject, "no_scale", paper.grade))
            continue
        score = np.round(paper.present["score"].to_numpy()).astype(int)
        counts = np.bincount(np.maximum(score, 0), minlength=max(paper.cuts) + 2)
        test = heaping_on_curve(counts, paper.cuts)
        if isinstance(test, NotEstimable):
            reason = "combed" if test.detail.endswith("combed") else test.reason.value
            left_out.append(LeftOut("heaping", paper.subject, reason, paper.grade))
        else:
            tests.append(test)
            rows.append((paper.subject, paper.grade, test.delta, test.p, test.n))
    if len(tests) > 1:
        together = pool_heaping(tests)
        rows.append((ALL, None, together.delta, together.p, together.n))
    frame = pd.DataFrame(rows, columns=["subject", "grade", "effect", "p", "n"])
    return frame.assign(marker="heaping"), left_out


def _municipality(rows: pd.DataFrame, schools: pd.DataFrame, q: float) -> dict[str, Any]:
    """Return the municipality's verdict, adjusted as one more hypothesis beside its schools."""
    fields: dict[str, Any] = {"school_id": None, "p_combined": None, "q_bh": None, "q_by": None}
    fields["flagged"] = False
    if rows.empty:
        return fields
    p = _combined_p(rows["p"].to_numpy(dtype=float), (rows["subject"] == ALL).to_numpy())
    together = np.append(schools["p_combined"].to_numpy(), p)
    q_bh, q_by = (float(adjust(together, method)[-1]) for method in ("bh", "by"))
    return fields | {"p_combined": p, "q_bh": q_bh, "q_by": q_by, "flagged": q_bh <= q}


def _marker_table(panel: Panel, rows: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    grades: dict[str, set[int | None]] = {}
    for paper in panel.papers:
        grades.setdefault(paper.subject, set()).add(paper.grade)
    sole = {subject: next(iter(found)) for subject, found in grades.items() if len(found) == 1}
    ids = np.array(panel.school_ids, dtype=object)
    of_schools = rows.assign(
        school_id=ids[rows["school"].to_numpy(dtype=int)],
        grade=[sole.get(subject) for subject in rows["subject"]],
    ).sort_values(["school_id", "subject", "marker"])
    table = pd.concat([of_schools, own.assign(school_id=None)], ignore_index=True)
    table = table.assign(school_year=panel.school_year, tier=[tier(n) for n in table["n"]])
    table["grade"] = pd.array(list(table["grade"]), dtype="Int64")
    table["n"] = table["n"].astype("int64")
    return table[list(MARKER_COLUMNS)]


def _meta(
    panel: Panel, left_out: list[LeftOut], own_left_out: list[LeftOut], q: float
) -> dict[str, Any]:
    def listed(items: list[LeftOut]) -> list[dict[str, Any]]:
        named = {(item.marker, item.subject, item.grade or 0, item.reason) for item in items}
        return [
            {"marker": marker, "subject": subject, "grade": grade or None, "reason": reason}
            for marker, subject, grade, reason in sorted(named)
        ]

    return {
        "version": __version__,
        "parameters": {
            "school_year": panel.school_year, "procedure": panel.procedure, "q": q,
            "adjustment": "bh", "p_cap": P_CAP, "weight_all_subjects": WEIGHT_ALL,
            "reported_only": list(UNLISTED),
        },
        "school_count": len(panel.school_ids),
        "pupil_count": panel.pupil_count,
        "absence_inferred": panel.is_absence_inferred,
        "left_out": listed(left_out),
        "left_out_municipality": listed(own_left_out),
        "reading": "Not flagged is not objective: a single class hides most kinds of bias.",
    }  # fmt: skip


def _marker_dicts(rows: pd.DataFrame | None) -> list[dict[str, Any]]:
    if rows is None:
        return []
    return [
        {
            "subject": row.subject,
            "grade": None if pd.isna(row.grade) else int(row.grade),
            "marker": row.marker,
            "effect": _rounded(row.effect),
            "p": _rounded(row.p),
            "n": int(row.n),
            "tier": row.tier,
        }
        for row in rows.itertuples(index=False)
    ]


def _rounded(value: float) -> float | None:
    return None if value is None or not np.isfinite(value) else float(f"{value:.{DIGITS}g}")
