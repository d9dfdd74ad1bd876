"""From raw files to a site: the stages of a build, each of which does what is stale and no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from msoko.build.build_lock import GATE_SECONDS, POLL_SECONDS, BuildLock, TryAgain, build_lock
from msoko.build.build_result import BuildResult
from msoko.build.graph.build_plan import BuildPlan, choose_renderer
from msoko.build.graph.planned_schools import registered_schools
from msoko.build.graph.raw_year import has_data, municipality_of, refuse_absent_year
from msoko.build.graph.report_list import PASSPORT, refuse_unknown_schools, school_of
from msoko.build.interruptions import storage_faults, termination_interrupts
from msoko.build.kernels.notebook_files import read_notebook
from msoko.build.kernels.notebook_parameters import Value, declared_parameters, read_parameters
from msoko.build.kernels.notebook_run import default_engine
from msoko.build.progress import Progress, Silence
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.build_processes import BuildProcesses
from msoko.build.steps.page_steps import finish_pages
from msoko.build.steps.preloading import preload_for_reports, preload_for_tables
from msoko.build.steps.report_steps import make_reports
from msoko.build.steps.site_steps import has_page_to_publish, publish_site
from msoko.build.steps.step_workers import worker_count
from msoko.build.steps.table_steps import make_tables, record_declarations
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


@dataclass(frozen=True)
class BuildRequest:
    """What of a year is to be built; by default all of it.

    `schools` are those whose passports are wanted, and nothing else is unless
    `directions` name it; `parameters` are notebooks' own, as they were typed.
    """

    directions: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    with_site: bool = True
    only_tables: bool = False

    @property
    def is_part(self) -> bool:
        """Whether only single reports are wanted: such builds may run side by side."""
        is_chosen = bool(self.directions or self.schools)
        return is_chosen and not self.with_site and not self.only_tables


def build(
    project: Project,
    year: SchoolYear,
    request: BuildRequest | None = None,
    *,
    municipality: str | None = None,
    edition: str = "internal",
    engine: str | None = None,
    renderer: str = "auto",
    jobs: int | None = None,
    validator: str = "relational",
    wait: bool = False,
    progress: Progress | None = None,
) -> BuildResult:
    """Return what was done to bring what is wanted of the year up to date.

    A blocking fault in the data stops the reports it concerns, a notebook that fails
    stops its own; the others are built and published, the page of data quality among them, and
    what was published before of the stopped ones stays. Interrupted at any point, the next
    build goes on from there. Raises `MsokoError` where nothing can be built at all.
    """
    began = time.perf_counter()
    request = request or BuildRequest()
    refuse_absent_year(project, year)
    name = municipality or municipality_of(project, year)

    def begin() -> BuildContext:
        plan = BuildPlan(project, name, edition, choose_renderer(renderer), validator=validator)
        processes = BuildProcesses(engine or default_engine(), project)
        result = BuildResult(str(year), name, edition)
        workers = worker_count(jobs)
        return BuildContext(plan, year, processes, workers, progress or Silence(), result)

    with storage_faults(project), termination_interrupts():
        result = _build_when_free(project, begin, request, wait)
    result.seconds = round(time.perf_counter() - began, 2)
    return result


def _build_when_free(
    project: Project, begin: Callable[[], BuildContext], request: BuildRequest, wait: bool
) -> BuildResult:
    """Return what a build came to; it begins anew after another has made its reports."""
    patience = GATE_SECONDS if request.is_part else 0.0
    while True:
        with (
            suppress(TryAgain),
            build_lock(project, wait, patience) as lock,
            _ended_cleanly(begin()) as context,
        ):
            _build_stages(context, lock, request)
            return context.result
        time.sleep(POLL_SECONDS)


@contextmanager
def _ended_cleanly(context: BuildContext) -> Iterator[BuildContext]:
    """Leave no process and lose no digest, however the build ends."""
    try:
        yield context
    finally:
        context.processes.close()
        context.plan.save()


def _build_stages(context: BuildContext, lock: BuildLock, request: BuildRequest) -> None:
    """Make tables, then reports, then the site, as far as they are wanted."""
    plan, year = context.plan, context.year
    notebooks = plan.reports.choose(request.directions, request.schools)
    plan.parameters = _typed_parameters(plan, notebooks, year, request.parameters)
    years = [one for one in plan.years_to(year) if one == year or has_data(plan.project, one)]
    _refuse_unknown_schools(context, request.schools)
    is_beside = request.is_part and not _are_tables_stale(context, years)
    if is_beside:  # other builds may go on: only fresh tables are read, and own reports written
        reports = plan.reports.expand(notebooks, year, request.schools)
        lock.hold_reports(plan.report_id(year, one) for one in reports)
    else:
        lock.exclude_others()
        _preload(context, request, notebooks, years)
    if PASSPORT in notebooks:
        record_declarations(context)
    if not is_beside:
        make_tables(context, years)
    reports = plan.reports.expand(notebooks, year, request.schools)
    plan.inputs.settle()
    if not request.only_tables:
        make_reports(context, reports)
        if request.with_site:
            _make_site(context)


def _refuse_unknown_schools(context: BuildContext, wanted: Sequence[str]) -> None:
    """Refuse a school that is surely not of the year, before anything is made.

    The register tells all schools of a year. Without one, only the files tell, so that
    where they are to be read again a school is refused after their reading.
    """
    plan, year = context.plan, context.year
    if not wanted:
        return
    known = registered_schools(plan.project, year)
    if not known and not context.are_stale([plan.intake(year)]):
        known = [school.school_id for school in plan.schools(year)]
    if known:
        refuse_unknown_schools(wanted, known, year)


def _make_site(context: BuildContext) -> None:
    plan = context.plan
    context.result.site = plan.project.shown(plan.paths.site(context.year) / "index.html")
    if has_page_to_publish(context):
        finish_pages(context)
        publish_site(context)


def _preload(
    context: BuildContext, request: BuildRequest, notebooks: list[str], years: Sequence[SchoolYear]
) -> None:
    """Begin to preload what notebooks need, if one will have to run, while tables are made.

    Where nothing is recorded, all is stale: what that would be made from is read meanwhile.
    """
    plan, year = context.plan, context.year
    if plan.records.is_empty or _are_tables_stale(context, years):
        preload_for_tables(context, () if request.only_tables else notebooks)
    elif not request.only_tables:
        reports = plan.reports.expand(notebooks, year)
        likely = [one for one in reports if _is_wanted(one, request.schools)]
        if context.are_stale(plan.report(year, one) for one in likely):
            preload_for_reports(context, notebooks)


def _are_tables_stale(context: BuildContext, years: Sequence[SchoolYear]) -> bool:
    plan = context.plan
    steps = (plan.intake, plan.validation, plan.numbers)
    return context.are_stale(step(year) for year in years for step in steps)


def _is_wanted(report: str, schools: Sequence[str]) -> bool:
    return not schools or school_of(report) in ("", *schools)


def _typed_parameters(
    plan: BuildPlan, notebooks: list[str], year: SchoolYear, texts: Mapping[str, str]
) -> dict[str, Value]:
    """Return the user's own parameters with the types that every notebook gives them."""
    values: dict[str, Value] = {}
    for name in texts:
        if any(name in plan.values(year, one) for one in notebooks):
            raise UsageError(f"Параметр «{name}» задаётся самой командой, а не через -p.")
    for notebook in notebooks if texts else ():
        path = plan.paths.notebook(notebook)
        shown = plan.project.shown(path)
        declared = declared_parameters(read_notebook(path, shown), shown)
        values = read_parameters(declared, texts, shown)
    return values
