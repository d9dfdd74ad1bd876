"""Schools with low results by a declared rule, and how the list depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko import catalog
from msoko.core import russian
from msoko.report.block import Block, Details, Sheet, block, cell
from msoko.report.data.evidence import Evidence
from msoko.report.data.report_data import LEAST_COUNT
from msoko.report.data.suppressed import LEAST_SCHOOLS

if TYPE_CHECKING:
    from msoko.indicators.values.low_result_schools import LowResults, LowResultsRule
    from msoko.report.data.report_data import ReportData


def low_results(report: ReportData) -> Block:
    """Apply the rule, list the schools it finds, and show other thresholds beside it."""
    from msoko.indicators import find_low_results

    thresholds = catalog.load_thresholds(report.project)
    found = find_low_results(report.directions, report.store, report.year, thresholds)
    if found.schools.empty:
        return report.insufficient(report.say("low_results.title"), report.say("reason.no_papers"))
    assessed = int(found.schools["is_low"].notna().sum())
    if report.is_public and assessed < LEAST_SCHOOLS:
        reason = report.say("reason.few_published", least=LEAST_SCHOOLS)
        return report.insufficient(report.say("low_results.title"), reason)
    listed = found.schools[found.schools["is_low"].fillna(False).astype(bool)]
    origin = thresholds["low_results_share"]
    text = report.say(
        "low_results.reading",
        share=russian.amount(found.rule.share, "percent"),
        procedures=found.rule.papers,
        years=found.rule.years,
        count=report.ledger.cite(_evidence(report, found, len(listed))),
        total=assessed,
    )
    said = [text, report.say("low_results.sensitivity"), _origin(report, origin)]
    return block(
        " ".join(said),
        report.say("low_results.none") if listed.empty else _listed(report, listed),
        _strip(report, found),
        _sensitivity(report, found),
        _papers(report, found, listed),
        _retakes(report),
    )


def _retakes(report: ReportData) -> str | None:
    """Say how many passed at last of those who fell below the minimum at first.

    Nothing where nobody sat an exam again; the public edition leaves out numbers of few.
    """
    from msoko.indicators import find_retake_outcomes

    outcomes = find_retake_outcomes(report.directions, report.store, report.year)
    said = [
        _outcome(report, str(row.exam), row.below_count, row.retaken_count, row.passed_count)
        for row in outcomes.itertuples()
    ]
    return " ".join(filter(None, said)) or None


def _outcome(report: ReportData, exam: str, below: int, retaken: int, passed: int) -> str:
    counts = (below, retaken, passed, below - retaken, retaken - passed)
    if report.is_public and any(0 < count < LEAST_COUNT for count in counts):
        return ""
    name = report.say(f"procedure.{exam}")
    evidence = Evidence(
        what=report.say("evidence.retakes.what", exam=name, year=report.year),
        shown=str(passed),
        formula=report.say("evidence.retakes.formula"),
        numerator=str(passed),
        denominator=str(below),
        n=report.count(below),
        source=report.say("evidence.retakes.source"),
    )
    number = report.ledger.cite(evidence)
    return report.say("low_results.retakes", exam=name, below=below, retaken=retaken, passed=number)


def _origin(report: ReportData, threshold: catalog.Threshold) -> str:
    origin = f"{report.say(f'origin.{threshold.origin}')} ({cell(threshold.source)})"
    return report.say("low_results.origin", origin=origin)


def _evidence(report: ReportData, found: LowResults, count: int) -> Evidence:
    return Evidence(
        what=report.say("evidence.low_results.what", year=report.year),
        shown=str(count),
        formula=_rule(report, found.rule),
        numerator=str(count),
        denominator=str(int(found.schools["is_low"].notna().sum())),
        n=report.counted("paper", len(found.papers)),
        source="msoko.indicators.find_low_results; registry/thresholds.yml",
    )


def _rule(report: ReportData, rule: LowResultsRule) -> str:
    share = russian.amount(rule.share, "percent")
    return report.say(
        "evidence.low_results.formula", share=share, papers=rule.papers, years=rule.years
    )


def _listed(report: ReportData, listed: pd.DataFrame) -> Sheet | str:
    """Name the schools in the internal edition; the public one has their number only."""
    if report.is_public:
        return report.say("schools.unnamed")
    ordered = listed.sort_values(
        ["low_paper_count", "school_id"], ascending=[False, True], kind="stable"
    )
    rows = [
        [
            cell(report.school_name(row.school_id)),
            russian.figure(row.paper_count, "persons"),
            russian.figure(row.low_paper_count, "persons"),
            russian.decimal(100 * row.scenario_share, 0),
        ]
        for row in ordered.itertuples()
    ]
    head = report.heads("school", "counted_papers", "low_papers", "robustness")
    return report.sheet(head, rows, report.say("low_results.caption"), "low-schools")


def _strip(report: ReportData, found: LowResults) -> Sheet | None:
    """Show, for schools that any threshold would list, on how many papers each verdict rests."""
    named = found.schools[found.schools["scenario_share"] > 0]
    if report.is_public or named.empty:
        return None
    shares = sorted(set(found.sensitivity["share"]))
    counted = found.papers[found.papers["is_counted"]]
    low = {
        share: counted[counted["share"] >= share].groupby("school_id").size() for share in shares
    }
    rows = []
    for row in named.sort_values(
        ["scenario_share", "school_id"], ascending=[False, True], kind="stable"
    ).itertuples():
        numbers = [int(low[share].get(row.school_id, 0)) for share in shares]
        cells = [f"**{one}**" if one >= found.rule.papers else str(one) for one in numbers]
        papers = russian.figure(row.paper_count, "persons")
        rows.append([cell(report.school_name(row.school_id)), papers, *cells])
    head = [
        *report.heads("school", "counted_papers"),
        *(
            report.say(
                "low_results.strip_share",
                share=russian.decimal(100 * share, 0),
                in_use=share == found.rule.share,
            )
            for share in shares
        ),
    ]
    return report.sheet(head, rows, report.say("low_results.strip"), "low-strip")


def _sensitivity(report: ReportData, found: LowResults) -> Sheet:
    rows = [
        [
            russian.figure(row.share, "percent"),
            str(row.papers),
            str(row.min_n),
            russian.figure(row.school_count, "persons"),
            russian.figure(row.assessed_count, "persons"),
            report.say("low_results.in_use") if row.is_in_use else "",
        ]
        for row in found.sensitivity.itertuples()
    ]
    columns = ("least_share", "paper_count", "least_n", "listed_schools", "assessed_schools",
               "rule")  # fmt: skip
    caption = report.say("low_results.thresholds")
    return report.sheet(report.heads(*columns), rows, caption, "low-sensitivity", "rrrrrl")


def _papers(report: ReportData, found: LowResults, listed: pd.DataFrame) -> Details | None:
    if report.is_public or listed.empty:
        return None
    papers = found.papers[
        found.papers["school_id"].isin(listed["school_id"]) & found.papers["is_low"]
    ]
    rows = [
        [
            cell(report.school_name(row.school_id)),
            row.school_year,
            cell(report.say(f"procedure.{row.procedure}")),
            cell(report.paper(row.subject, row.grade)),
            russian.figure(row.participant_count, "persons"),
            russian.figure(row.share, "percent"),
        ]
        for row in papers.itertuples()
    ]
    columns = ("school", "school_year", "procedure", "paper", "participant_count",
               "below_minimum")  # fmt: skip
    caption = report.say("low_results.papers")
    sheet = report.sheet(report.heads(*columns), rows, caption, "", "llllrr")
    return Details(report.say("low_results.papers_folded", count=len(rows)), (sheet,))
