"""Advice leads to measures of the municipality's own roadmap, or to none."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from msoko.catalog.directions.direction import Direction, RecipientAdvice, RecommendationRule
from msoko.catalog.municipality.profile import Measure, Profile
from msoko.catalog.yaml.declaration_lines import require_known

LEAST_LIKENESS = 0.7
"""Two texts of one number are taken for one measure from this likeness on (Ratcliff, Obershelp)."""


@dataclass(frozen=True)
class Roadmaps:
    """The municipality's measures, and those that the house's rules were written on, by code."""

    own: Mapping[str, Measure]
    house: Mapping[str, Measure]

    def led(self, code: str, profile: Profile) -> str | None:
        """Return the own measure that a code of a rule leads to, "" for none; None if unknown.

        A profile's `measures` say it; without them a number of the house's roadmap leads to the
        own measure of that number only where both say the same thing, since every roadmap counts
        from 1.1. A number that only the own roadmap has is the municipality's own.
        """
        if code in profile.measures:
            return profile.measures[code]
        if code not in self.house:
            return code if code in self.own else None
        if profile.measures or code not in self.own:
            return ""
        return code if _alike(self.own[code].text, self.house[code].text) else ""


@lru_cache(maxsize=1024)
def _alike(first: str, second: str) -> bool:
    words = (text.lower().split() for text in (first, second))
    return difflib.SequenceMatcher(None, *words).ratio() >= LEAST_LIKENESS


def link_measures(direction: Direction, profile: Profile, roadmaps: Roadmaps) -> Direction:
    """Return `direction` with its advice led to the own roadmap; an unknown code is refused."""
    rules = tuple(_link_rule(rule, profile, roadmaps) for rule in direction.recommendations)
    return dataclasses.replace(direction, recommendations=rules)


def _link_rule(
    rule: RecommendationRule, profile: Profile, roadmaps: Roadmaps
) -> RecommendationRule:
    return dataclasses.replace(
        rule, advice=tuple(_link_advice(one, rule, profile, roadmaps) for one in rule.advice)
    )


def _link_advice(
    advice: RecipientAdvice, rule: RecommendationRule, profile: Profile, roadmaps: Roadmaps
) -> RecipientAdvice:
    if not advice.measure:
        return advice
    led = roadmaps.led(advice.measure, profile)
    if led is None:
        known = [*roadmaps.own, *roadmaps.house]
        require_known("measure", advice.measure, known, rule.place)
    return dataclasses.replace(advice, measure=led or "")


def check_own_rules(rules: tuple[RecommendationRule, ...], own: Mapping[str, Measure]) -> None:
    """Refuse a rule of the profile itself that names no measure of its roadmap."""
    for rule in rules:
        for one in rule.advice:
            if one.measure:
                require_known("measure", one.measure, own, rule.place)


def check_directions(own: Iterable[Measure], known: Iterable[str]) -> None:
    """Refuse a row of the roadmap that belongs to a direction which nobody declared.

    A direction that is declared and not in the profile is none of the profile's: its measures
    stand outside the directions.
    """
    for measure in own:
        if measure.direction:
            require_known("direction", measure.direction, known, measure.place)


def check_measure_map(profile: Profile, roadmaps: Roadmaps) -> None:
    """Refuse a line of `measures` that leads from or to what no roadmap has."""
    for house, own in profile.measures.items():
        require_known("measures", house, roadmaps.house, profile.place)
        require_known("measures", own, roadmaps.own, profile.place)
