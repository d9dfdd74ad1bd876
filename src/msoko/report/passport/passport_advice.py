"""What was found about an organisation and what it is asked to do; signs worded as grounds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko import catalog
from msoko.catalog.registry import registry_words
from msoko.core import russian
from msoko.core.tables import GROUP
from msoko.report.block import Block, BlockPart, Details, Framed, Prose, Sheet, block, cell
from msoko.report.data.organisation import RECIPIENTS, is_hidden
from msoko.report.passport.printed_rows import fitting
from msoko.report.sections.results.objectivity_signs import LEVEL, RATE

if TYPE_CHECKING:
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.judged_organisation import JudgedOrganisation
    from msoko.report.data.organisation import Row

LETTERS, LINES = (42, 10, 62, 16, 21), 18
"""What a line of the printed table holds, and how many of them the recommendations may take."""


def advice(report: JudgedData) -> Block:
    """List the recommendations to the organisation with their grounds, then the signs."""
    school = report.organisation
    own = school.own_advice
    others = [row for row in school.advice if row["recipient"] not in RECIPIENTS]
    parts: list[BlockPart | str | None] = [
        report.say("passport.advice", count=len({row["finding"] for row in own}))
        if len(own)
        else report.say("passport.advice_none")
    ]
    listed = [_row(school, row) for row in own]
    most = fitting([[*row[:1], "", *row[2:]] for row in listed], LETTERS, LINES)
    if listed:
        parts.append(_sheet(report, listed[:most], "passport-advice"))
    if rest := listed[most:]:
        title = report.say("passport.advice_rest", count=len(rest))
        parts.append(Details(title, (_sheet(report, rest, ""),)))
    parts.append(_others(school, others))
    if not school.is_preschool:
        parts += _signs(school)
    return block(Framed("passport-advice", block(*parts).parts))


def _sheet(report: JudgedData, rows: Sequence[list[str]], name: str) -> Sheet:
    head = report.heads("finding", "value", "action", "deadline", "expected_result")
    caption = report.say("passport.advice_caption", year=report.year)
    return report.sheet(head, rows, caption, name, "lrlll")


def _row(school: JudgedOrganisation, row: Row) -> list[str]:
    report = school.report
    number = _measures(report).get(row["measure"], "")
    point = report.say("passport.measure", number=cell(number)) if number else ""
    to = report.say("passport.to_teachers") if row["recipient"] == "teachers" else ""
    return [
        cell(row["finding"]),
        _ground(school, row),
        " ".join(filter(None, (to, cell(row["text"])))),
        " ".join(filter(None, (cell(row["deadline"]), point))),
        cell(row["expected"]),
    ]


def _measures(report: JudgedData) -> dict[str, str]:
    found = catalog.load_roadmap(report.project, report.profile)
    return {one.code: one.number or one.code for one in found}


def _ground(school: JudgedOrganisation, row: Row) -> str:
    """Return the number that a finding rests on, linked to its evidence."""
    report = school.report
    declared = [
        item
        for one in report.directions
        if one.direction == row["direction"]
        for item in one.indicators
        if item.code == row["indicator"]
    ]
    keys = ("direction", "indicator", *GROUP)
    own = [
        one
        for one in school.parts
        if all(one[key] == row[key] for key in keys) and not math.isnan(one["value"])
    ]
    if not declared or not own:
        return russian.NOTHING
    # A verdict on the whole (flagged, low results) is a yes, not a share.
    if declared[0].table in ("objectivity_schools", "low_results"):
        return report.say("passport.by_rule")
    if is_hidden(declared[0], own[0]):
        return report.say("passport.hidden")
    return report.number(declared[0], own[0])


def _others(school: JudgedOrganisation, rows: Sequence[Row]) -> Details | None:
    """Fold away what others are asked to do about the organisation."""
    report = school.report
    if not rows:
        return None
    body = [
        [
            report.say(f"passport.to.{row['recipient']}"),
            cell(row["finding"]),
            cell(row["text"]),
            cell(row["deadline"]),
        ]
        for row in rows
    ]
    counts = Counter(row["recipient"] for row in rows)
    titles = [f"{report.say(f'passport.to.{name}')} – {count}" for name, count in counts.items()]
    head = report.heads("addressee", "finding", "action", "deadline")
    sheet = report.sheet(head, body, report.say("passport.others_caption"), "", "llll")
    return Details(report.say("passport.advice_others", titles=titles), (sheet,))


def _signs(school: JudgedOrganisation) -> list[BlockPart | str]:
    """Say whether signs gathered, with the wording of the page on objectivity."""
    report, own = school.report, {"school_id": [school.school_id]}
    verdict = report.store.read("objectivity_schools", [report.year], where=own)
    if verdict.empty or pd.isna(verdict["p_combined"].iloc[0]):
        return [report.say("passport.signs_unknown")]
    if not verdict["is_flagged"].iloc[0]:
        return [report.say("passport.signs_none")]
    found = report.store.read("objectivity_markers", [report.year], where=own)
    found = found[found["p"] <= LEVEL].sort_values("p", kind="stable")
    titles = registry_words.load_objectivity(report.project)
    names = [f"{titles.title(one).lower()}" for one in dict.fromkeys(found["marker"])]
    said = report.say("passport.signs", markers=names, odds=round(1 / RATE))
    rows = [
        [
            cell(titles.title(row.marker)),
            cell(report.paper(row.subject, row.grade)),
            russian.decimal(row.effect, 2),
            "< 0,001" if row.p < 0.001 else russian.decimal(row.p, 3),
            russian.figure(row.n, "persons"),
            cell(titles.tier(row.tier).split(" (")[0]),
        ]
        for row in found.itertuples()
    ]
    head = report.heads("marker", "paper", "effect", "p", "pupils", "reliability")
    sheet = report.sheet(head, rows, report.say("passport.signs_caption"), "", "llrrrl")
    return [
        Prose(f"{said} {report.say('passport.signs_caveat')}"),
        Details(report.say("passport.signs_detail", count=len(rows)), (sheet,)),
    ]
