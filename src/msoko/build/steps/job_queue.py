"""Independent jobs on all cores, the longest first, all ended at once when the user asks."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JOB_MEMORY = 700 * 2**20
"""Bytes that one report may need: kernel 250–500 MB, its client and page the rest."""

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Job:
    """A piece of work that waits for no other; `seconds` is how long it took last time."""

    name: str
    work: Callable[[], Any]
    seconds: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a job: a value, or the exception that ended it."""

    name: str
    value: Any
    error: BaseException | None
    seconds: float


def worker_count(wanted: int | None = None) -> int:
    """Return how many jobs may run at once: as many as cores, and as memory holds."""
    if wanted is not None:
        return max(1, wanted)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    free = available_memory()
    fitting = cores if free is None else free // JOB_MEMORY
    return max(1, min(cores or 1, fitting or 1))


def available_memory() -> int | None:
    """Return the bytes that new processes may take, or None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.split()[1:]}
    return sizes.get("MemAvailable")


def longest_first(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs in the order to start them; those never timed come first, as given."""
    return sorted(jobs, key=lambda job: (job.seconds is not None, -(job.seconds or 0)))


def run_jobs(
    jobs: Sequence[Job],
    workers: int,
    end_all: Callable[[], None],
    on_start: Callable[[str], None] = lambda name: None,
    on_end: Callable[[Outcome], Iterable[Job] | None] = lambda outcome: None,
) -> dict[str, Outcome]:
    """Return the outcome of each job, in the order given; a failure stops no other job.

    `on_start` and `on_end` are called in this thread, so they may write files; `on_end`
    may return jobs that have become possible. On an interruption `end_all` ends what the
    jobs have started, and it goes on at once: workers are daemons, not worth waiting for.
    """
    waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    news: queue.SimpleQueue[str | Outcome] = queue.SimpleQueue()
    given = [job.name for job in jobs]
    for job in longest_first(jobs):
        waiting.put(job)
    for _ in range(workers if jobs else 0):
        threading.Thread(target=_work, args=(waiting, news), daemon=True).start()
    outcomes: dict[str, Outcome] = {}
    try:
        while len(outcomes) < len(given):
            told = _next(news)
            if isinstance(told, str):
                on_start(told)
            elif told is not None:
                outcomes[told.name] = told
                for job in on_end(told) or ():
                    given.append(job.name)
                    waiting.put(job)
    except BaseException:
        _drain(waiting)
        end_all()
        raise
    finally:
        for _ in range(workers):
            waiting.put(None)
    return {name: outcomes[name] for name in given}


def _work(waiting: queue.SimpleQueue, news: queue.SimpleQueue) -> None:
    while (job := waiting.get()) is not None:
        news.put(job.name)
        began = time.perf_counter()
        value, error = None, None
        try:
            value = job.work()
        except BaseException as raised:  # carried to the main thread, which decides
            error = raised
        news.put(Outcome(job.name, value, error, time.perf_counter() - began))


def _next(news: queue.SimpleQueue) -> str | Outcome | None:
    """Return the next news, or None for a moment in which an interruption can be noticed."""
    try:
        return news.get(timeout=POLL_SECONDS)
    except queue.Empty:
        return None


def _drain(waiting: queue.SimpleQueue) -> None:
    """Leave the workers nothing more to start."""
    while True:
        try:
            waiting.get_nowait()
        except queue.Empty:
            break
