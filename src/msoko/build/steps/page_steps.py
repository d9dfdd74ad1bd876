"""What a report becomes besides an executed notebook: the body of its page, its annex."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msoko.build.graph.written_pages import available_pages
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.step_executor import StepJob, execute_steps
from msoko.build.steps.step_workers import SerialWorkers, ThreadWorkers

if TYPE_CHECKING:
    from msoko.site.rendering.page_bodies import PageBody


def finish_pages(context: BuildContext) -> None:
    """Make what is still missing for the pages of reports executed in this build or before."""
    reports = context.whole_reports()
    jobs = [*annex_jobs(context, reports), *page_jobs(context, reports), *_written_jobs(context)]
    execute_steps(context, jobs, ThreadWorkers(context.workers))
    if context.plan.renderer == "quarto":
        execute_steps(context, _quarto_jobs(context, reports), SerialWorkers())


def page_jobs(context: BuildContext, reports: Iterable[str]) -> list[StepJob]:
    """Return the jobs of rendering pages, each after its report.

    Quarto is started once for all pages of a build, so it has none: see `finish_pages`.
    """
    plan, year = context.plan, context.year
    if plan.renderer == "quarto":
        return []
    return [
        StepJob(
            f"page:{report}",
            partial(plan.page, year, report),
            partial(_render_page, plan.paths.executed(year, report), plan.paths.page(year, report)),
            after=(f"report:{report}",),
            report=report,
        )
        for report in reports
    ]


def annex_jobs(context: BuildContext, reports: Iterable[str]) -> list[StepJob]:
    """Return the jobs of making the files that go beside pages."""
    return [_annex_job(context, one) for one in reports if context.plan.reports.has_annex(one)]


def _annex_job(context: BuildContext, report: str) -> StepJob:
    plan, year = context.plan, context.year

    def make() -> None:
        declared = (plan.profile, plan.directions)  # checked only where an annex is made
        given = (
            plan.project,
            year,
            *declared,
            report,
            plan.edition,
            plan.paths.annex(year, report),
        )
        context.processes.call("msoko.build.steps.report_annexes:make_annex", *given)

    return StepJob(f"annex:{report}", partial(plan.annex, year, report), make, report=report)


def _written_jobs(context: BuildContext) -> list[StepJob]:
    """Return the jobs of the pages that people wrote, made where statistics are imported."""
    plan = context.plan
    call = partial(context.processes.call, "msoko.build.steps.method_page:make_page", plan.project)
    return [
        StepJob(
            f"page:{name}",
            partial(plan.written_page, name),
            partial(call, name, plan.paths.written_page(name)),
        )
        for name in available_pages(plan.project)
    ]


def _render_page(executed: Path, body: Path) -> None:
    # a build that renders nothing is quick
    from msoko.site.rendering.page_bodies import render_notebooks, save_body

    save_body(render_notebooks([executed], "embedded")[0], body)


def _quarto_jobs(context: BuildContext, reports: Sequence[str]) -> list[StepJob]:
    """Return the jobs of the pages that Quarto renders all at one start, failing all together."""
    plan, year = context.plan, context.year
    steps = {report: plan.page(year, report) for report in reports}
    stale = [report for report, step in steps.items() if context.are_stale([step])]
    batch = _QuartoBatch({report: plan.paths.executed(year, report) for report in stale})
    return [
        StepJob(
            f"page:{report}",
            partial(plan.page, year, report),
            partial(batch.write, report, plan.paths.page(year, report)),
        )
        for report in stale
    ]


class _QuartoBatch:
    """Pages rendered by one start of Quarto, when the first of them is asked for."""

    def __init__(self, executed: dict[str, Path]) -> None:
        self.executed = executed
        self.bodies: dict[str, PageBody] = {}

    def write(self, report: str, body: Path) -> None:
        from msoko.site.rendering.page_bodies import render_notebooks, save_body

        if not self.bodies:
            bodies = render_notebooks(list(self.executed.values()), "quarto")
            self.bodies = dict(zip(self.executed, bodies, strict=True))
        save_body(self.bodies[report], body)
