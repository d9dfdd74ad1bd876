"""A small project of published results: six schools, two subjects, five years."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from msoko import catalog, indicators
from msoko.catalog.municipality.profile import Returns
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.report import Report

LAST = SchoolYear.parse("2024-25")
PROFILE = """
profile: small
name: {nominative: Малый округ, genitive: Малого округа, prepositional: Малом округе}
region: {nominative: Край, genitive: Края, prepositional: Крае}
department: {nominative: Отдел, genitive: Отдела, prepositional: Отделе}
methodical_service: {nominative: Центр, genitive: Центра, prepositional: Центре}
directions: [exam_results]
"""


def results(year: SchoolYear, schools: int, slope: float) -> pd.DataFrame:
    """Return means that differ by school and rise by `slope` a year, with a known wobble."""
    rows = []
    for number in range(schools):
        for subject, base in (("russian", 60.0), ("mathematics", 50.0)):
            wobble = ((number * 7 + year.start * 3) % 5 - 2) * 0.3
            mean = base + number + slope * (year.start - LAST.start) + wobble
            rows.append((f"s{number}", subject, 20 + 10 * number, mean))
    frame = pd.DataFrame(rows, columns=["school_id", "subject", "participant_count", "mean_score"])
    return frame.assign(
        school_year=str(year), procedure="e8", grade=8, group_level="school",
        group_name=frame["school_id"], is_suppressed=False, source_id="a",
        source_row=np.arange(len(frame)) + 2,
        success_count=(frame["mean_score"] * frame["participant_count"] / 100).round(),
    )  # fmt: skip


def tables(year: SchoolYear, schools: int, slope: float) -> dict[str, pd.DataFrame]:
    named = [f"МБОУ «СОШ № {number} *имени* | {{#x}}»" for number in range(schools)]
    registered = pd.DataFrame({"school_id": [f"s{n}" for n in range(schools)], "name": named,
                               "kind": "school", "school_year": str(year)})  # fmt: skip
    rows = results(year, schools, slope)
    sources = pd.DataFrame([{"source_id": "a", "file": "a.csv", "sheet": "a", "block": 1,
                             "sha256": "0" * 64, "layout": "columns", "reason": "описан",
                             "confidence": 1.0, "rows_in": len(rows), "rows_kept": len(rows),
                             "rows_set_aside": 0}])  # fmt: skip
    empty = ("findings", "set_aside", "recommendations", "objectivity_schools",
             "objectivity_markers", "results", "mark_shares", "journal_comparison")  # fmt: skip
    return {"schools": registered, "school_results": rows, "sources": sources} | {
        name: pd.DataFrame() for name in empty
    }


@pytest.fixture
def made(tmp_path):
    """Give a maker of reports: how many schools, how many years, which edition."""

    def make(schools: int = 6, years: int = 5, slope: float = 1.0, edition: str = "internal"):
        (tmp_path / "data" / "raw").mkdir(parents=True, exist_ok=True)
        (tmp_path / "profiles").mkdir(exist_ok=True)
        (tmp_path / "profiles" / "small.yml").write_text(PROFILE, encoding="utf-8")
        project = Project.at(tmp_path)
        store, declared = Store(project), catalog.load_directions(project, "small")
        for year in [LAST.shifted(-back) for back in reversed(range(years))]:
            with store.replacing(year) as writer:
                for name, frame in tables(year, schools, slope).items():
                    writer.write(name, frame)
            store.add(year, "indicators", indicators.compute(declared, store, year))
        profile = catalog.load_profile(project, "small")
        return Report(project, LAST, profile, declared[0], declared, edition)

    return make


@pytest.fixture
def with_roadmap(made):
    """Give a maker of the roadmap's report: its measures, and how often they are returned."""

    def make(text: str, period: str) -> Report:
        found = made(1, 1)
        folder = found.project.root / "profiles" / "small"
        folder.mkdir()
        (folder / "roadmap.csv").write_text(text, encoding="utf-8")
        profile = dataclasses.replace(found.profile, returns=Returns(period, 25))
        page = catalog.load_direction(found.project, "roadmap")
        return dataclasses.replace(found, profile=profile, direction=page)

    return make
