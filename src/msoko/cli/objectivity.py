"""`msoko objectivity`: the verdict on any data in the documented table form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

HELP = """Оценить объективность результатов по таблицам из папки TABLES.

В папке – файлы Parquet или CSV (UTF-8; запятая, точка с запятой или табуляция).

\b
results      school_id, class_id, pupil_id, school_year, procedure, subject,
             grade, primary_score, mark, journal_mark, is_absent
task_scores  pupil_id, school_year, procedure, subject, task, score, max_score
scales       school_year, procedure, subject, grade, max_score, cuts
             (наименьшие баллы отметок 3, 4, 5: 6;10;15)
schools      school_id, school_type, столбцы контекста

Обязательна только results со столбцами school_id, pupil_id, school_year, procedure, subject,
primary_score. Без остального соответствующие признаки пропускаются и называются в meta.
Лишние столбцы не мешают. Прежние результаты тех же учеников служат для сравнения, более поздние
ОГЭ и ЕГЭ – для подтверждения.
"""


@click.command("objectivity", help=HELP)
@click.argument("tables", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Файл JSON, в который записать вывод.",
)
@click.option("--year", help="Учебный год, например 2024-25; по умолчанию последний с работами.")
@click.option("--procedure", default="vpr", show_default=True, help="Оцениваемая процедура.")
@click.option(
    "--q",
    "rate",
    default=0.10,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Доля ложных среди отмеченных школ, которая допускается в среднем.",
)
def command(tables: Path, out: Path, year: str | None, procedure: str, rate: float) -> None:
    from msoko.core.errors import UsageError
    from msoko.ingest.layouts.table_folder import read_tables, require_year
    from msoko.stats.objectivity.assessment import assess

    if not out.resolve().parent.is_dir():
        raise UsageError(f"{out}: нет папки, в которую записать вывод. Создайте её.")
    given = read_tables(tables)
    require_year(given["results"], year, procedure)
    _require_points(given["results"])
    found = assess(
        given["results"],
        given.get("task_scores"),
        given.get("scales"),
        given.get("schools"),
        school_year=year,
        procedure=procedure,
        q=rate,
    )
    verdict = found.as_json_dict()
    _write(out, verdict)
    click.echo(_summary(verdict, out))


def _require_points(results: pd.DataFrame) -> None:
    """Refuse scores that no paper gives: most often a shifted decimal point."""
    from msoko.core.errors import DataRefused
    from msoko.core.russian import decimal
    from msoko.stats.objectivity.panel import MOST_POINTS

    most = results["primary_score"].max()
    if most > MOST_POINTS:
        raise DataRefused(
            f"results: первичный балл {decimal(most, 0)} больше {decimal(MOST_POINTS, 0)}. "
            "Столько не даёт ни одна работа: проверьте столбец primary_score и десятичный "
            "разделитель."
        )


def _write(out: Path, verdict: dict[str, Any]) -> None:
    """Write the verdict at its place at once, never half of it."""
    import json

    from msoko.core.whole_files import write_whole

    text = json.dumps(verdict, ensure_ascii=False, indent=1, allow_nan=False)
    write_whole(out, text + "\n")


def _summary(verdict: dict[str, Any], out: Path) -> str:
    schools = verdict["schools"]
    flagged = [school["school_id"] for school in schools if school["flagged"]]
    lines = [
        f"Школ оценено: {len(schools)}, учебный год {verdict['meta']['parameters']['school_year']}."
        f" Отмечено: {len(flagged)}" + (f" ({', '.join(flagged)})." if flagged else "."),
        "Отметка – основание посмотреть работы, а не вывод о нарушении. Не отмечена не значит "
        "объективна.",
    ]
    left_out = _left_out(verdict["meta"]["left_out"])
    if left_out:
        lines.append(f"Не вычислено: {left_out}.")
    lines.append(f"Вывод записан в {out}.")
    return "\n".join(lines)


def _left_out(items: list[dict[str, str]]) -> str:
    from msoko.catalog.registry.registry_words import load_objectivity
    from msoko.core.project import HOME, Project

    if not items:
        return ""
    words = load_objectivity(Project(HOME))
    said: dict[str, None] = {}
    for item in items:
        is_marker = item["marker"] in words.markers
        marker = words.title(item["marker"]) if is_marker else "Шкала отметок"
        reason = words.reasons.get(item["reason"], item["reason"])
        said[f"{marker.lower()} – {reason}"] = None
    return "; ".join(said)
