"""Builds killed at random moments: does the next build end whole, with the same bytes?

`python -m benchmarks kills --kills 50 --seed 1`. Each round builds a small demo from nothing,
kills the build (SIGKILL, as a power cut would) at a moment drawn from the seed, builds again at
once, and compares every table, executed notebook and page with those of a build that was left
alone. A round that differs, or leaves a process behind, is an error.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import psutil

from benchmarks.build import YEAR, made, msoko
from benchmarks.measure import ROOT, Line

DEMO = ("--schools", "3", "--preschools", "1", "--years", "2")
REPORTS = ("--direction", "data_quality", "--direction", "talents", "--direction", "low_results")


def run(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Return one line: the median seconds of the build after a kill, over the whole one's."""
    model = folder / "model"
    msoko("demo", *DEMO, "--project", str(model))
    raw = folder / "raw"
    shutil.copytree(model / "data", raw)
    begun = time.perf_counter()
    _build(model)
    whole = time.perf_counter() - begun
    expected = made(model)
    draw, seconds = random.Random(chosen.seed), []
    for number in range(1, chosen.kills + 1):
        root = folder / f"killed-{number}"
        shutil.copytree(raw, root / "data")
        moment = draw.uniform(0, whole)
        told, started = _killed(root, moment)
        begun = time.perf_counter()
        _build(root)
        seconds.append(time.perf_counter() - begun)
        _refuse_left(started)
        _compare(expected, made(root), f"kill {number} after {moment:.2f} s")
        shutil.rmtree(root)
        print(f"  kill {number:2} after {moment:6.2f} s, {told}: whole in {seconds[-1]:.1f} s",
              file=sys.stderr, flush=True)  # fmt: skip
    size = f"{chosen.kills} kills"
    return [
        Line("a build left alone", "small", whole),
        Line("the build after a kill, same bytes", size, median(seconds), median(seconds) / whole,
             "a build left alone"),
    ]  # fmt: skip


def _command(root: Path) -> list[str]:
    return ["build", YEAR, "--project", str(root), *REPORTS]


def _build(root: Path) -> None:
    msoko(*_command(root))


def _killed(root: Path, moment: float) -> tuple[str, list[psutil.Process]]:
    """Kill a build at the moment; return how far it had come and the processes it had started."""
    build = subprocess.Popen(
        [sys.executable, "-m", "msoko", *_command(root)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        build.wait(moment)
    started = psutil.Process(build.pid).children(recursive=True) if build.poll() is None else []
    build.kill()
    build.wait()
    steps = len(list((root / ".cache" / "msoko" / "steps").glob("*.json")))
    return f"{steps} steps done, {len(started)} processes at work", started


def _refuse_left(started: list[psutil.Process]) -> None:
    left = psutil.wait_procs(started, timeout=1)[1]
    alive = [one for one in left if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    if alive:
        raise RuntimeError(f"left behind: {[one.cmdline()[:4] for one in alive]}")


def _compare(expected: dict[str, str], found: dict[str, str], told: str) -> None:
    differing = sorted(
        name for name in {*expected, *found} if expected.get(name) != found.get(name)
    )
    if differing:
        raise RuntimeError(f"{told}: other bytes in {differing[:5]} ({len(differing)} files)")
