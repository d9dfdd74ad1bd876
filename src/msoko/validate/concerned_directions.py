"""Which directions a table concerns: those whose indicators read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msoko.catalog import Indicator, load_direction, load_form_items
from msoko.catalog.directions.condition_facts import indicator_columns
from msoko.catalog.directions.direction_faults import FORMS
from msoko.core.project import Project
from msoko.core.tables import TABLES
from msoko.validate.suites.suite_files import Check, Suite

EVERY = "*"
"""In a suite: every direction that reads the table. In a verdict: every direction."""

NOBODY = "–"
"""In a finding: no direction, where nothing tells which would have read the file."""

BESIDE_RESULTS = ("mark_shares", "task_performance", "score_distribution", "appeals")
"""Exports about papers, which reports set beside the pupils' results of the same papers."""

GROUND = ("schools", "sources", "source_columns", "set_aside")
"""Tables that every direction stands on, whatever its indicators read."""


def readers(project: Project) -> dict[str, tuple[str, ...]]:
    """Return, by table, the directions whose indicators are computed from it.

    Forms are told apart: `monitoring/talents` beside `monitoring`. What the catalog
    makes from results while computing is read from `results`.
    """
    forms = load_form_items(project)
    found: dict[str, set[str]] = {}
    for path in sorted(project.find("notebooks").glob("*.yml")):
        direction = load_direction(project, path.stem)
        for indicator in direction.indicators:
            for table in _tables(indicator, forms):
                found.setdefault(table, set()).add(direction.direction)
    return {table: tuple(sorted(codes)) for table, codes in found.items()}


def report_readers(project: Project) -> dict[str, tuple[str, ...]]:
    """Return, by table, the directions whose reports compute from it or show it beside results."""
    found = readers(project)
    of_results = set(found.get("results", ()))
    for table in BESIDE_RESULTS:
        found[table] = tuple(sorted(of_results.union(found.get(table, ()))))
    return {**found, "roadmap_returns": ("roadmap",)}


def _tables(indicator: Indicator, forms: Iterable[str]) -> Iterator[str]:
    if indicator.table == FORMS:
        read = {form for form, _ in indicator_columns(indicator)}
        yield "monitoring"
        yield from (f"monitoring/{form}" for form in forms if form in read)
    else:
        yield indicator.table if indicator.table in TABLES else "results"


def concerned(
    check: Check, suite: Suite, by_table: dict[str, tuple[str, ...]], form: str | None = None
) -> tuple[str, ...]:
    """Return the directions that a failed check concerns; empty means every direction.

    A suite that says `*` leaves it to the declarations, so a new direction is
    concerned from its first day. A table that no direction reads stops none. A fault in
    a form concerns who reads that form.
    """
    if check.directions != (EVERY,):
        return check.directions
    if suite.table in GROUND:
        return ()
    table = f"{suite.table}/{form}" if form else suite.table
    return by_table.get(table) or by_table.get(suite.table) or (NOBODY,)


def named_directions(directions: str | None) -> Iterable[str]:
    """Return the directions named in a finding: `*` where it names none, nothing for nobody."""
    if directions == NOBODY:
        return ()
    return (directions or "").split() or (EVERY,)
