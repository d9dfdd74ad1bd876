"""Organisations alike in their conditions: which conditions, how near, and when there are none."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from msoko.stats.schools.context_distance import context_distances

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.indicator_rows import OrganisationValues
    from msoko.report.data.organisation import Organisation

FAMILIES = {
    "secondary": "upper", "gymnasium": "upper", "lyceum": "upper", "basic": "basic",
    "primary": "primary", "evening": "evening", "kindergarten": "preschool",
}  # fmt: skip
"""Types that teach the same grades: a school without grade 11 is not set beside one with it."""
FARTHEST = 1.0
"""The greatest distance of an organisation called alike, in standard deviations."""
AT_RANDOM = float(np.sqrt(2))
"""The distance at which two units drawn at random stand, for independent conditions."""
MOST = 5
LEAST_POOLED = 3
"""Fewer organisations than this are named, but their common value would be theirs alone."""
LEAST_CONDITIONS = 3
URBAN = {"urban": 1.0, "rural": 0.0}
LEAST_PERSONS = 10
"""A share of fewer persons is no condition: it changes with one family."""
SIZE = {
    "school": ("oo1", "pupils_total", "class_count", ""),
    "preschool": ("preschool", "children_total", "group_count", "children_disabilities"),
}
"""Per kind the form, and its items of size, of classes or groups, and of pupils with disabilities
where no indicator of context tells them."""


@dataclass(frozen=True)
class Condition:
    """One condition of work: its values by organisation, of those that have one.

    `n`: on how many persons a share of a form stands. `is_size`: a number of persons, compared by
    its logarithm. `indicator` and `direction` where an indicator tells it, so that the value has
    its evidence.
    """

    title: str
    unit: str
    values: Mapping[str, float]
    n: Mapping[str, float] | None = None
    is_size: bool = False
    indicator: Indicator | None = None
    direction: str = ""
    source: str = ""

    def compared(self, codes: Iterable[str]) -> np.ndarray:
        """Return the values of these organisations as distances are taken, NaN where unknown."""
        column = np.array([self.values.get(code, np.nan) for code in codes])
        return np.log(np.where(column > 0, column, np.nan)) if self.is_size else column


@dataclass(frozen=True)
class Peers:
    """The organisations alike, nearest first, and what they were chosen by.

    `distances` is over all candidates; `reason` is a key of wording where there is none.
    """

    family: str
    conditions: Sequence[Condition]
    distances: Mapping[str, float]
    chosen: Sequence[str]
    reason: str = ""

    @property
    def near(self) -> int:
        """How many organisations are alike, those beyond the nearest few too."""
        return sum(gap <= FARTHEST for gap in self.distances.values())

    @property
    def is_pooled(self) -> bool:
        return len(self.chosen) >= LEAST_POOLED


def family(school_type: object) -> str:
    return FAMILIES.get(str(school_type), "other")


def conditions(school: Organisation) -> list[Condition]:
    """Return the conditions of work of all organisations of the school's kind.

    Size and, for preschools, two shares come from the forms; the rest are the indicators of
    context that the directions declare.
    """
    codes = set(school.alike.index)
    found = _of_forms(school, codes)
    declared = {one.direction: one for one in school.report.directions}
    for direction, item in school.report.context_indicators:
        field = school.of_all(declared[direction], item)
        numbers = zip(field.school_id, field.n.tolist(), field.value.tolist(), strict=True)
        shares = {code: value for code, n, value in numbers if code in codes and n >= LEAST_PERSONS}
        title = item.short_title or item.title
        found.append(Condition(title, item.unit, shares, None, False, item, direction, item.source))
    return [one for one in found if one.values]


def _of_forms(school: Organisation, codes: Collection[str]) -> list[Condition]:
    kind = str(school.row["kind"])
    if kind not in SIZE:
        return []
    form, size, groups, disabled = SIZE[kind]
    told = school.items(form)
    counts = {
        name: {code: count for code, count in told[name].items() if code in codes}
        for name in (size, groups, disabled)
        if name in told
    }
    say = school.report.say
    source = say("passport.form", form=school.form_titles.get(form, form))
    persons = counts.get(size, {})
    made = [
        Condition(say(f"passport.size.{kind}"), "persons", persons, is_size=True, source=source)
    ]
    if groups in counts:
        each = {
            code: persons[code] / count
            for code, count in counts[groups].items()
            if code in persons and count > 0
        }
        made.append(Condition(say(f"passport.filled.{kind}"), "points", each, source=source))
    if disabled in counts:
        share = {
            code: min(count / persons[code], 1.0)
            for code, count in counts[disabled].items()
            if persons.get(code, 0) >= LEAST_PERSONS
        }
        title = say("passport.disabilities")
        made.append(Condition(title, "percent", share, persons, source=source))
    return made


def find_peers(school: Organisation, known: Sequence[Condition]) -> Peers:
    """Return the organisations nearest to the school among those of its family."""
    own = family(school.row["school_type"])
    codes, kinds = list(school.alike.index), school.alike["school_type"].tolist()
    is_urban = [URBAN.get(one, np.nan) for one in school.alike["location"].tolist()]
    columns = {one.title: one.compared(codes) for one in known} | {"location": is_urban}
    table, place = np.column_stack(list(columns.values())), codes.index(school.school_id)
    if np.isfinite(table[place]).sum() <= LEAST_CONDITIONS:
        return Peers(own, known, {}, (), "unknown")
    far = context_distances(table, place, least=LEAST_CONDITIONS + 1).tolist()
    kin = [
        (gap, code)
        for gap, code, kind in zip(far, codes, kinds, strict=True)
        if code != school.school_id and family(kind) == own and not math.isnan(gap)
    ]
    distances = {code: gap for gap, code in sorted(kin, key=lambda one: one[0])}
    if not distances:
        return Peers(own, known, {}, (), "alone")
    chosen = tuple(code for code, gap in distances.items() if gap <= FARTHEST)[:MOST]
    return Peers(own, known, distances, chosen, "" if chosen else "none")


def middle(values: Mapping[str, float], own: str = "") -> float:
    """Return the median of organisations' values, NaN where it would tell another's value.

    With fewer than three organisations besides `own`, whoever knows `own` could work it out.
    """
    others = len(values) - (own in values)
    return float(np.median(list(values.values()))) if others >= LEAST_POOLED else float("nan")


def pooled(field: OrganisationValues, chosen: Sequence[str]) -> float | None:
    """Return the common value of the chosen organisations, None where too few have one."""
    own = field.of(chosen)
    known = np.isfinite(own.numerator) & (own.denominator > 0)
    if known.sum() < LEAST_POOLED:
        return None
    return float(own.numerator[known].sum() / own.denominator[known].sum())
