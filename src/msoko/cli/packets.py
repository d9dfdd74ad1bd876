"""`msoko packets`: for each school its findings and its files with the cells marked."""

from __future__ import annotations

import click

from msoko.cli.message_paths import print_message
from msoko.cli.options import project_option, year_argument
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


@click.command("packets")
@year_argument
@project_option
@click.option("--school", metavar="КОД", help="Только для этой организации, например s003.")
def command(year: SchoolYear, project: Project, school: str | None) -> None:
    """Собрать для каждой школы протокол замечаний и копии её файлов с пометками.

    Пакеты ложатся в reports/ГОД/internal/packets. В копии – только строки этой школы;
    формул, имён и номеров документов в ней нет.
    """
    from msoko.packets import write_packets

    written = write_packets(project, year, school)
    if not written:
        print_message("Замечаний к файлам школ нет, пакеты не нужны.")
        return
    for school_id, folder in written.items():
        files = sum(1 for path in folder.iterdir() if path.suffix == ".xlsx")
        print_message(
            f"{school_id}: {project.shown(folder)} – протокол, файлов с пометками: {files}"
        )
    print_message(f"Собрано пакетов: {len(written)}.")
