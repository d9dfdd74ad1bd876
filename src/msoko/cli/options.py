"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from msoko.cli.message_paths import place_of
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear


class YearType(click.ParamType):
    """A school year as `2024-25`."""

    name = "2024-25"

    def convert(self, value: Any, param: Any, ctx: Any) -> SchoolYear:
        if isinstance(value, SchoolYear):
            return value
        try:
            return SchoolYear.parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


class ProjectType(click.ParamType):
    """A folder that holds a project; what a killed command left there is put right first."""

    name = "папка"

    def convert(self, value: Any, param: Any, ctx: Any) -> Project:
        from msoko.build.build_lock import put_sites_back

        place = place_of(ctx)
        if place is not None:
            place.note_folder(value if isinstance(value, str) else None)
        project = value if isinstance(value, Project) else Project.at(Path(value))
        put_sites_back(project)
        return project


year_argument = click.argument("year", type=YearType(), metavar="ГОД")
project_option = click.option(
    "--project",
    type=ProjectType(),
    default=lambda: Project.at(None),
    help="Папка проекта; по умолчанию – сам msoko.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Вывести итог в виде JSON.")
edition_option = click.option(
    "--edition",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    help="Редакция: служебная (internal) или открытая (public).",
)
validator_option = click.option(
    "--validator",
    type=click.Choice(["relational", "gx"]),
    default="relational",
    show_default=True,
    help="Чем проверять таблицы: сразу над файлами (relational) или Great Expectations (gx).",
)
municipality_option = click.option(
    "--municipality", metavar="ПРОФИЛЬ", help="Профиль; по умолчанию – названный в year.yml."
)
