"""Where results stand: by subject and grade, and by mark, beside the region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.indicators.reference_comparison import sides_of_reference
from msoko.report.block import Block, Figure, Sheet, anchor, block, cell
from msoko.report.charts import charts

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.report_data import ReportData

PAPER = ["subject", "grade"]
MARKS = ("«2»", "«3»", "«4»", "«5»")
SHARES = [f"share_{mark}_percent" for mark in (2, 3, 4, 5)]


def level(report: ReportData, code: str) -> Block:
    """Draw the indicator by paper with its interval and the region's value."""
    indicator = report.direction.indicator(code)
    rows = _with_region(report, code)
    if rows.empty:
        reason = "reason.hidden" if _hidden_count(report, code) else "reason.no_papers"
        return report.insufficient(cell(indicator.title), report.say(reason))
    dots = [_dot(report, indicator, row) for row in rows.itertuples()]
    unit = russian.UNIT_NAMES[indicator.unit]
    own, region = report.say("unit.own"), report.say("unit.region")
    drawn = charts.dots(
        dots,
        f"{indicator.short_title or indicator.title}, {unit}",
        own,
        region,
        better=report.say("chart.better", own=own, reference=region),
        worse=report.say("chart.worse", own=own, reference=region),
    )
    key = "level.caption" if rows["low"].notna().any() else "level.caption_without_intervals"
    caption = report.say(key, title=cell(indicator.title), year=report.year)
    figure = Figure(
        drawn,
        caption,
        report.say("level.alternative", title=indicator.title, papers=len(dots)),
        f"level-{anchor(code)}",
        report.behind(_behind(report, indicator, rows)),
    )
    return block(_reading(report, indicator, rows), figure)


def level_of_schools(report: ReportData, codes: Sequence[str]) -> Block:
    """Draw the indicators of schools without a count of participants; say if there are none."""
    known = [code for code in codes if report.lines(code)]
    if not known:
        return block(report.say("level.all_counted"))
    parts = [part for code in known for part in level(report, code).parts]
    return block(report.say("level.uncounted"), *parts)


def _with_region(report: ReportData, code: str) -> pd.DataFrame:
    """Return the municipality's papers of the year, best first, with the region's value."""
    groupings = report.direction.indicator(code).by
    by = PAPER if tuple(PAPER) in groupings else PAPER[:1]
    own = report.rows(code, by=by, year=report.year).frame.dropna(subset=["value"])
    region = report.rows(code, "region", by, report.year).frame.set_index(PAPER)["value"]
    keys = pd.MultiIndex.from_frame(own[PAPER])
    reference = region.reindex(keys).to_numpy(float) if len(region) else float("nan")
    own = own.assign(reference=reference, side=_sides(report, code, by, own, reference))
    return own.sort_values("value", ascending=False, kind="stable")


def _sides(
    report: ReportData, code: str, by: list[str], own: pd.DataFrame, reference: object
) -> list[float]:
    """Return −1, 0 or +1 as a paper is told from the region, NaN where it is not compared."""
    schools = report.rows(code, "school", by, report.year).frame
    papers, known = (list(rows[by].itertuples(index=False, name=None)) for rows in (own, schools))
    region = pd.Series(reference, papers, dtype=float)
    found = sides_of_reference(
        report.direction.indicator(code),
        schools.assign(paper=pd.Series(known, schools.index, dtype=object)),
        "paper",
        region,
        report.change_level,
    )
    return [found.get(paper, float("nan")) for paper in papers]


def _hidden_count(report: ReportData, code: str) -> int:
    """Return how many papers of the year the public edition keeps to itself."""
    groupings = report.direction.indicator(code).by
    by = PAPER if tuple(PAPER) in groupings else PAPER[:1]
    return sum(report.is_hidden(row) for row in report.rows(code, by=by, year=report.year))


def _dot(report: ReportData, indicator: Indicator, row: tuple) -> charts.Dot:
    value, low, high, reference = (
        russian.scaled(number, indicator.unit) if pd.notna(number) else None
        for number in (row.value, row.low, row.high, row.reference)
    )
    return charts.Dot(
        report.paper(row.subject, row.grade), value, low, high, reference, _better(indicator, row)
    )


def _better(indicator: Indicator, row: tuple) -> int:
    """Return the side of the region as better or worse; without a polarity there is neither."""
    signs = {"higher_is_better": 1, "lower_is_better": -1, "none": 0}
    return 0 if pd.isna(row.side) else int(signs[indicator.polarity] * row.side)


def _reading(report: ReportData, indicator: Indicator, rows: pd.DataFrame) -> str:
    best, worst = rows.iloc[0], rows.iloc[-1]
    said = [
        report.say(
            "level.one" if len(rows) == 1 else "level.range",
            best=cell(report.paper(best["subject"], best["grade"])),
            best_value=report.number(indicator, best),
            worst=cell(report.paper(worst["subject"], worst["grade"])),
            worst_value=report.number(indicator, worst),
        )
    ]
    if rows["reference"].notna().any():
        for side, key in ((-1, "level.below"), (1, "level.above")):
            papers = [
                report.paper(row.subject, row.grade)
                for row in rows.itertuples()
                if row.side == side
            ]
            if papers:
                said.append(report.say(key, papers=[cell(paper) for paper in papers]))
        compared = rows["side"].notna().sum()
        if compared and not rows["side"].fillna(0).any():
            said.append(report.say("level.as_region"))
        if compared:
            said.append(report.say("level.compared", count=compared))
    else:
        said.append(report.say("level.no_region"))
    small = [row for row in rows.itertuples() if row.n < 10]
    if small:
        said.append(report.say("level.small", count=len(small)))
    hidden = _hidden_count(report, indicator.code)
    if hidden:
        said.append(report.say("level.hidden", count=hidden))
    return (
        f"{' '.join(said)} {report.say('level.see', figure=f'@fig-level-{anchor(indicator.code)}')}"
    )


def _behind(report: ReportData, indicator: Indicator, rows: pd.DataFrame) -> Sheet:
    unit = russian.UNIT_NAMES[indicator.unit]
    body = [
        [
            cell(report.paper(row.subject, row.grade)),
            report.count(row.n),
            russian.figure(row.value, indicator.unit),
            russian.span(row.low, row.high, indicator.unit),
            russian.figure(row.reference, indicator.unit),
        ]
        for row in rows.itertuples()
    ]
    head = report.heads("paper", "n", "value_in", "interval", "region_in", unit=unit)
    return report.sheet(head, body, f"{cell(indicator.title)}, {report.year}")


def marks(report: ReportData, procedure: str = "vpr") -> Block:
    """Draw the shares of marks in each paper, the municipality above the region."""
    shares = report.store.read("mark_shares", [report.year])
    shares = shares[
        (shares["procedure"] == procedure) & shares["group_level"].isin(["municipality", "region"])
    ]
    if shares.empty:
        return report.insufficient(report.say("marks.title"), report.say("reason.no_mark_shares"))
    received, shares = len(shares), _publishable_marks(report, shares)
    if shares.empty:
        return report.insufficient(report.say("marks.title"), report.say("reason.hidden"))
    left_out = received - len(shares)
    shares = shares.assign(order=shares["group_level"].eq("region"))
    shares = shares.sort_values(["subject", "grade", "order"], kind="stable")
    bars, body = [], []
    for row in shares.itertuples():
        paper = report.paper(row.subject, row.grade)
        values = [float(getattr(row, name)) for name in SHARES]
        bars.append((report.say("unit.region") if row.order else paper, values))
        body.append(
            [
                cell(paper),
                report.say("unit.region" if row.order else "unit.own"),
                russian.figure(row.participant_count, "persons"),
                *(russian.decimal(value) for value in values),
            ]
        )
    behind = report.sheet(
        [*report.heads("paper", "group", "participant_count"), *MARKS],
        body,
        report.say("marks.table", year=report.year),
        "",
        "llrrrrr",
    )
    caption = report.say("marks.caption", year=report.year)
    figure = Figure(
        charts.stacked(bars, MARKS, report.say("chart.participant_share")),
        caption,
        report.say("marks.alternative"),
        f"marks-{procedure}",
        report.behind(behind),
    )
    return block(
        report.say("marks.reading", figure=f"@fig-marks-{procedure}"),
        report.say("level.hidden", count=left_out) if left_out else None,
        figure,
    )


def _publishable_marks(report: ReportData, shares: pd.DataFrame) -> pd.DataFrame:
    """Leave out, for the public, the papers in which a mark was given to few pupils."""
    if not report.is_public:
        return shares
    from msoko.report.data.suppressed import shown_rows

    own = shares[shares["group_level"] == "municipality"]
    counts = own[SHARES].astype(float).mul(own["participant_count"].astype(float), axis=0) / 100
    shown = shown_rows(counts).reindex(shares.index, fill_value=False)
    return shares[shown | (shares["group_level"] == "region")]
