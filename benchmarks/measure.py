"""One measurement: its line in the table, its seconds, and its memory in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
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

    The answer has `peak` added, the most memory that the process held, in MiB: read from
    outside where the system shows it. Linear algebra has one thread, as in builds.
    """
    words = [sys.executable, "-m", "benchmarks.child", name, json.dumps(arguments)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "OPENBLAS_NUM_THREADS": "1",
    }
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        child = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=said, stderr=wrong)
        peak = _watched(child)
        said.seek(0)
        wrong.seek(0)
        if child.returncode:
            raise RuntimeError(f"{name}{arguments}: {wrong.read().strip().splitlines()[-1:]}")
        found = json.loads(said.read().splitlines()[-1])
    return found | ({} if peak is None else {"peak": peak})


def _watched(child: subprocess.Popen) -> float | None:
    """Wait for a process; return the peak of its memory as the kernel tells it to others."""
    status, peak = Path(f"/proc/{child.pid}/status"), None
    while child.poll() is None:
        with contextlib.suppress(OSError):
            held = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
            peak = int(held[0].split()[1]) / 1024 if held else peak
        time.sleep(0.02)
    return peak


def count(number: float) -> str:
    """Return a number of rows as people write it: 10 M, 50 k."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return f"{number:g}"
