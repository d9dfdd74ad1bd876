"""`msoko clean`: remove what can be rebuilt."""

from __future__ import annotations

import click

from msoko.cli.message_paths import say
from msoko.cli.options import project_option
from msoko.core.project import Project


@click.command("clean")
@project_option
@click.option("--reports", "with_reports", is_flag=True, help="Удалить и построенные отчёты.")
def command(project: Project, with_reports: bool) -> None:
    """Удалить таблицы и кеш, которые сборка создаст заново. Исходные файлы остаются."""
    from msoko.build.build_lock import only_build
    from msoko.build.preconditions import storage_faults
    from msoko.build.year_folder import clean

    with only_build(project), storage_faults(project):
        done = clean(project, with_reports)
    say(f"Удалено: {', '.join(done.removed)}" if done.removed else "Удалять нечего.")
    say(f"Оставлено: {', '.join(done.kept)}")
