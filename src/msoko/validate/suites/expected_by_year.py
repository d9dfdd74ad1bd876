"""What should have come: papers and forms of last year beside those of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis import ir

    from msoko.validate.suites.table_set import TableSet

PAPER = ["procedure", "subject", "grade"]
HELD_YEARLY = ("vpr", "oge", "ege")
ALL_SIT = ("vpr/russian", "vpr/mathematics", "oge/russian", "oge/mathematics", "ege/russian")
"""Papers of a whole grade: their participants change as the grade does, not as choices do."""
LEAST = 10
"""A paper of fewer may be missing because nobody chose it."""


def papers_by_year(tables: TableSet) -> ir.Table:
    """Return one row per paper of last year: its results of both years, and whether it is gone.

    `about` ends with both numbers. A procedure of which nothing came has one row.
    """
    import ibis

    now = _counted(tables.now["results"])
    before = _counted(tables.before["results"]).rename(previous="result_count")
    there = now.select("procedure").distinct().mutate(is_there=True)
    beside = before.left_join(now, PAPER).drop([f"{name}_right" for name in PAPER])
    known = beside.left_join(there, "procedure").drop("procedure_right")
    papers = known.filter(known.is_there.notnull())
    whole = papers.procedure + "/" + papers.subject
    count = papers.result_count.fill_null(0)
    named = whole + "/" + papers.grade.cast("string")
    rows = papers.select(
        about=named + ":" + papers.previous.cast("string") + ":" + count.cast("string"),
        result_count=papers.result_count,
        previous_result_count=papers.previous,
        larger_count=ibis.greatest(count, papers.previous),
        is_for_all=whole.isin(ALL_SIT),
        is_missing=papers.result_count.isnull() & (papers.previous >= LEAST),
    )
    lost = known.filter(known.is_there.isnull()).group_by("procedure").aggregate(
        previous=lambda table: table.previous.sum()
    )  # fmt: skip
    procedures = lost.select(
        about=lost.procedure + ":" + lost.previous.cast("string") + ":0",
        result_count=ibis.null("int64"),
        previous_result_count=lost.previous,
        larger_count=lost.previous,
        is_for_all=False,
        is_missing=lost.previous >= LEAST,
    )
    return rows.union(procedures)


def _counted(results: ir.Table) -> ir.Table:
    held = results.filter(results.procedure.isin(HELD_YEARLY))
    return held.group_by(PAPER).aggregate(result_count=held.count())


def forms_by_year(tables: TableSet) -> ir.Table:
    """Return one row per form of last year, and whether no organisation returned it this year.

    Where no form came at all, one row without a name says so.
    """
    import ibis

    before = tables.before["monitoring"].select("form").distinct()
    now = tables.now.get("monitoring")
    if now is None:
        return before.aggregate(count=before.count()).select(
            about=ibis.literal("monitoring"), is_missing=lambda table: table["count"] > 0
        )
    came = now.select("form").distinct().mutate(has_come=True)
    both = before.left_join(came, "form")
    return both.select(about="form/" + both.form, is_missing=both.has_come.isnull())


def roadmap_by_year(tables: TableSet) -> ir.Table:
    """Return one row: whether reports on the roadmap came last year and none came this year."""
    import ibis

    before = tables.before["roadmap_returns"].aggregate(previous=lambda table: table.count())
    now = tables.now.get("roadmap_returns")
    if now is None:
        return before.select(about=ibis.literal("roadmap_returns"), is_missing=before.previous > 0)
    both = before.cross_join(now.aggregate(count=now.count()))
    return both.select(
        about=ibis.literal("roadmap_returns"), is_missing=(both.previous > 0) & (both["count"] == 0)
    )
