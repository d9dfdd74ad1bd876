"""Where the work of steps is done: here, one after another, or in threads side by side.

Both kinds of workers answer the same three questions, so that the executor need not know which
it has: is one free, start this, what ended next.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

JOB_MEMORY = 700 * 2**20
"""Bytes that one report may need: kernel 250–500 MB, its client and page the rest."""

POLL_SECONDS = 0.1
"""How soon an interruption is noticed where waiting for a lock cannot be interrupted."""

Work = Callable[[], Any]


@dataclass(frozen=True)
class JobOutcome:
    """What became of a job's work: a value, or the exception that ended it."""

    name: str
    value: Any
    error: BaseException | None
    seconds: float


class Workers(Protocol):
    """Who does the work that an executor hands out."""

    @property
    def has_free(self) -> bool:
        """Whether work that is started now is begun at once."""

    def start(self, name: str, work: Work) -> None:
        """Begin the work; only called while a worker is free."""

    def next_outcome(self) -> JobOutcome:
        """Return what became of a job, as soon as one of those started has ended."""


class SerialWorkers:
    """Does the work in this thread, one piece after another."""

    def __init__(self) -> None:
        self._started: deque[tuple[str, Work]] = deque()

    @property
    def has_free(self) -> bool:
        return not self._started

    def start(self, name: str, work: Work) -> None:
        self._started.append((name, work))

    def next_outcome(self) -> JobOutcome:
        return _outcome_of(*self._started.popleft())


class ThreadWorkers:
    """Does up to `count` pieces of work side by side, each in a thread of its own.

    The threads are daemons: where the build is interrupted, nobody waits for them.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._running = 0
        self._ended: queue.SimpleQueue[JobOutcome] = queue.SimpleQueue()

    @property
    def has_free(self) -> bool:
        return self._running < self.count

    def start(self, name: str, work: Work) -> None:
        self._running += 1
        threading.Thread(target=self._do, args=(name, work), daemon=True).start()

    def next_outcome(self) -> JobOutcome:
        while True:
            try:
                outcome = self._ended.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            self._running -= 1
            return outcome

    def _do(self, name: str, work: Work) -> None:
        self._ended.put(_outcome_of(name, work))


def _outcome_of(name: str, work: Work) -> JobOutcome:
    began = time.perf_counter()
    value, error = None, None
    try:
        value = work()
    except BaseException as raised:  # carried to the executor, which decides
        error = raised
    return JobOutcome(name, value, error, time.perf_counter() - began)


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
