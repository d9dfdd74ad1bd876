"""What one municipality declares: its profile, its roadmap, its decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msoko.catalog.directions.direction import (
    Code,
    CollectionMethod,
    Goal,
    Indicator,
    IndicatorGroup,
    RecommendationRule,
    Seed,
    Target,
)
from msoko.catalog.municipality.summary_blocks import SummaryBlock
from msoko.catalog.yaml.declaration_lines import DeclarationLine, WrittenName

GROUP_KEYS = ("subject",)
"""The parts of an indicator that a decision's effect is measured for."""


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
    deadline: str
    schools: tuple[str, ...] = ()
    group: Mapping[str, str] = field(default_factory=dict)  # subject, where only one is meant
    document: str = ""
    measure: str = ""
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


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
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


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

    `goals`, `groups` and `collection`, where given, take the place of the house's;
    `indicators` change single fields by code; `drop` leaves indicators out; `add` adds them.
    """

    number: int | None = None
    title: str | None = None
    short_title: str | None = None
    purpose: str | None = None
    object: str | None = None
    subject_matter: str | None = None
    goals: tuple[Goal, ...] = ()
    groups: tuple[IndicatorGroup, ...] = ()
    collection: tuple[CollectionMethod, ...] = ()
    indicators: Mapping[WrittenName, IndicatorChange] = field(default_factory=dict)
    drop: tuple[WrittenName, ...] = ()
    add: tuple[Indicator, ...] = ()
    recommendations: tuple[RecommendationRule, ...] | None = None
    key_figures: tuple[WrittenName, ...] = ()
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class Returns:
    """When responsibles report on the roadmap: by which day of the month or quarter.

    Without `day` the founding document names none: a return is due within its period.
    """

    period: Literal["month", "quarter", "half_year", "year"]
    day: int | None = None
    source: str = ""


@dataclass(frozen=True)
class PublishedName:
    """A text with somebody's name that the public edition may print, and who answers for it."""

    text: str
    reason: str
    signed: str  # who allowed it and when, as they would sign
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


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
    notice_working_days: int | None = None  # None: the founding document names no term
    source: str = ""


@dataclass(frozen=True)
class Profile:
    """A municipality: its names, its directions, and what it says otherwise than the house.

    `measures` leads from the measures that the house's recommendations name to those of the
    municipality's own roadmap; where it is given, measures it does not name lead nowhere.
    `seed` is the founding document as seeds name it; where it is given, goals and groups of
    the house keep their words and not the section of another municipality's document.
    """

    profile: Code
    name: Name
    region: Name
    department: Name
    methodical_service: Name
    directions: tuple[WrittenName, ...]
    is_synthetic: bool = False
    pseudonym_key: str = ""  # public-demo: a key that is no secret, for invented pupils only
    school_count: int | None = None
    document: str = ""
    seed: str = ""
    folds: Mapping[WrittenName, WrittenName] = field(default_factory=dict)
    changes: Mapping[WrittenName, DirectionChange] = field(default_factory=dict)
    measures: Mapping[WrittenName, WrittenName] = field(default_factory=dict)
    returns: Returns | None = None
    working_group: WorkingGroup | None = None
    summary_blocks: tuple[SummaryBlock, ...] = ()
    published_names: tuple[PublishedName, ...] = ()
    wording: Mapping[WrittenName, str] = field(default_factory=dict)
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class DecisionFile:
    """The frame of `decisions.yml`."""

    decisions: tuple[Decision, ...] = ()
