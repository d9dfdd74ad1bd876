"""What a build would do now, found without doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msoko.build.graph.blocked_reports import blocked_reports
from msoko.build.graph.build_plan import BuildPlan, choose_renderer
from msoko.build.graph.raw_year import has_data, municipality_of, refuse_absent_year
from msoko.build.graph.report_list import PASSPORT
from msoko.build.graph.step_records import StaleReason, Step
from msoko.build.graph.written_pages import available_pages
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


@dataclass(frozen=True)
class StepStatus:
    """A step's state: `stale` for reasons of its own, `waits` where a step before it is stale.

    A step that waits may turn out fresh: what counts is what the step before it makes.
    One that is `blocked` was refused because of the data, and will be until they change.
    """

    step: str
    title: str
    state: Literal["fresh", "stale", "waits", "blocked"]
    reasons: tuple[StaleReason, ...]
    after: tuple[str, ...]
    group: str = ""

    @property
    def year(self) -> str:
        """The school year that a step of tables or reports belongs to."""
        return self.step.split(":")[1]


def status(
    project: Project,
    year: SchoolYear | None = None,
    municipality: str | None = None,
    edition: str = "internal",
) -> list[StepStatus]:
    """Return the state of every step up to `year`, by default up to the latest with files."""
    years = [one for one in project.raw_years() if has_data(project, one)]
    if year is not None:
        refuse_absent_year(project, year)
    elif not years:
        return []
    last = year or years[-1]
    name = municipality or municipality_of(project, last)
    plan = BuildPlan(project, name, edition, choose_renderer(), are_files_settled=True)
    plan.inputs.settle()
    steps = _steps(plan, [one for one in years if one <= last], last)
    plan.save()
    return _states(plan, steps, _blocked_steps(plan, last))


def _blocked_steps(plan: BuildPlan, year: SchoolYear) -> dict[str, list[str]]:
    """Return the steps of reports that the data stop, with what stops them."""
    stopped = blocked_reports(plan, year, plan.reports.of(year))
    return {plan.report_id(year, one): lines for one, lines in stopped.items()}


def _steps(plan: BuildPlan, years: list[SchoolYear], last: SchoolYear) -> list[Step]:
    steps = [step for year in years for step in (plan.intake(year), plan.validation(year))]
    steps += [plan.numbers(year) for year in years]
    steps += [plan.declarations()] if PASSPORT in plan.reports.notebooks() else []
    steps += [plan.report(last, one) for one in plan.reports.of(last)]
    ready, refused = plan.published_reports(last)
    steps += [plan.page(last, one) for one in ready]
    steps += [plan.annex(last, one) for one in ready if plan.reports.has_annex(one)]
    steps += [plan.written_page(name) for name in available_pages(plan.project)]
    return [*steps, plan.site(last, ready, refused)]


def _states(
    plan: BuildPlan, steps: list[Step], refused: Mapping[str, list[str]]
) -> list[StepStatus]:
    states: list[StepStatus] = []
    stale: set[str] = set()
    for step in steps:
        reasons = tuple(plan.records.reasons(step))
        waits = [one for one in step.after if one in stale]
        state = "stale" if reasons else "waits" if waits else "fresh"
        if step.id in refused and not waits:  # checked as the files stand now
            state, reasons = (
                "blocked",
                tuple(StaleReason("data", one, one) for one in refused[step.id]),
            )
        if state != "fresh":
            stale.add(step.id)
        states.append(StepStatus(step.id, step.title, state, reasons, tuple(waits), step.group))
    return states
