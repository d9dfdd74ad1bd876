"""The proof: error rates of the objectivity verdict on fresh seeds, beside rules of thumb."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from msoko.stats.objectivity.assessment import Assessment, assess
from research.simulated_municipality import DRAWS, KINDS, SimulationPlan, simulate

LEVEL = 0.05
RULES = ("list", "two_markers", "one_marker")
"""The one list at q = .10; schools with two, or one, of the markers (all subjects together) at
p ≤ .05, as is usual today."""


@dataclass(frozen=True)
class Scenario:
    """One row of the table: how many schools, how many planted, how strongly."""

    code: str
    school_count: int
    planted_count: int
    strength: float = 1.0
    breadth: int | None = None


SCENARIOS = (
    Scenario("clean", 60, 0),
    Scenario("planted_10", 60, 6),
    Scenario("planted_20", 60, 12),
    Scenario("planted_30", 60, 18),
    Scenario("halved", 60, 12, strength=0.5),
    Scenario("one_subject", 60, 12, breadth=1),
    Scenario("schools_25", 25, 5),
    Scenario("schools_25_clean", 25, 0),
    Scenario("schools_150", 150, 15),
)


def prove(
    replications: int, seed: int, say: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Return the table of error rates by generator, scenario and rule, and sizes of markers.

    Every number comes with its Monte-Carlo standard error. `fdr` is the mean of false/flagged
    (0 where nothing is flagged), `precision` the mean of true/flagged where something is,
    `any_false` the share of municipalities with a false flag, `recall_<kind>` by kind of bias.
    `sizes`: share of honest schools with p ≤ .05 in clean municipalities, by marker. Seeds are
    spawned from one number, so the same number gives the same table.
    """
    rows, sizes = [], []
    roots = np.random.SeedSequence(seed).spawn(len(DRAWS) * len(SCENARIOS))
    places = [(generator, scenario) for generator in DRAWS for scenario in SCENARIOS]
    for (generator, scenario), root in zip(places, roots, strict=True):
        say(f"{generator}: {scenario.code}")
        runs = list(_runs(generator, scenario, root.spawn(replications)))
        rows += [_summary(generator, scenario, rule, runs) for rule in RULES]
        if scenario.planted_count == 0:
            sizes += _sizes(generator, scenario, [run.markers for run in runs])
    return {"seed": seed, "replications": replications, "rows": rows, "sizes": sizes}


@dataclass(frozen=True)
class SimulatedRun:
    """One municipality: flagged schools by rule, the truth, and the markers."""

    flagged: dict[str, set[str]]
    kinds: dict[str, str]
    markers: pd.DataFrame


def _runs(
    generator: str, scenario: Scenario, seeds: list[np.random.SeedSequence]
) -> Iterator[SimulatedRun]:
    plan = SimulationPlan(
        school_count=scenario.school_count,
        planted_count=scenario.planted_count,
        generator=generator,
        strength=scenario.strength,
        breadth=scenario.breadth,
    )
    for seed in seeds:
        drawn = simulate(plan, seed)
        found = assess(**drawn.tables)
        kinds = dict(zip(drawn.planted["school_id"], drawn.planted["kind"], strict=True))
        yield SimulatedRun(_flagged(found), kinds, found.markers.dropna(subset=["school_id"]))


def _flagged(found: Assessment) -> dict[str, set[str]]:
    own = found.markers[found.markers["subject"] == "all"].dropna(subset=["school_id"])
    speaking = own[own["p"] <= LEVEL].groupby("school_id").size()
    return {
        "list": set(found.schools.loc[found.schools["is_flagged"], "school_id"]),
        "two_markers": set(speaking.index[speaking >= 2]),
        "one_marker": set(speaking.index),
    }


def _summary(
    generator: str, scenario: Scenario, rule: str, runs: list[SimulatedRun]
) -> dict[str, Any]:
    flagged = np.array([len(run.flagged[rule]) for run in runs])
    true = np.array([len(run.flagged[rule] & run.kinds.keys()) for run in runs])
    false = flagged - true
    row: dict[str, Any] = {
        "generator": generator, "scenario": scenario.code, "rule": rule,
        "school_count": scenario.school_count, "planted_count": scenario.planted_count,
        "strength": scenario.strength, "replications": len(runs),
    }  # fmt: skip
    row |= _mean("flagged", flagged) | _mean("fdr", false / np.maximum(flagged, 1))
    row |= _mean("any_false", false > 0)
    row |= _mean("precision", (true / np.maximum(flagged, 1))[flagged > 0])
    planted = max(scenario.planted_count, 1)
    row |= _mean("recall", true / planted if scenario.planted_count else np.array([]))
    for kind in KINDS:
        hits = [
            school in run.flagged[rule]
            for run in runs
            for school, planted_kind in run.kinds.items()
            if planted_kind == kind
        ]
        row |= _mean(f"recall_{kind}", np.array(hits))
    return row


def _sizes(generator: str, scenario: Scenario, frames: list[pd.DataFrame]) -> list[dict[str, Any]]:
    """Return the share of p ≤ .05 by marker; its error is between municipalities."""
    rows = []
    for marker in sorted(set(pd.concat(frames)["marker"])):
        shares = [(frame.loc[frame["marker"] == marker, "p"] <= LEVEL).mean() for frame in frames]
        known = np.array([share for share in shares if not np.isnan(share)])
        rows.append(
            {"generator": generator, "scenario": scenario.code, "marker": marker}
            | _mean("size", known)
        )
    return rows


def _mean(name: str, values: np.ndarray) -> dict[str, float | None]:
    """Return the mean and its Monte-Carlo standard error, null where there is nothing."""
    if len(values) == 0:
        return {name: None, f"{name}_se": None}
    numbers = np.asarray(values, dtype=float)
    error = numbers.std(ddof=1) / np.sqrt(len(numbers)) if len(numbers) > 1 else 0.0
    return {name: round(float(numbers.mean()), 4), f"{name}_se": round(float(error), 4)}
