"""Stale steps done side by side, each of one report: executed, rendered, tabulated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msoko.build.graph.step_records import Step
from msoko.build.steps.job_queue import Job, Outcome, run_jobs
from msoko.build.steps.progress_groups import Groups

if TYPE_CHECKING:
    from msoko.build.steps.build_context import Build


@dataclass(frozen=True)
class Task:
    """The work of one step. A failure is the failure of its report, if it has one, alone.

    `work` runs in a thread of its own; `keep` and then `following`, which gives the tasks
    that have become possible, run in the build's.
    """

    report: str
    step: Step
    work: Callable[[], Any]
    keep: Callable[[Any], None] = lambda value: None
    following: Callable[[], Iterable[Task]] = tuple


def run_tasks(
    build: Build, tasks: Sequence[Task], end_all: Callable[[], None] = lambda: None
) -> None:
    """Do the tasks and those that follow from them, as many at once as there are workers."""
    known: dict[str, Task] = {}
    groups = Groups(build.progress)

    def jobs(given: Iterable[Task]) -> list[Job]:
        added = {task.step.id: task for task in given}
        known.update(added)
        groups.planned(task.step for task in added.values())
        return [Job(name, task.work, _last(build, task)) for name, task in added.items()]

    def ended(outcome: Outcome) -> list[Job]:
        task = known[outcome.name]
        if outcome.error is not None and not task.report:
            raise outcome.error
        if outcome.error is not None:
            groups.failed(task.step, build.fail(task.report, outcome.error))
            return []
        task.keep(outcome.value)
        build.plan.records.remember(task.step, outcome.seconds)
        build.result.done.append(task.step.title)
        groups.finished(task.step, outcome.seconds)
        return jobs(task.following())

    if tasks:
        started = lambda name: groups.started(known[name].step)  # noqa: E731
        run_jobs(jobs(tasks), build.workers, end_all, started, ended)
        groups.end()


def _last(build: Build, task: Task) -> float | None:
    """Return how many seconds the step took last time."""
    record = build.plan.records.of(task.step.id)
    return record.seconds if record else None
