"""Work done one piece after another or side by side, by workers that are asked alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from msoko.build.steps import step_workers
from msoko.build.steps.step_workers import (
    JobOutcome,
    SerialWorkers,
    ThreadWorkers,
    Workers,
    worker_count,
)

KINDS = pytest.mark.parametrize("make", [SerialWorkers, lambda: ThreadWorkers(1)])


def outcome(workers: Workers, name: str, work: Callable[[], object]) -> JobOutcome:
    workers.start(name, work)
    return workers.next_outcome()


@KINDS
def test_an_outcome_is_a_value_or_the_error(make: Callable[[], Workers]):
    workers = make()
    good, bad = outcome(workers, "good", lambda: 1), outcome(workers, "bad", lambda: 1 / 0)
    assert (good.name, good.value, good.error) == ("good", 1, None)
    assert (bad.name, bad.value, type(bad.error)) == ("bad", None, ZeroDivisionError)


@KINDS
def test_a_worker_is_free_again_when_its_work_has_ended(make: Callable[[], Workers]):
    workers = make()
    assert workers.has_free
    workers.start("a", lambda: None)
    assert not workers.has_free
    workers.next_outcome()
    assert workers.has_free


def test_serial_work_is_done_in_the_thread_that_waits():
    here = threading.current_thread()
    assert outcome(SerialWorkers(), "a", threading.current_thread).value is here
    assert outcome(ThreadWorkers(1), "a", threading.current_thread).value is not here


def test_as_many_go_side_by_side_as_there_are_workers():
    workers, met = ThreadWorkers(2), threading.Barrier(2, timeout=10)
    for name in ("a", "b"):
        workers.start(name, met.wait)
    assert not workers.has_free
    assert {workers.next_outcome().name for _ in range(2)} == {"a", "b"}


def test_an_interruption_is_carried_and_not_lost():
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert isinstance(outcome(ThreadWorkers(1), "a", interrupt).error, KeyboardInterrupt)


def test_threads_are_not_waited_for_at_the_end():
    workers = ThreadWorkers(1)
    workers.start("a", lambda: time.sleep(30))
    assert [one for one in threading.enumerate() if one.name.endswith("(_do)") and one.daemon]


@pytest.mark.parametrize(("free", "expected"), [(3 * step_workers.JOB_MEMORY, 3), (1, 1)])
def test_memory_bounds_the_number_of_workers(
    monkeypatch: pytest.MonkeyPatch, free: int, expected: int
):
    cores = set(range(16))
    monkeypatch.setattr(step_workers, "available_memory", lambda: free)
    monkeypatch.setattr(step_workers.os, "sched_getaffinity", lambda _: cores, raising=False)
    assert worker_count() == expected
    assert worker_count(5) == 5


def test_cores_bound_it_where_memory_is_plenty_or_unknown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(step_workers.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    for free in (None, 10**12):
        monkeypatch.setattr(step_workers, "available_memory", lambda free=free: free)
        assert worker_count() == 2
