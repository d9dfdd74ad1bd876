"""The reports of one build executed side by side, each with what its page needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msoko.build.graph.blocked_reports import (
    blocked_reports,
    refusal_messages,
    unplaced_files,
    unplaced_message,
)
from msoko.build.graph.report_list import notebook_of, school_of
from msoko.build.graph.step_records import Step
from msoko.build.kernels.notebook_files import read_notebook, write_notebook
from msoko.build.kernels.notebook_parameters import check_parameters, declared_parameters
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.page_steps import annex_jobs, page_jobs
from msoko.build.steps.preloading import preload_for_reports
from msoko.build.steps.step_executor import StepJob, execute_steps
from msoko.build.steps.step_workers import ThreadWorkers


def make_reports(context: BuildContext, reports: Sequence[str]) -> None:
    """Execute the reports that are stale, and make of each what its page needs.

    Those that data stop are refused. Each failure is reported and stops no other.
    """
    plan, stopped = context.plan, blocked_reports(context.plan, context.year, reports)
    steps = {one: plan.report(context.year, one) for one in reports if one not in stopped}
    stale = {one: step for one, step in steps.items() if context.are_stale([step])}
    context.result.reports = {one: "blocked" for one in stopped}
    context.result.reports |= {one: "fresh" for one in steps if one not in stale}
    _tell_unplaced(context)
    _refuse(context, stopped)
    if stale:
        _refuse_wrong_parameters(context, stale)
        preload_for_reports(context, stale)
    executing = [_report_job(context, one, step) for one, step in stale.items()]
    jobs = _longest_first(context, [*annex_jobs(context, steps), *executing])
    jobs += page_jobs(context, steps)
    execute_steps(context, jobs, ThreadWorkers(context.workers))


def _tell_unplaced(context: BuildContext) -> None:
    """Say first which files no report has used: the build is not whole without an answer."""
    lines = unplaced_files(context.plan, context.year)
    if lines:
        context.result.messages.append(unplaced_message(lines, context.year))
        context.result.exit_code = max(context.result.exit_code, 1)


def _refuse(context: BuildContext, stopped: Mapping[str, list[str]]) -> None:
    """Say what the data stop and why."""
    for report, reasons in stopped.items():
        more = f" И ещё замечаний: {len(reasons) - 1}." if len(reasons) > 1 else ""
        context.refusals[report] = f"Данные не приняты. {reasons[0]}{more}"
        if not school_of(report):
            context.progress.failed(context.plan.report(context.year, report).title, reasons[0])
    context.result.messages += refusal_messages(stopped, context.year)
    if stopped:
        context.result.exit_code = max(context.result.exit_code, 1)


def _refuse_wrong_parameters(context: BuildContext, reports: Iterable[str]) -> None:
    """Refuse a notebook that does not declare what it is given, before any is executed."""
    plan = context.plan
    for name, report in {notebook_of(one): one for one in reports}.items():
        path = plan.paths.notebook(name)
        shown = plan.project.shown(path)
        declared = declared_parameters(read_notebook(path, shown), shown)
        check_parameters(declared, plan.values(context.year, report), shown)


def _report_job(context: BuildContext, report: str, step: Step) -> StepJob:
    plan = context.plan
    path = plan.paths.notebook(notebook_of(report))
    school, shown = school_of(report), plan.project.shown(path)
    title = f"{shown} ({school})" if school else shown
    values = plan.values(context.year, report)

    def write(notebook: dict[str, Any]) -> Mapping[str, Any]:
        write_notebook(notebook, step.outputs[0])
        context.result.reports[report] = "built"
        return {}

    return StepJob(
        f"report:{report}",
        lambda: step,
        partial(context.processes.run_notebook, path, title, values),
        report=report,
        finish=write,
    )


def _longest_first(context: BuildContext, jobs: Sequence[StepJob]) -> list[StepJob]:
    """Return the jobs in the order to start them; those never timed come first, as given."""

    def order(job: StepJob) -> tuple[bool, float]:
        record = context.plan.records.of(job.plan().id)
        return record is not None, -(record.seconds if record else 0)

    return sorted(jobs, key=order)
