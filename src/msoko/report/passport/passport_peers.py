"""The organisations that work in conditions like these, and by what they are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Framed, Sheet, block, cell
from msoko.report.data.comparable_schools import (
    AT_RANDOM,
    FARTHEST,
    LEAST_CONDITIONS,
    LEAST_PERSONS,
    LEAST_POOLED,
    Condition,
    Peers,
    middle,
)
from msoko.report.data.evidence import Evidence

if TYPE_CHECKING:
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.judged_organisation import JudgedOrganisation


FUNCTION = "msoko.stats.schools.context_distance.context_distances"
"""What computes the distance of organisations, as evidence names it."""


def peers(report: JudgedData) -> Block:
    """Name the organisations alike in context, or say why there are none."""
    school = report.organisation
    found = school.peers
    kin = report.say(f"passport.families.{found.family}")
    if found.reason == "unknown":
        return block(
            report.say("passport.peers_unknown", least=LEAST_CONDITIONS, persons=LEAST_PERSONS)
        )
    if found.reason == "alone":
        return block(report.say("passport.peers_alone", family=kin))
    if found.reason == "none":
        nearest = report.ledger.cite(_evidence(school, found, next(iter(found.distances))))
        limit = russian.decimal(FARTHEST)
        return block(report.say("passport.peers_none", nearest=nearest, limit=limit))
    text = report.say(
        "passport.peers",
        candidates=len(found.distances),
        count=found.near,
        shown=len(found.chosen),
        family=kin,
        variables=[_lower(one.title) for one in found.conditions]
        + [_lower(report.say("passport.place"))],
        limit=russian.decimal(FARTHEST),
        random=russian.decimal(AT_RANDOM),
        is_few=not found.is_pooled,
        least=LEAST_POOLED,
    )
    sheets = [_names(school, found), *([_conditions(school, found)] if found.is_pooled else [])]
    parts = block(text, *sheets, report.say("passport.peers_caveat")).parts
    return block(Framed("passport-peers", parts))


def _lower(title: str) -> str:
    """Return a title inside a sentence; an abbreviation keeps its capitals."""
    return cell(title if title[1:2].isupper() else title[:1].lower() + title[1:])


def _evidence(school: JudgedOrganisation, found: Peers, code: str) -> Evidence:
    report = school.report
    what = report.say(
        "evidence.peers.what", other=report.school_name(code), school=school.row["name"]
    )
    return Evidence(
        what=report.say("evidence.of_year", what=what, year=report.year),
        shown=russian.decimal(found.distances[code], 2),
        formula=report.say("evidence.peers.formula", function=FUNCTION),
        n=report.counted("condition", len(found.conditions) + 1),
        source="; ".join(dict.fromkeys(one.source for one in found.conditions)),
    )


def _names(school: JudgedOrganisation, found: Peers) -> Sheet:
    report = school.report
    rows = [
        [_short(report, code), report.ledger.cite(_evidence(school, found, code))]
        for code in found.chosen
    ]
    caption = report.say("passport.peers_caption", year=report.year)
    return report.sheet(
        report.heads("organisation", "distance"), rows, caption, "passport-peers", "lr"
    )


def _conditions(school: JudgedOrganisation, found: Peers) -> Sheet:
    """Set the organisation's conditions beside the middle of those alike, never beside one."""
    rows = [
        [
            cell(one.title),
            _value(one, one.values.get(school.school_id)),
            _value(
                one, middle({code: one.values[code] for code in found.chosen if code in one.values})
            ),
        ]
        for one in found.conditions
    ]
    report = school.report
    head = report.heads("condition", "this_organisation", "median_of_alike")
    caption = report.say("passport.peers_conditions", year=report.year)
    return report.sheet(head, rows, caption, "passport-peers-conditions", "lrr")


def _short(report: JudgedData, code: str) -> str:
    """Return a name without its legal form, so that a row of the table is one line."""
    name = report.school_name(code)
    start, end = name.find("«"), name.rfind("»")
    return cell(name[start + 1 : end] if 0 <= start < end else name)


def _value(condition: Condition, value: float | None) -> str:
    if value is None or pd.isna(value):
        return russian.NOTHING
    told = russian.amount if condition.unit == "percent" else russian.figure
    return told(float(value), condition.unit)
