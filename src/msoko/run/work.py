"""The steps of one build, each done only where it is stale, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from traceback import format_exception
from typing import Any

from msoko.build.kernels.child_processes import ChildProcesses, Preloaded, called_here
from msoko.build.kernels.notebook_run import Execution, NotebookFailed
from msoko.errors import MsokoError
from msoko.run.plan import NOT_TRIED, Plan
from msoko.run.progress import Progress
from msoko.run.reports import PAGES, notebook_of
from msoko.run.staleness import Step
from msoko.school_year import SchoolYear

READ_DECLARATIONS = "msoko.build.kernels.preload_declarations:read_declarations"
WRITE_CHECK_QUERIES = "msoko.build.kernels.preload_declarations:write_check_queries"


@dataclass
class BuildResult:
    """What a build did. `reports`: report → built, fresh, blocked or failed."""

    year: str
    municipality: str
    edition: str
    site: str = ""
    is_site_new: bool = False
    reports: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    exit_code: int = 0
    seconds: float = 0.0
    tracebacks: list[str] = field(default_factory=list)


@dataclass
class Build:
    """One build as it goes: the plan, the way notebooks are executed, and what came of it."""

    plan: Plan
    year: SchoolYear
    engine: str
    workers: int
    progress: Progress
    result: BuildResult
    refusals: dict[str, str] = field(default_factory=dict)
    """Why a report is not whole, for the site's index."""
    _execution: Execution | None = None
    _is_preloading: bool = False

    def tables(self, years: Sequence[SchoolYear], *, with_numbers: bool = True) -> None:
        """Bring the years' tables, the verdicts on them and the numbers up to date."""
        from msoko.run.tables import make_tables

        make_tables(self, years, with_numbers=with_numbers)

    def declarations(self) -> None:
        """Take note of what the directions declare, for the passports that depend on it."""
        from msoko.run.narrowing import declared_digest

        work = lambda: {"digest": declared_digest(self.plan.declared.directions)}  # noqa: E731
        self.step(self.plan.declarations, work)

    def reports(self, reports: Sequence[str]) -> None:
        """Execute the notebooks that are stale; each failure is told and stops no other."""
        from msoko.run.executing import execute_reports

        execute_reports(self, reports)

    def site(self) -> None:
        """Publish the reports that are whole; the others keep the page they had.

        A report that this build was not asked for is published as it was last built.
        """
        from msoko.run.sides import finish_pages

        plan, folder = self.plan, self.plan.where.site(self.year)
        listed = plan.reports.of(self.year)
        self.result.site = plan.project.shown(folder / "index.html")
        if not any(one not in PAGES and self._is_whole(one) for one in listed):
            return
        finish_pages(self, [one for one in listed if self._is_whole(one)])
        ready = [one for one in listed if self._is_whole(one)]
        reasons = plan.refusals(self.year) | self.refusals
        refused = {one: reasons.get(one, NOT_TRIED) for one in listed if one not in ready}

        def publish() -> Mapping[str, Any]:
            from msoko.run.release import publish

            call = partial(self.call, "msoko.stats.multiplicity:adjust")
            publish(plan, self.year, ready, refused, folder, call)
            self.result.is_site_new = True
            return {}

        def written() -> tuple[Path, ...]:
            return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))

        self.step(lambda: plan.site(self.year, ready, refused), publish, written)

    def fail(self, report: str, error: BaseException) -> str:
        """Take note that a report is not whole, and return what people are told of it.

        What is no fault of the report, a full disk or an interruption, is raised again.
        """
        if isinstance(error, OSError) or not isinstance(error, Exception):
            raise error
        is_refusal = isinstance(error, MsokoError)
        told = str(error) if is_refusal else f"{type(error).__name__}: {error}"
        if isinstance(error, NotebookFailed):
            self.result.tracebacks.append(error.traceback)
        elif not is_refusal:
            self.result.tracebacks.append("".join(format_exception(error)))
        self.result.reports[report] = "failed"
        self.refusals[report] = told
        self.result.exit_code = max(self.result.exit_code, error.exit_code if is_refusal else 3)
        self.result.messages.append(told)
        return told

    def are_tables_stale(self, years: Iterable[SchoolYear]) -> bool:
        """Return whether a table will have to be made."""
        plan = self.plan
        return any(
            plan.records.reasons(step(year))
            for year in years
            for step in (plan.intake, plan.validation, plan.numbers)
        )

    def are_reports_stale(self, reports: Iterable[str]) -> bool:
        """Return whether a notebook will probably have to run."""
        return any(self.plan.records.reasons(self.plan.report(self.year, one)) for one in reports)

    def execution(self) -> Execution:
        """Return how notebooks are executed."""
        if self._execution is None:
            self._execution = Execution.of_project(self.engine, self.plan.project)
        return self._execution

    def preload(self, reports: Iterable[str], ahead: Sequence[Preloaded] = ()) -> None:
        """Begin to import what the reports need, and `ahead` before it; the first call counts."""
        if self._is_preloading:
            return
        self._is_preloading = True
        notebooks = [self.plan.where.notebook(one) for one in sorted({*map(notebook_of, reports)})]
        declared = [READ_DECLARATIONS, str(self.plan.project.root), self.plan.municipality]
        modules = [*ahead, declared, *self.plan.code.preloaded(notebooks)]
        self.execution().preload(modules)

    def children(self) -> ChildProcesses | None:
        """Return the processes that answer calls, if this build preloads any."""
        is_warm = self._execution is not None and self._execution.is_warm
        return self._execution.children if is_warm else None

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what `module:name` gives, in a process of its own where that is quick."""
        children = self.children()
        return (children.call if children else called_here)(function, *arguments)

    def close(self) -> None:
        if self._execution is not None:
            self._execution.close()

    def step(
        self,
        plan: Callable[[], Step],
        work: Callable[[], Mapping[str, Any]],
        outputs: Callable[[], tuple[Path, ...]] | None = None,
    ) -> None:
        """Do a step if it is stale, and record it once it is whole."""
        step = plan()
        if not self.plan.records.reasons(step):
            return
        self.progress.planned([step.title])
        self.progress.started(step.title)
        began = time.perf_counter()
        self.plan.records.forget(step.id)
        facts = work()
        seconds = time.perf_counter() - began
        made = Step(step.id, step.title, step.parts, outputs() if outputs else step.outputs)
        self.plan.records.remember(made, seconds, **facts)
        self.result.done.append(step.title)
        self.progress.finished(step.title, seconds)

    def _is_whole(self, report: str) -> bool:
        state = self.result.reports.get(report)
        if state is None:
            return self.plan.where.executed(self.year, report).exists()
        return state in ("built", "fresh")
