"""From raw files to a site: every step that is stale, and no other."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from msoko.build.build_lock import GATE_SECONDS, POLL_SECONDS, Hold, TryAgain, held
from msoko.build.graph.build_plan import Plan
from msoko.build.graph.report_list import PASSPORT, school_of
from msoko.build.kernels.notebook_files import read_notebook
from msoko.build.kernels.notebook_parameters import Value, declared_parameters, read_parameters
from msoko.build.kernels.notebook_run import load_client
from msoko.build.kernels.warm import default_engine
from msoko.build.preconditions import (
    has_data,
    municipality_of,
    refuse_absent_year,
    storage_faults,
    termination_interrupts,
)
from msoko.build.progress import Progress, Silence
from msoko.build.steps.build_context import REMEMBER_CHECKS, Build, BuildResult
from msoko.build.steps.job_queue import worker_count
from msoko.build.steps.table_steps import COUNTING, READING
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


@dataclass(frozen=True)
class Wanted:
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
    wanted: Wanted | None = None,
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
    stops its own; the others are built and published, and what was published before of
    the stopped ones stays. Interrupted at any point, the next build goes on from there.
    Raises `MsokoError` where nothing can be built at all.
    """
    began = time.perf_counter()
    wanted = wanted or Wanted()
    refuse_absent_year(project, year)
    name = municipality or municipality_of(project, year)

    def begun() -> Build:
        plan = Plan(project, name, edition, _renderer(renderer), validator=validator)
        result = BuildResult(str(year), name, edition)
        workers = worker_count(jobs)
        return Build(plan, year, engine or default_engine(), workers, progress or Silence(), result)

    with storage_faults(project), termination_interrupts():
        result = _done(project, begun, wanted, wait)
    result.seconds = round(time.perf_counter() - began, 2)
    return result


def _done(project: Project, begun: Callable[[], Build], wanted: Wanted, wait: bool) -> BuildResult:
    """Return what a build came to; it begins anew after another has made its reports."""
    patience = GATE_SECONDS if wanted.is_part else 0.0
    while True:
        with suppress(TryAgain), held(project, wait, patience) as hold:
            work = begun()
            try:
                _go(work, hold, wanted)
                return work.result
            finally:
                work.close()
                work.plan.save()
        time.sleep(POLL_SECONDS)


def _go(work: Build, hold: Hold, wanted: Wanted) -> None:
    """Do every step in its order, beside other builds where only fresh tables are read."""
    plan, year = work.plan, work.year
    notebooks = plan.reports.chosen(wanted.directions, wanted.schools)
    plan.parameters = _typed(plan, notebooks, year, wanted.parameters)
    years = [one for one in plan.years_to(year) if one == year or has_data(plan.project, one)]
    is_beside = wanted.is_part and not work.are_tables_stale(years)
    if is_beside:
        reports = plan.reports.expanded(notebooks, year, wanted.schools)
        hold.beside_others(plan.report_id(year, one) for one in reports)
    else:
        hold.alone()
        _preload(work, wanted, notebooks, years)
    if PASSPORT in notebooks:
        work.declarations()
    if not is_beside:
        work.tables(years)
    reports = plan.reports.expanded(notebooks, year, wanted.schools)
    plan.inputs.stand_still()
    if not wanted.only_tables:
        work.reports(reports)
    if wanted.with_site and not wanted.only_tables:
        work.site()


def _preload(
    work: Build, wanted: Wanted, notebooks: list[str], years: Sequence[SchoolYear]
) -> None:
    """Begin to preload what notebooks need, if one will have to run, while tables are made.

    Where nothing is recorded, all is stale: what that would be made from is read meanwhile.
    """
    if work.plan.records.is_empty or work.are_tables_stale(years):
        work.execution(READING)
        queries = [REMEMBER_CHECKS, str(work.plan.project.root)]
        work.preload(() if wanted.only_tables else notebooks, (*COUNTING, queries))
        if not wanted.only_tables:
            load_client()
    elif not wanted.only_tables:
        likely = work.plan.reports.expanded(notebooks, work.year)
        if work.are_reports_stale(one for one in likely if _is_wanted(one, wanted.schools)):
            work.preload(notebooks)


def _is_wanted(report: str, schools: Sequence[str]) -> bool:
    return not schools or school_of(report) in ("", *schools)


def _renderer(wanted: str) -> str:
    """Return the renderer that will be used, without loading what renders."""
    is_quarto = wanted == "quarto" or (wanted == "auto" and shutil.which("quarto"))
    if wanted == "quarto" and not shutil.which("quarto"):
        raise UsageError(
            "Программа quarto не найдена. Установите Quarto 1.7 или повторите команду "
            "с --renderer embedded."
        )
    return "quarto" if is_quarto else "embedded"


def _typed(
    plan: Plan, notebooks: list[str], year: SchoolYear, texts: Mapping[str, str]
) -> dict[str, Value]:
    """Return the user's own parameters with the types that every notebook gives them."""
    values: dict[str, Value] = {}
    for name in texts:
        if any(name in plan.values(year, one) for one in notebooks):
            raise UsageError(f"Параметр «{name}» задаётся самой командой, а не через -p.")
    for notebook in notebooks if texts else ():
        path = plan.where.notebook(notebook)
        shown = plan.project.shown(path)
        declared = declared_parameters(read_notebook(path, shown), shown)
        values = read_parameters(declared, texts, shown)
    return values
