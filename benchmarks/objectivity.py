"""How long the objectivity verdict takes, and what answer similarity of 100,000 pupils needs.

Limits: 60 schools × 3 subjects within 5 s on 2 cores; 100,000 pupils × 25 tasks without all
pairs (5 × 10⁹ of them) in memory.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Line, count, in_child

PUPILS, TASKS, CLASS = 100_000, 25, 25
FIRST = 60


def run(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Return a line for each number of schools, with its growth against the number before."""
    lines: list[Line] = []
    for schools in chosen.schools or (FIRST, 600, 6000):
        found = in_child("objectivity:assessment", schools)
        ratio = found["seconds"] / lines[-1].seconds if lines else None
        against = f"{lines[-1].size}" if lines else ""
        limit = "≤ 5 s" if schools == FIRST else ""
        lines.append(Line("objectivity", f"{schools} schools", found["seconds"], ratio, against,
                          found["peak"], limit))  # fmt: skip
    alike = in_child("objectivity:similarity")
    lines.append(Line("similarity of answers", f"{count(PUPILS)} pupils", alike["seconds"],
                      memory=alike["peak"]))  # fmt: skip
    return lines


def assessment(schools: int) -> dict[str, Any]:
    """Return the seconds of one assessment of schools in three subjects."""
    from msoko.stats.objectivity.assessment import assess
    from research.simulated_municipality import SimulationPlan, simulate

    tables = simulate(SimulationPlan(school_count=schools, planted_count=schools // 5), 1).tables
    begun = time.perf_counter()
    assess(**tables)
    return {"seconds": time.perf_counter() - begun}


def similarity() -> dict[str, Any]:
    """Return the seconds of comparing the answers of classes of 25."""
    from msoko.stats.objectivity.answer_similarity import class_similarity

    draw = np.random.default_rng(1)
    ability = draw.normal(size=PUPILS)
    chance = 1 / (1 + np.exp(draw.normal(size=TASKS) - ability[:, None]))
    points = draw.binomial(2, chance).astype(float)
    classes = np.repeat(np.arange(PUPILS // CLASS), CLASS)
    begun = time.perf_counter()
    class_similarity(points, classes, PUPILS // CLASS)
    return {"seconds": time.perf_counter() - begun}
