"""`msoko status`: what is stale, and why."""

from __future__ import annotations

import json

import click

from msoko.cli.options import (
    YearType,
    edition_option,
    json_option,
    municipality_option,
    project_option,
)
from msoko.project import Project
from msoko.school_year import SchoolYear

MOST_SHOWN = 12


@click.command("status")
@click.argument("year", type=YearType(), metavar="[ГОД]", required=False)
@project_option
@municipality_option
@edition_option
@click.option("--why", is_flag=True, help="Сказать, что изменилось.")
@json_option
def command(
    year: SchoolYear | None,
    project: Project,
    municipality: str | None,
    edition: str,
    why: bool,
    as_json: bool,
) -> None:
    """Показать, что устарело и будет построено заново. Ничего не меняет."""
    from msoko.run.status import status

    found = status(project, year, municipality, edition)
    if as_json:
        rows = [
            {
                "step": item.step,
                "title": item.title,
                "state": item.state,
                "reasons": [reason.text for reason in item.reasons],
                "after": list(item.after),
            }
            for item in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo("Данных ещё нет: в data/raw нет ни одного учебного года с файлами.")
        return
    stale = [item for item in found if item.state != "fresh"]
    if not stale:
        click.echo("Всё построено, ничего не устарело.")
    for item in stale:
        waits = " (после предыдущих шагов)" if item.state == "waits" else ""
        click.echo(f"устарело: {item.title}{waits}")
        if why:
            for reason in item.reasons[:MOST_SHOWN]:
                click.echo(f"  – {reason.text}")
            rest = len(item.reasons) - MOST_SHOWN
            if rest > 0:
                click.echo(f"  – и ещё причин: {rest}")
