"""What people declare: directions, profiles, thresholds, measures and decisions.

Each class is its own schema: the loader in `strict` reads the fields and their
types, so a key that is not a field is refused wherever it is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
class Place:
    """Where something is declared, as messages print it."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}, строка {self.line}"


@dataclass(frozen=True)
class Seed:
    """The sentence of a founding document that something comes from, word for word."""

    file: str
    section: str
    sentence: str = ""


@dataclass(frozen=True)
class Goal:
    """A goal of a direction."""

    code: Code
    text: str
    seed: Seed | None = None
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True)
class IndicatorGroup:
    """A group of indicators as a founding document names it («показатели по…»).

    `needs` says what would have to be collected where no indicator computes the group.
    """

    code: Code
    text: str
    seed: Seed | None = None
    needs: str = ""
    place: Place = field(default=Place(), compare=False, repr=False)


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
    place: Place = field(default=Place(), compare=False, repr=False)


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
class Advice:
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
    advice: tuple[Advice, ...]
    by: tuple[str, ...] | None = None
    threshold: str = ""
    merge: str = ""  # a key whose groups make one finding together, such as task
    min_n: int = 10
    place: Place = field(default=Place(), compare=False, repr=False)


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
    place: Place = field(default=Place(), compare=False, repr=False)

    def indicator(self, code: str) -> Indicator:
        """Return the indicator named `code`; a `KeyError` is a defect of the caller."""
        return {indicator.code: indicator for indicator in self.indicators}[code]


@dataclass(frozen=True)
class ExpectedChange:
    """The change of an indicator that a decision aims at, in the indicator's measure."""

    value: float
    by: Code = ""  # the school year in which it is to be seen; empty: the next


@dataclass(frozen=True)
class Decision:
    """A decision of a school year, whose effect the following reports measure."""

    code: Code
    school_year: str
    direction: Code
    text: str
    date: dt.date
    addressee: str
    indicator: Code
    expected: ExpectedChange
    deadline: str = ""
    schools: tuple[str, ...] = ()
    group: Mapping[str, str] = field(default_factory=dict)
    document: str = ""
    measure: str = ""
    place: Place = field(default=Place(), compare=False, repr=False)


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
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True)
class Measure:
    """One row of a roadmap, as printed; `code` is unique where the printed number is not."""

    code: Code
    number: str
    section: str
    direction: str
    text: str
    deadline: str
    result: str
    responsible: str
    note: str
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True)
class Name:
    """A name in the cases that sentences need."""

    nominative: str
    genitive: str
    prepositional: str
    dative: str = ""
    instrumental: str = ""


@dataclass(frozen=True)
class IndicatorChange:
    """What a profile says otherwise about an indicator of the house."""

    title: str | None = None
    short_title: str | None = None
    goal: Code | None = None
    group: Code | None = None
    target: Target | None = None
    method: str | None = None
    source: str | None = None
    note: str | None = None
    seed: Seed | None = None


@dataclass(frozen=True)
class DirectionChange:
    """What a profile says otherwise about a direction of the house.

    `goals` and `groups`, where given, take the place of the house's; `indicators` change
    single fields by code; `drop` leaves indicators out; `add` adds them.
    """

    number: int | None = None
    title: str | None = None
    short_title: str | None = None
    purpose: str | None = None
    goals: tuple[Goal, ...] = ()
    groups: tuple[IndicatorGroup, ...] = ()
    indicators: Mapping[str, IndicatorChange] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    add: tuple[Indicator, ...] = ()
    recommendations: tuple[RecommendationRule, ...] | None = None
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True)
class Returns:
    """When responsibles report on the roadmap: by which day of the month or quarter."""

    period: Literal["month", "quarter", "half_year", "year"]
    day: int
    source: str = ""


@dataclass(frozen=True)
class WorkingGroup:
    """The rules of the working group that hears the results."""

    members: int
    quorum: str  # as a fraction, 2/3
    majority: Literal["simple", "qualified"]
    minutes_days: int
    extracts_working_days: int
    meetings_a_year: int
    chair_has_casting_vote: bool = True
    source: str = ""


@dataclass(frozen=True)
class Profile:
    """A municipality: its names, its directions, and what it says otherwise than the house."""

    profile: Code
    name: Name
    region: Name
    department: Name
    methodical_service: Name
    directions: tuple[Code, ...]
    is_synthetic: bool = False
    pseudonym_key: str = ""  # public-demo: a key that is no secret, for invented pupils only
    municipality_code: str = ""
    school_count: int | None = None
    preschool_count: int | None = None
    document: str = ""
    folds: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, DirectionChange] = field(default_factory=dict)
    returns: Returns | None = None
    working_group: WorkingGroup | None = None
    wording: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True)
class _File:
    """The frame of a file that holds a list."""

    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True)
class ThresholdFile(_File):
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True)
class DecisionFile(_File):
    decisions: tuple[Decision, ...] = ()
