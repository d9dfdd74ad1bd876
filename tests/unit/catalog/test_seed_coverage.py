"""Every goal and group of indicators of a founding document is in the house, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko import catalog
from msoko.core.project import HOME, Project

HOUSE = Project(HOME)
SEED = Path(__file__).parents[2] / "data" / "seeds" / "001.tsv"
LINES = SEED.read_text(encoding="utf-8").splitlines()
ITEMS = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]
DIRECTIONS = {
    "2.1.1": ("student_outcomes", "objectivity"),
    "2.1.2": ("low_results",),
    "2.1.3": ("talents",),
    "2.1.4": ("career_guidance",),
    "2.2.1": ("heads_effectiveness",),
    "2.2.2": ("teachers_development",),
    "2.2.3": ("upbringing",),
    "2.2.4": ("preschool_quality",),
}


def test_the_list_is_whole() -> None:
    assert len(ITEMS) == 102
    assert {section for section, _, _ in ITEMS} == set(DIRECTIONS)


@pytest.mark.parametrize("section", DIRECTIONS)
def test_goals_and_groups_are_declared_word_for_word(section: str) -> None:
    declared: dict[str, set[str]] = {"goal": set(), "group": set()}
    for code in DIRECTIONS[section]:
        direction = catalog.load_direction(HOUSE, code)
        for kind, items in (("goal", direction.goals), ("group", direction.groups)):
            for item in items:
                declared[kind] |= {item.text, item.seed.sentence if item.seed else ""}
    asked = [(kind, text) for where, kind, text in ITEMS if where == section]
    assert [text for kind, text in asked if text not in declared[kind]] == []
