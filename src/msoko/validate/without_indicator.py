"""Declared tables from which no indicator can be computed, and what each of them lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog import Direction, Indicator, load_direction, load_directions
from msoko.catalog.directions.condition_facts import (
    condition_values,
    indicator_columns,
    parse_condition,
)
from msoko.catalog.directions.direction_faults import FORMS
from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.file_entry import COLUMNS
from msoko.ingest.year_file import load_year_file
from msoko.validate.concerned_directions import readers

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

CHECK = "no_indicator"
NOT_COUNTED = ("schools", "appeals", "roadmap_returns")
"""Tables that reports read as they are."""
HELD = ("procedure", "level", "grade", "group_level", "stage", "survey")
"""Columns by which conditions pick rows."""
MOST_TOLD = 4
ADVICE = "Допишите недостающее в year.yml; что нужно каждой таблице, сказано в docs/year_yml.md."


@dataclass(frozen=True)
class DeclaredTable:
    """A table that a declared sheet became."""

    source_id: str
    file: str
    sheet: str | None
    table: str


def tables_without_indicator(
    project: Project, year: SchoolYear, backend: BaseBackend, titles: Mapping[str, str]
) -> list[Finding]:
    """Return a finding for each declared table of the year that gives no indicator.

    It stops the run where nothing else arrived: the site would be empty. `titles` are the
    names of columns.
    """
    sources = Store(project).read("sources", [year])
    sources = sources[sources["rows_kept"] > 0]
    declared = list(_declared(project, year, sources))
    if not declared:
        return []
    directions = _directions(project, year)
    told = {
        one: _lack(project, year, backend, one, directions, titles)
        for one in declared
        if one.table not in NOT_COUNTED
    }
    idle = [one for one, lack in told.items() if lack]
    is_empty = {one.source_id for one in idle} == set(sources["source_id"]) - {
        one.source_id for one in declared if one.table in NOT_COUNTED
    }
    severity = "blocking" if is_empty else "warning"
    return [
        Finding(CHECK, severity, told[one], ADVICE, table=one.table, file=one.file, sheet=one.sheet)
        for one in idle
    ]


def _declared(project: Project, year: SchoolYear, sources: pd.DataFrame) -> Iterator[DeclaredTable]:
    own = sources[sources["layout"] == COLUMNS]
    named = Store(project).read("source_columns", [year], ["source_id", "table"])
    for source, file, sheet in own[["source_id", "file", "sheet"]].itertuples(index=False):
        for table in dict.fromkeys(named.loc[named["source_id"] == source, "table"]):
            yield DeclaredTable(source, file, sheet if isinstance(sheet, str) else None, table)


def _directions(project: Project, year: SchoolYear) -> tuple[Direction, ...]:
    """Return the directions of the year's profile; all of them where it is not named."""
    path = project.raw(year) / "year.yml"
    try:
        return load_directions(project, load_year_file(path, project.shown(path)).municipality)
    except (MsokoError, OSError):  # told elsewhere
        names = sorted(path.stem for path in project.find("notebooks").glob("*.yml"))
        return tuple(load_direction(project, name) for name in names)


def _lack(
    project: Project,
    year: SchoolYear,
    backend: BaseBackend,
    one: DeclaredTable,
    directions: Iterable[Direction],
    titles: Mapping[str, str],
) -> str:
    """Return why the table gives no indicator, an empty text where it gives one."""
    kind = FORMS if one.table == "monitoring" else one.table
    every = [own for each in directions for own in each.indicators if own.table == kind]
    if not every:
        known = ", ".join(readers(project).get(one.table, ()))
        advice = f"; её читают: {known}. Допишите направление в профиль" if known else ""
        return f"ни одно направление профиля не читает таблицу {one.table}{advice}."
    rows = Store(project).read(one.table, [year])
    rows = rows[rows["source_id"] == one.source_id]
    if kind == FORMS:
        read = {pair for own in every for pair in indicator_columns(own)}
        there = set(zip(rows["form"], rows["item"], strict=True))
        return "" if there & read else "показателей этой формы отчёты профиля не читают."
    judged = [own for own in every if (own.polarity, own.interval) != ("none", "none")] or every
    if any(_counts(project, year, backend, one, judged)):
        return ""
    lacks: dict[str, list[str]] = {}
    for own in judged:
        lacks.setdefault(_needs(own, rows, titles), []).append(own.short_title or own.title)
    told = [
        f"{', '.join(f'«{title}»' for title in shown[:MOST_TOLD])}"
        f"{f' и ещё {len(shown) - MOST_TOLD}' if len(shown) > MOST_TOLD else ''} – {lack}"
        for lack, shown in list(lacks.items())[:MOST_TOLD]
    ]
    return f"из таблицы {one.table} не вычисляется ни один показатель: {'; '.join(told)}."


def _counts(
    project: Project,
    year: SchoolYear,
    backend: BaseBackend,
    one: DeclaredTable,
    indicators: Sequence[Indicator],
) -> list[int]:
    """Return how many persons or rows of the source each indicator counts."""
    from msoko.indicators.sums.sum_terms import row_terms
    from msoko.indicators.sums.table_relations import Relations

    columns = {pair for own in indicators for pair in indicator_columns(own)}
    relation = Relations(Store(project), year, backend).table(one.table, columns)
    rows = relation.filter(relation.source_id == one.source_id)
    sums = {
        f"i{place}": row_terms(rows, own)["n"].cast("int64").sum()
        for place, own in enumerate(indicators)
    }
    found = backend.to_pyarrow(rows.aggregate(**sums)).to_pylist()[0]
    return [found[name] or 0 for name in sums]


def _missing(text: str, absent: Collection[str]) -> list[str]:
    """Return which absent columns an expression needs: of alternatives, those of the nearest."""
    from sqlglot import expressions as sql

    if not text:
        return []
    tree = parse_condition(text)
    ways = [tree.this, *tree.expressions] if isinstance(tree, sql.Coalesce) else [tree]
    named = [dict.fromkeys(column.name for column in way.find_all(sql.Column)) for way in ways]
    return min(([name for name in one if name in absent] for one in named), key=len)


def _needs(indicator: Indicator, rows: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """Return what the rows lack for the indicator: values of columns, or rows of its kind."""
    texts = (indicator.numerator, indicator.denominator, indicator.size)
    absent = {name for name in rows if rows[name].isna().all()}
    missing = list(dict.fromkeys(name for text in texts for name in _missing(text, absent)))
    if missing:
        named = [f"{titles[name]} ({name})" if name in titles else name for name in missing]
        return f"нет столбца: {', '.join(named)}"
    for name in HELD:
        wanted = condition_values(indicator.where, name)
        if wanted and name in rows:
            there = set(rows[name].dropna().astype(str))
            if not there & wanted:
                shown = ", ".join(sorted(there)) or "ничего нет"
                return f"нужно {name}: {' или '.join(sorted(wanted))}, а в файле {shown}"
    return f"нет строк, для которых {indicator.where}" if indicator.where else "нет значений"
