"""The steps of one build, each done only where it is stale, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from traceback import format_exception
from types import NoneType
from typing import Any

from msoko.errors import MsokoError
from msoko.run.execute import Execution, NotebookFailed
from msoko.run.notebook import read_notebook, write_notebook
from msoko.run.parameters import check_parameters, declared_parameters
from msoko.run.plan import PAGES, SUMMARY, Plan
from msoko.run.progress import Progress
from msoko.run.schedule import Job, Outcome, run_jobs
from msoko.run.staleness import Step
from msoko.school_year import SchoolYear

EVERY_DIRECTION = "*"
MOST_REASONS = 12
"""Blocking findings listed on a terminal; `msoko check` lists all."""


@dataclass
class BuildResult:
    """What a build did. `reports`: direction → built, fresh, blocked or failed."""

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
    _execution: Execution | None = None

    # Steps

    def tables(self, year: SchoolYear) -> None:
        """Bring the year's tables and the verdict on them up to date."""
        project, copy = self.plan.project, self.plan.set_aside_findings(year)

        def take_in() -> Mapping[str, Any]:
            from msoko.run.intake import take_in

            return {"rows": take_in(project, year, copy)}

        def check() -> Mapping[str, Any]:
            from msoko.run.intake import restore_findings
            from msoko.validate import check_year

            restore_findings(project, year, copy)
            verdict = check_year(project, year, self.plan.validator)
            return {
                "blocking": verdict.blocking,
                "directions_blocked": verdict.directions_blocked,
            }

        self._step(lambda: self.plan.intake(year), take_in, lambda: self._intake_outputs(year))
        outputs = lambda: self._validation_outputs(year)  # noqa: E731
        self._step(lambda: self.plan.validation(year), check, outputs)

    def numbers(self, year: SchoolYear) -> None:
        """Bring the year's derived tables up to date."""
        plan = self.plan

        def compute() -> Mapping[str, Any]:
            from msoko.run.numbers import compute_numbers, refuse_faults

            years = plan.years_to(year)
            slices = compute_numbers(plan.project, plan.municipality, year, years)
            refuse_faults(plan.project, year, plan.validator)
            return {"slices": slices}

        self._step(lambda: plan.numbers(year), compute)

    def reports(self, directions: Sequence[str]) -> None:
        """Execute the notebooks that are stale; each failure is told and stops no other."""
        blocked = self.blocked(directions)
        steps = {one: self.plan.report(self.year, one) for one in directions if one not in blocked}
        stale = {one: step for one, step in steps.items() if self.plan.records.reasons(step)}
        self.result.reports = {one: "blocked" for one in blocked}
        self.result.reports |= {one: "fresh" for one in steps if one not in stale}
        self._block(blocked)
        if not stale:
            return
        self._check_parameters(stale)
        self.progress.planned([step.title for step in stale.values()])
        execution = self.execution(stale)
        jobs = [self._job(execution, one, step) for one, step in stale.items()]
        run_jobs(
            jobs,
            self.workers,
            execution.end_all,
            on_start=lambda one: self.progress.started(stale[one].title),
            on_end=lambda outcome: self._executed(outcome, stale[outcome.name]),
        )

    def site(self) -> None:
        """Publish the reports that are whole; the others keep the page they had.

        A direction that this build was not asked for is published as it was last built.
        """
        plan, reports = self.plan, self.result.reports
        ready, refused = [], {}
        for one in plan.reports():
            is_whole = reports.get(one) in ("built", "fresh")
            if is_whole or (one not in reports and plan.executed(self.year, one).exists()):
                ready.append(one)
            else:
                refused[one] = self._refusals.get(one, "в этой сборке не строился")
        folder = plan.project.reports(self.year) / plan.edition
        self.result.site = plan.project.shown(folder / "index.html")
        if not any(reports.get(one) in ("built", "fresh") for one in ready if one not in PAGES):
            return

        def publish() -> Mapping[str, Any]:
            from msoko.run.release import publish

            publish(plan, self.year, ready, refused, folder)
            self.result.is_site_new = True
            return {}

        def written() -> tuple[Path, ...]:
            return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))

        self._step(lambda: plan.site(self.year, ready, sorted(refused)), publish, written)

    def is_anything_stale(self, years: Sequence[SchoolYear], directions: Sequence[str]) -> bool:
        """Return whether a notebook will probably have to run."""
        plan = self.plan
        steps = [step for year in years for step in (plan.intake(year), plan.validation(year))]
        steps += [plan.numbers(year) for year in years]
        steps += [plan.report(self.year, one) for one in directions]
        return any(plan.records.reasons(step) for step in steps)

    # How notebooks are executed

    def execution(self, directions: Sequence[str] | Mapping[str, Any]) -> Execution:
        """Return how notebooks are executed; the first call begins to preload."""
        if self._execution is None:
            notebooks = [self.plan.notebook(one) for one in directions]
            self._execution = Execution.prepared(
                self.engine, self.plan.project, self.plan.code.preloaded(notebooks)
            )
        return self._execution

    def close(self) -> None:
        if self._execution is not None:
            self._execution.end_all()

    # Inner parts

    def __post_init__(self) -> None:
        self._refusals: dict[str, str] = {}

    def blocked(self, directions: Sequence[str]) -> dict[str, list[str]]:
        """Return the directions that the year's data stop, with what stops them."""
        record = self.plan.records.of(f"validation:{self.year}")
        found = record.facts.get("directions_blocked", {}) if record else {}
        told = {
            one: found.get(EVERY_DIRECTION, []) + found.get(one, [])
            for one in directions
            if one != PAGES[0]  # the data-quality page is there to tell it
        }
        if SUMMARY in told:  # it speaks of every direction
            told[SUMMARY] = list(dict.fromkeys(line for lines in found.values() for line in lines))
        return {one: lines for one, lines in told.items() if lines}

    def _step(
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

    def _intake_outputs(self, year: SchoolYear) -> tuple[Path, ...]:
        folder = self.plan.project.processed(year)
        tables = [path for path in sorted(folder.glob("*.parquet")) if path.stem != "findings"]
        return (*tables, self.plan.set_aside_findings(year))

    def _validation_outputs(self, year: SchoolYear) -> tuple[Path, ...]:
        folder = self.plan.project.processed(year)
        return (folder / "findings.parquet", *sorted((folder / "validation").glob("*.json")))

    def _check_parameters(self, directions: Mapping[str, Step]) -> None:
        for direction in directions:
            path = self.plan.notebook(direction)
            shown = self.plan.project.shown(path)
            declared = declared_parameters(read_notebook(path, shown), shown)
            check_parameters(declared, self.plan.values(self.year), shown)

    def _job(self, execution: Execution, direction: str, step: Step) -> Job:
        path = self.plan.notebook(direction)
        shown, values = self.plan.project.shown(path), self.plan.values(self.year)
        record = self.plan.records.of(step.id)
        return Job(
            direction,
            lambda: execution.run(path, shown, values),
            record.seconds if record else None,
        )

    def _executed(self, outcome: Outcome, step: Step) -> None:
        if isinstance(outcome.error, MsokoError):
            code = outcome.error.exit_code
            self._refuse(outcome.name, "failed", str(outcome.error), code)
            if isinstance(outcome.error, NotebookFailed):
                self.result.tracebacks.append(outcome.error.traceback)
            return
        if isinstance(outcome.error, OSError) or not isinstance(
            outcome.error, (Exception, NoneType)
        ):
            raise outcome.error
        if outcome.error is not None:
            told = f"{type(outcome.error).__name__}: {outcome.error}"
            self.result.tracebacks.append("".join(format_exception(outcome.error)))
            self._refuse(outcome.name, "failed", told, 3)
            return
        write_notebook(outcome.value, step.outputs[0])
        self.plan.records.remember(step, outcome.seconds)
        self.result.reports[outcome.name] = "built"
        self.result.done.append(step.title)
        self.progress.finished(step.title, outcome.seconds)

    def _block(self, blocked: Mapping[str, list[str]]) -> None:
        """Stop the directions that data stop; one message for those with the same reasons."""
        stopped: dict[tuple[str, ...], list[str]] = {}
        for direction, lines in blocked.items():
            stopped.setdefault(tuple(lines), []).append(direction)
            self._refusals[direction] = f"Данные не приняты. {lines[0]}"
            self.progress.failed(self.plan.report(self.year, direction).title, lines[0])
        for lines, directions in stopped.items():
            shown = [f"  – {line}" for line in lines[:MOST_REASONS]]
            rest = len(lines) - MOST_REASONS
            if rest > 0:
                shown.append(f"  – и ещё замечаний: {rest}; все покажет msoko check {self.year}")
            head = f"Данные не позволяют построить отчёты: {', '.join(directions)}."
            self.result.messages.append("\n".join([head, *shown]))
            self.result.exit_code = max(self.result.exit_code, 1)

    def _refuse(self, direction: str, state: str, message: str, exit_code: int) -> None:
        self.result.reports[direction] = state
        self._refusals[direction] = message
        self.result.exit_code = max(self.result.exit_code, exit_code)
        self.result.messages.append(message)
        self.progress.failed(self.plan.report(self.year, direction).title, message)
