"""What a report becomes besides an executed notebook: the body of its page, its annex."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msoko.build.graph.step_records import Step
from msoko.build.graph.written_pages import written
from msoko.build.steps.step_executor import Task, run_tasks

if TYPE_CHECKING:
    from msoko.build.steps.build_context import Build


def page_tasks(build: Build, reports: Iterable[str]) -> list[Task]:
    """Return the tasks of rendering the pages that are stale.

    Quarto is started once for all pages of a build, so it has none: see `finish_pages`.
    """
    if build.plan.renderer == "quarto":
        return []
    return [_page_task(build, one, step) for one, step in _stale_pages(build, reports).items()]


def annex_tasks(build: Build, reports: Iterable[str]) -> list[Task]:
    """Return the tasks of making the annexes that are stale."""
    plan = build.plan
    steps = {one: plan.annex(build.year, one) for one in reports if plan.reports.has_annex(one)}
    return [
        _annex_task(build, one, step) for one, step in steps.items() if plan.records.reasons(step)
    ]


def written_tasks(build: Build) -> list[Task]:
    """Return the tasks of rendering what people wrote, where it is stale."""
    steps = {name: build.plan.written(name) for name in written(build.plan.project)}
    stale = {name: step for name, step in steps.items() if build.plan.records.reasons(step)}
    return [_written_task(build, name, step) for name, step in stale.items()]


def finish_pages(build: Build, reports: Sequence[str]) -> None:
    """Make what is still missing for the pages of reports executed in this build or before."""
    tasks = annex_tasks(build, reports) + page_tasks(build, reports) + written_tasks(build)
    run_tasks(build, tasks)
    if build.plan.renderer == "quarto":
        _render_together(build, _stale_pages(build, reports))


def _stale_pages(build: Build, reports: Iterable[str]) -> dict[str, Step]:
    steps = {one: build.plan.page(build.year, one) for one in reports}
    return {one: step for one, step in steps.items() if build.plan.records.reasons(step)}


def _page_task(build: Build, report: str, step: Step) -> Task:
    executed = build.plan.where.executed(build.year, report)

    def render() -> None:
        from msoko.site.page_bodies import fragments, keep

        keep(fragments([executed], "embedded")[0], step.outputs[0])

    return Task(report, step, render)


def _annex_task(build: Build, report: str, step: Step) -> Task:
    """Return the task of one annex, made in a process of its own where the build has a server."""
    plan = build.plan

    def make() -> None:
        given = (plan.project, build.year, plan.declared, report, plan.edition, step.outputs[0])
        build.call("msoko.build.steps.report_annexes:make_annex", *given)

    return Task(report, step, make)


def _written_task(build: Build, name: str, step: Step) -> Task:
    """Return the task of one page, made where the statistics that it quotes are imported."""

    def make() -> None:
        given = (build.plan.project, name, step.outputs[0])
        build.call("msoko.build.steps.method_page:make_page", *given)

    return Task("", step, make)


def _render_together(build: Build, stale: dict[str, Step]) -> None:
    """Render pages by one start of Quarto, whose failure is the failure of all."""
    if not stale:
        return
    from msoko.site.page_bodies import fragments, keep

    title = f"страницы {build.year}"
    build.progress.started(title)
    began = time.perf_counter()
    bodies = fragments([build.plan.where.executed(build.year, one) for one in stale], "quarto")
    seconds = time.perf_counter() - began
    for step, body in zip(stale.values(), bodies, strict=True):
        keep(body, step.outputs[0])
        build.plan.records.remember(step, seconds / len(stale))
        build.result.done.append(step.title)
    build.progress.finished(title, seconds)
