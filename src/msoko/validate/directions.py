"""Which directions a table concerns: those whose indicators read it."""

from __future__ import annotations

from collections.abc import Iterable

from msoko.catalog import load_direction
from msoko.project import Project
from msoko.validate.suites import Check, Suite

EVERY = "*"
"""In a suite: every direction that reads the table. In a verdict: every direction."""

GROUND = ("schools", "sources", "source_columns", "set_aside")
"""Tables that every direction stands on, whatever its indicators read."""


def readers(project: Project) -> dict[str, tuple[str, ...]]:
    """Return, by table, the directions whose indicators are computed from it."""
    folder = project.find("notebooks")
    found: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.yml")):
        direction = load_direction(project, path.stem)
        for indicator in direction.indicators:
            found.setdefault(indicator.table, set()).add(direction.direction)
    return {table: tuple(sorted(codes)) for table, codes in found.items()}


def concerned(
    check: Check, suite: Suite, by_table: dict[str, tuple[str, ...]], form: str | None = None
) -> tuple[str, ...]:
    """Return the directions that a failed check concerns; empty means every direction.

    A suite that says `*` leaves it to the declarations, so a new direction is
    concerned from its first day. A table that no direction reads concerns all:
    it was received for a reason. A form that bears a direction's name is that
    direction's alone.
    """
    if check.directions != (EVERY,):
        return check.directions
    reading = () if suite.table in GROUND else by_table.get(suite.table, ())
    return (form,) if form in reading else reading


def keys(directions: str | None) -> Iterable[str]:
    """Return the directions named in a finding, `*` where it names none."""
    return (directions or "").split() or (EVERY,)
