"""`msoko new-year`: a folder for a new school year's files."""

from __future__ import annotations

import click

from msoko.cli.message_paths import say
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
    from msoko.build.preconditions import storage_faults
    from msoko.build.year_folder import new_year

    with storage_faults(project):
        made = new_year(project, year, municipality)
    shown = project.shown(made.folder)
    say(f"Создано: {', '.join(made.made)}")
    if made.expected:
        say(f"Положите в {shown} файлы; за {made.before} там были (имена – по образцу):")
        for name in made.expected[:MOST_NAMED]:
            say(f"  {name}")
        rest = len(made.expected) - MOST_NAMED
        if rest > 0:
            say(f"  … и ещё {rest}")
    else:
        say(f"Положите полученные файлы в {shown}.")
    say(f"Затем: msoko check {year}, после него msoko build {year}")
