"""`msoko proof`: re-estimate the error rates of the objectivity verdict on fresh seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("proof")
@click.option("--seed", type=click.IntRange(0), help="Начальное число; по умолчанию новое.")
@click.option(
    "--replications",
    default=50,
    show_default=True,
    type=click.IntRange(2, 10_000),
    help="Сколько муниципалитетов разыграть в каждом случае.",
)
@click.option("--date", "date", help="Дата в таблице; по умолчанию сегодня.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Папка для proof.json, proof.csv и effect_rates.json; по умолчанию docs/method.",
)
@click.option(
    "--validation/--no-validation",
    "with_validation",
    default=True,
    show_default=True,
    help="Выполнить затем блокноты проверки на открытых данных.",
)
def command(
    seed: int | None,
    replications: int,
    date: str | None,
    out: Path | None,
    with_validation: bool,
) -> None:
    """Проверить частоту ошибок выводов об объективности и об эффекте решений."""
    import datetime
    import secrets

    from msoko import __version__
    from msoko.core.project import HOME

    _find_research()
    from research.effect_rates import effect_rates
    from research.error_rates import prove

    seed = secrets.randbits(32) if seed is None else seed
    date = date or datetime.date.today().isoformat()
    folder = out or HOME / "docs" / "method"
    folder.mkdir(parents=True, exist_ok=True)
    proof = prove(replications, seed, click.echo)
    _write(folder, {"version": __version__, "date": date, **proof})
    rates = effect_rates(10 * replications, seed)
    _write_json(folder / "effect_rates.json", {"date": date, **rates})
    click.echo(_summary(proof["rows"]))
    click.echo(f"Начальное число {seed}, дата {date}. Таблицы: {folder / 'proof.json'} и .csv.")
    if with_validation:
        _validate(folder)


def _find_research() -> None:
    """Put the checkout on the path of imports; refuse where msoko was installed without it."""
    import sys

    from msoko.core.errors import UsageError
    from msoko.core.project import HOME

    if not (HOME / "research" / "error_rates.py").is_file():
        raise UsageError(
            "Проверка частоты ошибок лежит в исходном коде проекта, в папке research, "
            "а в установленном пакете её нет. Возьмите исходный код целиком и выполните в его "
            "папке: make proof."
        )
    if str(HOME) not in sys.path:
        sys.path.append(str(HOME))


def _validate(folder: Path) -> None:
    """Execute the validation notebooks; the page lies beside the reports, out of git."""
    from msoko.core.project import Project
    from research.validation.validation_page import write_html, write_validation

    project = Project.at(None)
    write_validation(folder, click.echo)
    page = project.root / "reports" / "validation" / "index.html"
    write_html(folder / "validation.md", page)
    click.echo(f"Проверка на открытых данных: {page}")


def _write(folder: Path, proof: dict[str, Any]) -> None:
    import csv

    _write_json(folder / "proof.json", proof)
    with (folder / "proof.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["date", "seed", *proof["rows"][0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {"date": proof["date"], "seed": proof["seed"], **row} for row in proof["rows"]
        )


def _write_json(path: Path, found: dict[str, Any]) -> None:
    import json

    text = json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _summary(rows: list[dict[str, Any]]) -> str:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}".replace(".", ",")

    return "\n".join(
        f"{row['generator']}, {row['scenario']}: ложных среди отмеченных {number(row['fdr'])}, "
        f"найдено {number(row['recall'])}, ложная отметка в {number(row['any_false'])} случаев"
        for row in rows
        if row["rule"] == "list"
    )
