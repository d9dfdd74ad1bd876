"""Heads, methodologists, teachers and the department are told different things."""

from __future__ import annotations

from collections import Counter

import pytest

from msoko import catalog
from msoko.core.project import HOME, Project

HOUSE = Project(HOME)
DIRECTIONS = catalog.load_profile(HOUSE, "demo").directions


@pytest.mark.parametrize("code", DIRECTIONS)
def test_each_direction_advises_the_head_the_methodologist_and_the_teacher(code: str) -> None:
    rules = catalog.load_direction(HOUSE, code).recommendations
    told = {one.recipient for rule in rules for one in rule.advice}
    assert told == {"school", "methodical_service", "teachers", "department"}


@pytest.mark.parametrize("code", DIRECTIONS)
def test_no_two_recipients_are_told_the_same_words(code: str) -> None:
    for rule in catalog.load_direction(HOUSE, code).recommendations:
        texts = Counter(one.text for one in rule.advice)
        assert max(texts.values()) == 1, rule.code
        assert len({one.recipient for one in rule.advice}) == len(rule.advice), rule.code
