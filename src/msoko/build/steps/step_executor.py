"""The one executor of steps: what is ready is judged, what is stale is done and recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from msoko.build.graph.step_records import Step
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.progress_groups import GroupedProgress
from msoko.build.steps.step_workers import JobOutcome, Work, Workers


def _facts_of(value: Any) -> Mapping[str, Any]:
    return value or {}


@dataclass(frozen=True)
class StepJob:
    """What makes one step: `work` wherever there is a worker, then `finish` in the build's thread.

    `plan` is asked for the step when all jobs named in `after` are done, and it may be fresh by
    then. `finish` is given what the work returned, and returns the facts to record; `outputs`
    names the files where only the work could. A failure is the failure of `report` alone, or
    of the whole build where the job belongs to none. A job that `is_part` of a step leaves the
    record to a later job of the same step.
    """

    name: str
    plan: Callable[[], Step]
    work: Work
    after: tuple[str, ...] = ()
    report: str = ""
    finish: Callable[[Any], Mapping[str, Any]] = _facts_of
    outputs: Callable[[], Sequence[Path]] | None = None
    is_part: bool = False


def execute_steps(context: BuildContext, jobs: Sequence[StepJob], workers: Workers) -> None:
    """Do the jobs whose steps are stale, those listed first before others that are ready too.

    What waits for a job that failed is not done. The first failure of a job without a report
    is raised, and nothing more is started.
    """
    _Execution(context, jobs, workers).run()


class _Execution:
    """Jobs on their way: those that wait for others, stale ones, those at work."""

    def __init__(self, context: BuildContext, jobs: Sequence[StepJob], workers: Workers) -> None:
        self.context = context
        self.records = context.plan.records
        self.jobs = {job.name: job for job in jobs}
        self.workers = workers
        self.progress = GroupedProgress(context.progress)
        self.waiting = TopologicalSorter(
            {job.name: [name for name in job.after if name in self.jobs] for job in jobs}
        )
        self.stale: dict[str, Step] = {}
        self.started: dict[str, Step] = {}
        self.seconds: Counter[str] = Counter()

    def run(self) -> None:
        self.waiting.prepare()
        self._judge_ready()
        while self.stale or self.started:
            self._start_stale()
            self._end(self.workers.next_outcome())
            self._judge_ready()
        self.progress.end()

    def _judge_ready(self) -> None:
        """Find out which jobs that wait for nothing are stale; others may follow the fresh."""
        while ready := self.waiting.get_ready():
            for name in ready:
                step = self.jobs[name].plan()
                if self.records.reasons(step):
                    self.stale[name] = step
                    self.progress.expect(step)
                else:
                    self.waiting.done(name)

    def _start_stale(self) -> None:
        for name in self.jobs:
            if name in self.stale and self.workers.has_free:
                self._start(self.jobs[name], self.stale.pop(name))

    def _start(self, job: StepJob, step: Step) -> None:
        if step.id not in self.seconds:
            self.seconds[step.id] = 0.0
            self.progress.started(step)
        if not job.report:
            # its files may be replaced one by one: an interruption must show. A report's file is
            # replaced at the end, so one whose notebook is put back as it was is fresh again
            self.records.forget(step.id)
        self.started[job.name] = step
        self.workers.start(job.name, job.work)

    def _end(self, outcome: JobOutcome) -> None:
        """Record what is whole, and let those that wait for it go on."""
        job, step = self.jobs[outcome.name], self.started.pop(outcome.name)
        self.seconds[step.id] += outcome.seconds
        if outcome.error is None:
            facts = job.finish(outcome.value)
            if not job.is_part:
                self._record(job, step, facts)
            self.waiting.done(job.name)
        elif job.report:
            self.progress.failed(step, self.context.fail(job.report, outcome.error))
        else:
            raise outcome.error

    def _record(self, job: StepJob, step: Step, facts: Mapping[str, Any]) -> None:
        made = replace(step, outputs=tuple(job.outputs())) if job.outputs else step
        seconds = self.seconds[step.id]
        self.records.remember(made, seconds, **facts)
        self.context.result.done.append(step.title)
        self.progress.finished(step, seconds)
