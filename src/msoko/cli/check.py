"""`msoko check`: read a year's files and check them, without building anything."""

from __future__ import annotations

import click

from msoko.cli.message_paths import print_json, print_message
from msoko.cli.options import json_option, project_option, validator_option, year_argument
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

SEVERITIES = {
    "blocking": "Препятствует построению",
    "set_aside": "Строки отложены, отчёты строятся без них",
    "warning": "Предупреждения",
    "note": "К сведению",
}


@click.command("check")
@year_argument
@project_option
@validator_option
@json_option
def command(year: SchoolYear, project: Project, validator: str, as_json: bool) -> int:
    """Прочитать и проверить файлы за учебный год ГОД; отчёты не строятся.

    Код возврата 1 – есть замечания, которые препятствуют построению; отложенные строки в
    допустимых пределах ему не препятствуют.
    """
    from msoko.build.year_check import check, finding_lines
    from msoko.cli.progress_display import display

    with display(as_json) as progress:
        found = check(project, year, progress, validator)
    if as_json:
        rows = [finding.__dict__ for finding in found.findings]
        outcome = {"year": str(year), "exit_code": found.exit_code, "findings": rows}
        print_json(outcome)
        return found.exit_code
    lines = {one: finding_lines(found.of(one)) for one in SEVERITIES}
    for severity, heading in SEVERITIES.items():
        if lines[severity]:
            print_message(f"\n{heading}: {len(found.of(severity))}")
        for line in lines[severity]:
            print_message(f"  – {line}")
    if len(found.findings) > sum(map(len, lines.values())):
        print_message(f"\nЗамечания по одному – в data/processed/{year}/findings.parquet.")
    if not found.findings:
        print_message("Замечаний нет.")
    elif not found.exit_code:
        print_message(f"\nПостроению ничто не препятствует: msoko build {year}")
    return found.exit_code
