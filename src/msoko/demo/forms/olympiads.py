"""Olympiad protocols of four stages, by the pupils' unified codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from msoko.catalog.registry.form_declarations import Form
from msoko.core.school_year import SchoolYear
from msoko.demo.papers.sittings import World
from msoko.demo.population.pupils import ability_standing, sitting
from msoko.demo.population.random_draws import stream
from msoko.demo.population.roster import DemoSchool
from msoko.ingest.layouts.forms.form_workbook import write_form

SUBJECTS = (
    "Русский язык", "Математика", "Литература", "История", "Обществознание", "География",
    "Биология", "Физика", "Химия", "Английский язык", "Информатика",
)  # fmt: skip
LATER = {"Физика": 7, "Химия": 8, "Информатика": 7, "Обществознание": 6}
"""From which grade a subject has an olympiad; the others from grade 5."""
STAGES = {"школьный": 0.26, "муниципальный": 0.055, "региональный": 0.007, "заключительный": 0.0004}
"""The share of a year's entries that reaches a stage."""
MAXIMA = {"школьный": 40, "муниципальный": 60, "региональный": 100, "заключительный": 100}
GENEROUS = "s008"
"""The school whose own stage gives points that the municipal stage does not confirm."""
GENEROUS_SINCE, GENEROSITY = 2023, 1.4


def write_olympiads(folder: Path, world: World, form: Form, year: int) -> pd.DataFrame:
    """Write a protocol per stage and return all entries (`school_id`, `stage`, `status`)."""
    entries = _entries(world, year)
    schools = {school.school_id: school for school in world.schools}
    staged = []
    for stage, share in STAGES.items():
        reached = _stage(world, entries, stage, share, year)
        staged.append(reached)
        if len(reached):
            name = f"Олимпиада {stage} этап {year}-{year + 1}.xlsx"
            records = list(_records(reached, schools, year))
            write_form(folder / name, form, str(SchoolYear(year)), (), records, SUBJECTS)
    return pd.concat(staged, ignore_index=True)


def _entries(world: World, year: int) -> pd.DataFrame:
    """Return who might enter in which subject, with an inner strength."""
    found = []
    for grade in range(4, 12):
        here = sitting(world.pupils, world.schools, year, grade)
        true = ability_standing(here, world.schools, world.decisions, year, "", world.seed)
        draw = stream(world.seed, "olympiad", year, grade)
        subjects = [s for s in SUBJECTS if grade >= LATER.get(s, 5)] if grade > 4 else SUBJECTS[:2]
        picked = np.array([draw.permutation(len(subjects))[:2] for _ in range(len(here))])
        for turn in range(2):
            if len(here):
                chosen = [subjects[index] for index in picked[:, turn]]
                strength = true + draw.normal(0, 0.7, len(here))
                part = here[["uid", "school_id"]].assign(
                    grade=grade, subject=chosen, strength=strength
                )
                found.append(part)
    return pd.concat(found, ignore_index=True)


def _stage(
    world: World, entries: pd.DataFrame, stage: str, share: float, year: int
) -> pd.DataFrame:
    """Return the strongest share of entries at a stage, with scores and statuses."""
    draw = stream(world.seed, "olympiad", stage, year)
    wish = entries["strength"] + draw.normal(0, 0.5, len(entries))
    # the school stage is open to all; later stages take the strongest
    reached = entries[wish >= wish.quantile(1 - share)].copy()
    shown = reached["strength"] + draw.normal(0, 0.35, len(reached))
    if stage == "школьный" and year >= GENEROUS_SINCE:
        shown += GENEROSITY * (reached["school_id"] == GENEROUS)
    level = {"школьный": 0.9, "муниципальный": 1.6, "региональный": 2.2, "заключительный": 2.4}
    won = 1 / (1 + np.exp(-1.1 * (shown - level[stage])))
    most = MAXIMA[stage]
    reached = reached.assign(stage=stage, most=most, score=(won * most).round().clip(0, most))
    place = reached.groupby(["subject", "grade"])["score"].rank(ascending=False, pct=True)
    enough = reached["score"] >= 0.5 * most
    reached["status"] = np.select(
        [enough & (place <= 0.08), enough & (place <= 0.30)], ["победитель", "призёр"], "участник"
    )
    return reached.sort_values(["subject", "grade", "school_id", "uid"])


def _records(
    reached: pd.DataFrame, schools: dict[str, DemoSchool], year: int
) -> Iterator[dict[str, Any]]:
    for row in reached.itertuples():
        school = schools[row.school_id]
        yield {
            "school_code": school.oo1_code, "school_name": school.named(year),
            "pupil_code": row.uid, "stage": row.stage, "subject": row.subject,
            "grade": int(row.grade), "score": int(row.score), "max_score": int(row.most),
            "status": row.status,
        }  # fmt: skip


def participants(entries: pd.DataFrame) -> dict[str, int]:
    """Return how many different pupils of each school took part in the school stage."""
    own = entries[entries["stage"] == "школьный"]
    return {
        str(name): int(count) for name, count in own.groupby("school_id")["uid"].nunique().items()
    }
