"""Organisations alike in their conditions: which conditions, how near, and when there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.stats.nearest import context_distances

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.present.school import Field, School

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
    """One condition of work: its values by organisation.

    `n`: on how many persons a share of a form stands. `is_size`: a number of persons, compared by
    its logarithm. `indicator` and `direction` where an indicator tells it, so that the value has
    its evidence.
    """

    title: str
    unit: str
    values: pd.Series
    n: pd.Series | None = None
    is_size: bool = False
    indicator: Indicator | None = None
    direction: str = ""
    source: str = ""

    def compared(self) -> pd.Series:
        return np.log(self.values.where(self.values > 0)) if self.is_size else self.values


@dataclass(frozen=True)
class Peers:
    """The organisations alike, nearest first, and what they were chosen by.

    `distances` is over all candidates; `reason` is a key of wording where there is none.
    """

    family: str
    conditions: Sequence[Condition]
    distances: pd.Series
    chosen: Sequence[str]
    reason: str = ""

    @property
    def near(self) -> int:
        """How many organisations are alike, those beyond the nearest few too."""
        return int((self.distances <= FARTHEST).sum())

    @property
    def is_pooled(self) -> bool:
        return len(self.chosen) >= LEAST_POOLED


def family(school_type: object) -> str:
    return FAMILIES.get(str(school_type), "other")


def conditions(school: School) -> list[Condition]:
    """Return the conditions of work of all organisations of the school's kind.

    Size and, for preschools, two shares come from the forms; the rest are the indicators of
    context that the directions declare.
    """
    index = school.alike.index
    found = _of_forms(school, index)
    declared = {one.direction: one for one in school.report.directions}
    for direction, item in school.report.context_indicators:
        field = school.of_all(declared[direction], item)
        values = np.where(field.n >= LEAST_PERSONS, field.value, np.nan)
        shares = pd.Series(values, index=field.school_id).reindex(index)
        title = item.short_title or item.title
        found.append(Condition(title, item.unit, shares, None, False, item, direction, item.source))
    return [one for one in found if one.values.notna().any()]


def _of_forms(school: School, index: pd.Index) -> list[Condition]:
    kind = str(school.row["kind"])
    if kind not in SIZE:
        return []
    form, size, groups, disabled = SIZE[kind]
    counts = school.items(form, [name for name in (size, groups, disabled) if name]).reindex(index)
    say = school.report.say
    source = say("passport.form", form=school.form_titles.get(form, form))
    persons = counts.get(size, pd.Series(np.nan, index=index))
    made = [
        Condition(say(f"passport.size.{kind}"), "persons", persons, is_size=True, source=source)
    ]
    if groups in counts:
        each = persons / counts[groups].where(counts[groups] > 0)
        made.append(Condition(say(f"passport.filled.{kind}"), "points", each, source=source))
    if disabled in counts:
        share = (counts[disabled] / persons.where(persons >= LEAST_PERSONS)).clip(upper=1)
        title = say("passport.disabilities")
        made.append(Condition(title, "percent", share, persons, source=source))
    return made


def find_peers(school: School, known: Sequence[Condition]) -> Peers:
    """Return the organisations nearest to the school among those of its family."""
    own = family(school.row["school_type"])
    kin = school.alike.index[school.alike["school_type"].map(family) == own]
    empty = pd.Series(dtype=float)
    is_urban = school.alike["location"].map({"urban": 1.0, "rural": 0.0})
    table = pd.DataFrame({one.title: one.compared() for one in known}, index=school.alike.index)
    table = table.assign(location=is_urban)
    if table.loc[school.school_id].notna().sum() <= LEAST_CONDITIONS:
        return Peers(own, known, empty, (), "unknown")
    place = table.index.get_loc(school.school_id)
    far = context_distances(table.to_numpy(float), place, least=LEAST_CONDITIONS + 1)
    distances = pd.Series(far, index=table.index).reindex(kin).drop(school.school_id).dropna()
    distances = distances.sort_values(kind="stable")
    if distances.empty:
        return Peers(own, known, empty, (), "alone")
    chosen = tuple(distances.index[distances <= FARTHEST][:MOST])
    return Peers(own, known, distances, chosen, "" if chosen else "none")


def middle(values: pd.Series, own: str = "") -> float:
    """Return the median of organisations' values, NaN where it would tell another's value.

    With fewer than three organisations besides `own`, whoever knows `own` could work it out.
    """
    known = values.dropna()
    others = len(known) - (own in known.index)
    return float(known.median()) if others >= LEAST_POOLED else float("nan")


def pooled(field: Field, chosen: Sequence[str]) -> float | None:
    """Return the common value of the chosen organisations, None where too few have one."""
    own = field.of(chosen)
    known = np.isfinite(own.numerator) & (own.denominator > 0)
    if known.sum() < LEAST_POOLED:
        return None
    return float(own.numerator[known].sum() / own.denominator[known].sum())
