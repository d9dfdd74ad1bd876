"""The build's graph as a Snakefile: one rule per report, for schedulers of other machines."""

from __future__ import annotations

import json
from pathlib import Path

from msoko.errors import DataRefused
from msoko.project import Project
from msoko.run.fingerprints import write_whole
from msoko.run.guard import has_data, municipality_of, refuse_absent_year
from msoko.run.plan import Plan
from msoko.run.staleness import Step
from msoko.school_year import SchoolYear

FILE_KINDS = ("notebook", "declaration", "profile", "registry", "table")
"""Parts of a report that are files of the project; modules are the machine's own matter."""


def export_graph(
    project: Project, year: SchoolYear, municipality: str | None, edition: str, file: Path
) -> int:
    """Write the Snakefile, and return the number of its reports.

    Each report's rule has the files it reads as inputs, its executed notebook as
    output, and the `msoko build` that makes it alone as command; `site` needs them all.
    The tables must have been built: they are what the machines share.
    """
    refuse_absent_year(project, year)
    plan = Plan(project, municipality or municipality_of(project, year), edition)
    years = [one for one in plan.years_to(year) if has_data(project, one)]
    steps = [plan.numbers(one) for one in years]
    if any(plan.records.of(step.id) is None for step in steps):
        raise DataRefused(
            f"Таблиц за {year} ещё нет, и граф работ не полон. "
            f"Сначала выполните msoko build {year}."
        )
    directions = plan.reports.of(year)
    rules = [_report_rule(plan, year, one, plan.report(year, one)) for one in directions]
    site = project.shown(project.reports(year) / edition / "index.html")
    executed = [project.shown(plan.where.executed(year, one)) for one in directions]
    text = "\n\n".join([_first_rule(site), *rules, _site_rule(plan, year, executed, site)])
    write_whole(file, text + "\n")
    plan.save()
    return len(directions)


def _first_rule(site: str) -> str:
    return f"rule all:\n    input:\n        {_quoted(site)}"


def _report_rule(plan: Plan, year: SchoolYear, direction: str, step: Step) -> str:
    command = f"{_command(plan, year)} --direction {direction} --no-site"
    return _rule(direction, _inputs(plan, step), plan.project.shown(step.outputs[0]), command)


def _site_rule(plan: Plan, year: SchoolYear, executed: list[str], site: str) -> str:
    return _rule("site", executed, site, _command(plan, year))


def _rule(name: str, inputs: list[str], output: str, command: str) -> str:
    listed = ",\n".join(f"        {_quoted(one)}" for one in inputs)
    return (
        f"rule {name}:\n    input:\n{listed}\n    output:\n        {_quoted(output)}\n"
        f"    shell:\n        {_quoted(command)}"
    )


def _command(plan: Plan, year: SchoolYear) -> str:
    return (
        f"msoko build {year} --project . --municipality {plan.municipality} "
        f"--edition {plan.edition} --wait"
    )


def _inputs(plan: Plan, step: Step) -> list[str]:
    """Return the files of the project that a report reads, by their names within it."""
    names = sorted({name for kind, name in step.parts if kind in FILE_KINDS})
    return [name for name in names if (plan.project.root / name).is_file()]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
