"""`msoko new-year`: a folder for a new school year's files."""

from __future__ import annotations

import click

from msoko.cli.message_paths import print_message
from msoko.cli.options import municipality_option, project_option, year_argument
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

MOST_NAMED = 15


@click.command("new-year")
@year_argument
@project_option
@municipality_option
def command(year: SchoolYear, project: Project, municipality: str | None) -> None:
    """Завести учебный год ГОД: папку, year.yml и corrections.yml.

    Описание файлов берётся из year.yml предыдущего года.
    """
    from msoko.build.interruptions import storage_faults
    from msoko.build.new_school_year import make_school_year

    with storage_faults(project):
        made = make_school_year(project, year, municipality)
    shown = project.shown(made.folder)
    print_message(f"Создано: {', '.join(made.made)}")
    if made.expected:
        print_message(f"Положите в {shown} файлы; за {made.before} там были (имена – по образцу):")
        for name in made.expected[:MOST_NAMED]:
            print_message(f"  {name}")
        rest = len(made.expected) - MOST_NAMED
        if rest > 0:
            print_message(f"  … и ещё {rest}")
    else:
        print_message(f"Положите полученные файлы в {shown}.")
    print_message(f"Затем: msoko check {year}, после него msoko build {year}")
