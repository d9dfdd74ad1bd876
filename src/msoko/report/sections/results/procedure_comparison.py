"""Several procedures compared on the same pupils: exam against paper, exam against school mark."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.indicators.values.interval_rules import share_of_persons
from msoko.report.block import Block, Details, Sheet, block, cell
from msoko.report.data.evidence import Evidence
from msoko.report.sections.results.procedure_pairs import KINDS, MARKS, ProcedurePair, pairs

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

LEAST = 10
"""Fewer pupils than this make no row."""
WEIGHTS = "quadratic"
"""A gap of two marks counts four times a gap of one."""


def procedures(report: ReportData) -> Block:
    """Set exams beside VPR, rehearsals, diagnostics and school marks of the same pupils.

    Pupils are joined by their code; without a register of codes there is nothing to compare.
    """
    every = list(pairs(report))
    kept = [pair for pair in every if pair.n >= LEAST]
    if report.is_public:
        kept = _publishable(kept)
    if not kept:
        title = report.say("procedures.title")
        return report.insufficient(title, report.say("procedures.no_pairs", least=LEAST))
    whole = [pair for pair in kept if not pair.subject]
    single = [pair for pair in kept if pair.subject]
    by_subject = report.say("procedures.by_subject", count=len(single))
    return block(
        report.say("procedures.reading", least=LEAST),
        _overview(report, whole),
        None if report.is_public else _unjoined(report, every),
        _linkage(report, whole) if whole and not report.is_public else None,
        Details(by_subject, (_by_subject(report, single),)),
        *([] if report.is_public else _confusion(report, whole)),
        report.say("procedures.caveat"),
    )


def _publishable(kept: list[ProcedurePair]) -> list[ProcedurePair]:
    """Return the pairs whose counts may stand side by side; a whole is hidden with its parts."""
    from msoko.report.data.suppressed import shown_rows

    shown: list[ProcedurePair] = []
    for key in dict.fromkeys((pair.exam, pair.earlier) for pair in kept):
        own = [pair for pair in kept if (pair.exam, pair.earlier) == key]
        parts = [pair for pair in own if pair.subject]
        if not parts:
            continue
        is_shown = shown_rows(pd.DataFrame([pair.marks for pair in parts], columns=list(KINDS)))
        shown += [pair for pair, may in zip(parts, is_shown, strict=True) if may]
        if bool(is_shown.all()) and sum(pair.n for pair in parts) == own[0].n:
            shown += [pair for pair in own if not pair.subject]
    return shown


def _overview(report: ReportData, whole: list[ProcedurePair]) -> Sheet | None:
    """Return a row a pair: how many marks fell, held and rose, each with its interval."""
    rows = []
    for pair in whole:
        counts, total = pair.marks, sum(pair.marks)
        if total < LEAST:
            continue
        shares = [
            _share(report, pair, kind, count, total)
            for kind, count in zip(KINDS, counts, strict=True)
        ]
        rows.append([cell(_pair_title(report, pair)), russian.decimal(total, 0), *shares])
    if not rows:
        return None
    head = report.heads("procedure_pair", "n", "mark_lower", "mark_same", "mark_higher")
    caption = report.say("procedures.overview", year=report.year)
    return report.sheet(head, rows, caption, "procedures-overview", "lrlll")


def _share(report: ReportData, pair: ProcedurePair, kind: str, count: int, total: int) -> str:
    told = _evidence(report, pair, kind, count, total)
    return f"{report.ledger.cite(told)} ({told.interval})"


def _evidence(
    report: ReportData, pair: ProcedurePair, kind: str, count: int, total: int
) -> Evidence:
    told = share_of_persons(pair.kinds == kind, pair.marked["school_id"])
    return Evidence(
        what=report.say(
            "evidence.of_year",
            what=f"{_pair_title(report, pair)}: {report.say(f'procedures.{kind}')}",
            year=report.year,
        ),
        shown=russian.amount(count / total, "percent"),
        formula=report.say("evidence.procedures.formula"),
        numerator=russian.decimal(count, 0),
        denominator=russian.decimal(total, 0),
        n=russian.decimal(total, 0),
        interval=russian.span(told.low, told.high, "percent"),
        source=report.say("evidence.procedures.source"),
    )


def _pair_title(report: ReportData, pair: ProcedurePair) -> str:
    exam = report.say(f"procedure.{pair.exam}")
    return report.say("procedures.pair", exam=exam, earlier=_earlier(report, pair))


def _earlier(report: ReportData, pair: ProcedurePair) -> str:
    key = "vpr_before" if pair.earlier == "vpr" else pair.earlier
    return report.say(f"procedures.earlier.{key}")


def _unjoined(report: ReportData, every: list[ProcedurePair]) -> str | None:
    """Name the pairs that cannot be compared, each with how many pupils they share."""
    few = [pair for pair in every if not pair.subject and pair.n < LEAST]
    if not few:
        return None
    named = [f"{_pair_title(report, pair)} – {russian.decimal(pair.n, 0)}" for pair in few]
    return report.say("procedures.few", pairs="; ".join(named))


def _linkage(report: ReportData, whole: list[ProcedurePair]) -> Sheet:
    """Say what share of the papers is joined, and whether the joined did better than the rest."""
    rows = []
    for pair in whole:
        papers = len(pair.papers)
        rows.append([
            cell(_pair_title(report, pair)),
            russian.decimal(papers, 0),
            russian.decimal(pair.n, 0),
            russian.amount(pair.n / papers if papers else None, "percent"),
            _high(pair.rows),
            _high(pair.rest),
        ])  # fmt: skip
    columns = ("procedure_pair", "paper_count", "linked", "share", "good_of_linked",
               "good_of_others")  # fmt: skip
    caption = report.say("procedures.linkage")
    return report.sheet(report.heads(*columns), rows, caption, "procedures-linkage", "lrrrll")


def _high(papers: pd.DataFrame) -> str:
    """Return the share of «4» and «5» with its interval; nothing for few or without marks."""
    known = papers.dropna(subset=["mark"])
    if len(known) < LEAST:
        return russian.NOTHING
    told = share_of_persons(known["mark"].astype(float) >= 4, known["school_id"])
    return (
        f"{russian.amount(told.value, 'percent')} ({russian.span(told.low, told.high, 'percent')})"
    )


def _by_subject(report: ReportData, single: list[ProcedurePair]) -> Sheet:
    """Return each pair's subjects under a row that names the pair."""
    columns = ("subject", "n", "lower_percent", "same_percent", "higher_percent", "kappa",
               "score_order")  # fmt: skip
    rows: list[list[str]] = []
    for title, own in groupby(single, lambda pair: _pair_title(report, pair)):
        rows.append([f"**{cell(title)}**", *[""] * (len(columns) - 1)])
        rows += [_subject_row(report, pair) for pair in own]
    caption = report.say("procedures.subjects", year=report.year)
    return report.sheet(report.heads(*columns), rows, caption, "procedures", "lrrrrll")


def _subject_row(report: ReportData, pair: ProcedurePair) -> list[str]:
    from msoko.stats.estimators.agreement import kappa
    from msoko.stats.estimators.correlation import spearman

    counts, total = pair.marks, sum(pair.marks)
    agreement = kappa(_table(pair), WEIGHTS) if total >= LEAST else None
    order = spearman(pair.rows["share"].to_numpy(), pair.rows["earlier_share"].to_numpy())
    return [
        cell(report.paper(pair.subject, None)),
        russian.decimal(pair.n, 0),
        *(russian.figure(one / total if total else None, "percent") for one in counts),
        _told(agreement),
        _told(order),
    ]


def _told(estimate: object) -> str:
    """Return an estimate, «–» where it cannot be told.

    It has no interval: its own error takes the pupils of one school for independent.
    """
    if estimate is None or not estimate.is_estimable or estimate.n < LEAST:
        return russian.NOTHING
    return russian.decimal(estimate.value, 2)


def _table(pair: ProcedurePair) -> pd.DataFrame:
    """Return how often each earlier mark met each mark: rows are the earlier ones."""
    from msoko.stats.estimators.agreement import rating_table

    known = pair.marked[["earlier_mark", "mark"]].astype(int)
    known = known[known.isin(MARKS).all(axis=1)]
    return rating_table(known["earlier_mark"], known["mark"], MARKS)


def _confusion(report: ReportData, whole: list[ProcedurePair]) -> list[Details]:
    """Return a folded table for each pair: how each earlier mark fared."""
    sheets = []
    for place, pair in enumerate(whole, 1):
        if sum(pair.marks) < LEAST:
            continue
        counts = _table(pair)
        rows = [
            [f"«{mark}»", *(_cell(count, int(own.sum())) for count in own),
             russian.decimal(int(own.sum()), 0)]
            for mark, own in counts.iterrows()
        ]  # fmt: skip
        marks = [f"«{mark}»" for mark in MARKS]
        head = [*report.heads("earlier_mark"), *marks, *report.heads("total")]
        caption = report.say("procedures.confusion", pair=_pair_title(report, pair))
        sheets.append(report.sheet(head, rows, caption, f"procedures-marks-{place}", "lrrrrr"))
    return [Details(report.say("procedures.marks"), tuple(sheets))] if sheets else []


def _cell(count: int, total: int) -> str:
    """Return a count and its share of the row, so that rows of unlike size can be compared."""
    if not count:
        return "0"
    return f"{russian.decimal(int(count), 0)} ({russian.amount(count / total, 'percent')})"
