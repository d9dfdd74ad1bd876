"""One VPR paper as the municipality sat it, with what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from msoko.catalog.municipality.profile import Measure, Returns
from msoko.demo.papers import planted_anomalies
from msoko.demo.papers.paper_list import VprPaper
from msoko.demo.papers.scoring import curve_of, journal_marks, leave_blank
from msoko.demo.population.pupils import PlannedDecision, ability_standing, sitting
from msoko.demo.population.random_draws import stream
from msoko.demo.population.roster import DemoSchool

ORDINARY_ABSENCE = 0.035


@dataclass(frozen=True)
class World:
    """What the generator knows and nobody else: schools, pupils, decisions, anomalies."""

    seed: int
    years: tuple[int, ...]
    schools: tuple[DemoSchool, ...]
    preschools: tuple[DemoSchool, ...]
    pupils: pd.DataFrame
    decisions: Sequence[PlannedDecision]
    planted: Sequence[planted_anomalies.Anomaly]
    municipality: str = "demo"
    roadmap: tuple[Measure, ...] = ()
    returns: Returns | None = None

    def open_schools(self, year: int) -> list[DemoSchool]:
        return [school for school in self.schools if school.is_open(year)]


@dataclass
class Sitting:
    """A paper, its pupils (with `code`, `mark`, `journal`, `is_absent`), their points."""

    paper: VprPaper
    pupils: pd.DataFrame
    points: np.ndarray

    @property
    def present(self) -> np.ndarray:
        return ~self.pupils["is_absent"].to_numpy()


def sit(world: World, paper: VprPaper) -> Sitting:
    """Return the paper's results in the whole municipality."""
    here = coded(world, paper.year, paper.grade)
    true = ability_standing(
        here, world.schools, world.decisions, paper.year, paper.label, world.seed
    )
    name = (paper.label, paper.grade, paper.year)
    draw = stream(world.seed, "sitting", *name)
    shown = true + _inflation(world, paper, here)
    points = leave_blank(curve_of(paper).answer(shown, draw), shown, draw)
    here["journal"] = journal_marks(true, _lenience(world, here), draw)
    here["variant"] = draw.integers(1, 3, len(here))
    here["is_absent"] = draw.random(len(here)) < ORDINARY_ABSENCE
    _bend(world, paper, here, true, points)
    here["total"] = np.nansum(points, axis=1).astype(int)
    here["mark"] = paper.marks(here["total"].to_numpy())
    return Sitting(paper, here, points)


def coded(world: World, year: int, grade: int) -> pd.DataFrame:
    """Return a grade's pupils with the codes of the year: the grade, then a number in school.

    Schools hand the codes out anew every year, so only the register of links joins years.
    """
    here = sitting(world.pupils, world.schools, year, grade)
    number = here.groupby("school_id").cumcount() + 1
    here["code"] = grade * 10000 + number
    return here


def _inflation(world: World, paper: VprPaper, here: pd.DataFrame) -> np.ndarray:
    inflating = [a.school_id for a in world.planted if a.kind == "inflate" and a.holds(paper)]
    return here["school_id"].isin(inflating).to_numpy() * planted_anomalies.INFLATION


def _lenience(world: World, here: pd.DataFrame) -> np.ndarray:
    kind = {
        school.school_id: float(
            stream(world.seed, "lenience", school.school_id).normal(0.15, 0.15)
            - 0.3 * school.effect
        )
        for school in world.schools
    }
    return here["school_id"].map(kind).to_numpy()


def _bend(
    world: World, paper: VprPaper, here: pd.DataFrame, true: np.ndarray, points: np.ndarray
) -> None:
    """Apply what was planted in the paper's schools, in place."""
    for anomaly in world.planted:
        rows = np.flatnonzero(here["school_id"] == anomaly.school_id)
        if not anomaly.holds(paper) or not len(rows):
            continue
        draw = stream(world.seed, "planted", anomaly.kind, anomaly.school_id, *_name(paper))
        match anomaly.kind:
            case "lift":
                points[rows] = planted_anomalies.lift(points[rows], paper, draw)
            case "share":
                classes = here["class_number"].to_numpy()[rows]
                points[rows] = planted_anomalies.share(points[rows], classes, draw)
            case "mimic":
                journal = here["journal"].to_numpy()[rows]
                points[rows] = planted_anomalies.mimic(points[rows], journal, paper, draw)
            case "absent":
                away = planted_anomalies.kept_away(true[rows], draw)
                here.loc[rows[away], "is_absent"] = True


def _name(paper: VprPaper) -> tuple[str, int, int]:
    return paper.label, paper.grade, paper.year
