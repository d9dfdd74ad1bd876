"""Reconciliations: what one source states beside what another adds up to, as tables.

A reconciliation is a table like any other, with one row per thing compared, and
has a suite in expectations/reconciliations. So a comparison across tables is
written once, as a relational expression, and judged by either evaluator.

Rows keep `source_id`, `source_row` and `school_id` of the table that is judged.
Percents are 0–100. Comparisons across years have no source row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msoko.core.tables import TABLES
from msoko.validate.suites.expected_by_year import forms_by_year, papers_by_year, roadmap_by_year
from msoko.validate.suites.suite_files import RECEIVED
from msoko.validate.suites.table_set import BEFORE, SCALES, TableSet

if TYPE_CHECKING:
    from ibis import ir

PAPER = ("school_year", "procedure", "subject", "grade")
LOCATED = ("school_id", "source_id", "source_row")


@dataclass(frozen=True)
class Reconciliation:
    """A comparison: the tables it needs of this year and of the year before, and its rows.

    `uses` are tables of this year that it takes in where they exist.
    """

    name: str
    needs: tuple[str, ...]
    build: Callable[[TableSet], ir.Table]
    needs_before: tuple[str, ...] = ()
    needs_scales: bool = False
    uses: tuple[str, ...] = ()

    def tables(self, there: Collection[str]) -> tuple[str, ...]:
        """Return the names of the tables it is made of; empty where one that it needs is absent."""
        before = (name + BEFORE for name in self.needs_before)
        needed = (*self.needs, *before, *([SCALES] if self.needs_scales else []))
        if not set(needed) <= set(there):
            return ()
        return (*needed, *(name for name in self.uses if name in there and name not in needed))


def _task_sums(tables: TableSet) -> ir.Table:
    """Return one row per paper that has tasks: its primary score and the sum of its tasks.

    Where a task has no known maximum, a plus may be worth more than it is taken for: a sum
    below the primary score is then not judged.
    """
    results, tasks = tables.now["results"], tables.now["task_scores"]
    keys = [*PAPER, "pupil_id"]
    sums = tasks.group_by(keys).aggregate(
        task_score_sum=tasks.score.sum(), open_count=tasks.max_score.isnull().sum()
    )
    joined = results.inner_join(sums, keys)
    is_open = (joined.open_count > 0) & (joined.task_score_sum < joined.primary_score)
    judged = joined.filter(~is_open.fill_null(False))
    return judged.select(*LOCATED, "primary_score", "task_score_sum")


def _marks_on_scale(tables: TableSet) -> ir.Table:
    """Return one row per paper with its maximum and that of the scale for it.

    A scale for another maximum is no scale: marks cannot be judged by it.
    """
    papers = tables.now["results"].filter(lambda row: row.primary_score.notnull())
    joined = papers.inner_join(tables.scales, ["procedure", "subject", "grade"])
    return joined.select(*LOCATED, "max_score", "scale_max_score")


def _of_schools(rows: ir.Table) -> ir.Table:
    return rows.filter((rows.group_level == "school") & rows.school_id.notnull())


def _task_performance_against_results(tables: TableSet) -> ir.Table:
    """Return one row per school and task; a task not attempted earns nothing."""
    tasks = tables.now["task_scores"]
    keys = [*PAPER, "school_id", "task"]
    won = tasks.score.fill_null(0).sum() * 100 / tasks.max_score.sum()
    counted = tasks.group_by(keys).aggregate(result_performance_percent=won)
    stated = _of_schools(tables.now["task_performance"])
    return stated.inner_join(counted, keys).select(
        *LOCATED, "source_column", "performance_percent", "result_performance_percent"
    )


def _source_rows(tables: TableSet) -> ir.Table:
    rows = tables.now["sources"]
    return rows.select("source_id", "rows_in", rows_accounted=rows.rows_kept + rows.rows_set_aside)


def _school_references(tables: TableSet) -> ir.Table:
    """Return one row per organisation and source, and whether the year's register has it."""
    import ibis

    parts = [
        rows.filter(rows.school_id.notnull())
        .group_by(["school_id", "source_id"])
        .aggregate(source_row=rows.source_row.min())
        for name, rows in sorted(tables.now.items())
        if name in OF_SCHOOLS
    ]
    named = ibis.union(*parts) if len(parts) > 1 else parts[0]
    registered = tables.now["schools"].select("school_id").distinct().mutate(is_known=True)
    joined = named.left_join(registered, "school_id")
    return joined.select(*LOCATED, is_registered=joined.is_known.fill_null(False))


def _school_counts_by_year(tables: TableSet) -> ir.Table:
    """Return one row per school and procedure that has results in both years."""
    import ibis

    keys = ["school_id", "procedure"]
    now, before = tables.now["results"], tables.before["results"]
    counted = now.group_by(keys).aggregate(result_count=now.count())
    previous = before.group_by(keys).aggregate(previous_result_count=before.count())
    joined = counted.inner_join(previous, keys)
    larger = ibis.greatest(joined.result_count, joined.previous_result_count)
    return joined.select("school_id", "result_count", "previous_result_count", larger_count=larger)


def _mean_marks_by_year(tables: TableSet) -> ir.Table:
    """Return one row per paper held in both years: mean marks, never raw points.

    Maxima change between years, so points of two years are not comparable.
    """
    import ibis

    keys = ["procedure", "subject", "grade"]

    def means(rows: ir.Table) -> ir.Table:
        marked = rows.filter(rows.mark.notnull())
        return marked.group_by(keys).aggregate(mean_mark=marked.mark.mean(), count=marked.count())

    now = means(tables.now["results"])
    before = means(tables.before["results"]).rename(
        previous_mean_mark="mean_mark", previous="count"
    )
    joined = now.inner_join(before, keys)
    return joined.select(
        "mean_mark",
        "previous_mean_mark",
        about=joined.procedure + "/" + joined.subject + "/" + joined.grade.cast("string"),
        smaller_count=ibis.least(joined["count"], joined.previous),
    )


def _schools_by_year(tables: TableSet) -> ir.Table:
    """Return one row per organisation of either year: whether it is new, whether it is gone."""
    now = tables.now["schools"].select("school_id").distinct().mutate(is_now=True)
    before = tables.before["schools"].select("school_id").distinct().mutate(was_before=True)
    joined = now.outer_join(before, "school_id")
    return joined.select(
        school_id=joined.school_id.coalesce(joined.school_id_right),
        is_new=joined.was_before.isnull(),
        is_vanished=joined.is_now.isnull(),
    )


OF_SCHOOLS = tuple(
    name
    for name, table in TABLES.items()
    if name in RECEIVED and name != "schools" and set(LOCATED) <= set(table.columns)
)
"""Received tables whose rows are about schools and lead to their cells."""

RECONCILIATIONS: tuple[Reconciliation, ...] = (
    Reconciliation("task_sums", ("results", "task_scores"), _task_sums),
    Reconciliation("marks_on_scale", ("results",), _marks_on_scale, needs_scales=True),
    Reconciliation(
        "task_performance_against_results",
        ("task_performance", "task_scores"),
        _task_performance_against_results,
    ),
    Reconciliation("source_rows", ("sources",), _source_rows),
    Reconciliation(
        "school_references", ("schools", "results"), _school_references, uses=OF_SCHOOLS
    ),
    Reconciliation(
        "school_counts_by_year", ("results",), _school_counts_by_year, needs_before=("results",)
    ),
    Reconciliation(
        "mean_marks_by_year", ("results",), _mean_marks_by_year, needs_before=("results",)
    ),
    Reconciliation("schools_by_year", ("schools",), _schools_by_year, needs_before=("schools",)),
    Reconciliation("papers_by_year", ("results",), papers_by_year, needs_before=("results",)),
    Reconciliation(
        "forms_by_year",
        ("sources",),
        forms_by_year,
        needs_before=("monitoring",),
        uses=("monitoring",),
    ),
    Reconciliation(
        "roadmap_by_year",
        ("sources",),
        roadmap_by_year,
        needs_before=("roadmap_returns",),
        uses=("roadmap_returns",),
    ),
)
