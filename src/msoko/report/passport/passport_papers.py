"""An organisation's results by subject and grade, for its own work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.directions.direction import indicators_in_role
from msoko.core import russian
from msoko.core.tables import GROUP
from msoko.report.block import Details, cell
from msoko.report.data.organisation import is_hidden, part_of

if TYPE_CHECKING:
    from msoko.catalog import Direction, Indicator
    from msoko.report.data.judged_organisation import JudgedOrganisation
    from msoko.report.data.organisation import Row


def papers(school: JudgedOrganisation) -> list[Details]:
    """Fold away the school's results by subject and grade, in no order of worth."""
    report = school.report
    folds = []
    for direction, item in indicators_in_role(report.directions, "papers"):
        rows = _paper_rows(school, direction, item)
        if rows:
            name = report.say("passport.papers", title=item.title, count=len(rows))
            head = report.heads("paper", "value", "interval", "n", "all_and_region")
            title = cell(item.title)
            caption = report.say("passport.papers_caption", title=title, year=report.year)
            folds.append(Details(name, (report.sheet(head, rows, caption),)))
    return folds


def _paper_rows(
    school: JudgedOrganisation, direction: Direction, item: Indicator
) -> list[list[str]]:
    keys = set(max((by for by in item.by if "school_id" in by), key=len, default=()))
    own = [
        row
        for row in school.parts
        if row["indicator"] == item.code
        and not math.isnan(row["value"])
        and {key for key in GROUP if row[key] is not None} == keys
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
