"""`msoko objectivity`: the verdict on any data in the documented table form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

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


def _write(out: Path, verdict: dict[str, Any]) -> None:
    """Write the verdict beside its place and put it there at once, never half of it."""
    import json

    part = out.with_name(out.name + ".part")
    text = json.dumps(verdict, ensure_ascii=False, indent=1, allow_nan=False)
    part.write_text(text + "\n", encoding="utf-8", newline="\n")
    part.replace(out)


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
    from msoko.core.project import HOME

    if not items:
        return ""
    import yaml

    text = (HOME / "registry" / "wording_objectivity.yml").read_text(encoding="utf-8")
    words = yaml.safe_load(text)
    said: dict[str, None] = {}
    for item in items:
        marker = words["markers"].get(item["marker"], {}).get("title", "Шкала отметок")
        reason = words["reasons"].get(item["reason"], item["reason"])
        said[f"{marker.lower()} – {reason}"] = None
    return "; ".join(said)
