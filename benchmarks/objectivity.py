"""How long the objectivity verdict takes, and what answer similarity of 100,000 pupils needs.

Run: `python benchmarks/objectivity.py`. Limits: 60 schools × 3 subjects within 5 s on 2 cores;
100,000 pupils × 25 tasks without all pairs (5 × 10⁹ of them) in memory.
"""

from __future__ import annotations

import time
import tracemalloc

import numpy as np

from msoko.demo.simulator import Plan, simulate
from msoko.stats.objectivity import assess
from msoko.stats.similarity import class_similarity

PUPILS, TASKS, CLASS = 100_000, 25, 25
LIMIT_SECONDS = 5.0


def assessment() -> float:
    """Return the seconds of one assessment of 60 schools in three subjects."""
    tables = simulate(Plan(), 1).tables
    start = time.perf_counter()
    assess(**tables)
    return time.perf_counter() - start


def similarity() -> tuple[float, float]:
    """Return seconds and the peak of memory in megabytes for 100,000 pupils."""
    draw = np.random.default_rng(1)
    ability = draw.normal(size=PUPILS)
    chance = 1 / (1 + np.exp(draw.normal(size=TASKS) - ability[:, None]))
    points = draw.binomial(2, chance).astype(float)
    classes = np.repeat(np.arange(PUPILS // CLASS), CLASS)
    start = time.perf_counter()
    class_similarity(points, classes, PUPILS // CLASS)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    class_similarity(points, classes, PUPILS // CLASS)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return seconds, peak


def main() -> None:
    seconds = assessment()
    print(f"assess, 60 schools x 3 subjects: {seconds:.2f} s (limit {LIMIT_SECONDS:g} s)")
    seconds, peak = similarity()
    print(f"similarity, {PUPILS} pupils x {TASKS} tasks: {seconds:.2f} s, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
