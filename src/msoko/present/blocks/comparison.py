"""Schools compared fairly: how far from the average chance alone could carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.present import charts, russian
from msoko.present.block import Block, Details, Figure, Sheet, block, cell, insufficient

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.present.reading import Reading
    from msoko.stats.funnel import Funnel

OUTER = 0.998
"""The limits beyond which a school is called different: one in 500 by chance alone."""
MOST_NAMED = 6
LEAST_SHOWN = 10
"""A school with fewer participants is not set apart: its place says too little."""


def compare_schools(report: Reading, code: str) -> Block:
    """Draw schools in a funnel with overdispersion, and name those outside."""
    from msoko.stats.estimate import NotEstimable

    indicator = report.direction.indicator(code)
    rows = report.select(code, "school", year=str(report.year)).dropna(subset=["value"])
    title = cell(indicator.title)
    if len(rows) < 3:
        return insufficient(
            f"Сравнение школ, {title}", report.say("reason.few_schools", count=len(rows))
        )
    funnel, sizes = _funnel(indicator, rows)
    if isinstance(funnel, NotEstimable):
        return insufficient(f"Сравнение школ, {title}", report.say("reason.no_variation"))
    placed = _placed(rows, funnel, sizes)
    figure = Figure(
        _drawn(report, indicator, placed, funnel),
        report.say("schools.caption", title=title, year=report.year),
        report.say("schools.alternative", title=indicator.title, count=len(placed)),
        f"schools-{code}",
        _summary(report, indicator, placed),
    )
    return block(
        _reading(report, indicator, placed, funnel), figure, _table(report, indicator, placed)
    )


def _funnel(indicator: Indicator, rows: pd.DataFrame) -> tuple[Funnel, np.ndarray]:
    """Return the funnel and each school's size on its axis."""
    from msoko.stats.funnel import mean_funnel, share_funnel

    sizes = rows["n"].to_numpy(float)
    if indicator.measure == "share":
        counts = rows[["numerator", "denominator"]].to_numpy(float)
        return share_funnel(counts[:, 0], counts[:, 1]), sizes
    values = rows["value"].to_numpy(float)
    errors = _spread(rows) / np.sqrt(np.maximum(sizes, 1))
    return mean_funnel(values, errors), sizes


def _spread(rows: pd.DataFrame) -> float:
    """Return a pupil's standard deviation, from the schools' intervals or their scatter.

    Where pupils are not in the data, the scatter of school means around their average,
    weighted by size, stands for it: Σ n (m − M)² / (I − 1) estimates σ² when schools
    differ by chance alone, so the funnel errs on the wide side.
    """
    known = rows.dropna(subset=["low", "high"])
    sizes, values = rows["n"].to_numpy(float), rows["value"].to_numpy(float)
    if len(known) >= len(rows) / 2:
        half = (known["high"] - known["low"]).to_numpy(float) / 2
        return float(np.median(half / 1.96 * np.sqrt(known["n"].to_numpy(float))))
    centre = np.average(values, weights=sizes)
    small = sizes <= np.median(sizes)
    scatter = sizes[small] * (values[small] - centre) ** 2
    return float(np.sqrt(scatter.sum() / max(small.sum() - 1, 1)))


def _placed(rows: pd.DataFrame, funnel: Funnel, sizes: np.ndarray) -> pd.DataFrame:
    """Return the schools with their z, and whether they lie outside, the farthest first."""
    from msoko.stats.estimate import critical_value

    z = funnel.points["z"].to_numpy(float)
    is_outside = (np.abs(z) > critical_value(OUTER)) & (sizes >= LEAST_SHOWN)
    placed = rows.assign(z=z, size=sizes, is_outside=is_outside)
    return placed.sort_values("z", kind="stable").reset_index(drop=True)


def _drawn(report: Reading, indicator: Indicator, placed: pd.DataFrame, funnel: Funnel) -> bytes:
    grid = np.linspace(max(placed["size"].min(), 2), placed["size"].max() * 1.03, 80)
    spread = grid
    if funnel.kind == "mean":
        pupil = _spread(placed)
        spread = pupil / np.sqrt(grid)
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
    unit = f"{indicator.short_title or indicator.title}, {russian.UNIT_NAMES[indicator.unit]}"
    return charts.funnel(
        placed["size"].tolist(),
        (placed["value"] * scale).tolist(),
        band,
        placed["is_outside"].tolist(),
        labels,
        charts.fill(unit, 40),
    )


def short_name(name: str) -> str:
    """Return the part of a school's name that fits a chart: «СОШ № 3», without its legal form."""
    inner = name[name.find("«") + 1 : name.rfind("»")] if "«" in name and "»" in name else name
    return inner if len(inner) <= 24 else inner[:23].rstrip() + "…"


def _reading(report: Reading, indicator: Indicator, placed: pd.DataFrame, funnel: Funnel) -> str:
    low, high = (placed[placed["is_outside"] & (placed["z"] * sign > 0)] for sign in (-1, 1))
    said = [
        report.say(
            "schools.reading",
            count=len(placed),
            centre=russian.amount(funnel.target, indicator.unit),
            low=len(low),
            high=len(high),
            figure=f"@fig-schools-{indicator.code}",
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


def _summary(report: Reading, indicator: Indicator, placed: pd.DataFrame) -> Sheet:
    """Describe the cloud by size of school: what a reader of the picture can take from it."""
    edges = [0, 10, 25, 50, 100, 200, float("inf")]
    names = ["до 10", "10–24", "25–49", "50–99", "100–199", "200 и более"]
    group = pd.cut(placed["size"], edges, right=False, labels=names)
    rows = []
    for name, part in placed.groupby(group, observed=True, sort=False):
        rows.append(
            [
                str(name),
                russian.figure(len(part), "persons"),
                russian.figure(part["value"].median(), indicator.unit),
                russian.figure(part["is_outside"].sum(), "persons"),
            ]
        )
    unit = russian.UNIT_NAMES[indicator.unit]
    return Sheet(
        ["Участников в школе", "Школ", f"Медиана, {unit}", "Вне пределов"],
        rows,
        "Школы по числу участников",
    )


def _table(report: Reading, indicator: Indicator, placed: pd.DataFrame) -> Details | None:
    """List the schools with intervals; not for the public, and not by the thousand."""
    if report.is_public:
        return None
    shown = placed if len(placed) <= 120 else placed[placed["is_outside"]]
    rows = [
        [
            cell(report.school_name(row.school_id)),
            russian.figure(row.size, "persons"),
            russian.figure(row.value, indicator.unit),
            russian.span(row.low, row.high, indicator.unit),
            russian.decimal(row.z, 2),
            "вне пределов" if row.is_outside else "в пределах",
        ]
        for row in shown.itertuples()
    ]
    if not rows:
        return None
    unit = russian.UNIT_NAMES[indicator.unit]
    head = ["Школа", "n", f"Значение, {unit}", "95 % интервал", "z", "Положение"]
    sheet = Sheet(head, rows, "Школы по удалению от среднего", "", "lrrrrl")
    return Details(f"Школы поимённо: {russian.decimal(len(rows), 0)}", (sheet,))
