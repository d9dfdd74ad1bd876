"""The proof of effects: how often a decision that changed nothing is said to have improved.

Schools and years are drawn without any effect; the decision means the worst schools of the last
year, or is taken after the municipality's worst year. `plain` is the change since last year by
schools, as it would be judged without a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from msoko.stats.estimators.judged_changes import SchoolParts, school_change
from msoko.stats.schools.decision_effect import compared_effect, course_effect, effect_panel

YEAR_SPREAD = 0.02


@dataclass(frozen=True)
class SchoolPanels:
    """How the schools of one scenario differ: `persistence` is the correlation of a school's own
    yearly fluctuations, `spread` that of its level, `wobble` that of a year."""

    schools: int
    chosen: int
    years: int
    level: float = 0.75
    spread: float = 0.08
    wobble: float = 0.04
    persistence: float = 0.0
    is_equal: bool = False


SCENARIOS = (
    SchoolPanels(12, 5, 4),
    SchoolPanels(20, 5, 1),
    SchoolPanels(20, 5, 4),
    SchoolPanels(20, 8, 4, is_equal=True),
    SchoolPanels(20, 8, 4, level=0.93, spread=0.03, wobble=0.015),
    SchoolPanels(30, 8, 4, persistence=0.6),
    SchoolPanels(40, 8, 1),
    SchoolPanels(40, 8, 4),
    SchoolPanels(60, 10, 4),
)
COURSES = (3, 4, 5, 8)


def effect_rates(replications: int, seed: int) -> dict[str, Any]:
    """Return the rates of every scenario; the same seed gives the same table."""
    roots = np.random.SeedSequence(seed).generate_state(len(SCENARIOS) + len(COURSES))
    seeds = iter(int(root) for root in roots)
    compared = [asdict(one) | chosen_rates(one, replications, next(seeds)) for one in SCENARIOS]
    courses = [
        {"years": years} | course_rates(years, 10 * replications, next(seeds)) for years in COURSES
    ]
    return {"seed": seed, "replications": replications, "compared": compared, "course": courses}


def chosen_rates(plan: SchoolPanels, replications: int, seed: int) -> dict[str, float]:
    """Return how often an improvement is told of the worst schools, and zero is covered."""
    generator = np.random.default_rng(seed)
    plain, improved, covered, told = 0, 0, 0, 0
    for *before, after in _panels(plan, generator, replications):
        shares = {one: a / b for one, (a, b) in before[-1].items()}
        chosen = sorted(shares, key=lambda one: (shares[one], one))[: plan.chosen]
        since_last = school_change(before[-1], after, chosen)
        plain += bool(since_last.is_estimable and since_last.low > 0)
        found = compared_effect(effect_panel(before, chosen), after)
        if found.is_estimable:
            told += 1
            improved += found.low > 0
            covered += found.low <= 0 <= found.high
    return _rates(plain, improved, covered, told, replications)


def _rates(plain: int, improved: int, covered: int, told: int, whole: int) -> dict[str, float]:
    return {
        "told": told,
        "plain": round(plain / whole, 4),
        "improved": round(improved / max(told, 1), 4),
        "covered": round(covered / max(told, 1), 4),
    }


def _panels(
    plan: SchoolPanels, generator: np.random.Generator, replications: int
) -> Iterator[Sequence[SchoolParts]]:
    count, names = plan.schools, [f"s{number:03}" for number in range(plan.schools)]
    for _ in range(replications):
        sizes = np.full(count, 60.0)
        if not plan.is_equal:
            sizes = np.maximum(8, np.round(np.exp(generator.normal(4, 0.9, count))))
        level = plan.level + generator.normal(0, plan.spread, count)
        wobble, years = generator.normal(0, plan.wobble, count), []
        for _ in range(plan.years + 1):
            fresh = generator.normal(0, plan.wobble, count)
            wobble = plan.persistence * wobble + np.sqrt(1 - plan.persistence**2) * fresh
            share = np.clip(level + wobble + generator.normal(0, YEAR_SPREAD), 0.02, 0.98)
            pupils = np.maximum(5, np.round(sizes * generator.uniform(0.85, 1.15, count)))
            passed = generator.binomial(pupils.astype(int), share)
            pairs = zip(passed.tolist(), pupils.tolist(), strict=True)
            years.append(dict(zip(names, pairs, strict=True)))
        yield years


def course_rates(years: int, replications: int, seed: int) -> dict[str, float]:
    """Return how often an improvement is told after a municipality's worst year.

    Years vary about one level; only runs whose last year before was the lowest are counted, since
    that is when decisions are taken. `plain` is a change of more than twice the spread of years'
    differences, known exactly.
    """
    generator = np.random.default_rng(seed)
    plain, improved, covered = 0, 0, 0
    for _ in range(replications):
        values = generator.normal(0, YEAR_SPREAD, years + 1)
        lowest = int(values[:-1].argmin())
        values[[lowest, years - 1]] = values[[years - 1, lowest]]
        plain += bool(values[-1] - values[-2] > 1.96 * np.sqrt(2) * YEAR_SPREAD)
        found = course_effect(values[:-1], values[-1])
        improved += found.low > 0
        covered += found.low <= 0 <= found.high
    return _rates(plain, improved, covered, replications, replications)
