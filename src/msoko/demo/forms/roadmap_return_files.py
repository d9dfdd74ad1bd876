"""What the responsible reported on the roadmap, by the rule of the municipality's document."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msoko.catalog import parse_deadline
from msoko.catalog.registry.form_declarations import Form
from msoko.core.school_year import SchoolYear
from msoko.demo.papers.sittings import World
from msoko.demo.population.random_draws import stream
from msoko.ingest.layouts.forms.form_workbook import write_form

MONTHS = ("сентябр", "октябр", "ноябр", "декабр", "январ", "феврал", "март", "апрел", "ма",
          "июн", "июл", "август")  # fmt: skip
LAST_TURN = 9
"""The last return is June's; what is due in July or August is still under way then."""
QUARTER_ENDS = (3, 6, 9)
LATE, MISSING, UNDONE = 0.08, 0.04, 0.07


def write_returns(folder: Path, world: World, form: Form, year: int) -> None:
    """Write the returns of a year, a workbook per quarter; none without a roadmap."""
    records = list(_records(world, year))
    quarters = sorted({_quarter(record["period"]) for record in records})
    for quarter in quarters:
        own = [record for record in records if _quarter(record["period"]) == quarter]
        path = folder / f"Дорожная карта отчёт {quarter}.xlsx"
        write_form(path, form, str(SchoolYear(year)), (), own)


def _records(world: World, year: int) -> Iterator[dict[str, Any]]:
    for measure in world.roadmap:
        if parse_deadline(measure.deadline, SchoolYear(year)).kind == "other_year":
            continue
        draw = stream(world.seed, "roadmap", measure.code, year)
        due = _due(measure.deadline)
        is_undone = draw.random() < UNDONE
        turns = _turns(due, is_monthly(world))
        for turn in turns:
            if draw.random() < MISSING:
                continue
            day = _day(world, year, turn)
            late = int(draw.integers(1, 12)) if draw.random() < LATE else -int(draw.integers(0, 5))
            status = "в работе"
            if turn == turns[-1] and (due is None or due <= LAST_TURN):
                status = "не выполнено" if is_undone else "выполнено"
            yield {
                "measure": measure.code, "period": _period(world, day),
                "responsible": measure.responsible or NOBODY,
                "status": status, "returned_on": day + dt.timedelta(days=late),
                "result": RESULTS[int(draw.integers(0, len(RESULTS)))]
                if status == "выполнено" else None,
            }  # fmt: skip


def is_monthly(world: World) -> bool:
    """Whether the rule asks for a return each month; without a rule people report by quarter."""
    return world.returns is not None and world.returns.period == "month"


def _turns(due: int | None, by_month: bool) -> Sequence[int]:
    """Return the months that are reported on: up to the due one, or each quarter's last.

    Of the quarters, a measure with a date is reported on in those of its last two months.
    """
    if due is None:
        return QUARTER_ENDS
    months = range(max(0, min(due, LAST_TURN) - 1), min(due, LAST_TURN) + 1)
    return months if by_month else sorted({_quarter_end(month) for month in months})


def _quarter_end(turn: int) -> int:
    """Return the last month of a calendar quarter; September's is its own."""
    return -(-turn // 3) * 3


def _day(world: World, year: int, turn: int) -> dt.date:
    """Return the day by which the rule wants the return; the month's last where it names none."""
    month = (8 + turn) % 12 + 1
    first = dt.date(year + (turn > 3), month, 1)
    last = calendar.monthrange(first.year, month)[1]
    named = world.returns.day if world.returns else None
    return first.replace(day=min(named or last, last))


def _period(world: World, day: dt.date) -> str:
    return f"{day:%Y-%m}" if is_monthly(world) else _quarter(f"{day:%Y-%m}")


RESULTS = (
    "Приказ управления образования", "Аналитическая справка", "Протокол совещания",
    "Адресные рекомендации направлены в школы", "План мероприятий утверждён",
)  # fmt: skip
NOBODY = "Управление образования"
"""Who reports on a measure for which the document names nobody."""


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


def _quarter(period: str) -> str:
    """Return the quarter of a month, 2024-Q4; a quarter is its own."""
    if "Q" in period:
        return period
    year, month = period.split("-")
    return f"{year}-Q{(int(month) - 1) // 3 + 1}"
