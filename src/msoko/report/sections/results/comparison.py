"""Schools compared fairly: how far from the average chance alone could carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.core import russian
from msoko.indicators.papers_per_pupil import papers_per_pupil
from msoko.report.block import Block, Details, Figure, Sheet, block, cell
from msoko.report.charts import charts
from msoko.report.data.suppressed import LEAST_SCHOOLS as LEAST_PUBLISHED
from msoko.stats.estimators.estimate import NotEstimable, Reason, critical_value

if TYPE_CHECKING:
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.report_data import ReportData
    from msoko.stats.schools.funnel import Funnel

OUTER = 0.998
"""The limits beyond which a school is called different: at most one in 500 by chance alone."""
MOST_NAMED = 6
LEAST_SCHOOLS = 3
LEAST_FOR_SCATTER = 100
"""Fewer schools than this cannot tell the spread of pupils from the spread of schools."""
LEAST_SHOWN = 10
"""A school with fewer participants is not set apart: its place says too little."""


def compare_schools(report: ReportData, code: str) -> Block:
    """Draw schools in a funnel with overdispersion, and name those outside.

    An indicator without a value for the whole has a funnel for each subject.
    """
    lines = report.lines(code)
    if not lines:
        title = cell(report.direction.indicator(code).title)
        return report.insufficient(title, report.say("reason.few_schools", count=0))
    compared = [_compared(report, line) for line in lines]
    return Block(tuple(part for one in compared for part in one.parts))


def _compared(report: ReportData, line: IndicatorLine) -> Block:
    rows = report.line_rows(line, "school", report.year).frame.dropna(subset=["value"])
    title = cell(report.title(line))
    if len(rows) < LEAST_SCHOOLS:
        reason = report.say("reason.few_schools", count=len(rows))
        return report.insufficient(report.say("schools.title", title=title), reason)
    if report.is_public and len(rows) < LEAST_PUBLISHED:
        reason = report.say("reason.few_published", least=LEAST_PUBLISHED)
        return report.insufficient(report.say("schools.title", title=title), reason)
    funnel, pupil_spread = funnel_of(rows, _papers(report, line))
    if isinstance(funnel, NotEstimable):
        reason = report.say(f"reason.{funnel.reason}", least=LEAST_FOR_SCATTER)
        return report.insufficient(report.say("schools.title", title=title), reason)
    placed = _placed(rows, funnel)
    if report.is_public:  # a point of a chart is its numbers, to the last digit
        return block(_reading(report, line, placed, funnel))
    figure = Figure(
        _drawn(report, line, placed, funnel, pupil_spread),
        report.say("schools.caption", title=title, year=report.year),
        report.say("schools.alternative", title=report.title(line), count=len(placed)),
        f"schools-{line.id}",
        report.behind(_summary(report, line, placed)),
    )
    return block(_reading(report, line, placed, funnel), figure, _table(report, line, placed))


def _papers(report: ReportData, line: IndicatorLine) -> float:
    """Return how many papers one pupil wrote, where a school's value is of several subjects."""
    if line.subject:
        return 1.0
    wider = [keys for keys in line.indicator.by if "subject" in keys and "school_id" not in keys]
    rows = [report.rows(line.indicator.code, by=keys, year=report.year).frame for keys in wider]
    return papers_per_pupil(pd.concat(rows)) if rows else 1.0


def funnel_of(rows: pd.DataFrame, papers: float = 1.0) -> tuple[Funnel | NotEstimable, float]:
    """Return the funnel, and a pupil's standard deviation where it is one of means.

    `papers`: how many papers one pupil wrote.
    """
    from msoko.stats.schools.funnel import mean_funnel, share_funnel

    counts = rows[["numerator", "denominator"]].to_numpy(float)
    sizes = rows["n"].to_numpy(float)
    is_count = (counts[:, 1] == sizes).all() and (counts % 1 == 0).all()
    if is_count and (counts[:, 0] <= counts[:, 1]).all():
        return share_funnel(counts[:, 0], counts[:, 1], papers=papers), float("nan")
    spread = _pupil_spread(rows)
    if np.isnan(spread):
        return NotEstimable(Reason.TOO_FEW_GROUPS, len(rows)), spread
    if spread == 0:
        return NotEstimable(Reason.NO_VARIATION, len(rows)), spread
    return mean_funnel(rows["value"].to_numpy(float), spread / np.sqrt(sizes)), spread


def _pupil_spread(rows: pd.DataFrame) -> float:
    """Return a pupil's standard deviation: from the schools' intervals, else from their scatter.

    Where pupils are not in the data, `E (m_s − M)² = τ² + σ²/n_s`: σ² is the slope of the squared
    deviations on 1/n, by least squares weighted by n.
    """
    known = rows.dropna(subset=["low", "high"])
    sizes, values = rows["n"].to_numpy(float), rows["value"].to_numpy(float)
    if len(known) >= len(rows) / 2:
        half = (known["high"] - known["low"]).to_numpy(float) / 2
        return float(np.median(half / 1.96 * np.sqrt(known["n"].to_numpy(float))))
    if len(rows) < LEAST_FOR_SCATTER:
        return float("nan")
    squared = (values - np.average(values, weights=sizes)) ** 2
    slope = np.polyfit(1 / sizes, squared, 1, w=np.sqrt(sizes))[0]
    return float(np.sqrt(max(slope, 0.0)))


def _placed(rows: pd.DataFrame, funnel: Funnel) -> pd.DataFrame:
    """Return the schools with their z, and whether they lie outside, the farthest first."""
    z, sizes = funnel.points["z"].to_numpy(float), rows["n"].to_numpy(float)
    is_outside = (np.abs(z) > critical_value(OUTER)) & (sizes >= LEAST_SHOWN)
    placed = rows.assign(z=z, size=sizes, is_outside=is_outside)
    return placed.sort_values("z", kind="stable").reset_index(drop=True)


def _drawn(
    report: ReportData,
    line: IndicatorLine,
    placed: pd.DataFrame,
    funnel: Funnel,
    pupil_spread: float,
) -> bytes:
    indicator = line.indicator
    grid = np.linspace(max(placed["size"].min(), 2), placed["size"].max() * 1.03, 80).round()
    spread = pupil_spread / np.sqrt(grid) if funnel.kind == "mean" else grid
    inner, outer = funnel.limits(spread, 0.95), funnel.limits(spread, OUTER)
    scale = 100 if indicator.unit == "percent" else 1
    band = charts.FunnelBand(
        grid,
        inner["low"] * scale,
        inner["high"] * scale,
        outer["low"] * scale,
        outer["high"] * scale,
        funnel.target * scale,
    )
    named = set(
        placed.loc[placed["is_outside"]]
        .assign(far=placed["z"].abs())
        .nlargest(MOST_NAMED, "far")["school_id"]
    )
    is_named = not report.is_public and len(placed) <= 400
    labels = [
        short_name(report.school_name(school)) if is_named and school in named else ""
        for school in placed["school_id"]
    ]
    unit = f"{report.title(line, is_short=True)}, {russian.UNIT_NAMES[indicator.unit]}"
    return charts.funnel(
        placed["size"].tolist(),
        (placed["value"] * scale).tolist(),
        band,
        placed["is_outside"].tolist(),
        labels,
        charts.fill(unit, 40),
        _chart_words(report),
    )


def _chart_words(report: ReportData) -> charts.FunnelWords:
    return charts.FunnelWords(
        outer=report.say("chart.outer_limits"),
        inner=report.say("chart.inner_limits"),
        centre=report.say("chart.centre"),
        size=report.say("chart.participant_count"),
        inside=report.say("schools.inside"),
        outside=report.say("schools.outside"),
    )


def short_name(name: str) -> str:
    """Return the part of a school's name that fits a chart: «СОШ № 3», without its legal form."""
    inner = name[name.find("«") + 1 : name.rfind("»")] if "«" in name and "»" in name else name
    return inner if len(inner) <= 24 else inner[:23].rstrip() + "…"


def _reading(report: ReportData, line: IndicatorLine, placed: pd.DataFrame, funnel: Funnel) -> str:
    indicator = line.indicator
    low, high = (placed[placed["is_outside"] & (placed["z"] * sign > 0)] for sign in (-1, 1))
    said = [
        report.say(
            "schools.reading_undrawn" if report.is_public else "schools.reading",
            count=len(placed),
            centre=russian.amount(funnel.target, indicator.unit),
            low=len(low),
            high=len(high),
            figure=f"@fig-schools-{line.id}",
        )
    ]
    if not report.is_public:
        for side, found in (("low", low), ("high", high)):
            if len(found):
                names = [
                    f"{cell(report.school_name(row.school_id))} "
                    f"({report.number(indicator, found.loc[row.Index])})"
                    for row in found.itertuples()
                ]
                said.append(report.say(f"schools.{side}", names=names))
    else:
        said.append(report.say("schools.unnamed"))
    if (placed["size"] < LEAST_SHOWN).any():
        count = int((placed["size"] < LEAST_SHOWN).sum())
        said.append(report.say("schools.small", count=count, least=LEAST_SHOWN))
    return " ".join(said)


def _summary(report: ReportData, line: IndicatorLine, placed: pd.DataFrame) -> Sheet:
    """Describe the cloud by size of school: what a reader of the picture can take from it."""
    edges = [0, 10, 25, 50, 100, 200, float("inf")]
    least, most = report.say("schools.up_to", n=10), report.say("schools.from", n=200)
    names = [least, "10–24", "25–49", "50–99", "100–199", most]
    group = pd.cut(placed["size"], edges, right=False, labels=names)
    rows = []
    for name, part in placed.groupby(group, observed=True, sort=True):
        rows.append(
            [
                str(name),
                russian.figure(len(part), "persons"),
                russian.figure(part["value"].median(), line.indicator.unit),
                russian.figure(part["is_outside"].sum(), "persons"),
            ]
        )
    unit = russian.UNIT_NAMES[line.indicator.unit]
    head = report.heads("school_size", "school_count", "median_in", "outside_count", unit=unit)
    return report.sheet(head, rows, report.say("schools.by_size"))


def _table(report: ReportData, line: IndicatorLine, placed: pd.DataFrame) -> Details | None:
    """List the schools with intervals; not for the public, and not by the thousand."""
    if report.is_public:
        return None
    shown = placed if len(placed) <= 120 else placed[placed["is_outside"]]
    rows = [
        [
            cell(report.school_name(row.school_id)),
            russian.figure(row.size, "persons"),
            russian.figure(row.value, line.indicator.unit),
            russian.span(row.low, row.high, line.indicator.unit),
            russian.decimal(row.z, 2),
            report.say("schools.outside" if row.is_outside else "schools.inside"),
        ]
        for row in shown.itertuples()
    ]
    if not rows:
        return None
    unit = russian.UNIT_NAMES[line.indicator.unit]
    head = report.heads("school", "n", "value_in", "interval", "z", "position", unit=unit)
    sheet = report.sheet(head, rows, report.say("schools.by_distance"), "", "lrrrrl")
    named = report.say("schools.by_name", count=russian.decimal(len(rows), 0))
    return Details(named, (sheet,))
