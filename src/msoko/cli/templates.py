"""`msoko templates`: blank Excel forms for what has no official export."""

from __future__ import annotations

from pathlib import Path

import click

from msoko.cli.message_paths import paths_from_here, print_message
from msoko.cli.options import project_option, year_argument
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


@click.command("templates")
@year_argument
@project_option
@click.option("--form", "forms", multiple=True, metavar="КОД", help="Только эта форма; повторимо.")
@click.option("--school", metavar="КОД", help="Формы одной организации, например s003.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Куда записать; по умолчанию – reports/ГОД/internal/templates.",
)
@click.option("--force", is_flag=True, help="Записать поверх форм, которые уже лежат в папке.")
def command(
    year: SchoolYear,
    project: Project,
    forms: tuple[str, ...],
    school: str | None,
    folder: Path | None,
    force: bool,
) -> None:
    """Создать чистые формы Excel: контекст, мониторинги направлений, опросы, протоколы.

    В формах – списки для выбора, единицы, границы и подсказки. Заполненные формы
    положите в data/raw/ГОД: они узнаются по содержанию.
    """
    from msoko.ingest.layouts.forms.blank_forms import write_templates

    target = folder or project.reports(year) / "internal" / "templates"
    written = write_templates(project, year, target, forms, school, force)
    # what was typed leads from the current folder
    shown = str if folder else lambda path: paths_from_here(project.shown(path))
    for path in written.fresh:
        click.echo(shown(path))
    for path in written.kept:
        click.echo(f"{shown(path)} – уже есть и отличается от чистой, не тронута")
    print_message(f"Записано форм: {len(written.fresh)}.")
    if written.kept:
        print_message("Чтобы записать чистые поверх, повторите с --force.")
