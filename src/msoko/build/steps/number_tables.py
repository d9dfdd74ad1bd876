"""Derived tables of a year: indicators, objectivity, recommendations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_float_dtype

from msoko import indicators
from msoko.build.graph.passport_digests import advice_digests, row_digests
from msoko.catalog import Direction, load_directions, load_settings, load_thresholds
from msoko.catalog.directions.direction import indicators_in_role
from msoko.catalog.registry.mark_scales import Scales
from msoko.core import russian
from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.core.tables import TABLES
from msoko.stats.objectivity.assessment import assess
from msoko.validate import check_derived

MOST_LISTED = 5
SHARED_ROLES = ("low_results", "school_marks", "exam_marks")
"""Roles of indicators that reports of other directions use beside that which declares them."""
ASSESSED = "vpr"
"""The procedure whose objectivity is judged: it is held and marked inside schools."""
PAPER = ("school_year", "procedure", "subject", "grade", "pupil_id")
PUPIL = (
    *PAPER, "school_id", "class_id", "primary_score", "mark", "journal_mark", "is_absent",
)  # fmt: skip
"""What the assessment reads of all years' results."""


class WrongNumbers(MsokoError):
    """A derived table does not pass its checks: a defect of ours."""

    exit_code = 3


def compute_values(
    project: Project, municipality: str, year: SchoolYear, years: list[SchoolYear]
) -> None:
    """Write objectivity and indicators, which need no other year's derived tables.

    `years` are the school years that may be looked back at, `year` included.
    """
    store = Store(project)
    schools, markers = _objectivity(project, store, year, years)
    store.add(year, "objectivity_schools", schools)
    store.add(year, "objectivity_markers", markers)
    backend = indicators.backend_of(load_settings(project).engine)
    values = indicators.compute(
        load_directions(project, municipality),
        store,
        year,
        backend=backend,
        thresholds=load_thresholds(project),
    )
    store.add(year, "indicators", values)


def conclude(
    project: Project, municipality: str, year: SchoolYear, validator: str
) -> dict[str, dict[str, Any]]:
    """Recommend, and check all that was computed; return the facts of the step."""
    slices = write_recommendations(project, municipality, year)
    refuse_wrong_numbers(project, year, validator)
    return {"slices": slices, "advice": advice_digests(project, year)}


def write_recommendations(
    project: Project, municipality: str, year: SchoolYear
) -> dict[str, dict[str, str]]:
    """Write the recommendations; return the digest of each direction's rows of derived tables."""
    store = Store(project)
    advice = indicators.recommend(project, municipality, year, russian)
    store.add(year, "recommendations", advice)
    tables = {name: store.read(name, [year]) for name in ("indicators", "recommendations")}
    rows = {name: row_digests(table) for name, table in tables.items()}
    declared = load_directions(project, municipality)
    shared = _shared_digest(declared, tables["indicators"], rows["indicators"])
    slices = {name: _direction_digests(table, rows[name]) for name, table in tables.items()}
    return {"shared": {"*": shared}} | slices


def refuse_wrong_numbers(project: Project, year: SchoolYear, validator: str) -> None:
    """Check the derived tables; a fault in them is the program's own and never the data's."""
    found = check_derived(project, year, validator).blocking
    if found:
        raise WrongNumbers(
            f"Показатели за {year} рассчитаны неверно – это ошибка программы, а не данных:\n"
            + "\n".join(f"  – {line}" for line in found[:MOST_LISTED])
            + "\nОтчёты не построены; прежние, если были, остались на месте. "
            "Сообщите об этом разработчикам."
        )


def _objectivity(
    project: Project, store: Store, year: SchoolYear, years: list[SchoolYear]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the verdict's two tables; a year without scored papers has empty ones."""
    results = store.read("results", years, PUPIL)
    own = results[(results["school_year"] == str(year)) & (results["procedure"] == ASSESSED)]
    if not own["primary_score"].notna().any():
        return _empty("objectivity_schools"), _empty("objectivity_markers")
    found = assess(
        results,
        store.read("task_scores", [year], (*PAPER, "task", "score")),
        _scales(project, year, own),
        _context(store, year),
        school_year=str(year),
        procedure=ASSESSED,
    )
    return _steady(found.schools), _steady(found.markers)


def _steady(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame's numbers to six significant digits, more than any page shows.

    Libraries multiply matrices in another order on another model of processor; where a fit goes
    step by step, the ninth digit is then another, and nobody could compute the same file again.
    """
    numbers = [name for name in frame if is_float_dtype(frame[name].dtype)]
    steady = {
        name: frame[name].map(lambda x: float(f"{x:.6g}"), na_action="ignore") for name in numbers
    }
    return frame.assign(**steady).astype(frame.dtypes.to_dict())


def _scales(project: Project, year: SchoolYear, papers: pd.DataFrame) -> pd.DataFrame:
    """Return the cuts of the marks of each paper held, as the assessment takes them."""
    known = Scales.load(project)
    rows = []
    held = papers[["subject", "grade"]].drop_duplicates().sort_values(["subject", "grade"])
    for subject, grade in held.itertuples(index=False):
        scale = known.find(year, ASSESSED, str(subject), int(grade))
        if scale is not None and scale.gives_marks:
            cuts = ";".join(f"{cut:g}" for cut in scale.cuts)
            rows.append((str(year), ASSESSED, subject, grade, scale.max_score, cuts))
    columns = ["school_year", "procedure", "subject", "grade", "max_score", "cuts"]
    return pd.DataFrame(rows, columns=columns)


def _context(store: Store, year: SchoolYear) -> pd.DataFrame:
    return store.read("schools", [year])


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(TABLES[name].columns))


def _direction_digests(table: pd.DataFrame, rows: np.ndarray) -> dict[str, str]:
    """Return one digest for each direction's rows, of their values in their order."""
    return {
        str(direction): hashlib.sha256(rows[places]).hexdigest()
        for direction, places in table.groupby("direction").indices.items()
    }


def _shared_digest(directions: Iterable[Direction], values: pd.DataFrame, rows: np.ndarray) -> str:
    """Return the digest of what every report may use of other directions.

    These are names, the indicators of social context with their values, the one indicator by
    which schools with low results are found, and the marks of schools set beside exams.
    """
    digest = hashlib.sha256()
    directions = tuple(directions)
    named = (pair for role in SHARED_ROLES for pair in indicators_in_role(directions, role))
    shared = {item.code for _, item in named}
    places = values.groupby(["direction", "indicator"]).indices
    for one in directions:
        used = [item for item in one.indicators if item.is_context or item.code in shared]
        declared = (one.direction, one.number, one.title, one.short_title, used)
        digest.update(f"{declared!r}\n".encode())
        for item in used:
            digest.update(rows[places.get((one.direction, item.code), [])])
    return digest.hexdigest()
