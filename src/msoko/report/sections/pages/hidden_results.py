"""Results that the publisher hides, and the years in which its rule changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.report.block import Block, Details, Sheet, block, cell

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

MOST_LISTED = 100


def suppression(report: ReportData) -> Block:
    """Say which published results are hidden, and how the rule of hiding changed by year.

    The rule is read off the data: the greatest number of participants of a hidden result and the
    least of a shown one.
    """
    rows = report.store.read("school_results", report.years)
    rows = rows[rows["group_level"].eq("school") & rows["participant_count"].notna()]
    if not rows["is_suppressed"].fillna(False).any():
        return block(report.say("suppression.none"))
    rules = _rules(rows)
    changed = [
        report.say("suppression.changed", year=year, before=int(before), after=int(after))
        for year, before, after in _changes(rules)
    ]
    hidden = rows[rows["school_year"].eq(str(report.year)) & rows["is_suppressed"]]
    text = report.say(
        "suppression.reading",
        count=hidden["school_id"].nunique(),
        participants=int(hidden["participant_count"].sum()),
    )
    said = " ".join([text, *(changed or [report.say("suppression.same")])])
    return block(said, _table(report, rules), _listed(report, hidden))


def _rules(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a year: results shown and hidden, and the counts at the edge between them."""
    is_hidden = rows["is_suppressed"].fillna(False).astype(bool)
    by_year = rows.assign(is_hidden=is_hidden).groupby("school_year", sort=True)
    hidden = rows[is_hidden].groupby("school_year")["participant_count"]
    shown = rows[~is_hidden].groupby("school_year")["participant_count"]
    return pd.DataFrame(
        {
            "results": by_year.size(),
            "hidden": by_year["is_hidden"].sum(),
            "most_hidden": hidden.quantile(0.99, interpolation="lower"),
            "least_shown": shown.min(),
        }
    ).reset_index()


def _changes(rules: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Return the years whose least shown count differs from the year before."""
    pairs = zip(rules.itertuples(), rules.iloc[1:].itertuples(), strict=False)
    return [
        (this.school_year, last.least_shown, this.least_shown)
        for last, this in pairs
        if pd.notna(last.least_shown) and last.least_shown != this.least_shown
    ]


def _table(report: ReportData, rules: pd.DataFrame) -> Sheet:
    body = [
        [
            row.school_year,
            russian.figure(row.results, "persons"),
            russian.figure(row.hidden, "persons"),
            russian.figure(row.hidden / row.results, "percent"),
            russian.figure(float(row.most_hidden), "persons"),
            russian.figure(float(row.least_shown), "persons"),
        ]
        for row in rules.fillna({"most_hidden": float("nan")}).itertuples()
    ]
    columns = ("school_year", "result_count", "hidden", "hidden_percent", "most_hidden",
               "least_shown")  # fmt: skip
    caption = report.say("suppression.caption")
    return report.sheet(report.heads(*columns), body, caption, "suppression")


def _listed(report: ReportData, hidden: pd.DataFrame) -> Details | None:
    if report.is_public or hidden.empty:
        return None
    counts = hidden.groupby("school_id")["participant_count"].max()
    named = sorted((report.school_name(school), int(count)) for school, count in counts.items())
    rows = [[cell(name), str(count)] for name, count in named[:MOST_LISTED]]
    head = report.heads("school", "most_participants")
    sheet = report.sheet(head, rows, report.say("suppression.schools"))
    title = report.say("suppression.by_name", shown=len(rows), count=len(named))
    return Details(title, (sheet,))
