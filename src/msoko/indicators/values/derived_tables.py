"""Tables made from results: schools with low results, exams beside earlier papers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from msoko.catalog.directions.direction import Direction, Indicator, Threshold, indicators_in_role
from msoko.indicators.sums import grouped_sums
from msoko.indicators.sums.table_relations import Relations
from msoko.indicators.values import low_result_schools

if TYPE_CHECKING:
    from ibis.expr.types import Table

BY_PAPER = (("school_id", "procedure", "subject", "grade"),)
LOW_SCHEMA = {
    "school_id": "string",
    "school_year": "string",
    "paper_count": "int64",
    "low_paper_count": "int64",
    "is_low": "boolean",
}


def table_makers(
    base: Indicator | None, thresholds: Mapping[str, Threshold]
) -> dict[str, Callable[[Relations], Table]]:
    """Return how each derived table is made; `low_results` needs its `base` indicator."""
    made: dict[str, Callable[[Relations], Table]] = {
        "confirmation": confirmation,
        "graduates": graduates,
    }
    if base is not None:
        made["low_results"] = partial(_low_results, base=base, thresholds=thresholds)
    return made


def low_results_base(directions: Iterable[Direction]) -> Indicator | None:
    """Return the indicator that says who is below the minimum, None where no direction names it."""
    return next((item for _, item in indicators_in_role(directions, "low_results")), None)


def below_minimum(relations: Relations, base: Indicator, years: int) -> pd.DataFrame:
    """Return, for each school and paper of the last `years`, who took it and who fell below.

    Columns: `school_id`, `school_year`, `procedure`, `subject`, `grade`, `below_count`,
    `participant_count`. Papers of a school that no longer is one are nobody's: they neither
    put it on this year's list nor count for its heir.
    """
    by_paper = dataclasses.replace(base, by=BY_PAPER)
    parts = []
    for back in range(years):
        year = relations.year.shifted(-back)
        sums = grouped_sums.sum_groups(relations.at(year), [by_paper], BY_PAPER[0]).of(0)
        if not sums.empty:
            parts.append(sums.dropna(subset=["school_id"]).assign(school_year=str(year)))
    if not parts:
        return pd.DataFrame(
            columns=["school_id", *low_result_schools.PAPER, "below_count", "participant_count"]
        )
    papers = pd.concat(parts, ignore_index=True)
    if relations.has("schools"):
        standing = relations.backend.to_pyarrow(relations.read("schools").select("school_id"))
        papers = papers[papers["school_id"].isin(standing["school_id"].to_pylist())]
    papers = papers.rename(columns={"a": "below_count", "n": "participant_count"})
    counts = {"below_count": "int64", "participant_count": "int64"}
    return papers[papers["participant_count"] > 0].astype(counts).reset_index(drop=True)


def _low_results(
    relations: Relations, base: Indicator, thresholds: Mapping[str, Threshold]
) -> Table:
    years = low_result_schools.LowResultsRule.of(thresholds).years
    papers = below_minimum(relations, base, years)
    schools = low_result_schools.assess_schools(papers, thresholds)
    rows = schools.assign(school_year=str(relations.year))[list(LOW_SCHEMA)]
    return ibis.memtable(rows.astype({"school_id": "str", "is_low": "boolean"}), schema=LOW_SCHEMA)


def confirmation(relations: Relations) -> Table:
    """Return a row for each pupil's exam that has an earlier paper in the same subject.

    ОГЭ and ЕГЭ of the year are set beside the same pupil's VPR of the year before and beside
    the rehearsal and diagnostic papers of the same year. Pupils are joined by `pupil_id`,
    which only a register of codes can give; without one there are no rows.
    """
    results = _sat(relations.read("results"))
    exams = results.filter(results.procedure.isin(["oge", "ege"]))
    earlier = [results.filter(results.procedure.isin(["rehearsal", "diagnostic"]))]
    before = relations.at(relations.year.shifted(-1))
    if before.has("results"):
        papers = _sat(before.read("results"))
        earlier.append(papers.filter(papers.procedure == "vpr"))
    others = ibis.union(*earlier) if len(earlier) > 1 else earlier[0]
    others = others.select(
        "pupil_id",
        "subject",
        earlier=others.procedure,
        earlier_mark=others.mark,
        earlier_journal_mark=others.journal_mark,
        earlier_share_of_maximum=others.share_of_maximum,
    )
    joined = exams.inner_join(others, ["pupil_id", "subject"])
    return joined.select(
        "school_id",
        "school_year",
        "procedure",
        "subject",
        "earlier",
        "mark",
        "earlier_mark",
        "earlier_journal_mark",
        "share_of_maximum",
        "earlier_share_of_maximum",
    )


def graduates(relations: Relations) -> Table:
    """Return a row for each pupil with ЕГЭ results on the scale of 100: papers, lowest, highest.

    Who sat the basic mathematics only, which has a mark and no such score, has no row; a
    protocol without any code of pupils gives none.
    """
    results = relations.read("results")
    scored = results.filter(
        (results.procedure == "ege")
        & ~results.is_absent.fill_null(False)
        & results.pupil_id.notnull()
        & results.test_score.notnull()
    )
    return scored.group_by("school_id", "school_year", "pupil_id").aggregate(
        paper_count=scored.count(),
        lowest_score=scored.test_score.min(),
        highest_score=scored.test_score.max(),
    )


def _sat(results: Table) -> Table:
    """Return the papers that were sat, with the share of the highest score."""
    sat = results.filter(~results.is_absent.fill_null(False) & results.pupil_id.notnull())
    top = sat.max_score.nullif(0)
    share = ibis.coalesce(sat.test_score / 100, sat.primary_score / top)
    return sat.select(
        "school_id", "school_year", "procedure", "subject", "pupil_id", "mark", "journal_mark",
        share_of_maximum=share,
    )  # fmt: skip
