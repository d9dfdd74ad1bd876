"""`msoko build`: from raw files to the year's site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from msoko.cli.message_paths import print_json, print_message
from msoko.cli.options import (
    edition_option,
    json_option,
    municipality_option,
    project_option,
    validator_option,
    year_argument,
)
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


@click.command("build")
@year_argument
@project_option
@municipality_option
@edition_option
@click.option(
    "-d",
    "--direction",
    "directions",
    multiple=True,
    metavar="КОД",
    help="Построить только это направление; можно повторить.",
)
@click.option(
    "--school",
    "schools",
    multiple=True,
    metavar="КОД",
    help="Построить паспорт этой организации, например s007; можно повторить.",
)
@click.option(
    "--engine",
    type=click.Choice(["warm", "papermill"]),
    help="Как выполнять блокноты: ускоренно (warm) или отдельным ядром для каждого (papermill).",
)
@click.option(
    "--renderer",
    type=click.Choice(["auto", "embedded", "quarto"]),
    default="auto",
    show_default=True,
    help="Чем верстать страницы; auto – Quarto, если он установлен.",
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Сколько отчётов строить сразу; по умолчанию – по ядрам."
)
@click.option("-p", "parameters", multiple=True, metavar="ИМЯ=ЗНАЧЕНИЕ", help="Параметр блокнотов.")
@validator_option
@click.option("--no-site", is_flag=True, help="Построить отчёты, но сайт не собирать.")
@click.option("--only-tables", is_flag=True, help="Прочитать и проверить данные, без отчётов.")
@click.option("--wait", is_flag=True, help="Подождать, если идёт другая сборка этого проекта.")
@click.option(
    "--export-graph",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Не строить, а записать граф работ для Snakemake в этот файл.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    year: SchoolYear,
    project: Project,
    directions: tuple[str, ...],
    schools: tuple[str, ...],
    parameters: tuple[str, ...],
    no_site: bool,
    only_tables: bool,
    export_graph: Path | None,
    as_json: bool,
    **settings: Any,
) -> int:
    """Построить отчёты и сайт за учебный год ГОД, например 2024-25.

    Строится только то, что устарело. Отчёт, который построить нельзя, не мешает
    остальным; прежняя его страница остаётся на месте.
    """
    from msoko.build.builder import BuildRequest, build
    from msoko.cli.progress_display import display

    if export_graph is not None:
        return _export(project, year, settings["municipality"], settings["edition"], export_graph)
    request = BuildRequest(
        directions, schools, _parameter_texts(parameters), not no_site, only_tables
    )
    with display(as_json) as progress:
        result = build(project, year, request, progress=progress, **settings)
    if as_json:
        shown = {key: value for key, value in result.__dict__.items() if key != "tracebacks"}
        print_json(shown)
    else:
        _print_result(result, project, bool(ctx.find_root().params.get("debug")))
    return result.exit_code


def _print_result(result: object, project: Project, is_debugged: bool) -> None:
    """Print what came of the build: nothing new, where the site is, what was not built."""
    for message in result.messages:
        print_message(message, err=True)
    if is_debugged:
        for traceback in result.tracebacks:
            click.echo(traceback, err=True)
    seconds = f"{result.seconds:.1f}".replace(".", ",")
    if not result.done and not result.exit_code:
        place = f": {result.site}" if result.site else "."
        print_message(f"Ничего не изменилось, всё уже построено{place}")
    elif result.is_site_new:
        print_message(f"Сайт: {result.site} ({seconds} с)")
    elif result.exit_code and project.has_reports:
        print_message("Прежние отчёты остались на месте.", err=True)


def _parameter_texts(parameters: tuple[str, ...]) -> dict[str, str]:
    """Return `-p name=value` as a mapping; anything else is refused."""
    pairs = {}
    for text in parameters:
        name, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"Параметр пишется как ИМЯ=ЗНАЧЕНИЕ, получено «{text}».")
        pairs[name.strip()] = value
    return pairs


def _export(
    project: Project, year: SchoolYear, municipality: str | None, edition: str, file: Path
) -> int:
    from msoko.build.graph.snakefile import export_graph

    count = export_graph(project, year, municipality, edition, file)
    click.echo(f"Граф работ записан: {file}, отчётов – {count}.")  # as it was typed
    return 0
