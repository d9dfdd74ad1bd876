"""What people declare of directions: goals, indicators, rules, thresholds.

Each class is its own schema: `yaml_schema` reads the fields and their
types, so a key that is not a field is refused wherever it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, fields
from typing import Literal

from msoko.catalog.yaml.declaration_lines import DeclarationLine, WrittenName

Mechanism = Literal["results", "activity", "system"]
MeasureKind = Literal["share", "mean", "sum", "count", "ratio"]
Unit = Literal["percent", "score", "points", "persons", "pieces"]
Polarity = Literal["higher_is_better", "lower_is_better", "none"]
Interval = Literal["wilson", "t", "cluster", "none"]
Recipient = Literal["school", "methodical_service", "department", "teachers"]
RuleKind = Literal[
    "below_target", "below_funnel", "above_funnel", "fell", "above_threshold", "below_threshold",
    "worse_than_region", "flagged", "low_results",
]  # fmt: skip
Origin = Literal["seed", "regulation", "layout", "practice", "unverified"]
Code = str
"""A short name in Latin letters, unique among its kind."""


@dataclass(frozen=True)
class Seed:
    """The sentence of a founding document that something comes from, word for word."""

    file: str
    section: str
    sentence: str = ""


@dataclass(frozen=True)
class Goal:
    """A goal of a direction; `needs` as in a group, where no indicator serves it."""

    code: Code
    text: str
    seed: Seed | None = None
    needs: str = ""
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class IndicatorGroup:
    """A group of indicators as a founding document names it («показатели по…»).

    `needs` says what would have to be collected where no indicator computes the group.
    """

    code: Code
    text: str
    seed: Seed | None = None
    needs: str = ""
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class Target:
    """A target value in the indicator's own measure (a share of 70 % is 0.7), and whose it is."""

    value: float
    source: str
    seed: Seed | None = None


@dataclass(frozen=True)
class Reference:
    """The same figure for a wider group (region, country), from a table of group results.

    Rows are those whose `group_level` is in `levels`; numerator and denominator are
    summed before dividing, as in the indicator.
    """

    table: str
    numerator: str
    denominator: str
    where: str = ""
    by: tuple[tuple[str, ...], ...] = ((),)
    levels: tuple[str, ...] = ("region", "country")


@dataclass(frozen=True)
class Indicator:
    """One indicator: a name, rows of a table, a numerator, a denominator and groups.

    `share`: `numerator` and `denominator` are conditions on a row. `count`: `numerator` is a
    condition. `mean` and `sum`: `numerator` is a number on a row, `denominator` may narrow the
    rows. `ratio`: both are numbers, summed before dividing.
    """

    code: Code
    title: str
    goal: Code
    table: str
    measure: MeasureKind
    numerator: str
    unit: Unit
    polarity: Polarity
    source: str
    group: Code = ""
    short_title: str = ""
    where: str = ""
    denominator: str = ""
    size: str = ""  # the number of persons behind a `ratio`, where its rows are not persons
    by: tuple[tuple[str, ...], ...] = ((),)
    interval: Interval = "none"
    comparable_across_years: bool = True
    is_context: bool = False
    target: Target | None = None
    reference: Reference | None = None
    method: str = ""
    note: str = ""
    seed: Seed | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class CollectionMethod:
    """How data of a direction are collected: from where, by whom, when."""

    code: Code
    title: str
    source: str
    period: str = ""
    responsible: str = ""
    tables: tuple[str, ...] = ()
    seed: Seed | None = None


@dataclass(frozen=True)
class RecipientAdvice:
    """What one recipient of a finding is told to do."""

    recipient: Recipient
    text: str
    deadline: str
    expected: str
    measure: str = ""


@dataclass(frozen=True)
class RecommendationRule:
    """When a finding is made, how it is worded, and what each recipient is told.

    `threshold` is a code of registry/thresholds.yml or a number, in the indicator's measure.
    A rule `below_target` rests where the profile sets no target; `fell` means became worse.
    `finding` and the texts of `advice` may hold slots such as `{{ school }}`.
    """

    code: Code
    indicator: Code
    unit_of_analysis: Literal["municipality", "school"]
    when: RuleKind
    finding: str
    advice: tuple[RecipientAdvice, ...]
    by: tuple[str, ...] | None = None
    threshold: str = ""
    merge: str = ""  # a key whose groups make one finding together, such as task
    min_n: int = 10
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class IndicatorRoles:
    """The indicators of a direction that reports ask for by what they are and not by their codes.

    `low_results` says who is below the minimum, by which schools with low results are found.
    `school_marks` are shares of good marks that schools give, `exam_marks` those that exams give.
    `papers` are what a school's passport tells by paper.
    """

    low_results: tuple[WrittenName, ...] = ()
    school_marks: tuple[WrittenName, ...] = ()
    exam_marks: tuple[WrittenName, ...] = ()
    papers: tuple[WrittenName, ...] = ()

    def without(self, codes: Collection[str]) -> IndicatorRoles:
        """Return the roles less the indicators that a profile drops."""
        return self._each(lambda own, _: tuple(code for code in own if code not in codes), self)

    def followed_by(self, other: IndicatorRoles) -> IndicatorRoles:
        """Return the roles with those of a direction that is folded into this one."""
        return self._each(lambda own, more: tuple(dict.fromkeys((*own, *more))), other)

    def _each(self, make: Callable[[tuple, tuple], tuple], other: IndicatorRoles) -> IndicatorRoles:
        names = (role.name for role in fields(self))
        return IndicatorRoles(*(make(getattr(self, name), getattr(other, name)) for name in names))


IndicatorRole = Literal["low_results", "school_marks", "exam_marks", "papers"]


@dataclass(frozen=True)
class Direction:
    """One direction of the system: what `notebooks/<direction>.yml` declares."""

    direction: Code
    number: int
    mechanism: Mechanism
    title: str
    purpose: str
    goals: tuple[Goal, ...]
    indicators: tuple[Indicator, ...]
    short_title: str = ""
    object: str = ""
    subject_matter: str = ""
    groups: tuple[IndicatorGroup, ...] = ()
    collection: tuple[CollectionMethod, ...] = ()
    recommendations: tuple[RecommendationRule, ...] = ()
    limits: tuple[str, ...] = ()
    key_figures: tuple[WrittenName, ...] = ()  # indicators that the annual summary shows first
    roles: IndicatorRoles = IndicatorRoles()
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)

    def indicator(self, code: str) -> Indicator:
        """Return the indicator named `code`; a `KeyError` is a defect of the caller."""
        return {indicator.code: indicator for indicator in self.indicators}[code]


def indicators_in_role(
    directions: Iterable[Direction], role: IndicatorRole
) -> list[tuple[Direction, Indicator]]:
    """Return the indicators that directions name for `role`, in the order named."""
    return [
        (direction, direction.indicator(code))
        for direction in directions
        for code in getattr(direction.roles, role)
    ]


def indicators_by_code(directions: Iterable[Direction]) -> dict[Code, tuple[Direction, Indicator]]:
    """Return each indicator with the direction that declares it first."""
    declared: dict[Code, tuple[Direction, Indicator]] = {}
    for direction in directions:
        for indicator in direction.indicators:
            declared.setdefault(indicator.code, (direction, indicator))
    return declared


@dataclass(frozen=True)
class Threshold:
    """A number that reports compare with, and how far its origin can be trusted.

    `alternatives` are the values of a sensitivity table.
    """

    code: Code
    title: str
    value: float
    unit: str
    origin: Origin
    source: str
    note: str = ""
    alternatives: tuple[float, ...] = ()
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class ThresholdFile:
    """The frame of `registry/thresholds.yml`."""

    thresholds: tuple[Threshold, ...] = ()
