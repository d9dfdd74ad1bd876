"""What parents, pupils and teachers say they are satisfied with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.indicators.values.interval_rules import share_of_schools
from msoko.report.block import Block, block
from msoko.report.data.evidence import Evidence

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

ASKED = ("parents", "pupils", "teachers")
QUESTIONS = ("overall", "teaching", "fair_marks", "conditions", "safety", "meals", "activities",
             "information")  # fmt: skip
LEAST = 10
"""Fewer answers than this make no share."""
FUNCTION = "msoko.indicators.values.interval_rules.share_of_schools"
"""What computes a share and its error, as evidence names it."""


def satisfaction(report: ReportData) -> Block:
    """Set out the share of positive answers to each question, by who was asked."""
    rows = report.store.read("surveys", [report.year])
    asked = [one for one in ASKED if (rows["survey"] == one).any()] if len(rows) else []
    if not asked:
        return report.insufficient(report.say("satisfied.title"), report.say("satisfied.nothing"))
    questions = [one for one in QUESTIONS if (rows["question"] == one).any()]
    table = [
        [
            report.say(f"satisfied.question.{question}"),
            *(_share(report, rows, who, question) for who in asked),
        ]
        for question in questions
    ]
    head = [*report.heads("question"), *(report.say(f"satisfied.asked.{who}") for who in asked)]
    caption = report.say("satisfied.caption", year=report.year)
    sheet = report.sheet(head, table, caption, "satisfaction", "l" * len(head))
    whole = rows[rows["question"] == "overall"].groupby("survey")["answer_count"].sum()
    counts = [
        f"{report.say(f'satisfied.asked.{who}').lower()} – {russian.decimal(float(whole[who]), 0)}"
        for who in asked
        if who in whole
    ]
    absent = [report.say(f"satisfied.asked.{who}").lower() for who in ASKED if who not in asked]
    return block(
        report.say("satisfied.reading", counts="; ".join(counts), absent=russian.listed(absent)),
        sheet,
    )


def _share(report: ReportData, rows: pd.DataFrame, who: str, question: str) -> str:
    """Return a share whose interval lets schools differ; few answers make none."""
    own = rows[(rows["survey"] == who) & (rows["question"] == question)]
    own = own.dropna(subset=["positive_count", "answer_count"])
    by_school = own.groupby("school_id")[["positive_count", "answer_count"]].sum().astype(float)
    part, whole = by_school["positive_count"].sum(), by_school["answer_count"].sum()
    few = 5 if report.is_public else 0
    if whole < LEAST or min(part, whole - part) < few:
        return report.say("satisfied.few")
    parts = dict(zip(by_school.index, by_school.to_numpy().tolist(), strict=True))
    told = share_of_schools(parts)
    interval = russian.span(told.low, told.high, "percent")
    what = (
        report.say(f"satisfied.question.{question}"), report.say(f"satisfied.asked.{who}").lower()
    )  # fmt: skip
    evidence = Evidence(
        what=report.say("evidence.of_year", what="; ".join(what), year=report.year),
        shown=russian.amount(part / whole, "percent"),
        formula=report.say("evidence.survey.formula", function=FUNCTION),
        numerator=russian.decimal(part, 0),
        denominator=russian.decimal(whole, 0),
        n=russian.decimal(whole, 0),
        interval=interval,
        source=report.say("evidence.survey.source"),
    )
    return f"{report.ledger.cite(evidence)} ({interval})"
