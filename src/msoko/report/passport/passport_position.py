"""Where an organisation stands in each direction, told only as far as chance allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, BlockPart, Details, Framed, Prose, Sheet, block, cell
from msoko.report.data.comparable_schools import middle, pooled
from msoko.report.data.organisation import (
    SHOWN,
    base,
    is_hidden,
    is_of_persons,
    is_vpr,
    part_of,
)
from msoko.report.data.target_verdict import against_target
from msoko.report.passport.passport_papers import papers
from msoko.report.sections.results import comparison
from msoko.stats.estimators.estimate import critical_value

if TYPE_CHECKING:
    from msoko.catalog import Direction, Indicator
    from msoko.report.data.indicator_rows import OrganisationValues
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.judged_organisation import JudgedOrganisation
    from msoko.report.data.organisation import Row

MOST_SHOWN = 4
"""Indicators that a direction has on the printed page; the others are in the electronic one."""
OUTSIDE = ("better", "worse", "above", "below")
SUMS = ("sum", "count")
Formula = tuple[str, str, str, str]


@dataclass(frozen=True)
class Standing:
    """An organisation's value of one indicator beside others, and a key of wording that says how.

    `z` is its distance from the common value in the funnel that the reports draw; null where it
    is not set apart.
    """

    direction: Direction
    indicator: Indicator
    row: Row
    verdict: str
    z: float = float("nan")

    @property
    def is_outside(self) -> bool:
        return self.verdict in OUTSIDE


def position(report: JudgedData) -> Block:
    """Set out each direction's indicators beside the municipality, the region and those alike."""
    school = report.organisation
    places = [standing_of(school, *one) for one in school.indicators]
    by_direction = {
        one.direction: [place for place in places if place.direction is one]
        for one in report.directions
    }
    compared = [one for one in places if one.verdict in (*OUTSIDE, "within")]
    said = report.say(
        "passport.position",
        directions=sum(bool(found) for found in by_direction.values()),
        count=len(places),
        compared=len(compared),
        outside=sum(one.is_outside for one in places),
        sides=_sides(report, places),
        odds=round(1 / (1 - comparison.OUTER)),
    )
    legend = report.say(
        "passport.legend",
        least=comparison.LEAST_SHOWN,
        most=MOST_SHOWN,
        is_pooled=school.peers.is_pooled,
    )
    parts: list[BlockPart | str] = [said, legend] if places else [said]
    printed: set[Formula] = set()
    if any(is_vpr(one.indicator) for one in places):
        parts.append(report.say("passport.vpr"))
    parts += [
        part
        for one in report.directions
        for part in _of_direction(school, one, by_direction[one.direction], printed)
    ]
    parts.append(_apart(school))
    parts += papers(school)
    return block(Framed("passport-position", block(*parts).parts))


def _sides(report: JudgedData, places: Sequence[Standing]) -> list[str]:
    """Return what stands out to each side: «Хуже – Конференции и Каникулы»."""
    found: dict[str, list[str]] = {}
    for one in places:
        title = cell(one.indicator.short_title or one.indicator.title)
        found.setdefault(one.verdict, []).append(title)
    return [
        report.say(f"passport.side.{key}", titles=found[key]) for key in OUTSIDE if key in found
    ]


def standing_of(school: JudgedOrganisation, direction: Direction, indicator: Indicator) -> Standing:
    """Return where the organisation stands by an indicator.

    The rule is the one by which reports name schools: outside the funnel's outer limits, with
    at least ten participants.
    """
    row = school.own[(direction.direction, indicator.code)]
    if is_hidden(indicator, row):
        return Standing(direction, indicator, row, "hidden")
    if not is_of_persons(indicator):
        return Standing(direction, indicator, row, "alone")
    if base(indicator, row) < comparison.LEAST_SHOWN:
        return Standing(direction, indicator, row, "few")
    papers = school.papers((direction.direction, indicator.code))
    z = _distance(school.of_all(direction, indicator), school.school_id, papers)
    if np.isnan(z):
        return Standing(direction, indicator, row, "alone")
    return Standing(direction, indicator, row, _verdict(indicator, z), z)


def _distance(field: OrganisationValues, school_id: str, papers: float) -> float:
    """Return the organisation's z in the funnel of shares; NaN where they are not counts."""
    from msoko.stats.schools.funnel import share_place

    is_count = (field.denominator == field.n).all() and (field.numerator % 1 == 0).all()
    is_part = (field.numerator <= field.denominator).all()
    if len(field.n) < comparison.LEAST_SCHOOLS or not (is_count and is_part):
        return float("nan")
    own = int(np.flatnonzero(field.school_id == school_id)[0])
    return share_place(field.numerator, field.denominator, own, papers)


def _verdict(indicator: Indicator, z: float) -> str:
    if abs(z) <= critical_value(comparison.OUTER):
        return "within"
    # VPR are not for judging schools: it is said where a value lies, not its worth.
    if indicator.polarity == "none" or is_vpr(indicator):
        return "above" if z > 0 else "below"
    return "better" if (z > 0) == (indicator.polarity == "higher_is_better") else "worse"


def _of_direction(
    school: JudgedOrganisation,
    direction: Direction,
    places: Sequence[Standing],
    printed: set[Formula],
) -> list[BlockPart]:
    report = school.report
    title = f"{direction.number}. {cell(direction.short_title or direction.title)}"
    if not places:
        if _is_of_kind(school, direction):
            return [Prose(f"**{title}.** {report.say('passport.direction_none')}")]
        return []
    shown = _first(places, printed)
    is_shown = set(map(id, shown))
    rest = [one for one in places if id(one) not in is_shown]
    parts: list[BlockPart] = [_sheet(school, shown, title, is_cited=True)] if shown else []
    if rest:
        outside = sum(one.is_outside for one in rest)
        key = "passport.more_outside" if outside else "passport.more"
        name = report.say(key, count=len(rest), outside=outside)
        parts.append(Details(name, (_sheet(school, rest, title, is_cited=False),)))
    return parts


def _first(places: Sequence[Standing], printed: set[Formula]) -> list[Standing]:
    """Return the places to print, as declared: those outside before those that are compared.

    What a direction before has printed is not printed again; `printed` gains what is.
    """
    ranks = {"within": 1, "few": 2, "alone": 3, "hidden": 4}
    fresh = [one for one in places if _formula(one) not in printed]
    chosen = sorted(fresh, key=lambda one: ranks.get(one.verdict, 0))[:MOST_SHOWN]
    printed.update(_formula(one) for one in chosen)
    is_chosen = set(map(id, chosen))
    return [one for one in places if id(one) in is_chosen]


def _formula(place: Standing) -> Formula:
    """Return what an indicator computes: two directions may declare one number."""
    one = place.indicator
    return (one.table, one.where, one.numerator, one.denominator)


def _is_of_kind(school: JudgedOrganisation, direction: Direction) -> bool:
    """Whether any organisation of the school's kind has values in a direction this year."""
    kin = set(school.alike.index)
    return any(
        not kin.isdisjoint(school.of_all(direction, one).school_id)
        for one in direction.indicators
        if (direction.direction, one.code) in school.known
    )


def _apart(school: JudgedOrganisation) -> str | None:
    titles = [
        cell(one.short_title or one.title)
        for one in school.report.directions
        if not _is_of_kind(school, one)
    ]
    return school.report.say("passport.not_of_kind", titles=titles) if titles else None


def _sheet(
    school: JudgedOrganisation, places: Sequence[Standing], title: str, *, is_cited: bool
) -> Sheet:
    """Return a table whose first head names the direction: print does without captions."""
    report = school.report
    head = [title, *report.heads("value", "verdict", "interval", "n", "all_and_region")]
    head += report.heads("alike") if school.peers.is_pooled else []
    rows = [_row(school, one, is_cited)[: len(head)] for one in places]
    caption = report.say("passport.direction", title=title)
    return report.sheet(head, rows, caption, "", "lrlrrrr"[: len(head)])


def _row(school: JudgedOrganisation, place: Standing, is_cited: bool) -> list[str]:
    report, indicator, row = school.report, place.indicator, place.row
    name, unit = cell(indicator.short_title or indicator.title), indicator.unit
    verdict = report.say(f"passport.verdict.{place.verdict}")
    beside = [_around(school, place), _alike(school, place)]
    if place.verdict == "hidden":
        few = report.say("unit.few", least=SHOWN.minimum)
        n = few if base(indicator, row) < SHOWN.minimum else report.count(base(indicator, row))
        return [name, report.say("passport.hidden"), verdict, "–", n, *beside]
    value = report.number(indicator, row) if is_cited else russian.amount(row["value"], unit)
    told = [verdict, _target(report, indicator, row)]
    return [
        name,
        value,
        "; ".join(filter(None, told)),
        russian.span(row["low"], row["high"], unit) if is_of_persons(indicator) else "–",
        report.count(base(indicator, row)) if is_of_persons(indicator) else "–",
        *beside,
    ]


def _target(report: JudgedData, indicator: Indicator, row: Row) -> str:
    if indicator.target is None:
        return ""
    target = russian.amount(indicator.target.value, indicator.unit)
    return report.say(f"passport.target.{against_target(indicator, row)}", target=target)


def _around(school: JudgedOrganisation, place: Standing) -> str:
    """Return the municipality's value and the region's; of sums the middle organisation's."""
    unit = place.indicator.unit
    if place.indicator.measure in SUMS:
        field, alike = school.of_all(place.direction, place.indicator), set(school.alike.index)
        values = zip(field.school_id, field.value.tolist(), strict=True)
        median = middle({code: one for code, one in values if code in alike}, school.school_id)
        if np.isnan(median):
            return russian.NOTHING
        return school.report.say("passport.median", value=russian.figure(median, unit))
    key = (place.direction.direction, place.indicator.code, part_of(place.row))
    own = school.around.get(("municipality", *key))
    region = school.around.get(("region", *key))
    text = russian.amount(own, unit)
    return text if region is None or pd.isna(region) else f"{text} ({russian.amount(region, unit)})"


def _alike(school: JudgedOrganisation, place: Standing) -> str:
    """Return the common value of those alike; none of VPR, by which schools are not compared."""
    indicator, chosen = place.indicator, school.peers.chosen
    if indicator.measure in SUMS or is_vpr(indicator) or not school.peers.is_pooled:
        return russian.NOTHING
    return russian.amount(pooled(school.of_all(place.direction, indicator), chosen), indicator.unit)
