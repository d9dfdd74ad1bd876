"""The tables of all years, made side by side: files read, tables checked, numbers computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msoko.build.graph.passport_digests import declared_digest
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.step_executor import StepJob, execute_steps
from msoko.build.steps.step_workers import SerialWorkers, ThreadWorkers
from msoko.core.school_year import SchoolYear
from msoko.ingest.identity.pseudonyms import project_secret


def make_tables(
    context: BuildContext, years: Sequence[SchoolYear], *, with_numbers: bool = True
) -> None:
    """Bring the tables of the years up to date; what depends on nothing stale stays.

    Side by side where each call has a process of its own: DuckDB and Great Expectations are not
    made for two threads of one. Tables do not depend on which. The first error ends the work.
    """
    project_secret(context.plan.project)  # made before the first reading, of whose key it is a part
    is_parallel = context.processes.answer_calls
    workers = ThreadWorkers(context.workers) if is_parallel else SerialWorkers()
    execute_steps(context, [*_jobs(context, years, with_numbers)], workers)


def record_declarations(context: BuildContext) -> None:
    """Take note of what the directions declare, for the passports that depend on it."""
    plan = context.plan
    job = StepJob(
        "declarations",
        plan.declarations,
        lambda: {"digest": declared_digest(plan.directions)},
    )
    execute_steps(context, [job], SerialWorkers())


def _jobs(
    context: BuildContext, years: Sequence[SchoolYear], with_numbers: bool
) -> Iterator[StepJob]:
    """Yield the jobs, those that others wait for first.

    Conclusions wait for those of the year before: checks are done beside them, not ahead of them.
    """
    counted = years if with_numbers else ()
    yield from (_reading(context, year) for year in years)
    yield from (_computing(context, year, years) for year in counted)
    for year in years:
        yield _checking(context, year)
        if with_numbers:
            yield _concluding(context, year, years)


def _reading(context: BuildContext, year: SchoolYear) -> StepJob:
    plan = context.plan
    copy = plan.paths.reader_findings(year)
    call = "msoko.build.steps.table_intake:read_received"
    return StepJob(
        f"intake:{year}",
        partial(plan.intake, year),
        partial(context.processes.call, call, plan.project, year, copy),
        outputs=lambda: (*plan.paths.received(year), copy),
    )


def _checking(context: BuildContext, year: SchoolYear) -> StepJob:
    plan = context.plan
    call = "msoko.build.steps.table_checks:check_tables"
    given = (plan.project, year, plan.paths.reader_findings(year), plan.validator)
    return StepJob(
        f"validation:{year}",
        partial(plan.validation, year),
        partial(context.processes.call, call, *given),
        after=(f"intake:{year.shifted(-1)}", f"intake:{year}"),
        outputs=lambda: (plan.paths.findings(year), *plan.paths.verdicts(year)),
    )


def _computing(context: BuildContext, year: SchoolYear, years: Sequence[SchoolYear]) -> StepJob:
    """Return the first half of a year's numbers, which needs no numbers of the years before."""
    plan = context.plan
    call = "msoko.build.steps.number_tables:compute_values"
    given = (plan.project, plan.municipality, year, plan.years_to(year))
    return StepJob(
        f"values:{year}",
        partial(plan.numbers, year),
        partial(context.processes.call, call, *given),
        after=tuple(f"intake:{one}" for one in years if one <= year),
        is_part=True,
    )


def _concluding(context: BuildContext, year: SchoolYear, years: Sequence[SchoolYear]) -> StepJob:
    plan = context.plan
    call = "msoko.build.steps.number_tables:conclude"
    given = (plan.project, plan.municipality, year, plan.validator)
    before = (f"numbers:{one}" for one in years if one < year)
    return StepJob(
        f"numbers:{year}",
        partial(plan.numbers, year),
        partial(context.processes.call, call, *given),
        after=(f"values:{year}", f"validation:{year}", *before),
    )
