"""The reports of one build executed side by side; what data stop and what fails is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msoko.build.graph.blocked_reports import blocked, refusals
from msoko.build.graph.report_list import notebook_of, school_of
from msoko.build.graph.step_records import Step
from msoko.build.kernels.notebook_files import read_notebook, write_notebook
from msoko.build.kernels.notebook_parameters import check_parameters, declared_parameters
from msoko.build.kernels.notebook_run import Execution
from msoko.build.steps.page_steps import annex_tasks, page_tasks
from msoko.build.steps.step_executor import Task, run_tasks

if TYPE_CHECKING:
    from msoko.build.steps.build_context import Build


def execute_reports(build: Build, reports: Sequence[str]) -> None:
    """Execute the reports that are stale, and make of each what its page needs.

    Each failure is told and stops no other.
    """
    plan, stopped = build.plan, blocked(build.plan, build.year, reports)
    steps = {one: plan.report(build.year, one) for one in reports if one not in stopped}
    stale = {one: step for one, step in steps.items() if plan.records.reasons(step)}
    build.result.reports = {one: "blocked" for one in stopped}
    build.result.reports |= {one: "fresh" for one in steps if one not in stale}
    _tell_blocked(build, stopped)
    tasks = annex_tasks(build, steps) + page_tasks(
        build, [one for one in steps if one not in stale]
    )
    if not stale:
        run_tasks(build, tasks)
        return
    refuse_wrong_parameters(build, stale)
    build.preload(stale)
    execution = build.execution()
    tasks += [_task(build, execution, one, step) for one, step in stale.items()]
    run_tasks(build, tasks, execution.end_all)


def refuse_wrong_parameters(build: Build, reports: Iterable[str]) -> None:
    """Refuse a notebook that does not declare what it is given, before any is executed."""
    for name, report in {notebook_of(one): one for one in reports}.items():
        path = build.plan.where.notebook(name)
        shown = build.plan.project.shown(path)
        declared = declared_parameters(read_notebook(path, shown), shown)
        check_parameters(declared, build.plan.values(build.year, report), shown)


def _task(build: Build, execution: Execution, report: str, step: Step) -> Task:
    path = build.plan.where.notebook(notebook_of(report))
    school, shown = school_of(report), build.plan.project.shown(path)
    told = f"{shown} ({school})" if school else shown
    values = build.plan.values(build.year, report)

    def keep(notebook: dict[str, Any]) -> None:
        write_notebook(notebook, step.outputs[0])
        build.result.reports[report] = "built"

    return Task(
        report,
        step,
        lambda: execution.run(path, told, values),
        keep,
        lambda: page_tasks(build, [report]),
    )


def _tell_blocked(build: Build, stopped: Mapping[str, list[str]]) -> None:
    """Tell what data stop."""
    for report, lines in stopped.items():
        build.refusals[report] = f"Данные не приняты. {lines[0]}"
        if not school_of(report):
            build.progress.failed(build.plan.report(build.year, report).title, lines[0])
    build.result.messages += refusals(stopped, build.year)
    if stopped:
        build.result.exit_code = max(build.result.exit_code, 1)
