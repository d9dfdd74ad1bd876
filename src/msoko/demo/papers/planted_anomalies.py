"""The five kinds of bias that are planted in known schools."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from msoko.demo.papers.paper_list import VprPaper

INFLATION = 0.85
"""By how much a school that inflates moves its pupils, in standard deviations."""


@dataclass(frozen=True)
class Anomaly:
    """A planted bias: its kind, its school and the school years (by their first year)."""

    kind: str  # lift, inflate, share, absent, mimic
    school_id: str
    since: int
    labels: tuple[str, ...] = ("РУ", "МА", "ОМ")

    def holds(self, paper: VprPaper) -> bool:
        return paper.year >= self.since and paper.label in self.labels

    def described(self) -> dict[str, object]:
        return asdict(self) | {"labels": list(self.labels)}


PLANTED = (
    Anomaly("lift", "s004", 2021),
    Anomaly("lift", "s014", 2023),
    Anomaly("inflate", "s008", 2024),
    Anomaly("share", "s006", 2023),
    Anomaly("absent", "s002", 2023),
    Anomaly("mimic", "s009", 2023),
)


def lift(points: np.ndarray, paper: VprPaper, draw: np.random.Generator) -> np.ndarray:
    """Return the points with most totals just under a cut raised onto it."""
    lifted = points.copy()
    totals = np.nansum(points, axis=1).astype(int)
    for pupil, total in enumerate(totals):
        gap = min((cut - total for cut in paper.cuts if 0 < cut - total <= 2), default=0)
        if gap and draw.random() < 0.75:
            add(lifted[pupil], paper, gap, draw)
    return lifted


def add(row: np.ndarray, paper: VprPaper, gap: int, draw: np.random.Generator) -> None:
    """Raise (or, for a negative gap, lower) a pupil's total by whole points, in place."""
    step = 1 if gap > 0 else -1
    for _ in range(abs(gap)):
        held = np.nan_to_num(row)
        room = np.flatnonzero(held < paper.task_max if step > 0 else held > 0)
        if not len(room):
            return
        task = int(draw.choice(room))
        row[task] = held[task] + step


def share(points: np.ndarray, classes: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return the points with the answers of a good pupil handed round each class."""
    shared = points.copy()
    for number in np.unique(classes):
        members = np.flatnonzero(classes == number)
        if len(members) < 4:
            continue
        order = members[np.argsort(np.nansum(points[members], axis=1), kind="stable")]
        source = order[int(len(order) * 0.8)]
        for pupil in members[draw.random(len(members)) < 0.7]:
            tasks = draw.random(points.shape[1]) < 0.6
            shared[pupil, tasks] = points[source, tasks]
    return shared


def mimic(
    points: np.ndarray, journal: np.ndarray, paper: VprPaper, draw: np.random.Generator
) -> np.ndarray:
    """Return the points with most totals moved into the journal mark's band."""
    bent = points.copy()
    edges = (0, *paper.cuts, paper.maximum + 1)
    for pupil in np.flatnonzero(~np.isnan(journal)):
        low, high = edges[int(journal[pupil]) - 2], edges[int(journal[pupil]) - 1] - 1
        total = int(np.nansum(bent[pupil]))
        gap = low - total if total < low else min(0, high - total)
        if gap and draw.random() < 0.9:
            add(bent[pupil], paper, gap, draw)
    return bent


def kept_away(standings: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return which pupils were told to stay at home: half of the weakest two fifths."""
    if not len(standings):
        return np.zeros(0, bool)
    is_weak = standings <= np.quantile(standings, 0.4)
    return is_weak & (draw.random(len(standings)) < 0.5)
