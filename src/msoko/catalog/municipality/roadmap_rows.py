"""The rows of `profiles/<name>/roadmap.csv`, as people keep them."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from msoko.catalog.municipality.profile import Measure, Profile
from msoko.catalog.yaml.declaration_lines import DeclarationLine, refuse_repeated, suggestion
from msoko.core.errors import UsageError
from msoko.core.project import Project

COLUMNS = tuple(item.name for item in dataclasses.fields(Measure) if item.name != "place")


def load_roadmap(project: Project, profile: Profile | str) -> tuple[Measure, ...]:
    """Return the rows of `profiles/<name>/roadmap.csv` in their order; none if there is no file.

    Commas or semicolons part the cells, as the header says: Excel writes either. Refused are
    columns that a roadmap does not have or lacks, a row longer than the header, a repeated code.
    """
    name = profile if isinstance(profile, str) else profile.profile
    path = project.find("profiles", name, "roadmap.csv")
    if not path.exists():
        return ()
    shown = project.shown(path)
    return _parse_rows(_text(path, shown), shown)


@lru_cache(maxsize=8)
def _parse_rows(text: str, shown: str) -> tuple[Measure, ...]:
    """Return the rows written in `text`; the same text is read once in a process."""
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    _check_header(rows.fieldnames or (), shown)
    measures = tuple(_measure(row, DeclarationLine(shown, rows.line_num)) for row in rows)
    refuse_repeated("мероприятие", measures)
    return measures


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            f"{shown}: файл не в кодировке UTF-8. В Excel сохраните его как «CSV UTF-8»."
        ) from None


def _check_header(found: Sequence[str], shown: str) -> None:
    for column in found:
        if column not in COLUMNS:
            hint = suggestion(column, COLUMNS)
            raise UsageError(f"{shown}, строка 1: неизвестный столбец «{column}». {hint}")
    absent = [column for column in COLUMNS if column not in found]
    if absent:
        raise UsageError(f"{shown}, строка 1: нет столбцов {', '.join(absent)}. Допишите их.")


def _measure(row: dict[str | None, str | None], place: DeclarationLine) -> Measure:
    if None in row:
        raise UsageError(
            f"{place}: ячеек больше, чем столбцов. Текст, в котором есть разделитель, "
            "заключите в кавычки."
        )
    said = {column: (row[column] or "").strip() for column in COLUMNS}
    if not said["code"] or not said["text"]:
        raise UsageError(
            f"{place}: у мероприятия нет кода или текста. Код нужен каждому: по нему на "
            "мероприятие ссылаются рекомендации и отчёты об исполнении."
        )
    return Measure(**said, place=place)
