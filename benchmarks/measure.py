"""One measurement: its line in the table, its seconds, and its memory in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Line:
    """A line of the table: the median seconds of `work` at `size`, and what they are held to.

    `ratio` is the seconds over those of `against` in the same run; `limit` is the figure to
    reach, as text; `memory` is the peak in MiB, of a process that did nothing else.
    """

    work: str
    size: str
    seconds: float
    ratio: float | None = None
    against: str = ""
    memory: float | None = None
    limit: str = ""


def timed(work: Callable[[], object], repeat: int = 1) -> float:
    """Return the median seconds of `work`."""
    seconds = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return median(seconds)


def in_child(name: str, *arguments: object) -> dict[str, Any]:
    """Return what a function `module:function` of this package gives in a process of its own.

    The answer has `peak` added: the most memory that the process held, in MiB.
    """
    words = [sys.executable, "-m", "benchmarks.child", name, json.dumps(arguments)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{name}{arguments}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def count(number: float) -> str:
    """Return a number of rows as people write it: 10 M, 50 k."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return f"{number:g}"
