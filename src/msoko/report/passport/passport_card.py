"""The head of a passport: whose it is, its conditions, on how many pupils it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Framed, Sheet, block, cell
from msoko.report.data.comparable_schools import SIZE, Condition, middle
from msoko.report.data.evidence import Evidence

if TYPE_CHECKING:
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.judged_organisation import JudgedOrganisation

PROCEDURES = ("vpr", "oge", "ege", "rehearsal", "diagnostic", "functional_literacy")
"""The order in which procedures are named; any other follows."""
FACTS = {
    "school": ("class_count", "teachers_total", "graduates_9", "graduates_11"),
    "preschool": ("group_count", "staff_total"),
}


def card(report: JudgedData) -> Block:
    """Name the organisation, its size, its conditions and what its numbers rest on."""
    school = report.organisation
    parts = [f"**{cell(school.row['name'])}**", _identity(school), *past(school), _works(school)]
    return block(Framed("passport-card", block(*parts, *_conditions(school)).parts))


def _identity(school: JudgedOrganisation) -> str:
    say, row = school.report.say, school.row
    kind = _named(school, "types", row["school_type"]) or _named(school, "kinds", row["kind"])
    kind = kind or say("passport.no_kind")
    location = _named(school, "locations", row["location"]) or say("passport.no_location")
    return say(
        "passport.identity",
        kind=kind,
        location=location,
        facts=_facts(school),
        year=school.report.year,
    )


def _named(school: JudgedOrganisation, group: str, code: object) -> str:
    """Return what the wording calls a code; one it does not know is shown as it is."""
    if pd.isna(code):
        return ""
    key = f"passport.{group}.{code}"
    return school.report.say(key) if school.report.wording.has(key) else cell(code)


def _facts(school: JudgedOrganisation) -> list[str]:
    kind = str(school.row["kind"])
    if kind not in SIZE:
        return []
    form, size, *_ = SIZE[kind]
    given = school.items(form)
    own = {name: given.get(name, {}).get(school.school_id, 0.0) for name in (size, *FACTS[kind])}
    return [_fact(school, form, name, count) for name, count in own.items() if count > 0]


def _fact(school: JudgedOrganisation, form: str, name: str, value: float) -> str:
    report = school.report
    title = report.say(f"passport.items.{name}")
    what = f"{russian.capitalised(title)}; {school.row['name']}"
    number = report.ledger.cite(
        Evidence(
            what=report.say("evidence.of_year", what=what, year=report.year),
            shown=russian.figure(value, "persons"),
            formula=f"{form}.{name}",
            source=report.say("passport.form", form=school.form_titles.get(form, form)),
        )
    )
    return f"{title} – {number}"


def past(school: JudgedOrganisation) -> list[str]:
    """Say what of the organisation's past or future keeps its years from being compared."""
    report = school.report
    said = []
    last = school.before.get(str(report.year.shifted(-1)))
    if len(report.years) > 1 and not school.before and not school.is_heir_only:
        said.append(report.say("passport.first_year"))
    elif last is None and school.before:
        said.append(report.say("passport.away", year=next(iter(school.before))))
    elif last is not None and last["name"] != school.row["name"]:
        said.append(report.say("passport.renamed", before=cell(last["name"])))
    said += origins(school)
    register = school.register
    for one in register:
        if one.school_id == school.school_id and one.last == report.year and one.successor_id:
            heirs = [heir.name for heir in register if heir.school_id == one.successor_id]
            name = cell(heirs[-1]) if heirs else ""
            said.append(report.say("passport.last_year", name=name))
    return [" ".join(said)] if said else []


def origins(school: JudgedOrganisation) -> list[str]:
    """Say who joined the organisation and when, or of whom it was made, within the years shown."""
    report = school.report
    own = [one for one in school.forerunners if one.last and one.last >= report.years[0]]
    if school.is_heir_only and own:
        names = [cell(one.name) for one in own]
        return [report.say("passport.formed", names=names, year=own[-1].last)]
    return [report.say("passport.joined", name=cell(one.name), year=one.last) for one in own]


def _works(school: JudgedOrganisation) -> str:
    report = school.report
    if school.is_preschool:
        return report.say("passport.no_works_preschool")
    found = report.store.records(
        "results",
        [report.year],
        ["procedure", "pupil_id", "is_absent"],
        {"school_id": [school.school_id]},
    )
    groups: dict[str, list[str | None]] = {}
    for row in found:
        if row["procedure"] and not row["is_absent"]:
            groups.setdefault(row["procedure"], []).append(row["pupil_id"])
    others = sorted(name for name in groups if name not in PROCEDURES)
    order = [name for name in (*PROCEDURES, *others) if name in groups]
    said = [_work(school, name, groups[name]) for name in order]
    if not said:
        return report.say("passport.no_works")
    return report.say("passport.works", works=said)


def _work(school: JudgedOrganisation, procedure: str, works: Sequence[str | None]) -> str:
    report = school.report
    key = f"procedure.{procedure}"
    name = report.say(key) if report.wording.has(key) else cell(procedure)
    pupils = len({pupil for pupil in works if pupil is not None})
    what = report.say("evidence.works.what", procedure=name, school=school.row["name"])
    count = report.ledger.cite(
        Evidence(
            what=report.say("evidence.of_year", what=what, year=report.year),
            shown=russian.decimal(len(works), 0),
            formula=report.say("evidence.works.formula"),
            n=report.counted("pupil", pupils),
        )
    )
    return report.say("passport.work", procedure=name, works=count, pupils=pupils)


def _conditions(school: JudgedOrganisation) -> list[str | Sheet]:
    report = school.report
    known = [one for one in school.conditions if school.school_id in one.values]
    if not known:
        return [report.say("passport.no_context")]
    rows = [_condition_row(school, one) for one in known]
    head = report.heads("condition", "value", "interval", "n", "median")
    caption = report.say("passport.conditions", year=report.year)
    sheet = report.sheet(head, rows, caption, "passport-context", "lrrrr")
    text = report.say("passport.context", count=len(school.alike))
    return [text, sheet]


def _condition_row(school: JudgedOrganisation, condition: Condition) -> list[str]:
    report, unit = school.report, condition.unit
    median = middle(condition.values, school.school_id)
    if condition.indicator is None:
        return [cell(condition.title), *_of_form(school, condition), _plain(median, unit)]
    row = school.own[(condition.direction, condition.indicator.code)]
    return [
        cell(condition.title),
        report.number(condition.indicator, row),
        russian.span(row["low"], row["high"], unit),
        report.count(row["n"]),
        russian.amount(median, unit),
    ]


def _of_form(school: JudgedOrganisation, condition: Condition) -> list[str]:
    """Return value, interval and n of a condition that a form tells."""
    from msoko.stats.estimators.proportions import wilson

    report, unit = school.report, condition.unit
    value, interval, n = float(condition.values[school.school_id]), "–", "–"
    if condition.n is not None:
        count = int(condition.n[school.school_id])
        told = wilson(round(value * count), count)
        n = report.count(count)
        interval = russian.span(told.low, told.high, unit) if told.is_estimable else "–"
    what = f"{condition.title}; {school.row['name']}"
    evidence = Evidence(
        what=report.say("evidence.of_year", what=what, year=report.year),
        shown=_plain(value, unit),
        n="" if n == "–" else n,
        interval="" if interval == "–" else interval,
        source=condition.source,
    )
    return [report.ledger.cite(evidence), interval, n]


def _plain(value: float, unit: str) -> str:
    """Return a value of a form; what is neither a share nor persons has no unit of its own."""
    return russian.amount(value, unit) if unit == "percent" else russian.figure(value, unit)
