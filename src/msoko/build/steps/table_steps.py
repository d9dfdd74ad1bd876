"""The tables of all years, made side by side: files read, tables checked, numbers computed."""

from __future__ import annotations

import importlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msoko.build.graph.step_records import Step
from msoko.build.steps.job_queue import POLL_SECONDS, Outcome
from msoko.core.school_year import SchoolYear

if TYPE_CHECKING:
    from msoko.build.steps.build_context import Build
    from msoko.core.project import Project

READING = (
    "pandas", "pyarrow.parquet", "openpyxl",
    "msoko.ingest.year_reading", "msoko.ingest.layouts.fis_oko", "msoko.ingest.layouts.rcoi",
    "msoko.ingest.layouts.code_register",
    "msoko.ingest.layouts.forms", "msoko.build.steps.table_intake",
    "msoko.build.graph.planned_schools", "msoko.build.steps.table_steps",
    "msoko.build.kernels.forkcalls",
)  # fmt: skip
"""What the reading of files imports, with which work on tables begins."""
COUNTING = (
    "duckdb", "ibis", "ibis.backends.duckdb", "ibis.backends.duckdb.converter",
    "ibis.expr.types.groupby", "pyarrow.dataset", "msoko.validate.verdict",
    "msoko.validate.suites.ibis_evaluator", "msoko.indicators",
    "msoko.stats.objectivity.assessment",
    "statsmodels.stats.multitest", "statsmodels.stats.proportion", "msoko.stats.schools.funnel",
    "msoko.core.russian", "msoko.build.steps.number_tables", "msoko.build.graph.passport_digests",
)  # fmt: skip
"""What checks and numbers import besides, while files are being read; DuckDB imports
`pyarrow.dataset` to read a table that lies in memory."""


@dataclass(frozen=True)
class Task:
    """A piece of work on one year's tables.

    `call` is a function `module:name` that is given `arguments` and returns the facts to
    remember. `is_first` begins a step that a later task ends, and remembers nothing.
    """

    name: str
    after: tuple[str, ...]
    plan: Callable[[], Step]
    call: str
    arguments: tuple[Any, ...]
    outputs: Callable[[], tuple[Path, ...]] | None = None
    is_first: bool = False


def make_tables(build: Build, years: Sequence[SchoolYear], *, with_numbers: bool = True) -> None:
    """Bring the tables of the years up to date; what depends on nothing stale stays.

    Tasks run side by side in processes of their own where the build has a fork server, else
    one after another here; tables do not depend on which. The first error ends the work.
    """
    from msoko.ingest.identity.pseudonyms import project_secret

    project_secret(build.plan.project)  # made before the first reading, of whose key it is a part
    tasks = {task.name: task for task in _tasks(build, years, with_numbers)}
    _Run(build, tasks).to_the_end()


@dataclass
class _Run:
    """The tasks on their way: those that wait, those at work, and how long their steps took."""

    build: Build
    waiting: dict[str, Task]
    running: dict[str, tuple[Task, Step]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    news: queue.SimpleQueue[Outcome] = field(default_factory=queue.SimpleQueue)

    def to_the_end(self) -> None:
        while self.waiting or self.running:
            self._start_ready()
            if self.running:
                self._hear()

    def _start_ready(self) -> None:
        """Start what may run now; a fresh step is done without running, and others may follow."""
        is_moving = True
        while is_moving:
            is_moving = False
            for task in list(self.waiting.values()):
                is_held = any(name in self.waiting or name in self.running for name in task.after)
                if is_held or len(self.running) >= self.build.workers:
                    continue
                del self.waiting[task.name]
                is_moving = True
                step = task.plan()
                if self.build.plan.records.reasons(step):
                    self._start(task, step)

    def _start(self, task: Task, step: Step) -> None:
        if step.id not in self.seconds:
            self.seconds[step.id] = 0.0
            self.build.progress.planned([step.title])
            self.build.progress.started(step.title)
        self.build.plan.records.forget(step.id)
        self.running[task.name] = (task, step)
        server = self.build.server()
        if server is None:
            self.news.put(_outcome(task, called_here))
        else:
            work = (task, server.call, self.news)
            threading.Thread(target=_in_a_process, args=work, daemon=True).start()

    def _hear(self) -> None:
        """Wait for a task's end and record it, noticing an interruption meanwhile."""
        try:
            outcome = self.news.get(timeout=POLL_SECONDS)
        except queue.Empty:
            return
        if outcome.error is not None:
            raise outcome.error
        task, step = self.running.pop(outcome.name)
        self.seconds[step.id] += outcome.seconds
        if task.is_first:
            return
        seconds = self.seconds[step.id]
        outputs = task.outputs() if task.outputs else step.outputs
        made = Step(step.id, step.title, step.parts, outputs)
        self.build.plan.records.remember(made, seconds, **outcome.value)
        self.build.result.done.append(step.title)
        self.build.progress.finished(step.title, seconds)


def _in_a_process(task: Task, call: Callable[..., Any], news: queue.SimpleQueue) -> None:
    news.put(_outcome(task, call))


def _outcome(task: Task, call: Callable[..., Any]) -> Outcome:
    began = time.perf_counter()
    value, error = None, None
    try:
        value = call(task.call, *task.arguments)
    except Exception as raised:  # raised again in the main thread
        error = raised
    return Outcome(task.name, value, error, time.perf_counter() - began)


def called_here(function: str, *arguments: Any) -> Any:
    """Return what `module:name` returns for the arguments, as `ForkServer.call` does."""
    module, name = function.split(":")
    return getattr(importlib.import_module(module), name)(*arguments)


def _tasks(build: Build, years: Sequence[SchoolYear], with_numbers: bool) -> Iterator[Task]:
    """Yield the tasks, those that others wait for first.

    Conclusions wait for those of the year before: checks are done beside them, not ahead of them.
    """
    counted = [_counting(build, year, years) for year in (years if with_numbers else ())]
    yield from (_reading(build, year) for year in years)
    yield from (values for values, _ in counted)
    for place, year in enumerate(years):
        yield _checking(build, year)
        yield from (numbers for _, numbers in counted[place : place + 1])


def _reading(build: Build, year: SchoolYear) -> Task:
    plan = build.plan
    copy = plan.where.set_aside_findings(year)
    return Task(
        f"intake:{year}",
        (),
        lambda: plan.intake(year),
        "msoko.build.steps.table_steps:read",
        (plan.project, year, copy),
        lambda: (*plan.where.received(year), copy),
    )


def _checking(build: Build, year: SchoolYear) -> Task:
    plan = build.plan
    return Task(
        f"validation:{year}",
        (f"intake:{year.shifted(-1)}", f"intake:{year}"),
        lambda: plan.validation(year),
        "msoko.build.steps.table_steps:check",
        (plan.project, year, plan.where.set_aside_findings(year), plan.validator),
        lambda: (plan.where.findings(year), *plan.where.verdicts(year)),
    )


def _counting(build: Build, year: SchoolYear, years: Sequence[SchoolYear]) -> tuple[Task, Task]:
    """Return the two halves of a year's numbers; only the second needs the years before."""
    plan = build.plan
    years = [one for one in years if one <= year]
    common = (plan.project, plan.municipality, year)
    values = Task(
        f"values:{year}",
        tuple(f"intake:{one}" for one in years),
        lambda: plan.numbers(year),
        "msoko.build.steps.table_steps:compute",
        (*common, plan.years_to(year)),
        is_first=True,
    )
    before = [f"numbers:{one}" for one in years if one != year]
    numbers = Task(
        f"numbers:{year}",
        (values.name, f"validation:{year}", *before),
        lambda: plan.numbers(year),
        "msoko.build.steps.table_steps:conclude",
        (*common, plan.validator),
    )
    return values, numbers


# What runs in a process of its own


def read(project: Project, year: SchoolYear, copy: Path) -> Mapping[str, Any]:
    """Read the year's raw files; return the facts of the step."""
    from msoko.build.graph.planned_schools import schools_of
    from msoko.build.steps.table_intake import take_in

    return {"rows": take_in(project, year, copy), "schools": schools_of(project, year)}


def check(project: Project, year: SchoolYear, copy: Path, validator: str) -> Mapping[str, Any]:
    """Check the year's tables; return the facts of the step."""
    from msoko.build.steps.table_intake import restore_findings
    from msoko.validate import check_year

    restore_findings(project, year, copy)
    verdict = check_year(project, year, validator)
    return {"blocking": verdict.blocking, "directions_blocked": verdict.directions_blocked}


def compute(
    project: Project, municipality: str, year: SchoolYear, years: list[SchoolYear]
) -> Mapping[str, Any]:
    """Compute what needs no other year's numbers."""
    from msoko.build.steps.number_tables import compute_values

    compute_values(project, municipality, year, years)
    return {}


def conclude(
    project: Project, municipality: str, year: SchoolYear, validator: str
) -> Mapping[str, Any]:
    """Recommend and check what was computed; return the facts of the step."""
    from msoko.build.graph.passport_digests import advice_digests
    from msoko.build.steps.number_tables import recommend, refuse_faults

    slices = recommend(project, municipality, year)
    refuse_faults(project, year, validator)
    return {"slices": slices, "advice": advice_digests(project, year)}
