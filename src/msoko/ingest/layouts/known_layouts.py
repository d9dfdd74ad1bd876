"""Every layout that files are recognised as, a line each.

A new one is added here, is given its title in `registry/wording.yml` (`layout.<name>`)
and a line in `docs/year_yml.md`; tests name what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from msoko.ingest.layouts import code_register
from msoko.ingest.layouts.contract import Layout
from msoko.ingest.layouts.fis_oko import (
    collection_form,
    distribution,
    individual_results,
    journal_comparisons,
    journal_rows,
    mark_statistics,
    task_performance,
)
from msoko.ingest.layouts.forms import form_layout
from msoko.ingest.layouts.rcoi import appeals, exam_protocol

LAYOUTS: tuple[Layout, ...] = (
    collection_form.LAYOUT,
    individual_results.LAYOUT,
    mark_statistics.LAYOUT,
    journal_comparisons.LAYOUT,
    journal_rows.LAYOUT,
    distribution.LAYOUT,
    task_performance.LAYOUT,
    appeals.LAYOUT,
    exam_protocol.LAYOUT,
    code_register.LAYOUT,
    form_layout.LAYOUT,
)
"""In the order in which their resemblance is told where it is equal."""

REFUSED = (collection_form.LAYOUT.name,)
"""Layouts that are known and never read."""


TABLES_OF: Mapping[str, tuple[str, ...]] = {
    individual_results.LAYOUT.name: ("results", "task_scores"),
    mark_statistics.LAYOUT.name: ("mark_shares",),
    journal_comparisons.LAYOUT.name: ("journal_comparison",),
    journal_rows.LAYOUT.name: ("journal_comparison",),
    distribution.LAYOUT.name: ("score_distribution",),
    task_performance.LAYOUT.name: ("task_performance",),
    appeals.LAYOUT.name: ("appeals",),
    exam_protocol.LAYOUT.name: ("results", "task_scores"),
    code_register.LAYOUT.name: ("results",),
}
"""What a file of a layout becomes or helps to make; forms and declared columns say it."""


def layout_names() -> tuple[str, ...]:
    """Return the names that year.yml may give a file, in the order of `LAYOUTS`."""
    return tuple(layout.name for layout in LAYOUTS if layout.name not in REFUSED)


def layout_of(name: str) -> Layout:
    """Return the layout of that name."""
    return next(layout for layout in LAYOUTS if layout.name == name)
