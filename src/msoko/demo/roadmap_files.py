"""What the responsible reported on the roadmap, quarter by quarter and month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msoko.catalog import load_roadmap
from msoko.demo.draws import stream
from msoko.demo.sittings import World
from msoko.ingest.forms.declared import Form
from msoko.ingest.forms.writing import write_form
from msoko.project import HOME, Project
from msoko.school_year import SchoolYear

MONTHS = ("сентябр", "октябр", "ноябр", "декабр", "январ", "феврал", "март", "апрел", "ма",
          "июн", "июл", "август")  # fmt: skip
DUE_DAY = 25
LAST_TURN = 9
"""The last return is June's; what is due in July or August is still under way then."""
QUARTER_ENDS = (3, 6, 9)
LATE, MISSING, UNDONE = 0.08, 0.04, 0.07
FALLBACK = tuple(
    (f"{section}.{number}", "Управление образования" if number % 2 else "Методический центр", "")
    for section, count in (("1.1", 22), ("1.2", 7), ("1.3", 4), ("1.4", 8), ("2.1", 11),
                           ("2.2", 5), ("2.3", 9), ("2.4", 5))
    for number in range(1, count + 1)
)  # fmt: skip
"""Measures (number, responsible, deadline) where the demo profile has no roadmap."""


def write_returns(folder: Path, world: World, form: Form, year: int) -> None:
    """Write the returns of a year, a workbook per quarter."""
    records = list(_records(world, year))
    quarters = sorted({_quarter(record["period"]) for record in records})
    for quarter in quarters:
        own = [record for record in records if _quarter(record["period"]) == quarter]
        path = folder / f"Дорожная карта отчёт {quarter}.xlsx"
        write_form(path, form, str(SchoolYear(year)), (), own)


def measures() -> list[tuple[str, str, str]]:
    """Return the demo profile's measures: code, responsible, deadline as printed."""
    declared = load_roadmap(Project(HOME), "demo")
    return [(one.code, one.responsible, one.deadline) for one in declared] or list(FALLBACK)


def _records(world: World, year: int) -> Iterator[dict[str, Any]]:
    for code, responsible, deadline in measures():
        draw = stream(world.seed, "roadmap", code, year)
        due = _due(deadline)
        is_undone = draw.random() < UNDONE
        last = min(LAST_TURN, due) if due is not None else LAST_TURN
        for turn in _turns(due):
            if draw.random() < MISSING:
                continue
            period = _period(year, turn)
            late = int(draw.integers(1, 12)) if draw.random() < LATE else -int(draw.integers(0, 5))
            status = "в работе"
            if turn == last and (due is None or due <= LAST_TURN):
                status = "не выполнено" if is_undone else "выполнено"
            yield {
                "measure": code, "period": f"{period:%Y-%m}", "responsible": responsible,
                "status": status, "returned_on": period + dt.timedelta(days=late),
                "result": RESULTS[int(draw.integers(0, len(RESULTS)))]
                if status == "выполнено" else None,
            }  # fmt: skip


def _turns(due: int | None) -> Sequence[int]:
    """Return the months that are reported on: up to the due one, or each quarter's last."""
    if due is None:
        return QUARTER_ENDS
    return range(max(0, min(due, LAST_TURN) - 1), min(due, LAST_TURN) + 1)


RESULTS = (
    "Приказ управления образования", "Аналитическая справка", "Протокол совещания",
    "Адресные рекомендации направлены в школы", "План мероприятий утверждён",
)  # fmt: skip


def _due(deadline: str) -> int | None:
    """Return the place in the school year (September is 0) of the last month that is named."""
    words = deadline.lower().replace("ё", "е").replace(",", " ").replace("-", " ").split()
    found = [
        index
        for word in words
        for index, month in enumerate(MONTHS)
        if (word in ("май", "мая", "мае") if month == "ма" else word.startswith(month))
    ]
    return max(found, default=None)


def _period(year: int, turn: int) -> dt.date:
    month = 9 + turn
    return dt.date(year + (month > 12), (month - 1) % 12 + 1, DUE_DAY)


def _quarter(period: str) -> str:
    year, month = period.split("-")
    return f"{year}-Q{(int(month) - 1) // 3 + 1}"
