"""`msoko packets`: for each school its findings and its files with the cells marked."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("packets")
@click.argument("year", metavar="УЧЕБНЫЙ_ГОД")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Папка проекта; по умолчанию – сам msoko.",
)
@click.option("--school", metavar="КОД", help="Только для этой организации, например s003.")
def command(year: str, project: Path | None, school: str | None) -> None:
    """Собрать для каждой школы протокол замечаний и копии её файлов с пометками.

    Пакеты ложатся в reports/УЧЕБНЫЙ_ГОД/internal/packets. В копии – только строки этой
    школы; формул, имён и номеров документов в ней нет.
    """
    from msoko.project import Project
    from msoko.school_year import SchoolYear
    from msoko.validate.packets import write_packets

    place = Project.at(project)
    written = write_packets(place, SchoolYear.parse(year), school)
    if not written:
        click.echo("Замечаний к файлам школ нет, пакеты не нужны.")
        return
    for school_id, folder in written.items():
        files = sum(1 for path in folder.iterdir() if path.suffix == ".xlsx")
        click.echo(f"{school_id}: {place.shown(folder)} – протокол, файлов с пометками: {files}")
    click.echo(f"Собрано пакетов: {len(written)}.")
