"""An organisation's results by subject and grade, for its own work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.core.tables import GROUP
from msoko.report.block import Details, Sheet, cell
from msoko.report.data.organisation import is_hidden, part_of

if TYPE_CHECKING:
    from msoko.catalog import Direction, Indicator
    from msoko.report.data.judged_organisation import JudgedOrganisation
    from msoko.report.data.organisation import Row

PAPERS = {
    "so_vpr_basic": ("school_id", "subject", "grade"),
    "so_oge_basic": ("school_id", "subject"),
    "so_ege_score": ("school_id", "subject"),
}
"""Indicators that the electronic page tells by paper, and the groups that are papers."""


def papers(school: JudgedOrganisation) -> list[Details]:
    """Fold away the school's results by subject and grade, in no order of worth."""
    report = school.report
    declared = {item.code: (one, item) for one in report.directions for item in one.indicators}
    folds = []
    for code, keys in PAPERS.items():
        rows = _paper_rows(school, *declared[code], keys) if code in declared else []
        if rows:
            item = declared[code][1]
            name = report.say("passport.papers", title=item.title, count=len(rows))
            head = ["Работа", "Значение", "95 % интервал", "n", "Все (регион)"]
            caption = f"{cell(item.title)}, {report.year} учебный год"
            folds.append(Details(name, (Sheet(head, rows, caption),)))
    return folds


def _paper_rows(
    school: JudgedOrganisation, direction: Direction, item: Indicator, keys: tuple[str, ...]
) -> list[list[str]]:
    own = [
        row
        for row in school.parts
        if row["indicator"] == item.code
        and not math.isnan(row["value"])
        and tuple(key for key in GROUP if row[key] is not None) == keys
    ]
    order = {subject: place for place, subject in enumerate(school.report.subjects)}
    last = len(order)
    own.sort(key=lambda row: (order.get(row["subject"], last), row["grade"] or math.inf))
    return [_paper(school, direction, item, row) for row in own]


def _paper(
    school: JudgedOrganisation, direction: Direction, item: Indicator, row: Row
) -> list[str]:
    report = school.report
    wider = [
        school.around.get((unit, direction.direction, item.code, part_of(row)))
        for unit in ("municipality", "region")
    ]
    beside = russian.amount(wider[0], item.unit)
    if wider[1] is not None and pd.notna(wider[1]):
        beside += f" ({russian.amount(wider[1], item.unit)})"
    name = cell(report.paper(row["subject"], row["grade"]))
    if is_hidden(item, row):
        return [name, report.say("passport.hidden"), "–", "–", beside]
    return [
        name,
        russian.amount(row["value"], item.unit),
        russian.span(row["low"], row["high"], item.unit),
        report.count(row["n"]),
        beside,
    ]
