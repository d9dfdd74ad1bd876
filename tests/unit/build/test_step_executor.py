"""Steps done in the order that they need, only where they are stale, recorded once whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from msoko.build.build_result import BuildResult
from msoko.build.graph.file_digests import FileDigests
from msoko.build.graph.step_records import Step, StepRecords
from msoko.build.progress import Silence
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.step_executor import StepJob, execute_steps
from msoko.build.steps.step_workers import JobOutcome, SerialWorkers, ThreadWorkers, Workers
from msoko.core.errors import DataRefused
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

KINDS = pytest.mark.parametrize("make", [SerialWorkers, lambda: ThreadWorkers(2)])


class Heard(Silence):
    """Remembers what began, what ended and what failed."""

    def __init__(self) -> None:
        self.news: list[str] = []
        self.seconds: dict[str, float] = {}

    def started(self, title: str) -> None:
        self.news.append(f"+{title}")

    def finished(self, title: str, seconds: float) -> None:
        self.news.append(f"-{title}")
        self.seconds[title] = seconds

    def failed(self, title: str, message: str) -> None:
        self.news.append(f"!{title}: {message}")


@pytest.fixture
def context(tmp_path: Path) -> BuildContext:
    project = Project(tmp_path)
    records = StepRecords(project, FileDigests(project.cache / "files.json"))
    result = BuildResult("2024-25", "demo", "internal")
    plan = SimpleNamespace(records=records)
    return BuildContext(plan, SchoolYear(2024), None, 2, Heard(), result)


def job(
    name: str,
    *after: str,
    step: str = "",
    made_of: str = "1",
    work: Callable[[], Any] = lambda: None,
    **settings: Any,
) -> StepJob:
    planned = Step(step or name, step or name, {("module", "m"): made_of})
    return StepJob(name, lambda: planned, work, after, **settings)


def news(context: BuildContext, *jobs: StepJob, workers: Workers | None = None) -> list[str]:
    """Execute the jobs; return all that was heard of this context so far."""
    execute_steps(context, jobs, workers or SerialWorkers())
    return context.progress.news


def fail(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


@KINDS
def test_a_step_waits_for_those_it_needs(context: BuildContext, make: Callable[[], Workers]):
    jobs = job("c", "a", "b"), job("b", "a"), job("a"), job("d", "nobody")
    heard = news(context, *jobs, workers=make())
    for first, then in (("a", "b"), ("a", "c"), ("b", "c")):
        assert heard.index(f"-{first}") < heard.index(f"+{then}")
    assert sorted(context.result.done) == ["a", "b", "c", "d"]


def test_what_is_fresh_is_not_done_again_and_holds_nobody(context: BuildContext):
    news(context, job("a"))
    assert news(context, job("b", "a"), job("a")) == ["+a", "-a", "+b", "-b"]


def test_whether_a_step_is_stale_is_asked_when_it_is_ready(context: BuildContext):
    made = []

    def second() -> Step:
        return Step("b", "b", {("table", "t"): str(made)})

    planned = StepJob("b", second, lambda: None, after=("a",))
    news(context, job("a", work=lambda: made.append(1)), planned)
    assert context.plan.records.of("b").parts == {"table|t": "[1]"}


def test_of_those_that_are_ready_the_first_listed_goes_first(context: BuildContext):
    jobs = job("late", "a"), job("b"), job("a"), job("c")
    assert news(context, *jobs) == ["+b", "-b", "+a", "-a", "+late", "-late", "+c", "-c"]


def test_no_more_run_at_once_than_there_are_workers(context: BuildContext):
    running, most, lock = [0], [0], threading.Lock()

    def work() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1

    news(context, *(job(str(place), work=work) for place in range(6)), workers=ThreadWorkers(2))
    assert most[0] == 2


def test_what_work_returns_is_recorded_as_facts_or_finished_first(context: BuildContext):
    here = threading.current_thread()

    def finish(value: int) -> Mapping[str, Any]:
        return {"doubled": 2 * value, "is_here": threading.current_thread() is here}

    jobs = job("a", work=lambda: {"rows": 3}), job("b", work=lambda: 4, finish=finish)
    news(context, *jobs, workers=ThreadWorkers(1))
    assert context.plan.records.of("a").facts == {"rows": 3}
    assert context.plan.records.of("b").facts == {"doubled": 8, "is_here": True}


def test_only_the_work_may_know_its_outputs(context: BuildContext, tmp_path: Path):
    file = tmp_path / "made.txt"
    news(context, job("a", work=lambda: {"n": file.write_text("1")}, outputs=lambda: [file]))
    assert list(context.plan.records.of("a").outputs) == ["made.txt"]


def test_the_first_part_of_a_step_records_nothing(context: BuildContext):
    first, second = job("first", step="x", is_part=True), job("second", "first", step="x")
    news(context, first)
    assert context.plan.records.of("x") is None
    assert news(context, first, second) == ["+x", "+x", "-x"]
    assert context.plan.records.of("x") is not None


def test_a_step_takes_as_long_as_its_parts_and_not_as_what_lies_between(context: BuildContext):
    class Timed(SerialWorkers):
        def next_outcome(self) -> JobOutcome:
            name = super().next_outcome().name
            return JobOutcome(name, {}, None, {"first": 1.0, "other": 8.0, "second": 2.0}[name])

    parts = job("first", step="s", is_part=True), job("second", "first", "other", step="s")
    news(context, *parts, job("other", "first"), workers=Timed())
    assert context.progress.seconds == {"other": 8.0, "s": 3.0}


@KINDS
def test_an_error_of_no_report_ends_the_work_and_its_step_stays_stale(
    context: BuildContext, make: Callable[[], Workers]
):
    context.plan.records.remember(Step("a", "a", {("module", "m"): "0"}), 1.0)
    wrong = job("a", work=fail(FileNotFoundError("no such folder")))
    with pytest.raises(FileNotFoundError, match="no such folder"):
        news(context, wrong, job("b", "a"), workers=make())
    assert context.plan.records.of("a") is None
    assert context.result.done == []


@KINDS
def test_the_failure_of_a_report_stops_what_waits_for_it_and_no_other(
    context: BuildContext, make: Callable[[], Workers]
):
    wrong = job("report", report="first", work=fail(DataRefused("нет данных")))
    page, other = job("page", "report", report="first"), job("other", report="second")
    heard = news(context, wrong, page, other, workers=make())
    assert "!report: нет данных" in heard
    assert context.result.done == ["other"]
    assert (context.result.reports, context.result.exit_code) == ({"first": "failed"}, 1)
    assert context.refusals == {"first": "нет данных"}


def test_a_report_that_fails_keeps_the_record_of_when_it_was_whole(context: BuildContext):
    news(context, job("a", report="first"))
    news(context, job("a", report="first", made_of="2", work=fail(DataRefused("нет"))))
    news(context, job("a", report="first"))
    assert context.result.done == ["a"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_is_no_fault_of_a_report_ends_the_work(context: BuildContext, error: BaseException):
    with pytest.raises(type(error)):
        news(context, job("a", report="first", work=fail(error)), workers=ThreadWorkers(1))


def test_an_interruption_starts_nothing_more_and_does_not_wait(context: BuildContext):
    began: list[int] = []

    def work() -> None:
        began.append(1)
        time.sleep(30)

    class Interrupted(ThreadWorkers):
        def next_outcome(self) -> JobOutcome:
            raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        news(context, job("a", work=work), job("b", work=work), workers=Interrupted(1))
    assert time.monotonic() - start < 2
    assert len(began) == 1


def test_nothing_to_do_starts_no_thread(context: BuildContext):
    before = threading.active_count()
    assert news(context, workers=ThreadWorkers(4)) == []
    assert threading.active_count() == before
