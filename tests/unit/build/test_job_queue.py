"""Jobs run side by side, the longest first, and end at once when they must."""

from __future__ import annotations

import threading
import time

import pytest

from msoko.build.steps import job_queue
from msoko.build.steps.job_queue import Job, longest_first, run_jobs, worker_count


def job(name: str, seconds: float | None = None, work=lambda: None) -> Job:
    return Job(name, work, seconds)


def test_the_longest_come_first_and_the_never_timed_before_them():
    jobs = [job("b", 1), job("a", 3), job("new"), job("c", 3), job("another")]
    assert [one.name for one in longest_first(jobs)] == ["new", "another", "a", "c", "b"]


@pytest.mark.parametrize("workers", [1, 3])
def test_outcomes_come_in_the_order_given_whatever_ended_first(workers: int):
    jobs = [job(name, work=lambda name=name: name * 2) for name in "cab"]
    done = run_jobs(jobs, workers, end_all=lambda: None)
    assert [(name, outcome.value) for name, outcome in done.items()] == [
        ("c", "cc"),
        ("a", "aa"),
        ("b", "bb"),
    ]


def test_a_job_that_fails_stops_no_other():
    def fail() -> None:
        raise ValueError("нет")

    done = run_jobs([job("bad", work=fail), job("good", work=lambda: 1)], 1, lambda: None)
    assert isinstance(done["bad"].error, ValueError)
    assert (done["good"].value, done["good"].error) == (1, None)


def test_no_more_jobs_run_at_once_than_there_are_workers():
    running, most, lock = [0], [0], threading.Lock()

    def work() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1

    run_jobs([job(str(number), work=work) for number in range(6)], 2, lambda: None)
    assert most[0] == 2


def test_news_are_told_in_the_thread_that_waits():
    here, heard = threading.current_thread(), []
    run_jobs(
        [job("a")],
        1,
        lambda: None,
        on_start=lambda name: heard.append((name, threading.current_thread() is here)),
        on_end=lambda outcome: heard.append((outcome.name, threading.current_thread() is here)),
    )
    assert heard == [("a", True), ("a", True)]


def test_a_job_that_ended_may_give_others():
    def following(outcome: job_queue.Outcome) -> list[Job]:
        return [job(outcome.name + "b", work=lambda: 2)] if outcome.name == "a" else []

    done = run_jobs([job("a", work=lambda: 1)], 1, lambda: None, on_end=following)
    assert {name: outcome.value for name, outcome in done.items()} == {"a": 1, "ab": 2}


def test_nothing_to_do_starts_no_thread():
    before = threading.active_count()
    assert run_jobs([], 4, lambda: None) == {}
    assert threading.active_count() == before


def test_an_interruption_ends_all_starts_nothing_more_and_does_not_wait():
    ended, began = [], []

    def work() -> None:
        began.append(1)
        time.sleep(30)

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        jobs = [job("a", work=work), job("b", work=work)]
        run_jobs(jobs, 1, lambda: ended.append(1), on_start=interrupt)
    assert time.monotonic() - start < 2
    assert (ended, len(began)) == ([1], 1)


@pytest.mark.parametrize(("free", "expected"), [(3 * job_queue.JOB_MEMORY, 3), (1, 1)])
def test_memory_bounds_the_number_of_workers(
    monkeypatch: pytest.MonkeyPatch, free: int, expected: int
):
    monkeypatch.setattr(job_queue, "available_memory", lambda: free)
    monkeypatch.setattr(job_queue.os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    assert worker_count() == expected
    assert worker_count(5) == 5


def test_cores_bound_it_where_memory_is_plenty_or_unknown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(job_queue.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    for free in (None, 10**12):
        monkeypatch.setattr(job_queue, "available_memory", lambda free=free: free)
        assert worker_count() == 2
