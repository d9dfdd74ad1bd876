"""`msoko clean`: remove what can be rebuilt."""

from __future__ import annotations

import click

from msoko.cli.message_paths import print_message
from msoko.cli.options import project_option
from msoko.core.project import Project


@click.command("clean")
@project_option
@click.option("--reports", "with_reports", is_flag=True, help="Удалить и построенные отчёты.")
def command(project: Project, with_reports: bool) -> None:
    """Удалить таблицы и кеш, которые сборка создаст заново. Исходные файлы остаются."""
    from msoko.build.build_lock import whole_project_lock
    from msoko.build.cleaning import clean
    from msoko.build.interruptions import storage_faults

    with whole_project_lock(project), storage_faults(project):
        done = clean(project, with_reports)
    print_message(f"Удалено: {', '.join(done.removed)}" if done.removed else "Удалять нечего.")
    print_message(f"Оставлено: {', '.join(done.kept)}")
