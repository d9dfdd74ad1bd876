"""Satisfaction surveys and the figures of the municipal system itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from msoko.catalog.registry.form_declarations import Form
from msoko.core.school_year import SchoolYear
from msoko.demo.forms.school_returns import Figures
from msoko.demo.papers.sittings import World
from msoko.demo.population.random_draws import stream
from msoko.ingest.layouts.forms.form_workbook import write_form

AUDIENCES = {"родители": 0.62, "обучающиеся": 0.55, "педагоги": 0.9}
QUESTIONS = {
    "качество преподавания": 0.84, "объективность оценивания": 0.80, "условия и оснащение": 0.76,
    "безопасность": 0.91, "питание": 0.68, "внеурочная деятельность и кружки": 0.82,
    "информирование родителей": 0.86, "образование в целом": 0.85,
}  # fmt: skip


def write_surveys(
    folder: Path, world: World, forms: Mapping[str, Form], year: int, known: Mapping[str, Figures]
) -> None:
    """Write the answers to each question, and the form of the system's own figures."""
    records = list(_answers(world, year, known))
    path = folder / f"Опрос удовлетворённость {year + 1}.xlsx"
    write_form(path, forms["survey"], str(SchoolYear(year)), (), records)
    path = folder / f"Показатели системы {year + 1}.xlsx"
    write_form(path, forms["concept"], str(SchoolYear(year)), (), [_system(world, year, known)])


def _answers(world: World, year: int, known: Mapping[str, Figures]) -> Iterator[dict[str, Any]]:
    for school in (*world.open_schools(year), *world.preschools):
        draw = stream(world.seed, "survey", school.school_id, year)
        nature = stream(world.seed, "survey", school.school_id).normal(0, 0.25)
        figures = known[school.school_id]
        for audience, share in AUDIENCES.items():
            if audience == "обучающиеся" and school.school_id.startswith("d"):
                continue
            whole = figures["staff"] if audience == "педагоги" else figures["pupils"]
            answered = int(draw.binomial(int(whole), share))
            for question, level in QUESTIONS.items():
                odds = np.log(level / (1 - level)) + nature + 0.5 * school.effect
                odds += 0.05 * (year - 2022) + draw.normal(0, 0.12)
                if answered:
                    yield {
                        "school_code": school.oo1_code, "school_name": school.named(year),
                        "survey": audience, "question": question, "answer_count": answered,
                        "positive_count": int(draw.binomial(answered, 1 / (1 + np.exp(-odds)))),
                    }  # fmt: skip


def _system(world: World, year: int, known: Mapping[str, Figures]) -> dict[str, Any]:
    draw = stream(world.seed, "system", year)
    pupils = int(sum(figures["pupils"] for figures in known.values()))
    since = year - 2020
    planned = 96
    return {
        "bank_materials": 120 + 35 * since, "procedures": 18 + since,
        "participants": round(pupils * (0.9 + 0.05 * since)),
        "independent_organisations": len(known) - max(0, 6 - 2 * since), "results_bank": "да",
        "external_requests": 240 + 90 * since + int(draw.integers(0, 60)),
        "specialists_trained": 9 + 5 * since, "prescriptions": max(0, 14 - 3 * since),
        "measures_planned": planned, "measures_done": planned - int(draw.integers(6, 14)),
    }  # fmt: skip
