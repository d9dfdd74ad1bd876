"""From raw files to a site: every step that is stale, and no other."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping

from msoko.errors import UsageError
from msoko.project import Project
from msoko.run.guard import (
    has_data,
    municipality_of,
    only_build,
    refuse_absent_year,
    storage_faults,
    termination_interrupts,
)
from msoko.run.notebook import read_notebook
from msoko.run.parameters import Value, declared_parameters, read_parameters
from msoko.run.plan import Plan
from msoko.run.progress import Progress, Silence
from msoko.run.reports import school_of
from msoko.run.schedule import worker_count
from msoko.run.tables import EARLY
from msoko.run.warm import default_engine
from msoko.run.work import Build, BuildResult
from msoko.school_year import SchoolYear


def build(
    project: Project,
    year: SchoolYear,
    *,
    municipality: str | None = None,
    edition: str = "internal",
    engine: str | None = None,
    renderer: str = "auto",
    jobs: int | None = None,
    directions: list[str] | None = None,
    schools: list[str] | None = None,
    parameters: Mapping[str, str] | None = None,
    validator: str = "relational",
    with_site: bool = True,
    wait: bool = False,
    progress: Progress | None = None,
) -> BuildResult:
    """Return what was done to bring the year's site up to date.

    A blocking fault in the data stops the reports it concerns, a notebook that fails
    stops its own; the others are built and published, and what was published before of
    the stopped ones stays. `schools` are those whose passports are wanted, and nothing
    else is unless `directions` name it. Interrupted at any point, the next build goes on
    from there. Raises `MsokoError` where nothing can be built at all.
    """
    began = time.perf_counter()
    progress = progress or Silence()
    refuse_absent_year(project, year)
    name = municipality or municipality_of(project, year)
    with only_build(project, wait), storage_faults(project), termination_interrupts():
        plan = Plan(project, name, edition, _renderer(renderer), validator=validator)
        chosen = plan.reports.chosen(directions, schools or ())
        plan.parameters = _typed(plan, chosen, year, parameters or {})
        result = BuildResult(str(year), name, edition)
        work = Build(plan, year, engine or default_engine(), worker_count(jobs), progress, result)
        try:
            _go(work, chosen, schools or [])
            if with_site:
                work.site()
        finally:
            work.close()
            plan.save()
    result.seconds = round(time.perf_counter() - began, 2)
    return result


def _go(work: Build, notebooks: list[str], schools: list[str]) -> None:
    """Do every step in its order; which schools there are is known once tables are."""
    plan, year = work.plan, work.year
    years = [one for one in plan.years_to(year) if one == year or has_data(plan.project, one)]
    likely = plan.reports.expanded(notebooks, year)
    if work.are_tables_stale(years):
        work.execution(notebooks, EARLY)  # what notebooks need is imported while tables are made
    elif work.are_reports_stale(one for one in likely if _is_wanted(one, schools)):
        work.execution(notebooks)
    work.tables(years)
    work.reports(plan.reports.expanded(notebooks, year, schools))


def _is_wanted(report: str, schools: list[str]) -> bool:
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
