"""What was planted, sealed: tests and the proof open it, reports never do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msoko.core.errors import DataRefused
from msoko.core.school_year import SchoolYear
from msoko.demo.forms.olympiads import GENEROSITY, GENEROUS, GENEROUS_SINCE
from msoko.demo.forms.slips import SLIPS
from msoko.demo.papers.sittings import World
from msoko.demo.population.pupils import CONTEXT, PlannedDecision
from msoko.demo.population.roster import MERGED, RENAMED, DemoSchool

LOW, RESILIENT = -0.8, 0.3
"""A true level (in standard deviations) below which results are low; an effect that resists."""
POOR_CONTEXT = -0.7


def truth_of(world: World) -> dict[str, Any]:
    """Return what the demo's reports should find, in the words of the generator."""
    ids = {school.school_id for school in world.schools}
    return {
        "about": "Вымышленные данные. Отчёты этого файла не читают.",
        "seed": world.seed,
        "school_years": [str(SchoolYear(year)) for year in world.years],
        "schools": {school.school_id: _nature(school) for school in world.schools},
        "anomalies": [anomaly.described() for anomaly in world.planted],
        "olympiad": [
            {"school_id": GENEROUS, "since": GENEROUS_SINCE, "shift": GENEROSITY}
        ] if GENEROUS in ids else [],
        "decisions": [_decision(decision) for decision in world.decisions],
        "low_results": [s.school_id for s in world.schools if true_level(s) <= LOW],
        "resilient": [
            s.school_id for s in world.schools
            if s.context <= POOR_CONTEXT and s.effect >= RESILIENT
        ],
        "trends": {s.school_id: s.slope for s in world.schools if abs(s.slope) >= 0.04},
        "renamed": RENAMED if RENAMED in ids else None,
        "merged": MERGED,
        "slips": [slip.described() for slip in SLIPS if slip.school_id in ids],
    }  # fmt: skip


def true_level(school: DemoSchool) -> float:
    """Return a school's true level before any decision."""
    return CONTEXT * school.context + school.effect


def write_truth(path: Path, world: World) -> None:
    """Write the truth with the hash of its own content."""
    truth = truth_of(world)
    text = json.dumps({**truth, "seal": seal(truth)}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_truth(path: Path) -> dict[str, Any]:
    """Return the truth. Raises `DataRefused` where its seal is broken."""
    held = json.loads(path.read_text(encoding="utf-8"))
    given = held.pop("seal", None)
    if given != seal(held):
        raise DataRefused(
            "data/raw/truth.json: печать не сходится, файл меняли. "
            "Создайте демонстрацию заново: msoko demo."
        )
    return held


def seal(truth: Mapping[str, Any]) -> str:
    """Return the sha256 of the truth in its canonical spelling."""
    canonical = json.dumps(truth, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _nature(school: DemoSchool) -> dict[str, Any]:
    return {
        "context": school.context,
        "effect": school.effect,
        "slope": school.slope,
        "level": round(true_level(school), 3),
    }


def _decision(decision: PlannedDecision) -> dict[str, Any]:
    return {
        "school_id": decision.school_id,
        "school_year": str(SchoolYear(decision.year)),
        "change": decision.change,
    }
