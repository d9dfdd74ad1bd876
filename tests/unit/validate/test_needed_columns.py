"""The guide's table of what a declared table needs says what the indicators themselves read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from msoko.catalog import load_direction
from msoko.catalog.directions.condition_facts import (
    condition_values,
    indicator_columns,
    parse_condition,
)
from msoko.core.project import Project
from msoko.core.tables import TABLES

ROOT = Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| `(\w+)` \| (`.+) \| (`.+) \|$", re.MULTILINE)
SECTION = (ROOT / "docs" / "year_yml.md").read_text(encoding="utf-8")
SECTION = SECTION.partition("### Чего хватает показателю")[2].partition("\n### ")[0]
ROWS = ROW.findall(SECTION)


def indicators() -> dict:
    """Return every indicator of the house by its code."""
    project = Project.at(ROOT)
    found = [load_direction(project, path.stem) for path in (ROOT / "notebooks").glob("*.yml")]
    return {one.code: one for direction in found for one in direction.indicators}


def read_by(indicator) -> set[str]:
    """Return the columns an indicator cannot do without: of alternatives, any."""
    from sqlglot import expressions as sql

    texts = (indicator.where, indicator.numerator, indicator.denominator)
    trees = [parse_condition(text) for text in texts if text]
    named = {one.name for tree in trees for one in tree.find_all(sql.Column)}
    ways = {one.name for tree in trees for way in tree.find_all(sql.Coalesce)
            for one in way.find_all(sql.Column)}  # fmt: skip
    return named - ways - {"is_absent", "is_suppressed"}


def test_the_table_is_there() -> None:
    assert len(ROWS) > 8


@pytest.mark.parametrize(("table", "needed", "codes"), ROWS, ids=[row[1] for row in ROWS])
def test_what_is_said_to_be_needed_is_what_is_read(table: str, needed: str, codes: str) -> None:
    words = dict(
        (part.strip("` ").split(": ") + [""])[:2] for part in re.findall("`[^`]+`", needed)
    )
    assert set(words) <= set(TABLES[table].columns)
    every = indicators()
    for code in re.findall(r"`(\w+)`", codes):
        indicator = every[code]
        assert indicator.table == table
        assert read_by(indicator) <= set(words) | {"participant_count"}, code
        assert {column for _, column in indicator_columns(indicator)} >= set(words), code
        for name, value in words.items():
            if value:
                wanted = condition_values(indicator.where, name)
                assert value in wanted, (code, name)
