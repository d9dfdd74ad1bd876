"""The build's graph as a Snakefile: tables, each report and the site, for other schedulers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from msoko.build.graph.build_plan import BuildPlan
from msoko.build.graph.raw_year import has_data, municipality_of, refuse_absent_year
from msoko.build.graph.report_list import PASSPORT, passport, school_of
from msoko.build.graph.step_records import Step
from msoko.core.errors import DataRefused
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.whole_files import write_whole

FILE_KINDS = ("raw", "notebook", "declaration", "profile", "registry", "suite", "table")
"""Parts of a step that are files of the project; modules are the machine's own matter."""


def export_graph(
    project: Project, year: SchoolYear, municipality: str | None, edition: str, file: Path
) -> int:
    """Write the Snakefile, and return the number of its reports.

    `tables` has the received files as inputs; each report's rule has the files it reads,
    its executed notebook as output, and the `msoko build` that makes it alone as command;
    passports share one rule with the school as wildcard; `site` needs them all. The jobs
    of reports hold only their report, so a scheduler may run them side by side. The tables
    must have been built once: only they tell which schools there are.
    """
    refuse_absent_year(project, year)
    plan = BuildPlan(project, municipality or municipality_of(project, year), edition)
    years = [one for one in plan.years_to(year) if has_data(project, one)]
    steps = [step for one in years for step in _table_steps(plan, one)]
    if any(plan.records.of(step.id) is None for step in steps):
        raise DataRefused(
            f"Таблиц за {year} ещё нет, и граф работ не полон. "
            f"Сначала выполните msoko build {year}."
        )
    reports = plan.reports.of(year)
    site = project.shown(plan.paths.site(year) / "index.html")
    executed = [project.shown(plan.paths.executed(year, one)) for one in reports]
    rules = [
        _rule("all", [site]),
        _tables_rule(plan, year, steps),
        *(_report_rule(plan, year, one) for one in reports if not school_of(one)),
        *([_passport_rule(plan, year)] if any(map(school_of, reports)) else []),
        _rule("site", executed, [site], _command(plan, year)),
    ]
    write_whole(file, "\n\n".join(rules) + "\n")
    plan.save()
    return len(reports)


def _table_steps(plan: BuildPlan, year: SchoolYear) -> tuple[Step, Step, Step]:
    return plan.intake(year), plan.validation(year), plan.numbers(year)


def _tables_rule(plan: BuildPlan, year: SchoolYear, steps: Iterable[Step]) -> str:
    steps = list(steps)
    made = {plan.project.shown(path) for step in steps for path in step.outputs}
    inputs = {name for step in steps for name in _inputs(plan, step)} - made
    return _rule("tables", sorted(inputs), sorted(made), f"{_command(plan, year)} --only-tables")


def _report_rule(plan: BuildPlan, year: SchoolYear, report: str) -> str:
    step = plan.report(year, report)
    command = f"{_command(plan, year)} --direction {report} --no-site"
    return _rule(report, _inputs(plan, step), [plan.project.shown(step.outputs[0])], command)


def _passport_rule(plan: BuildPlan, year: SchoolYear) -> str:
    """Return one rule for all passports; what they read is the same."""
    inputs = _inputs(plan, plan.report(year, passport("any")))
    output = plan.project.shown(plan.paths.executed(year, passport("{school}")))
    command = f"{_command(plan, year)} --school {{wildcards.school}} --no-site"
    return _rule(PASSPORT, inputs, [output], command)


def _rule(name: str, inputs: list[str], outputs: Iterable[str] = (), command: str = "") -> str:
    parts = [f"rule {name}:", "    input:\n" + _indented(inputs)]
    if outputs:
        parts.append("    output:\n" + _indented(outputs))
    if command:
        parts.append(f"    shell:\n        {_json_text(command)}")
    return "\n".join(parts)


def _command(plan: BuildPlan, year: SchoolYear) -> str:
    return (
        f"msoko build {year} --project . --municipality {plan.municipality} "
        f"--edition {plan.edition} --wait"
    )


def _inputs(plan: BuildPlan, step: Step) -> list[str]:
    """Return the files of the project that a step reads, by their names within it."""
    names = sorted({name for kind, name in step.parts if kind in FILE_KINDS})
    return [name for name in names if (plan.project.root / name).is_file()]


def _indented(names: Iterable[str]) -> str:
    return ",\n".join(f"        {_json_text(one)}" for one in names)


def _json_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
