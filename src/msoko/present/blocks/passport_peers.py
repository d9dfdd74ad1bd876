"""The organisations that work in conditions like these, and by what they are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko.present import russian
from msoko.present.block import Block, Framed, Sheet, block, cell
from msoko.present.evidence import Evidence
from msoko.present.peers import (
    AT_RANDOM,
    FARTHEST,
    LEAST_CONDITIONS,
    LEAST_PERSONS,
    LEAST_POOLED,
    Condition,
    Peers,
)

if TYPE_CHECKING:
    from msoko.present.reading import Reading
    from msoko.present.school import School

COLUMNS = 5
"""Conditions that the table sets side by side; all of them count in the distance."""


def peers(report: Reading) -> Block:
    """Name the organisations alike in context, or say why there are none."""
    school = report.school
    found = school.peers
    kin = report.say(f"passport.families.{found.family}")
    if found.reason == "unknown":
        return block(
            report.say("passport.peers_unknown", least=LEAST_CONDITIONS, persons=LEAST_PERSONS)
        )
    if found.reason == "alone":
        return block(report.say("passport.peers_alone", family=kin))
    if found.reason == "none":
        nearest = report.ledger.cite(_evidence(school, found, str(found.distances.index[0])))
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
    parts = block(text, _sheet(school, found), report.say("passport.peers_caveat")).parts
    return block(Framed("passport-peers", parts))


def _lower(title: str) -> str:
    """Return a title inside a sentence; an abbreviation keeps its capitals."""
    return cell(title if title[1:2].isupper() else title[:1].lower() + title[1:])


def _evidence(school: School, found: Peers, code: str) -> Evidence:
    return Evidence(
        what=f"Отличие условий: {school.report.school_name(code)} от {school.row['name']}; "
        f"{school.report.year} учебный год",
        shown=russian.decimal(float(found.distances[code]), 2),
        formula="корень из среднего квадрата разностей условий, делённых на их стандартные "
        "отклонения (msoko.stats.nearest.context_distances)",
        n=russian.counted(len(found.conditions) + 1, "условие", "условия", "условий"),
        source="; ".join(dict.fromkeys(one.source for one in found.conditions)),
    )


def _sheet(school: School, found: Peers) -> Sheet:
    report, told = school.report, list(found.conditions)[:COLUMNS]
    head = ["Организация", "Отличие", *(cell(one.title) for one in told)]
    own = [f"**{_short(report, school.school_id)}**", "–", *_values(told, school.school_id)]
    rows = [own] + [
        [
            _short(report, code),
            report.ledger.cite(_evidence(school, found, code)),
            *_values(told, code),
        ]
        for code in found.chosen
    ]
    caption = f"Похожие организации и их условия, {report.year} учебный год"
    return Sheet(head, rows, caption, "passport-peers", "l" + "r" * (len(head) - 1))


def _short(report: Reading, code: str) -> str:
    """Return a name without its legal form, so that a row of the table is one line."""
    name = report.school_name(code)
    start, end = name.find("«"), name.rfind("»")
    return cell(name[start + 1 : end] if 0 <= start < end else name)


def _values(told: list[Condition], code: str) -> list[str]:
    shown = []
    for one in told:
        value = one.values.get(code)
        if pd.isna(value):
            shown.append(russian.NOTHING)
        elif one.unit == "percent":
            shown.append(russian.amount(float(value), one.unit))
        else:
            shown.append(russian.figure(float(value), one.unit))
    return shown
