"""The steps of one build, each done only where it is stale, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, Any

from msoko.build.graph.build_plan import NOT_TRIED, Plan
from msoko.build.graph.report_list import PAGES, notebook_of
from msoko.build.graph.step_records import Step
from msoko.build.kernels.notebook_run import Execution, NotebookFailed
from msoko.build.progress import Progress
from msoko.core.errors import MsokoError
from msoko.core.school_year import SchoolYear

if TYPE_CHECKING:
    from msoko.build.kernels.forks import ForkServer, Preloaded

REMEMBER = "msoko.build.kernels.remembering:remember"
REMEMBER_CHECKS = "msoko.build.kernels.remembering:remember_checks"


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
        from msoko.build.steps.table_steps import make_tables

        make_tables(self, years, with_numbers=with_numbers)

    def declarations(self) -> None:
        """Take note of what the directions declare, for the passports that depend on it."""
        from msoko.build.graph.passport_digests import declared_digest

        work = lambda: {"digest": declared_digest(self.plan.declared.directions)}  # noqa: E731
        self.step(self.plan.declarations, work)

    def reports(self, reports: Sequence[str]) -> None:
        """Execute the notebooks that are stale; each failure is told and stops no other."""
        from msoko.build.steps.report_steps import execute_reports

        execute_reports(self, reports)

    def site(self) -> None:
        """Publish the reports that are whole; the others keep the page they had.

        A report that this build was not asked for is published as it was last built.
        """
        from msoko.build.steps.page_steps import finish_pages

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
            from msoko.build.steps.site_content import publish
            from msoko.catalog import load_thresholds

            level = load_thresholds(plan.project)["change_fdr"].value
            judge = partial(self.call, "msoko.stats.estimators.judged_changes:judge", level=level)
            publish(plan, self.year, ready, refused, folder, judge)
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

    def execution(self, early: Sequence[str] = ()) -> Execution:
        """Return how notebooks are executed; the first call begins to import `early`."""
        if self._execution is None:
            self._execution = Execution.prepared(self.engine, self.plan.project, early)
        return self._execution

    def preload(self, reports: Iterable[str], ahead: Sequence[Preloaded] = ()) -> None:
        """Begin to import what the reports need, and `ahead` before it; the first call counts."""
        if self._is_preloading:
            return
        self._is_preloading = True
        notebooks = [self.plan.where.notebook(one) for one in sorted({*map(notebook_of, reports)})]
        remembered = [REMEMBER, str(self.plan.project.root), self.plan.municipality]
        modules = [*ahead, remembered, *self.plan.code.preloaded(notebooks)]
        self.execution().preload(modules)

    def server(self) -> ForkServer | None:
        """Return the process that answers calls, if this build has one."""
        return self._execution.server if self._execution is not None else None

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what `module:name` gives, in a process of its own where there is a server."""
        from msoko.build.steps.table_steps import called_here

        server = self.server()
        return (server.call if server else called_here)(function, *arguments)

    def close(self) -> None:
        if self._execution is not None:
            self._execution.end_all()

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
