"""Executed notebooks rendered side by side to the bodies of pages, where they are stale."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msoko.run.groups import Groups
from msoko.run.schedule import Job, Outcome, run_jobs
from msoko.run.staleness import Step

if TYPE_CHECKING:
    from msoko.run.work import Build


def render_pages(build: Build, reports: Sequence[str]) -> None:
    """Render the pages that are stale; one that fails keeps its report from the site.

    Quarto is started once for all of them, so its failure is the failure of all.
    """
    plan = build.plan
    steps = {one: plan.page(build.year, one) for one in reports}
    stale = {one: step for one, step in steps.items() if plan.records.reasons(step)}
    if not stale:
        return
    groups = Groups(build.progress, stale.values())
    build.progress.planned([step.title for step in stale.values()])
    if plan.renderer == "quarto":
        _render_together(build, groups, stale)
        return
    run_jobs(
        [_job(build, one, step) for one, step in stale.items()],
        build.workers,
        end_all=lambda: None,
        on_start=lambda one: groups.started(stale[one]),
        on_end=lambda outcome: _rendered(build, groups, outcome, stale[outcome.name]),
    )


def _job(build: Build, report: str, step: Step) -> Job:
    from msoko.publish.rendering import fragments, keep

    executed = build.plan.where.executed(build.year, report)
    record = build.plan.records.of(step.id)
    return Job(
        report,
        lambda: keep(fragments([executed], "embedded")[0], step.outputs[0]),
        record.seconds if record else None,
    )


def _rendered(build: Build, groups: Groups, outcome: Outcome, step: Step) -> None:
    if outcome.error is not None:
        groups.failed(step, build.fail(outcome.name, outcome.error))
        return
    build.plan.records.remember(step, outcome.seconds)
    build.result.done.append(step.title)
    groups.finished(step, outcome.seconds)


def _render_together(build: Build, groups: Groups, stale: dict[str, Step]) -> None:
    from msoko.publish.rendering import fragments, keep

    began = time.perf_counter()
    for step in stale.values():
        groups.started(step)
    executed = [build.plan.where.executed(build.year, one) for one in stale]
    bodies = fragments(executed, "quarto")
    each = (time.perf_counter() - began) / len(stale)
    for (report, step), body in zip(stale.items(), bodies, strict=True):
        keep(body, step.outputs[0])
        _rendered(build, groups, Outcome(report, None, None, each), step)
