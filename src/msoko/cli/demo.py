"""`msoko demo`: write the demo municipality's raw files."""

from __future__ import annotations

from pathlib import Path

import click

from msoko.cli.message_paths import place_of, print_message


@click.command("demo")
@click.option("--seed", default=2025, show_default=True, help="Число, от которого зависит всё.")
@click.option(
    "--project",
    type=click.Path(file_okay=False, path_type=Path),
    help="Папка проекта; по умолчанию – сам msoko. Если папки нет, она будет создана.",
)
@click.option(
    "--years",
    default=5,
    show_default=True,
    type=click.IntRange(1, 8),
    help="Сколько учебных лет, последний – 2024-25.",
)
@click.option(
    "--schools", default=21, show_default=True, type=click.IntRange(1, 600), help="Сколько школ."
)
@click.option(
    "--preschools",
    default=9,
    show_default=True,
    type=click.IntRange(0, 300),
    help="Сколько детских садов.",
)
@click.option(
    "--municipality",
    default="demo",
    show_default=True,
    metavar="ПРОФИЛЬ",
    help="Профиль, по дорожной карте которого написаны отчёты об исполнении.",
)
def command(
    seed: int, project: Path | None, years: int, schools: int, preschools: int, municipality: str
) -> None:
    """Создать файлы демонстрационного муниципалитета: всё в них вымышлено."""
    from msoko.core.project import HOME, Project
    from msoko.demo.demo_municipality import generate

    place = place_of(click.get_current_context())
    if place is not None:
        place.note_folder(str(project) if project else None)
    root = project.resolve() if project else HOME
    raw = root / "data" / "raw"
    world = generate(
        raw, seed, years, schools, preschools,
        progress=print_message, municipality=municipality, project=Project(root),
    )  # fmt: skip
    last = world.years[-1]
    print_message(
        f"Готово: школ – {schools}, детских садов – {preschools}, учебных лет – {years}; "
        f"файлы лежат в data/raw. Дальше: msoko build {last}-{(last + 1) % 100:02d}"
    )
