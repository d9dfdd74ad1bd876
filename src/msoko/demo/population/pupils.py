"""The pupils: who sits in which school, and how able each is, year after year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from msoko.demo.population.random_draws import stream
from msoko.demo.population.roster import MERGED, DemoSchool

CLASS_SIZE = 27
WITHIN = 0.85
"""Standard deviation of ability between the pupils of one school."""
CONTEXT = 0.30
"""What one unit of social context is worth between schools."""
WANDER = 0.22
"""How far a pupil's standing moves from year to year."""
SENIOR_SHARE = 0.55
"""How many go on to grade 10."""
LEANING = {"РУ": -0.5, "МА": 0.5, "ОМ": 0.0}
"""The sign with which a pupil's leaning towards mathematics enters a subject."""


@dataclass(frozen=True)
class PlannedDecision:
    """What was decided for a school in an August, and what it truly changed."""

    school_id: str
    year: int  # the school year that begins then feels it
    change: float  # standard deviations of ability


def enrol(schools: Sequence[DemoSchool], years: Sequence[int], seed: int) -> pd.DataFrame:
    """Return the pupils, one row each, with the year in which they entered grade 1.

    Columns: `uid`, `school_id`, `entry`, `class_number`, `ability` (within the school),
    `leaning` towards mathematics (against Russian), `is_senior`.
    """
    frames = [
        _cohort(school, entry, seed)
        for school in schools
        for entry in range(min(years) - 10, max(years) + 1)
    ]
    pupils = pd.concat(frames, ignore_index=True)
    pupils.insert(0, "uid", [f"У{number:06d}" for number in range(1, len(pupils) + 1)])
    return pupils


def _cohort(school: DemoSchool, entry: int, seed: int) -> pd.DataFrame:
    draw = stream(seed, "cohort", school.school_id, entry)
    low, high = school.grades
    spans = min(high, 9) - low + 1 + SENIOR_SHARE * max(0, high - 9)
    count = int(draw.poisson(school.size / spans))
    classes = max(1, -(-count // CLASS_SIZE))
    number = np.sort(np.arange(count) % classes) + 1
    # first classes of a parallel are a little stronger, as parents and heads arrange
    ability = draw.normal(0, WITHIN, count) - 0.12 * (number - 1)
    return pd.DataFrame(
        {
            "school_id": school.school_id,
            "entry": entry,
            "class_number": number,
            "ability": ability,
            "leaning": draw.normal(0, 0.30, count),
            "is_senior": draw.permutation(count) < round(count * SENIOR_SHARE),
        }
    )


def sitting(
    pupils: pd.DataFrame, schools: Sequence[DemoSchool], year: int, grade: int
) -> pd.DataFrame:
    """Return the pupils of one grade in one year, with the school they sit in then."""
    spans = {school.school_id: school.grades for school in schools}
    low = pupils["school_id"].map({name: span[0] for name, span in spans.items()})
    high = pupils["school_id"].map({name: span[1] for name, span in spans.items()})
    is_here = (pupils["entry"] == year - grade + 1) & (low <= grade) & (grade <= high)
    if grade > 9:
        is_here &= pupils["is_senior"]
    here = pupils[is_here].copy()
    gone = next((s for s in schools if s.school_id == MERGED and not s.is_open(year)), None)
    if gone:
        here.loc[here["school_id"] == MERGED, "school_id"] = gone.successor_id
    return here.sort_values(["school_id", "class_number", "uid"]).reset_index(drop=True)


def ability_standing(
    here: pd.DataFrame,
    schools: Sequence[DemoSchool],
    decisions: Sequence[PlannedDecision],
    year: int,
    label: str,
    seed: int,
) -> np.ndarray:
    """Return each pupil's true standing in a subject, in standard deviations of the region."""
    level = {
        school.school_id: CONTEXT * school.context
        + school.effect
        + school.slope * (year - 2022)
        + float(stream(seed, "shock", school.school_id, year).normal(0, 0.07))
        + sum(d.change for d in decisions if d.school_id == school.school_id and d.year <= year)
        for school in schools
    }
    return (
        here["school_id"].map(level).to_numpy(dtype=float)
        + here["ability"].to_numpy()
        + LEANING.get(label, 0.25) * here["leaning"].to_numpy()
        + _wander(here["uid"], year, seed)
    )


def _wander(uids: pd.Series, year: int, seed: int) -> np.ndarray:
    """Return each pupil's shift of the year: the same for all papers of that year."""
    number = uids.str[1:].astype("int64").to_numpy()
    pool = stream(seed, "wander", year).normal(0, WANDER, int(number.max(initial=0)) + 1)
    return pool[number]
